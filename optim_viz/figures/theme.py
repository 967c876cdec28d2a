"""The one visual theme: lane colours and contour scales, for light and dark.

The eight lane colours are those of Okabe and Ito, "Color Universal Design" (2008, https://jfly.uni-koeln.de/color/),
told apart with any common colour-vision deficiency. On the dark background they are used as published, black becoming
a light grey. On white, orange, sky blue and yellow are darkened at the same hue until each has a contrast of at least
3:1 (WCAG 2.1, success criterion 1.4.11, graphical objects).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Mode = Literal["light", "dark"]

COLOUR_NAMES: Final = ("vermillion", "purple", "green", "orange", "blue", "sky blue", "yellow", "grey")
"""Names of the lane colours, in the order of the palette."""


@dataclass(frozen=True)
class Theme:
    """Colours of one mode. All are "#rrggbb".

    Attributes:
        mode: "light" or "dark".
        background: the page behind every plot.
        text: labels and titles.
        muted: ticks and secondary words.
        grid: axis lines that recede.
        lanes: the eight lane colours, in the order of `COLOUR_NAMES`.
        contour: colour scale of log(f - f* + c), from the valley floor (0) to the walls (1).
        contour_line: the thin isolines.
        solid: the same scale for the surface in 3D: a solid body needs more tone than a map.
        solid_line: the level lines on it.
    """

    mode: Mode
    background: str
    text: str
    muted: str
    grid: str
    lanes: tuple[str, ...]
    contour: tuple[tuple[float, str], ...]
    contour_line: str
    solid: tuple[tuple[float, str], ...]
    solid_line: str


LIGHT: Final = Theme(
    mode="light",
    background="#FFFFFF",
    text="#1B1F24",
    muted="#59636E",
    grid="#E4E7EA",
    lanes=("#D55E00", "#CC79A7", "#009E73", "#B87F00", "#0072B2", "#2E93CF", "#9A8F00", "#3C4043"),
    contour=((0.0, "#C9D3DC"), (0.5, "#E3E9EE"), (1.0, "#FAFBFC")),
    contour_line="#B4C0CB",
    solid=((0.0, "#5F7D94"), (0.5, "#A9BDCB"), (1.0, "#E3EAEF")),
    solid_line="#7B8F9D",
)

DARK: Final = Theme(
    mode="dark",
    background="#14171A",
    text="#E6E8EA",
    muted="#A3ABB3",
    grid="#2B3137",
    lanes=("#D55E00", "#CC79A7", "#009E73", "#E69F00", "#0072B2", "#56B4E9", "#F0E442", "#DADCE0"),
    contour=((0.0, "#323C46"), (0.5, "#232A31"), (1.0, "#181C20")),
    contour_line="#46525E",
    solid=((0.0, "#0F161C"), (0.5, "#2C3E4C"), (1.0, "#5D7486")),
    solid_line="#7D93A3",
)

THEMES: Final[dict[Mode, Theme]] = {"light": LIGHT, "dark": DARK}


def relative_luminance(colour: str) -> float:
    """Return the relative luminance of "#rrggbb", 0 (black) to 1 (white).

    L = 0.2126 R + 0.7152 G + 0.0722 B with each channel c linearised: c/12.92 up to 0.04045, else
    ((c + 0.055)/1.055)**2.4. Source: WCAG 2.1, "relative luminance".
    """
    linear: list[float] = []
    for start in (1, 3, 5):
        channel = int(colour[start : start + 2], 16) / 255
        linear.append(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the WCAG contrast ratio (L1 + 0.05)/(L2 + 0.05) of two "#rrggbb" colours, 1 to 21."""
    dark, light = sorted((relative_luminance(first), relative_luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def legible(colour: str, background: str) -> str:
    """Return a colour as small text needs it: mixed with black or white until its contrast is at least 4.5:1.

    That is what WCAG 2.1, success criterion 1.4.3, asks for. Steps of 5 %, so that the hue stays as far as it can.

    Args:
        colour: "#rrggbb".
        background: what it stands on, "#rrggbb".
    """
    far = 255 if relative_luminance(background) < 0.18 else 0  # white stands out more from below 0.18, black from above
    parts = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    for step in range(21):
        mixed = "#" + "".join(f"{round(part + (far - part) * step / 20):02X}" for part in parts)
        if contrast(mixed, background) >= 4.5:
            return mixed
    return "#FFFFFF" if far else "#000000"
