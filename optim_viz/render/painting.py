# pyright: basic
"""Puts pictures and frames together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from numpy.typing import NDArray
from PIL import Image

from optim_viz.figures.theme import THEMES, legible
from optim_viz.render.board import Board, own_settings
from optim_viz.render.charts import chart_panels, draw_charts
from optim_viz.render.ground import draw_ground, ground_panels
from optim_viz.render.heights import rgb
from optim_viz.render.layout import layout
from optim_viz.render.look import Look
from optim_viz.render.moving import (
    draw_cursors,
    draw_ground_at,
    draw_legend,
    draw_losses,
    draw_past,
    draw_step,
    draw_title,
)
from optim_viz.render.scene import Scene
from optim_viz.render.solid.ground import Ground
from optim_viz.render.solid.painting import draw_solid, draw_solid_at


class Painting:
    """A scene on a board: what stands still is drawn, what moves can be drawn at any step."""

    def __init__(self, scene: Scene, look: Look, *, vector: bool) -> None:
        """Draw what stands still.

        Raises:
            ValueError: the picture is too small for what is chosen.
        """
        self.scene = scene
        self.where = layout(scene, look)
        self.board = Board(look.measures, THEMES[look.theme], vector=vector)
        self.panels, self.plots = ground_panels(scene, self.where), chart_panels(scene, self.where)
        self.solid = Ground(scene, self.where.panels[0]) if scene.view == "3d" and self.where.panels else None
        draw_title(self.board, scene, self.where)
        if self.solid:
            draw_solid(self.board, self.solid)
        else:
            draw_ground(self.board, scene, self.where, self.panels)
        draw_charts(self.board, scene, self.plots)
        draw_legend(self.board, scene, self.where.legend)
        self.board.keep()

    def draw_at(self, time: int) -> None:
        """Draw what moves, but for the plots' past."""
        if self.solid:
            draw_solid_at(self.board, self.scene, self.solid, time)
        else:
            draw_ground_at(self.board, self.scene, self.panels, time)
        draw_cursors(self.board, self.scene, self.plots, time)
        draw_losses(self.board, self.scene, self.where.legend, time)
        draw_step(self.board, self.scene, self.where, time)

    def save(self, path: Path, kind: str, time: int) -> None:
        """Write the picture at a step."""
        draw_past(self.board, self.scene, self.plots, time)
        self.draw_at(time)
        self.board.keep()
        figure = self.board.figure
        named = {"Title": f"{self.scene.title}, step {time} of {self.scene.steps}", "Creator": "optim_viz"}
        if kind == "svg":
            FigureCanvasSVG(figure).print_svg(path, metadata={**named, "Date": None})
        elif kind == "pdf":
            FigureCanvasPdf(figure).print_pdf(path, metadata={**named, "CreationDate": None})
        else:
            self.board.canvas.draw()
            pixels = np.asarray(self.board.canvas.buffer_rgba())[..., :3]
            dpi = self.board.size.dpi
            Image.fromarray(pixels).save(path, "PNG", dpi=(dpi, dpi), optimize=True)

    def frames(self, times: Sequence[int]) -> Iterator[NDArray[np.uint8]]:
        """Yield the picture at each step, (height, width, 4); each is overwritten by the next.

        What stands still is painted once. The plots' past is copied from a picture in which all curves are drawn, and
        only the rest is drawn anew.
        """
        board = self.board
        board.canvas.draw()
        renderer = board.canvas.get_renderer()
        pixels = np.asarray(renderer.buffer_rgba())
        before = pixels.copy()
        draw_past(board, self.scene, self.plots, self.scene.steps)
        self._paint(renderer)
        after = pixels.copy()
        for time in times:
            pixels[...] = before
            for _, panel in self.plots:
                box = panel.box
                rows = slice(int(box.y) - 2, int(box.y + box.height) + 2)
                columns = slice(int(box.x) - 2, round(float(panel.at(time, 0.0)[0])))
                pixels[rows, columns] = after[rows, columns]
            self.draw_at(time)
            self._paint(renderer)
            yield pixels

    def colours(self) -> list[tuple[int, int, int]]:
        """Return the colours of what moves and of words, with those at their soft edges."""
        theme = self.board.theme
        found = [rgb(colour) for colour in (theme.background, theme.text, theme.muted, theme.grid, theme.halo)]
        found += [0.5 * (found[0] + each) for each in found[1:4]]
        ground = [rgb(colour) for _, colour in theme.contour[:: len(theme.contour) - 1]]
        for lane in (*self.scene.lanes, *(ghost for ghost, _ in self.scene.pinned)):
            colour = rgb(theme.lanes[lane.colour])
            found += [colour, rgb(legible(theme.lanes[lane.colour], theme.background))]
            found += [share * colour + (1 - share) * found[0] for share in (0.75, 0.5, 0.22)]
            found += [0.8 * colour + 0.2 * each for each in ground]
        return [(round(r), round(g), round(b)) for r, g, b in np.unique(np.round(found), axis=0)[:128].tolist()]

    def _paint(self, renderer) -> None:
        for artist in self.board.take():
            artist.set_figure(self.board.figure)
            artist.draw(renderer)


def save_picture(scene: Scene, path: Path, kind: str, look: Look, time: int) -> None:
    """Write one picture."""
    with own_settings():
        Painting(scene, look, vector=kind in ("svg", "pdf")).save(path, kind, time)
