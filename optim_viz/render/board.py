# pyright: basic
"""What a picture is drawn on: a figure of Matplotlib's in pixels from the upper left, for pixels and vectors alike.

Figures are made without pyplot, so that nothing of the caller's own figures or settings is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, Literal

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import Normal, Stroke
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Bbox, Transform, TransformedBbox
from numpy.typing import NDArray

from optim_viz.figures.theme import Theme
from optim_viz.render.look import Size
from optim_viz.render.outlines import in_reach, marker_path
from optim_viz.render.places import Box

Array = NDArray[np.float64]

FONT: Final = "DejaVu Sans"  # comes with Matplotlib, so that a picture is the same on every computer
_SETTINGS: Final[dict[Any, Any]] = {
    "font.family": [FONT],
    "svg.fonttype": "none",  # text stays text
    "pdf.fonttype": 42,
    "svg.hashsalt": "optim_viz",  # the same picture is the same file
    "text.hinting": "no_hinting",  # words are as wide as their outlines, by which they are placed
    "path.simplify": False,  # every point of a trail is in the file
}


@contextmanager
def own_settings() -> Iterator[None]:
    """Draw by Matplotlib's defaults and the settings of these pictures; the caller's come back afterwards."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for name, value in _SETTINGS.items():
            matplotlib.rcParams[name] = value
        yield


class _Pixels(Artist):
    """An image that is copied pixel for pixel; x and y are of its lower left corner."""

    def __init__(self, pixels: NDArray[np.uint8], place: tuple[float, float], to_figure: Transform) -> None:
        super().__init__()
        self.pixels, self.place, self.to_figure = np.ascontiguousarray(pixels[::-1]), place, to_figure

    def draw(self, renderer: RendererBase) -> None:
        """Copy it."""
        graphics = renderer.new_gc()
        x, y = self.to_figure.transform(self.place)
        renderer.draw_image(graphics, float(x), float(y), self.pixels)
        graphics.restore()


