"""How a picture or a film looks: colours, size, view, and which of the stage's parts are in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, get_args

from optim_viz import diagnostics
from optim_viz.figures.theme import THEMES, Mode
from optim_viz.scenario import VIEWS, View
from optim_viz.surfaces import hint, shown

Part = Literal["ground", "plots", "legend", "title"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)

MOST_PIXELS: Final = 4096
"""Along each side of a picture; a film's sides are even numbers, as its encoders want them."""
LEAST_PIXELS: Final = 240
_DESIGN = 1280 * 720  # the picture in which lines and type have the stage's sizes on a laptop


@dataclass(frozen=True)
class Size:
    """What a picture measures.

    Attributes:
        width: pixels of a PNG, a GIF or a film.
        height: the same.
        dpi: pixels an inch, which makes a PDF or an SVG (width / dpi) inches wide.
        unit: pixels of one of the stage's pixels: lines, markers and type are so many times as large.
    """

    width: int
    height: int
    dpi: float
    unit: float


SIZES: Final[dict[str, Size]] = {
    "paper": Size(1950, 1290, 300, 2.5),  # 6.5 inches, the width of a page's text, with type of about 7 points
    "slide": Size(1920, 1080, 144, 1.5),  # 13.33 by 7.5 inches
}
"""The sizes that have names."""


def size_of(text: str) -> Size:
    """Read a size: a name of `SIZES`, or pixels such as "1280x720".

    Raises:
        ValueError: neither, or more or fewer pixels than a picture may have.
    """
    if text in SIZES:
        return SIZES[text]
    found = re.fullmatch(r"([0-9]{1,6})[x×]([0-9]{1,6})", text.strip().lower())
    if not found:
        raise ValueError(f"a size is {', '.join(SIZES)} or pixels such as 1280x720, not {shown(text)}")
    width, height = int(found[1]), int(found[2])
    if not all(LEAST_PIXELS <= side <= MOST_PIXELS for side in (width, height)):
        raise ValueError(f"a picture has {LEAST_PIXELS} to {MOST_PIXELS} pixels along each side, not {width}x{height}")
    return Size(width, height, 96, min(3.0, max(0.75, (width * height / _DESIGN) ** 0.5)))


@dataclass(frozen=True)
class Look:
    """How a picture looks.

    Attributes:
        theme: "light" or "dark".
        size: "paper" (6.5 inches wide), "slide" (1920 by 1080 pixels), or pixels such as "1280x720".
        view: "overlay", "panels" (side by side) or "3d"; None takes the scenario's.
        parts: which of `PARTS` are in it.
        plots: names of the diagnostics that are plotted; None takes the scenario's.

    Raises:
        ValueError: an unknown theme, size, view, part or plot; the message names it and says what there is.
    """

    theme: Mode = "light"
    size: str = "slide"
    view: View | None = None
    parts: tuple[Part, ...] = PARTS
    plots: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Check every field."""
        _one_of("theme", self.theme, tuple(THEMES))
        size_of(self.size)
        if self.view is not None:
            _one_of("view", self.view, VIEWS)
        for part in self.parts:
            _one_of("part", part, PARTS)
        if not {"ground", "plots"} & set(self.parts):
            raise ValueError("a picture shows the ground or the plots, or both: choose one of them")
        for name in self.plots or ():
            diagnostics.get(name)

    @property
    def measures(self) -> Size:
        """The size in numbers."""
        return size_of(self.size)


def _one_of(what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ValueError(f"no {what} is called {shown(given)}{hint(given, known, 'there are')}")
