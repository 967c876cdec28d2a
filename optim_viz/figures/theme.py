"""The one visual theme: lane colours and contour scales, for light and dark.

The eight lane colours are those of Okabe and Ito, "Color Universal Design" (2008, https://jfly.uni-koeln.de/color/),
told apart with any common colour-vision deficiency. On white, orange, sky blue and yellow are darkened at the same
hue until each has a contrast of at least 3:1 (WCAG 2.1, success criterion 1.4.11, graphical objects). On dark all but
yellow are lightened at the same hue, to stand out from the heights of the landscape too, and black becomes a light
grey.
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
        contour: the landscape's colours, from the floor of a valley (0) to the heights (1).
        contour_line: its thin level lines.
        halo: drawn around whatever lies on the landscape, to part it from the ground.
    """

    mode: Mode
    background: str
    text: str
    muted: str
    grid: str
    lanes: tuple[str, ...]
    contour: tuple[tuple[float, str], ...]
    contour_line: str
    halo: str


def _ramp(*colours: str) -> tuple[tuple[float, str], ...]:
    return tuple((i / (len(colours) - 1), colour) for i, colour in enumerate(colours))


LIGHT: Final = Theme(
    mode="light",
    background="#FFFFFF",
    text="#1B1F24",
    muted="#59636E",
    grid="#E4E7EA",
    lanes=("#D55E00", "#CC79A7", "#009E73", "#B87F00", "#0072B2", "#2E93CF", "#9A8F00", "#3C4043"),
    contour=_ramp("#3F6384", "#6F93A8", "#A9C0C2", "#D9DCCB", "#F1EAD8", "#FAF6EC"),
    contour_line="#FEFEFE",
    halo="#FFFFFF",
)

DARK: Final = Theme(
    mode="dark",
    background="#14171A",
    text="#E6E8EA",
    muted="#A3ABB3",
    grid="#2B3137",
    lanes=("#FF8A3D", "#E596C1", "#2FD6A0", "#FFC04D", "#5AAEF3", "#8CD4F3", "#F0E442", "#DADCE0"),
    contour=_ramp("#050B16", "#0B1D33", "#153650", "#22506A", "#3A6C7F", "#5D8892"),
    contour_line="#9FC3D6",
    halo="#000000",
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
