"""The colours of maps: one scale for all maps side by side, the colours of minima, greys for runs without a value.

Colours of the cells are those of viridis, which keep their order for any colour vision and in print, and do not change
with the page's theme.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from optim_viz.figures.theme import LIGHT
from optim_viz.maps import DIVERGED, ELSEWHERE, LEFT, OutcomeMap
from optim_viz.trajectory import Array

RAMP: Final = (
    "#440154", "#482878", "#3E4A89", "#31688E", "#26828E", "#1F9E89", "#35B779", "#6DCD59", "#B4DE2C", "#FDE725",
)  # fmt: skip
"""Viridis (Smith, van der Walt, 2015), from low to high."""

GREYS: Final = {DIVERGED: "#8B9299", LEFT: "#B08D57", ELSEWHERE: "#C9CED3"}
"""Colours of what has no value: diverged, left the domain, not there."""
STATES: Final = {DIVERGED: "diverged", LEFT: "left the picture", ELSEWHERE: "not there yet"}
BASINS: Final = tuple(LIGHT.lanes[place] for place in (4, 3, 2, 1, 5, 0, 6))
"""Colours of the minima, in their order; an eighth has the first again."""


_WIDEST: Final = 12.0
"""Decades of loss that colours tell apart; all below are as dark as the lowest."""


@dataclass(frozen=True)
class ColourScale:
    """What colours mean, the same for all maps side by side.

    Attributes:
        metric: "final_loss", "steps" or "where".
        low: what the darkest colour stands for: log₁₀ of a loss above the minimum (a loss where `log` is off), or
            steps.
        high: what the brightest stands for.
        log: the numbers are log₁₀ of losses.
        below: some values are below `low`, and drawn in its colour.
        above: some are above `high`.
    """

    metric: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    below: bool = False
    above: bool = False

    def shown(self, values: NDArray[Any]) -> Array:
        """Return values in the scale's own terms."""
        with np.errstate(all="ignore"):
            found = np.log10(values) if self.log else np.asarray(values, dtype=np.float64)
        return np.where(np.isnan(found), np.nan, np.clip(found, self.low, self.high))

    def ticks(self) -> list[tuple[float, str]]:
        """Return places, 0 to 1, and words along the colour bar."""
        if self.log:
            first, last = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
            every = max(1, math.ceil((last - first) / 6))
            at = [float(each) for each in range(last - (last - first) // every * every, last + 1, every)]
            words = [power(int(each)) for each in at]
        else:
            at = np.linspace(self.low, self.high, 5).tolist()
            words = [f"{each:.0f}" if self.metric == "steps" else f"{each:.3g}" for each in at]
        return [((each - self.low) / (self.high - self.low or 1.0), text) for each, text in zip(at, words, strict=True)]


def colour_scale(maps: Sequence[OutcomeMap], metric: str) -> ColourScale:
    """Return the scale that all maps share.

    The brightest colour is where the runs began, or the worst of the finite ends if that is lower: whatever is brighter
    than the rest got nowhere.
    """
    if metric == "where":
        return ColourScale("where")
    values = np.concatenate([np.asarray(found.values(metric)).ravel() for found in maps])
    known = values[np.isfinite(values)]
    if not known.size:
        return ColourScale(metric)
    if metric == "steps":
        return ColourScale(metric, float(known.min()), float(max(known.max(), known.min() + 1)))
    if all(np.isnan(found.minimum).all() for found in maps):
        low, high = np.quantile(known, (0.02, 0.98)).tolist()
        high = high if high > low else low + 1.0
        return ColourScale(metric, low, high, False, bool((known < low).any()), bool((known > high).any()))
    with np.errstate(all="ignore"):
        logs = np.log10(known[known > 0])
        begins = np.log10(np.concatenate([(found.begin - found.minimum).ravel() for found in maps]))
    worst = float(logs.max()) if logs.size else 0.0
    begins = begins[np.isfinite(begins)]
    high = min(worst, float(begins.max())) if begins.size else worst
    low = max(float(logs.min()) if logs.size else high - 1, high - _WIDEST)
    low = low if low < high else high - 1.0
    return ColourScale(
        metric, low, high, True, bool((known <= 0).any() or (logs < low).any()), bool((logs > high).any())
    )


def special(found: OutcomeMap, metric: str) -> NDArray[np.int64]:
    """Return for each cell the state that stands for a value it does not have, 0 where it has one."""
    if metric == "where":
        return np.where(found.where >= 0, 0, found.where)
    lost = found.diverged_at >= 0
    if metric == "steps":
        return np.where(lost, DIVERGED, np.where(found.arrived < 0, ELSEWHERE, 0))
    return np.where(lost, DIVERGED, 0)


def basin_colour(index: int) -> str:
    """Return the colour of the index-th minimum."""
    return BASINS[index % len(BASINS)]


def power(exponent: int) -> str:
    """Write a power of ten."""
    return f"10{str(exponent).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
