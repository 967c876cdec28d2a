"""What a rule shows beside its particle: further points of the plane, and a matrix as an ellipse."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True)
class Point:
    """A state that is a point of the plane, marked at each step; its symbol names it, and its meaning explains it.

    Attributes:
        state: whose x and y it is.
        marker: one of `looks.MARKERS`, drawn hollow in the lane's colour.
        joined: the place of the particle that a thin line leads from: "before" the step or "after" it.
    """

    state: str
    marker: str
    joined: Literal["before", "after"] = "after"


@dataclass(frozen=True)
class Ellipse:
    """A power of a symmetric matrix of two rows, drawn as what it makes of a circle.

    Attributes:
        diagonal: the state that holds its diagonal.
        cross: the state that holds the entry beside it, the same in both coordinates.
        power: the power, < 0, so that it is long where the matrix is small.
        symbol: how formulas write the matrix.
        meaning: what the ellipse is, in one sentence for a reader.
    """

    diagonal: str
    cross: str
    power: Fraction
    symbol: str
    meaning: str

    @property
    def title(self) -> str:
        """The power as it is written: "L^(−1/2)"."""
        return f"{self.symbol}^({str(self.power).replace('-', '−')})"
