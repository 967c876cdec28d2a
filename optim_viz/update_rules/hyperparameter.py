"""What an update rule declares about each number it takes: name, default, range, slider stops.

Everything that shows or reads a hyperparameter (sliders, URL keys, the docs table, validation) follows from here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_FINER = 10

STOPS = 65
"""How many stops a slider has: the default and 64 others, or 0 and 64 along the range."""


@dataclass(frozen=True)
class Interval:
    """The values a hyperparameter may take.

    Attributes:
        low: lower end.
        high: upper end, `math.inf` where there is none.
        open_low: the lower end itself is not allowed.
        open_high: the upper end itself is not allowed.
    """

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def contains(self, value: float) -> bool:
        """Tell whether a finite value lies inside; NaN and infinities never do."""
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return bool(above and below and math.isfinite(value))

    def inside(self, values: Array) -> NDArray[np.bool_]:
        """Tell for each value whether it lies inside, same shape as `values`."""
        above = values > self.low if self.open_low else values >= self.low
        below = values < self.high if self.open_high else values <= self.high
        return above & below & np.isfinite(values)

    @property
    def words(self) -> str:
        """The same in words, to follow "a number": "above 0", "from 0 to below 1"."""
        low, high = f"{self.low:g}", f"{self.high:g}"
        if math.isinf(self.high):
            return f"above {low}" if self.open_low else f"of at least {low}"
        return f"{'above' if self.open_low else 'from'} {low} to {'below ' if self.open_high else ''}{high}"

    def __str__(self) -> str:
        left = "(" if self.open_low else "["
        right = ")" if self.open_high else "]"
        return f"{left}{self.low:g}, {self.high:g}{right}"


STAND_INS = ("value", "memory")
"""What a meaning may name in braces."""

POSITIVE = Interval(0.0, math.inf, open_low=True, open_high=True)
NON_NEGATIVE = Interval(0.0, math.inf, open_high=True)
FRACTION = Interval(0.0, 1.0, open_high=True)
UNIT = Interval(0.0, 1.0)


@dataclass(frozen=True)
class Hyperparameter:
    """One hyperparameter of an update rule.

    Attributes:
        name: torch's name for it; betas apart (beta1, beta2).
        symbol: how formulas write it.
        default: torch's default, save where the rule's file says why.
        low: lower end of the slider.
        high: upper end of the slider; values outside the slider but inside `allowed` can still be typed.
        scale: "log" or "linear" spacing of the stops, or "choice" for a switch.
        help: one plain sentence: what it does.
        allowed: every value a run accepts.
        complement: the log scale is one of 1 - value: what matters of a decay is its distance to 1.
        zero: a first stop at exactly 0, which a log range cannot hold.
        primary: its slider is always in sight; the others stand behind the lane's "more".
        label: what the slider is called in words; "" writes the name with spaces ("beta 1", "weight decay").
        meaning: what a value comes to, in words to follow "β₂ = 0.999: ", without a full stop. "{value}" stands for the
            value and "{memory}" for 1 / (1 - value), over which a decay averages; "" says nothing beyond `help`.
        section: the section of the Paper page that shows it, by its slug; "" for none.
    """

    name: str
    symbol: str
    default: float | bool
    low: float
    high: float
    scale: Literal["log", "linear", "choice"]
    help: str
    allowed: Interval
    complement: bool = False
    zero: bool = False
    primary: bool = False
    label: str = ""
    meaning: str = ""
    section: str = ""

    def __post_init__(self) -> None:
        """Check that the meaning can be filled in.

        Raises:
            ValueError: `meaning` holds a name in braces that nothing stands for.
        """
        unknown = set(re.findall(r"{(.*?)}", self.meaning)) - set(STAND_INS)
        if unknown:
            raise ValueError(f"the meaning of {self.name} names {sorted(unknown)}; known are {', '.join(STAND_INS)}")

    @property
    def words(self) -> str:
        """What the slider is called: the label, or the name with spaces."""
        return self.label or re.sub(r"(?<=[a-z])(?=\d)", " ", self.name.replace("_", " "))

    @property
    def short(self) -> str:
        """What a lane's title calls it: the symbol, save for the learning rate, which people call lr."""
        return self.name if self.name == "lr" else self.symbol

    def stops(self) -> tuple[float | bool, ...]:
        """Give the slider's stops: increasing, unique, 65 of them (2 for a choice), the default exactly among them.

        Each is rounded to three significant digits (of 1 - value where `complement`), so that a link stays readable.
        """
        if self.scale == "choice":
            return (False, True)
        count = STOPS - self.zero
        if self.scale == "linear":
            values = [_rounded(value) for value in np.linspace(self.low, self.high, count)]
        elif self.complement:
            # Decimal, because 1 - 0.00123 in binary prints as 0.9987699999999999.
            gaps = np.geomspace(1 - self.low, 1 - self.high, count)
            values = [float(1 - Decimal(str(_rounded(gap)))) for gap in gaps]
        else:
            values = [_rounded(value) for value in np.geomspace(self.low, self.high, count)]
        if self.zero:
            values.insert(0, 0.0)
        if self.default not in values:
            values[self._nearest(values)] = self.default
        return tuple(values)

    def fine_stops(self, value: float) -> tuple[float, ...]:
        """Give stops around a value, ten times as near to each other as the slider's own or nearer.

        They are multiples of a round step (1, 2 or 5 times a power of ten), with `value` itself among them, so that a
        threshold such as 0.02 can be met exactly. Values near each other share their stops, save for themselves.

        Args:
            value: inside `allowed`.

        Returns:
            Increasing, unique, all inside `allowed`: `value`, and at most 65 others.

        Raises:
            ValueError: the hyperparameter is a choice, or `value` is not allowed.
        """
        if self.scale == "choice":
            raise ValueError(f"{self.name} is on or off; there is nothing between")
        value = float(cast("float", self.check(value)))
        stops = [float(stop) for stop in self.stops()]
        centre = stops[self._nearest(stops, value)] if stops[0] <= value <= stops[-1] else value
        step = _round_step(self._spacing(centre, stops) / _FINER)
        middle = round(Decimal(str(centre)) / step)
        half = STOPS // 2
        # Decimal, because 0.2 + 0.1 in binary prints as 0.30000000000000004, and a link holds what is printed.
        values = {float((middle + offset) * step) for offset in range(-half, half + 1)}
        if self.scale == "log" and not self.complement and not self.zero:
            values = {each for each in values if each > 0}
        return tuple(sorted({each for each in values if self.allowed.contains(each)} | {value}))

    def _spacing(self, centre: float, stops: list[float]) -> float:
        """Give the distance from a value to the slider's next stop below it, where it is closest."""
        if self.scale == "linear":
            return (self.high - self.low) / (STOPS - 1)
        size = 1 - centre if self.complement else centre
        if size <= 0:
            return stops[1] - stops[0]
        ends = (1 - self.high, 1 - self.low) if self.complement else (self.low, self.high)
        return size * (1 - (ends[0] / ends[1]) ** (1 / (STOPS - 1)))

    def _nearest(self, values: list[float], wanted: float | None = None) -> int:
        """Find the stop nearest to a value on the slider's own scale.

        Args:
            values: the stops.
            wanted: the value; None is the default, which never takes the place of the stop at 0.
        """

        def place(value: float) -> float:
            if self.scale == "linear":
                return value
            return math.log(1 - value) if self.complement else math.log(value)

        first = int(self.zero)
        if wanted is not None and self.zero and wanted < values[first]:
            return 0
        target = place(self.default if wanted is None else wanted)
        return min(range(first, len(values)), key=lambda index: abs(place(values[index]) - target))

    def check(self, value: object) -> float | bool | Array | NDArray[np.bool_]:
        """Check a value or an array of values and return it as float, bool or float64 / bool array.

        Raises:
            ValueError: not a number (or not a bool, for a choice), or outside `allowed`; names the hyperparameter, the
                value and the allowed range.
        """
        if type(value) is float and self.scale != "choice" and self.allowed.contains(value):
            return value  # what a request brings, many times over
        try:
            given = np.asarray(value)
        except ValueError:  # ragged lists
            given = np.asarray(None)
        if self.scale == "choice":
            if given.dtype != np.bool_:
                raise ValueError(f"{self.name} = {value!r} is not True or False")
            return given if given.ndim else bool(given)
        if given.dtype.kind not in "fiu":  # a bool is no number here: lr=True is a slip, not 1.0
            raise ValueError(f"{self.name} = {value!r} is not a number in {self.allowed}, one {self.allowed.words}")
        numbers = given.astype(np.float64)
        wrong = ~self.allowed.inside(numbers)
        if wrong.any():
            culprit = float(numbers[wrong].flat[0])
            most = ", at most 1.8e308" if culprit == self.allowed.high == math.inf else ""
            raise ValueError(
                f"{self.name} = {culprit!r} is outside {self.allowed}: it must be a number {self.allowed.words}{most}"
            )
        return numbers if numbers.ndim else float(numbers)


