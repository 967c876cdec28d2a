"""The pin: runs that stay on screen as ghosts while something is changed, so that before and after are both seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import cast

from optim_viz.scenario.lane import Lane, read_lanes
from optim_viz.scenario.parameters import read_parameters
from optim_viz.scenario.problem import MAX_NOISE, MAX_SEED, shown
from optim_viz.scenario.reader import Point, Reader
from optim_viz.surfaces import Surface


@dataclass(frozen=True)
class Pin:
    """What the pinned runs depend on, but for the number of steps: ghosts take as many as the lanes.

    Attributes:
        surface: that of the scenario; ghosts are never drawn on another landscape.
        parameters: the surface's adjustable parameters by name, complete.
        formula: the text of the formula; "" unless `surface` is "formula".
        start: (x, y) of every pinned run.
        noise: standard deviation of the noise added to each gradient coordinate.
        seed: of noise and minibatches.
        lanes: 1 to 8 runs. A ghost belongs to the lane of its colour and marker.
    """

    surface: str
    parameters: Mapping[str, float]
    formula: str
    start: Point
    noise: float
    seed: int
    lanes: tuple[Lane, ...]


PIN_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Pin))
"""The names of the fields; a scenario has them all under the same names."""


def read_pin(reader: Reader, raw: object, present: Pin, surface: Surface) -> Pin | None:
    """Read the pin from a stranger's mapping.

    Args:
        reader: collects the problems, as fields "pin" or "pin.seed".
        raw: what was asked for; None for no pin. A field that is left out is as in `present`, but for the lanes.
        present: what the lanes on screen depend on.
        surface: theirs.

    Returns:
        The pin; None where there is none, or where it has no lane or was on another surface, which is reported.
    """
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        reader.report("pin", f"a pin must be an object with named fields, not {shown(raw)}")
        return None
    values = cast("Mapping[str, object]", raw)
    name, formula = values.get("surface", present.surface), values.get("formula", present.formula)
    if (name, formula) != (present.surface, present.formula):
        reader.report(
            "pin", f"the pinned runs were on {shown(formula or name)} and are gone: ghosts keep to one surface"
        )
        return None
    inner = Reader()
    inner.known("", values, PIN_NAMES)
    lanes = read_lanes(inner, values.get("lanes", ()), (), ())
    pin = Pin(
        surface=present.surface,
        parameters=read_parameters(inner, values.get("parameters"), surface, present.parameters),
        formula=present.formula,
        start=inner.point("start", values.get("start", present.start), present.start),
        noise=inner.number("noise", values.get("noise", present.noise), present.noise, 0.0, MAX_NOISE),
        seed=inner.whole("seed", values.get("seed", present.seed), present.seed, 0, MAX_SEED),
        lanes=lanes,
    )
    report_pinned(reader, inner)
    return pin if lanes else None


def report_pinned(reader: Reader, inner: Reader) -> None:
    """Report what was wrong inside a pin as problems of the pin."""
    for problem in inner.problems:
        reader.report(f"pin.{problem.field}", f"pinned: {problem.message}")