class Board:
    """A figure that is drawn on in pixels.

    Attributes:
        size: what it measures.
        theme: its colours.
        figure: Matplotlib's.
        u: pixels of one of the stage's pixels.
        vector: it becomes lines and text, and no pixels.
        artists: what was drawn and not taken yet, in order.
    """

    def __init__(self, size: Size, theme: Theme, *, vector: bool) -> None:
        """Start with an empty page."""
        self.size, self.theme, self.u, self.vector = size, theme, size.unit, vector
        inches = (size.width / size.dpi, size.height / size.dpi)
        self.figure = Figure(figsize=inches, dpi=size.dpi, facecolor=theme.background)
        self.canvas = FigureCanvasAgg(self.figure)
        flipped = Affine2D().scale(1 / size.dpi, -1 / size.dpi).translate(0, inches[1])
        self.pixels = flipped + self.figure.dpi_scale_trans
        self.artists: list[Artist] = []

    def take(self) -> list[Artist]:
        """Hand over what was drawn since the last time."""
        taken, self.artists = self.artists, []
        return taken

    def keep(self) -> None:
        """Make what was drawn a part of the figure, over what is there."""
        before = len(self.figure.get_children())
        for place, artist in enumerate(self.take()):
            artist.set_zorder(10 + before + place)
            self.figure.add_artist(artist)

    def _add(self, artist: Artist, clip: Box | None, name: str = "") -> None:
        if clip is not None:
            ends = Bbox([[clip.x, clip.y], [clip.x + clip.width, clip.y + clip.height]])
            artist.set_clip_box(TransformedBbox(ends, self.pixels))
        if name:
            artist.set_gid(name)
        self.artists.append(artist)

    def points(self, pixels: float) -> float:
        """Return a length in points."""
        return pixels * 72 / self.size.dpi

    def line(
        self,
        points: Array,
        colour: str,
        width: float,
        *,
        alpha: float = 1.0,
        clip: Box | None = None,
        dashes: Sequence[float] = (),
        name: str = "",
        cap: Literal["butt", "projecting", "round"] = "round",
    ) -> None:
        """Draw a line through pixels (N, 2); width and dashes in the stage's pixels. What is not finite breaks it."""
        within = in_reach(points)
        line = Line2D(
            within[:, 0],
            within[:, 1],
            color=colour,
            linewidth=self.points(width * self.u),
            alpha=alpha,
            solid_capstyle=cap,
            solid_joinstyle="round",
            dash_capstyle="butt",
            transform=self.pixels,
        )
        if dashes:
            line.set_linestyle((0, tuple(each / width for each in dashes)))  # of the line's width
        self._add(line, clip, name)

    def tick(self, first: tuple[float, float], second: tuple[float, float]) -> None:
        """Draw a short line of an axis from one pixel to another."""
        self.line(np.array([first, second]), self.theme.grid, 1, cap="butt")

    def shape(
        self,
        path: Path,
        fill: str | None,
        edge: str | None = None,
        width: float = 0.0,
        *,
        alpha: float = 1.0,
        clip: Box | None = None,
        hatch: str = "",
    ) -> None:
        """Draw a path in pixels, with Matplotlib's hatching in the colour of axis lines."""
        patch = PathPatch(
            path,
            facecolor=fill or "none",
            edgecolor=edge or (self.theme.grid if hatch else "none"),
            hatch=hatch or None,
            linewidth=self.points(width * self.u) if edge else 0,
            alpha=alpha,
            joinstyle="round",
            transform=self.pixels,
        )
        self._add(patch, clip)

    def marker(
        self,
        shape: str,
        at: Array,
        radius: float,
        fill: str | None,
        edge: str | None = None,
        width: float = 0.0,
        **more: Any,
    ) -> None:
        """Draw a marker; the radius in the stage's pixels."""
        self.shape(marker_path(shape, radius * self.u, at), fill, edge, width, **more)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        colour: str,
        *,
        bold: bool = False,
        across: str = "left",
        up: str = "baseline",
        turn: float = 0.0,
        halo: str | None = None,
        halo_width: float = 4.0,
        halo_strength: float = 1.0,
    ) -> None:
        """Write at a pixel; the size in the stage's pixels. A halo is an outline under the words, which stay text."""
        look: dict[str, Any] = {
            "fontproperties": font(self.points(size * self.u), bold),
            "horizontalalignment": across,
            "verticalalignment": up,
            "rotation": turn,
            "rotation_mode": "anchor",
            "transform": self.pixels,
            "parse_math": False,  # a dollar sign in a person's formula is one
        }
        if halo:
            outline = Stroke(linewidth=self.points(halo_width * self.u), foreground=halo, alpha=halo_strength)
            if not self.vector:  # both as outlines: letters that are set for pixels stand a little elsewhere
                self._add(Text(x, y, words, color=colour, path_effects=[outline, Normal()], **look), None)
                return
            self._add(Text(x, y, words, color=halo, path_effects=[outline], **look), None)
        self._add(Text(x, y, words, color=colour, **look), None)

    def image(self, pixels: NDArray[np.uint8], box: Box) -> None:
        """Lay an image of exactly the box's pixels there, (rows, columns, 3), or with how far it covers, 4."""
        if pixels.shape[2] == 3:
            opaque = np.full((*pixels.shape[:2], 1), 255, dtype=np.uint8)
            pixels = np.concatenate([pixels, opaque], axis=-1)
        self._add(_Pixels(pixels, (box.x, box.y + box.height), self.pixels), None)

    def wide(self, words: str, size: float, *, bold: bool = False) -> float:
        """Return the width of words in pixels; the size in the stage's pixels."""
        return _width(words, self.points(size * self.u), bold) * self.size.dpi / 72


@lru_cache(maxsize=512)
def font(points: float, bold: bool) -> FontProperties:
    """Return the one font in a size."""
    return FontProperties(family=FONT, size=points, weight="bold" if bold else "normal")


@lru_cache(maxsize=4096)
def _width(words: str, points: float, bold: bool) -> float:
    """Return the width of words in points, as their outlines have it."""
    width, _, _ = text_to_path.get_text_width_height_descent(words, font(points, bold), ismath=False)
    return float(width)
