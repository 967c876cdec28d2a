"""What can stand along the side of a map: a hyperparameter, a parameter of the surface, a coordinate of the start."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from optim_viz.surfaces import Surface, hint, shown
from optim_viz.update_rules import Hyperparameter, UpdateRule

Kind = Literal["hyperparameter", "surface", "start"]
Scale = Literal["log", "complement", "linear"]

MOST_VALUES = 256
_START = ("x", "y")
_LEAST_STEP, _LARGEST_STEP = 1e-300, 1e300
"""Below the one numbers lose their digits, one after the other; beyond the other ends have no distance."""


@dataclass(frozen=True)
class Axis:
    """One side of a map.

    Attributes:
        name: of a hyperparameter ("lr"), of a parameter of the surface ("kappa"), or "x" or "y" of the start.
        kind: which of the three it is.
        title: what it is called on screen.
        values: increasing, 2 to 256 of them.
        scale: how they are spaced: "log", "complement" (the logarithm of 1 - value, as of a decay) or "linear".
    """

    name: str
    kind: Kind
    title: str
    values: tuple[float, ...]
    scale: Scale

    def places(self, values: Sequence[float] | NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Return where values stand along the axis; its own where None. Evenly spaced values have even places."""
        array = np.asarray(self.values if values is None else values, dtype=np.float64)
        if self.scale == "linear":
            return array
        with np.errstate(all="ignore"):
            return np.log10(array) if self.scale == "log" else -np.log10(1.0 - array)

    def between(self, count: int) -> NDArray[np.float64]:
        """Return `count` values from the first to the last, evenly spaced on the axis's own scale."""
        places = self.places()
        even = np.linspace(float(places[0]), float(places[-1]), count, dtype=np.float64)
        if self.scale == "linear":
            return even
        return np.power(10.0, even) if self.scale == "log" else 1.0 - np.power(10.0, -even)


def axis_names(surface: Surface, rules: Sequence[UpdateRule]) -> dict[str, str]:
    """Return the title of everything that can stand along a side, by name.

    The hyperparameters of the rules come first, those whose slider is always in sight before the others; then the
    parameters of the surface, then the start. A name that two of them share belongs to the first.
    """
    own = [each for rule in rules for each in rule.hyperparameters if each.scale != "choice"]
    found = {each.name: _title(each) for each in sorted(own, key=lambda each: not each.primary)}
    found |= {
        each.name: _surface_title(each.name, each.symbol) for each in surface.parameters if each.name not in found
    }
    return found | {name: f"start {name}" for name in _START if name not in found}


def make_axis(
    name: str,
    surface: Surface,
    rules: Sequence[UpdateRule],
    count: int,
    low: float | None = None,
    high: float | None = None,
) -> Axis:
    """Return an axis with evenly spaced values, each rounded to four digits so that a link stays readable.

    Args:
        name: one of `axis_names`.
        surface: whose parameters and domain count.
        rules: whose hyperparameters count.
        count: how many values, 2 to 256; a parameter of whole numbers may have fewer.
        low: the first value; where None, the lower end of the sliders, of the parameter's range or of the domain.
        high: the last value; the upper end where None.

    Raises:
        ValueError: an unknown name, or a count or a range that is not possible; the message says what is.
    """
    if not 2 <= count <= MOST_VALUES:
        raise ValueError(f"{count} values along an axis are outside [2, {MOST_VALUES}]")
    own = [each for rule in rules for each in rule.hyperparameters if each.name == name and each.scale != "choice"]
    parameter = next((each for each in surface.parameters if each.name == name), None)
    if own:
        return _of_hyperparameter(own, count, low, high)
    if parameter is not None:
        ends = _ends(name, low, high, (parameter.low, parameter.high), (parameter.low, parameter.high))
        scale: Scale = "log" if ends[0] > 0 else "linear"
        values = _spaced(*ends, count, scale)
        if parameter.integer:
            values = tuple(sorted({float(round(value)) for value in values}))
        return Axis(name, "surface", _surface_title(name, parameter.symbol), values, scale)
    if name in _START:
        ends = _ends(name, low, high, surface.domain[_START.index(name)], (-math.inf, math.inf))
        return Axis(name, "start", f"start {name}", _spaced(*ends, count, "linear"), "linear")
    raise ValueError(f"nothing to map is called {shown(name)}{hint(name, axis_names(surface, rules), 'there are')}")


def _of_hyperparameter(own: Sequence[Hyperparameter], count: int, low: float | None, high: float | None) -> Axis:
    """Return the axis of a hyperparameter that several rules may have, over the sliders of all of them."""
    each = own[0]
    scale: Scale = "linear" if each.scale == "linear" else "complement" if each.complement else "log"
    sliders = min(one.low for one in own), max(one.high for one in own)
    ends = _ends(each.name, low, high, sliders, (each.allowed.low, each.allowed.high))
    for one in own:
        for end in ends:
            one.check(end)
    if (scale == "log" and ends[0] <= 0) or (scale == "complement" and ends[1] >= 1):
        scale = "linear"
    return Axis(each.name, "hyperparameter", _title(each), _spaced(*ends, count, scale), scale)


def _ends(
    name: str,
    low: float | None,
    high: float | None,
    usual: tuple[float, float],
    allowed: tuple[float, float],
) -> tuple[float, float]:
    first, last = usual[0] if low is None else float(low), usual[1] if high is None else float(high)
    if not (math.isfinite(first) and math.isfinite(last) and allowed[0] <= first < last <= allowed[1]):
        raise ValueError(
            f"{name} from {first:g} to {last:g} is no range: the first must be the smaller, both from {allowed[0]:g} "
            f"to {allowed[1]:g}"
        )
    return first, last


def _spaced(low: float, high: float, count: int, scale: Scale) -> tuple[float, ...]:
    if scale == "linear":
        step = high / (count - 1) - low / (count - 1)  # high - low may be beyond the numbers there are
        if not _LEAST_STEP <= step <= _LARGEST_STEP:
            amount = f"less than {_LEAST_STEP:g}" if step < _LEAST_STEP else f"more than {_LARGEST_STEP:g}"
            raise ValueError(f"{count} values from {low:g} to {high:g} are {amount} apart")
        digits = 3 - math.floor(math.log10(step))
        shares = [place / (count - 1) for place in range(count)]
        values = [round(low * (1 - share) + high * share, digits) for share in shares]
    elif scale == "complement":
        # Decimal, because 1 - 0.00123 in binary prints as 0.9987699999999999.
        gaps = np.geomspace(1 - low, 1 - high, count)
        values = [float(1 - Decimal(f"{float(gap):.4g}")) for gap in gaps]
    else:
        values = [float(f"{float(each):.4g}") for each in np.geomspace(low, high, count)]
    if len(set(values)) < count:
        raise ValueError(f"{count} values from {low:g} to {high:g} lie too close to tell them apart in four digits")
    return tuple(values)


def _title(each: Hyperparameter) -> str:
    return f"{each.words} {each.symbol}" if each.name == "lr" else each.short


def _surface_title(name: str, symbol: str) -> str:
    return symbol if symbol != name else f"{name} of the surface"