def _round_step(size: float) -> Decimal:
    """Give the largest of 1, 2 and 5 times a power of ten that is at most a size > 0."""
    power = Decimal(1).scaleb(math.floor(math.log10(size)))
    return max(factor * power for factor in map(Decimal, ("0.5", "1", "2", "5")) if factor * power <= Decimal(size))


def _rounded(value: float) -> float:
    """Round to three significant digits."""
    return float(f"{float(value):.3g}")


# What many rules share, so that one thing has one meaning.
BETA1 = Hyperparameter(
    *("beta1", "β₁", 0.9, 0.0, 0.999, "log", "Share of m, the mean gradient, kept each step.", FRACTION),
    complement=True,
    primary=True,
    meaning="remembers about {memory} steps",
    section="sequences",
)
BETA2 = Hyperparameter(
    *("beta2", "β₂", 0.999, 0.0, 0.9999, "log", "Share of v, the mean squared gradient, kept each step.", FRACTION),
    complement=True,
    primary=True,
    meaning="remembers about {memory} steps",
    section="sequences",
)
EPS = Hyperparameter(
    *("eps", "ε", 1e-8, 1e-12, 1.0, "log", "Added to the root, against division by 0.", NON_NEGATIVE),
    label="epsilon",
    section="largest_step",
)
WEIGHT_DECAY = Hyperparameter(
    *("weight_decay", "λ", 0.0, 1e-5, 1.0, "log", "Pull towards the origin, added to the gradient.", NON_NEGATIVE),
    zero=True,
    meaning="{value} times each coordinate is added to its gradient",
)
WEIGHT_DECAY_APART = Hyperparameter(
    *("weight_decay", "λ", 0.0, 1e-5, 1.0, "log", "Pull towards the origin, beside the step.", NON_NEGATIVE),
    zero=True,
)
LR_INSIDE = Hyperparameter(
    *("lr_inside", "ηg", False, 0, 1, "choice", "Multiply by lr on the way into the velocity, not out of it."),
    UNIT,
    section="particle",
)
EPS_HAT = Hyperparameter(
    *("eps_hat", "ε̂", False, 0, 1, "choice", "Add eps to the root of v, before the correction.", UNIT),
    section="largest_step",
)
EPS_IN_ROOT = Hyperparameter(
    *("eps_in_root", "√(v+ε)", False, 0, 1, "choice", "Add eps before the root is taken, not after it.", UNIT),
    section="largest_step",
)
