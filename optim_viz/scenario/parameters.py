"""Reads the adjustable parameters of a surface from what a stranger wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from optim_viz.scenario.problem import shown
from optim_viz.scenario.reader import Reader
from optim_viz.surfaces import Surface


def named(reader: Reader, raw: object) -> Mapping[str, object]:
    """Return the parameters asked for by name, whatever the names."""
    if raw is not None and not isinstance(raw, Mapping):
        reader.report("parameters", f"parameters must be names with values, not {shown(raw)}")
    return cast("Mapping[str, object]", raw) if isinstance(raw, Mapping) else {}


def read_parameters(
    reader: Reader, raw: object, surface: Surface, old: Mapping[str, float], beside: Iterable[str] = ()
) -> dict[str, float]:
    """Return a value for every parameter of a surface: the given one, else the old one, else the default.

    Args:
        reader: collects the problems.
        raw: what was asked for, by name.
        surface: whose parameters they are.
        old: the values that stay where a new one is bad.
        beside: other names that may have been meant by one that is unknown.
    """
    given = named(reader, raw)
    reader.known("parameters", given, [parameter.name for parameter in surface.parameters], beside=beside)
    values: dict[str, float] = {}
    for parameter in surface.parameters:
        name = parameter.name
        kept = old.get(name, parameter.default)
        field, raw_value, low, high = f"parameters.{name}", given.get(name, kept), parameter.low, parameter.high
        if parameter.integer:
            values[name] = reader.whole(field, raw_value, int(kept), int(low), int(high))
        else:
            values[name] = reader.number(field, raw_value, kept, low, high)
    return values
