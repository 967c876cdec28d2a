"""What a loss plane is of, as plain values that are checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, cast, get_args

from optim_viz.planes.snapshots import Point

Kind = Literal["paths", "random", "line"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
RESOLUTIONS: Final = (25, 51, 75, 101)
"""Points along each side: odd, so that one row lies in the middle."""
EXAMPLES: Final = (200, 500, 1000, 2000, 5000)
"""Offers for the number of training examples whose mean loss is drawn."""


@dataclass(frozen=True)
class PlaneSettings:
    """A loss plane of a run.

    Attributes:
        kind: "paths" is the principal plane of all points, "random" a plane around the last of them, "line" a plane
            along the line from the first to the last.
        points: the kept points (lane, step) that it is made from.
        drawn: further kept points whose place beside the plane is worked out.
        resolution: points along each side, odd, 5 to 201.
        examples: the loss is the mean over this many training examples, the first ones, 1 to 100,000.
        seed: of the random directions, 0 to 2³² - 1.

    Raises:
        ValueError: a field that is out of range; the message names it.
    """

    kind: Kind
    points: tuple[Point, ...]
    drawn: tuple[Point, ...] = ()
    resolution: int = 51
    examples: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        """Check every field."""
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        if len(set(self.points)) < (1 if self.kind == "random" else 2):
            raise ValueError(f"a plane of kind {self.kind} takes more kept points than {len(set(self.points))}")
        _check("resolution", self.resolution, 5, 201)
        if self.resolution % 2 == 0:
            raise ValueError(f"resolution must be odd, not {self.resolution}")
        _check("examples", self.examples, 1, 100_000)
        _check("seed", self.seed, 0, 2**32 - 1)

    @property
    def all_points(self) -> tuple[Point, ...]:
        """Every point that is projected, by lane, then step."""
        return tuple(sorted({*self.points, *self.drawn}))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> PlaneSettings:
        """Read what `to_dict` wrote.

        Raises:
            ValueError: it is something else.
        """
        try:
            given: dict[str, Any] = dict(values)
            points, drawn = _points(given.pop("points")), _points(given.pop("drawn"))
            return cls(points=points, drawn=drawn, **given)
        except (TypeError, KeyError) as error:
            raise ValueError(f"not the settings of a loss plane: {error}") from error


def _points(values: object) -> tuple[Point, ...]:
    return tuple((int(lane), int(step)) for lane, step in cast("Sequence[Sequence[int]]", values))


def _check(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, not {value!r}")
