"""Value axes of the plots: how a value becomes a height, the range that shows all curves, and the ticks.

The same axes as in the browser (state/axes.js): a test holds one against the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ticks = list[tuple[float, str]]

_MAX_DECADES = 14
_FEWEST_DECADES, _MOST_DECADES = 3, 13  # of each sign of a symlog axis; below the fewest it is linear
_OUT_OF_SCALE = 1e12  # a lane that is so many times as large as another leaves the picture
_FLATTENED = 300  # on a linear axis what is so many times smaller than the largest is a line
_FAR = 5e307
_SMALLEST_SPAN = 1e-200
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True, eq=False)
class Axis:
    """One value axis.

    Attributes:
        span: of what `forward` gives, bottom and top.
        forward: value to height; NaN where the axis cannot show it.
        ticks: heights with their words.
        scale: "linear", "log" or "symlog".
    """

    span: tuple[float, float]
    forward: Callable[[Array], Array]
    ticks: Ticks
    scale: str


def fit_axis(scale: str, lanes: Sequence[tuple[bool, Sequence[Array]]], *, chosen: bool = False) -> Axis:
    """Return the axis that shows a chart's curves, so that no lane flattens the others to a line.

    A run that diverges, or is 10^12 times as large as another, leaves the picture at its edge, unless all do. On a
    linear axis values of very different sizes take a symmetric logarithm.

    Args:
        scale: what the diagnostic declares.
        lanes: of each, whether it diverges, and the curves that it has here.
        chosen: somebody chose the scale, so that a linear axis stays one.
    """
    fitted, least = _in_scale(lanes)
    curves = [curve for lane in fitted for curve in lane]
    if scale == "log":
        span = _log_range(_extent(curves, _log10))
        return Axis(span, _log10, _decade_ticks(span), "log")
    low, high = _extent(curves, lambda values: values)
    most = max(abs(low), abs(high))
    if scale == "linear" and (chosen or not most > least * _FLATTENED):
        span = _linear_range(low, high)
        return Axis(span, lambda values: values, linear_ticks(span), "linear")
    linear = _linear_below(most, least)

    def forward(values: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.sign(values) * np.log10(1 + np.abs(values) / linear)

    ends = forward(np.array([low, high]))
    span = (-1.0, 1.0) if low > high else _linear_range(float(ends[0]), float(ends[1]))
    return Axis(span, forward, _symlog_ticks(span, linear), "symlog")


def _log10(values: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.log10(np.where(values > 0, values, np.nan))


def _in_scale(lanes: Sequence[tuple[bool, Sequence[Array]]]) -> tuple[list[Sequence[Array]], float]:
    """Return the lanes' curves that the axis is fitted to, and the size that must still be seen on it."""
    calm = [curves for diverges, curves in lanes if not diverges]
    sizes = [(curves, *_sizes(curves)) for curves in (calm or [curves for _, curves in lanes])]
    smallest = min((size for _, size, _ in sizes if size > 0), default=math.inf)
    kept = [each for each in sizes if not each[1] > smallest * _OUT_OF_SCALE]
    return [curves for curves, _, _ in kept], min((early for _, _, early in kept if early > 0), default=math.inf)


def _sizes(curves: Sequence[Array]) -> tuple[float, float]:
    """Return the largest value of a lane, and that of its first tenth."""
    size = early = 0.0
    for values in curves:
        whole = np.where(np.isfinite(values), np.abs(values), 0.0)
        beginning = float(whole[: math.ceil(len(whole) / 10) + 1].max(initial=0.0))
        if beginning > size:
            early = beginning
        size = max(size, float(whole.max(initial=0.0)))
    return size, early


def _extent(curves: Sequence[Array], forward: Callable[[Array], Array]) -> tuple[float, float]:
    low, high = math.inf, -math.inf
    for values in curves:
        shown = forward(values)
        shown = shown[np.isfinite(shown)]
        if shown.size:
            low, high = min(low, float(shown.min())), max(high, float(shown.max()))
    return low, high


def _linear_below(most: float, least: float) -> float:
    if not 0 < most < math.inf:
        return 1.0
    top = math.ceil(math.log10(most))
    decades = top - math.floor(math.log10(least)) + 1 if math.isfinite(least) else _FEWEST_DECADES
    return 10.0 ** max(-300, top - max(_FEWEST_DECADES, min(decades, _MOST_DECADES)))


