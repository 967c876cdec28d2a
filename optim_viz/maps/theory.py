"""What is known in closed form of a quadratic, to be drawn over a map: the edge, critical damping, the optimum.

Each direction of a quadratic evolves by itself. What each rule's own file declares in units of 1/curvature
(`stability`, `critical`, `optimum`) meets the curvatures ℓ and L of the surface here; every form is one of lr, so a map
has lines where lr is one of its axes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from optim_viz.maps.axis import Axis
from optim_viz.maps.outcome_map import OutcomeMap
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array

Kind = Literal["edge", "critical", "critical-flat", "optimum"]
_POINTS = 129


@dataclass(frozen=True, eq=False)
class Line:
    """A line, or a point, of theory.

    Attributes:
        kind: "edge" (runs diverge beyond it), "critical" (beyond it runs swing in the steepest direction),
            "critical-flat" (in the flattest one, where that is another) or "optimum".
        words: its formula.
        x: (K,) values of the map's x axis; one for a point.
        y: (K,) values of its y axis.
        source: where it was published.
    """

    kind: Kind
    words: str
    x: Array
    y: Array
    source: str


def theory(found: OutcomeMap) -> list[Line]:
    """Return what can be drawn over a map: nothing where lr is no axis or changes, or the surface is no bowl.

    Lines leave the map where the formula does; values beyond its axes are not in them.
    """
    if (
        found.surface.stochastic
        or found.schedule is not None
        or not any(axis.name == "lr" for axis in (found.x, found.y))
    ):
        return []
    other = found.y if found.x.name == "lr" else found.x
    places = _between(other)
    cases = [_Case(found, other, float(value)) for value in places]
    if any(case.curvatures is None for case in cases):
        return []
    lines = [*_lines(found, other, places, cases)]
    return [line for line in (_on_map(found, line) for line in lines) if line is not None]


class _Case:
    """One value of the axis beside lr: the hyperparameters with it, and the curvatures of the surface."""

    def __init__(self, found: OutcomeMap, other: Axis, value: float) -> None:
        self.given: dict[str, Any] = dict(found.hyperparameters)
        surface = found.surface
        if other.kind == "surface":
            surface = _rebuilt(surface, other.name, value)
        elif other.name in self.given:
            self.given[other.name] = value
        self.curvatures = curvatures(surface)


def curvatures(surface: Surface) -> tuple[float, float] | None:
    """Return the smallest and the largest eigenvalue of a quadratic's Hessian; None unless it is a bowl or a trough."""
    if not surface.quadratic:
        return None
    hxx, hxy, hyy = (float(entry) for entry in surface.hessian(np.float64(0.0), np.float64(0.0)))
    low, high = np.linalg.eigvalsh([[hxx, hxy], [hxy, hyy]]).tolist()
    return (low, high) if low >= 0 and high > 0 else None


def _rebuilt(surface: Surface, name: str, value: float) -> Surface:
    whole = next(each.integer for each in surface.parameters if each.name == name)
    return surface.rebuild(**{name: round(value) if whole else value})


def _between(axis: Axis) -> Array:
    """Return values along an axis, finer than its own; those alone where a surface has to be made for each."""
    return np.asarray(axis.values) if axis.kind == "surface" else axis.between(_POINTS)


def _lines(found: OutcomeMap, other: Axis, places: Array, cases: list[_Case]) -> Iterator[Line]:
    """Yield all lines, parts beyond the map included."""
    rule = found.rule

    def line(kind: Kind, words: str, lrs: list[float], source: str) -> Line:
        across, up = (np.array(lrs), places) if other is found.y else (places, np.array(lrs))
        return Line(kind, words, across, up, source)

    spectra = [case.curvatures or (np.nan, np.nan) for case in cases]
    limits = [rule.stability(case.given) for case in cases]
    known = [limit for limit in limits if limit is not None]
    edges = [
        np.inf if limit is None else limit.units / (high + limit.added)
        for limit, (_, high) in zip(limits, spectra, strict=True)
    ]
    if known:
        yield line("edge", f"lr = {known[-1].words}/{known[-1].curvature}", edges, rule.source)
    for place, letter in enumerate("ℓL"):
        criticals = [rule.critical(case.given) for case in cases]
        stated = [limit for limit in criticals if limit is not None]
        same = all(low == high for low, high in spectra)
        if not stated or (place == 0 and same):
            continue
        lrs = np.array(
            [
                limit.units / (both[place] + limit.added) if limit and both[place] + limit.added > 0 else np.nan
                for limit, both in zip(criticals, spectra, strict=True)
            ]
        )
        # Beyond the edge runs grow: there is nothing left to damp.
        lrs = np.where(lrs < edges, lrs, np.nan)
        yield line(
            "critical" if letter == "L" else "critical-flat",
            f"lr = {stated[-1].words}/{letter}",
            lrs.tolist(),
            rule.source,
        )
    yield from _optimum(found, other, places, cases)


def _optimum(found: OutcomeMap, other: Axis, places: Array, cases: list[_Case]) -> Iterator[Line]:
    """Yield the best setting: a point where it takes both axes, a line where it takes lr alone."""
    best = [
        None if not case.curvatures or case.curvatures[0] <= 0 else found.rule.optimum(case.given, *case.curvatures)
        for case in cases
    ]
    first = best[0]
    if first is None or any(each is None for each in best):
        return
    lrs = np.array([each.values["lr"] for each in best if each is not None])
    if set(first.values) == {"lr", other.name}:
        lr, value = np.array([first.values["lr"]]), np.array([first.values[other.name]])
    elif set(first.values) == {"lr"}:
        lr, value = lrs, places
    else:
        return
    across, up = (lr, value) if other is found.y else (value, lr)
    yield Line("optimum", first.words, across, up, first.source)


def _on_map(found: OutcomeMap, line: Line) -> Line | None:
    """Cut off what lies beyond the map; None where nothing is left."""
    inside = np.ones(len(line.x), dtype=np.bool_)
    for axis, values in ((found.x, line.x), (found.y, line.y)):
        with np.errstate(all="ignore"):
            inside &= (values >= axis.values[0]) & (values <= axis.values[-1])
    if not inside.any():
        return None
    # A gap in the middle stays a gap; the ends are cut.
    first, last = np.flatnonzero(inside)[[0, -1]]
    part = slice(first, last + 1)
    x, y = (np.where(inside[part], values[part], np.nan) for values in (line.x, line.y))
    return Line(line.kind, line.words, x, y, line.source)
