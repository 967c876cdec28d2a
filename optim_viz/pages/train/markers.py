"""The lanes' marker shapes as CSS, the same as the stage draws (stage/assets/draw/canvas.js).

Streamlit's HTML takes no SVG.
"""

from __future__ import annotations

from math import cos, pi, sin
from typing import Final

RADIUS: Final = 6
UNITS: Final = 18
_CROSS: Final = [
    (-0.42, -1.2), (0.42, -1.2), (0.42, -0.42), (1.2, -0.42), (1.2, 0.42), (0.42, 0.42),
    (0.42, 1.2), (-0.42, 1.2), (-0.42, 0.42), (-1.2, 0.42), (-1.2, -0.42), (-0.42, -0.42),
]  # fmt: skip
_SHAPES: Final = {
    "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    "diamond": [(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
    "triangle-up": [(0.0, -1.2), (1.15, 0.9), (-1.15, 0.9)],
    "triangle-down": [(0.0, 1.2), (1.15, -0.9), (-1.15, -0.9)],
    "cross": _CROSS,
    "star": [
        ((0.6 if i % 2 else 1.4) * cos(pi / 5 * i - pi / 2), (0.6 if i % 2 else 1.4) * sin(pi / 5 * i - pi / 2))
        for i in range(10)
    ],
    "hexagon": [(1.15 * cos(pi / 3 * i), 1.15 * sin(pi / 3 * i)) for i in range(6)],
}


def marker_style(shape: str) -> str:
    """Return the style that cuts a square element of 18 units into a marker of radius 6; a circle where unknown."""
    corners = _SHAPES.get(shape)
    if corners is None:
        return f"clip-path: circle({100 * RADIUS / UNITS:.2f}%)"
    places = ", ".join(f"{_percent(x)} {_percent(y)}" for x, y in corners)
    return f"clip-path: polygon({places})"


def _percent(value: float) -> str:
    return f"{50 + 100 * RADIUS / UNITS * value:.2f}%"