def _log_range(extent: tuple[float, float]) -> tuple[float, float]:
    low, high = extent
    if low > high:
        return -1.0, 1.0
    bottom = max(low, high - _MAX_DECADES)
    pad = max(0.15, (high - bottom) * 0.06)
    return bottom - pad, high + pad


def _linear_range(low: float, high: float) -> tuple[float, float]:
    if low > high:
        return -1.0, 1.0
    bottom, top = max(low, -_FAR), min(high, _FAR)
    span, size = top - bottom, max(abs(bottom), abs(top))
    flat = max(size * 0.1, 1e-6) if size > 0 else 1.0
    pad = span * 0.08 if span > max(_SMALLEST_SPAN, size * 1e-9) else flat
    return bottom - pad, top + pad


def linear_ticks(span: tuple[float, float], most: int = 4) -> Ticks:
    """Return round values, about so many."""
    rough = (span[1] - span[0]) / most
    unit = 10.0 ** math.floor(math.log10(rough))
    step = unit * next(each for each in (1, 2, 5, 10) if each * unit >= rough * 0.999)
    first, last = math.ceil(span[0] / step), math.floor(span[1] / step)
    return [(place * step, number(round(place * step, 12))) for place in range(first, last + 1)]


def _decade_ticks(span: tuple[float, float]) -> Ticks:
    """Return at most five round powers of ten."""
    first, last = math.ceil(span[0]), math.floor(span[1])
    if last - first < 1:
        return _fine_ticks(span)
    every = max(1, math.ceil((last - first + 1) / 5))
    start = math.ceil(first / every) * every
    return [(float(power), power_of_ten(power)) for power in range(start, last + 1, every)]


def _fine_ticks(span: tuple[float, float]) -> Ticks:
    """Of less than two powers of ten: 1, 2 and 5 times a power, or, of a very short range, its thirds."""
    low, high = span
    powers = (math.floor(low), math.floor(low) + 1)
    known = [math.log10(digit) + power for power in powers for digit in (1, 2, 5)]
    in_sight = [at for at in (*known, math.floor(low) + 2.0) if low <= at <= high]
    at = in_sight if len(in_sight) > 1 else [low + share * (high - low) for share in (1 / 6, 1 / 2, 5 / 6)]
    counts = (2, 4, 8, 12)  # of digits
    texts = [[number(float(f"{10.0**each:.{digits}g}"), max(4, digits)) for each in at] for digits in counts]
    words = next((each for each in texts if len(set(each)) == len(each)), texts[0])
    return list(zip(at, words, strict=True))


def _symlog_ticks(span: tuple[float, float], linear: float) -> Ticks:
    """Return 0 and a few round powers of ten of each sign."""
    low, high = span
    start = round(math.log10(linear))

    def at(power: int) -> float:
        return math.log10(1 + 10.0**power / linear)

    powers = range(start + 1, start + _MOST_DECADES + 3)
    below, above = ([power for power in powers if at(power) <= end] for end in (-low, high))
    most = 2 if low < -0.5 and high > 0.5 else 4
    every = max(1, math.ceil(max(len(below), len(above)) / most))
    top = max((*below, *above), default=0)
    minus = [(-at(power), f"−{power_of_ten(power)}") for power in reversed(below) if (top - power) % every == 0]
    plus = [(at(power), power_of_ten(power)) for power in above if (top - power) % every == 0]
    return [*minus, *([(0.0, "0")] if low <= 0 <= high else []), *plus]


def power_of_ten(power: int) -> str:
    """Write 10^power: "0.01", "100", "10⁻⁶"."""
    if -2 <= power <= 3:
        return f"{10.0**power:g}"
    return "10" + str(power).translate(_SUPERSCRIPTS)


def number(value: float, digits: int = 4) -> str:
    """Write a number as a reader wants it: significant digits, a true minus sign, no false zeros."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    size = abs(float(f"{value:.{digits - 1}e}"))  # 99999 rounds into the next power
    if size >= 10**digits or size < 1e-3:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        text = f"{_trimmed(mantissa)}e{int(exponent)}"
    else:
        text = _trimmed(f"{value:.{max(0, digits - 1 - math.floor(math.log10(size)))}f}")
    return text.replace("-", "−")


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
