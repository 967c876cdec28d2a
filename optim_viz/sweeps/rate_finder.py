"""Reading a range test: where the loss falls steepest against the learning rate, and from where on it breaks away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DECAY: Final = 0.9
"""How much of the running mean of losses stays at each step."""
BREAKS_AT: Final = 1.5
"""The loss has broken away where it is so many times the smallest one before."""


@dataclass(frozen=True, eq=False)
class RateCurve:
    """One optimizer's range test.

    Attributes:
        rates: (N,) learning rate of each step, rising.
        losses: (N,) training loss of the step, NaN where it is not finite.
        smoothed: (N,) running mean, decay 0.9, started at 0 and divided by 1 - 0.9^t; NaN from where a loss is not
            finite on.
        steepest: rate at which the smoothed loss falls fastest against log lr before it breaks away: the suggestion.
            None where it falls nowhere.
        breaks_at: rate from which on the smoothed loss stays above 1.5 x the lowest before it, or is not finite;
            None where it does not in the range tried.
    """

    rates: Floats
    losses: Floats
    smoothed: Floats
    steepest: float | None
    breaks_at: float | None


def rate_curve(rates: Floats, losses: Floats) -> RateCurve:
    """Read one optimizer's range test.

    The slope is that of a straight line fitted to the smoothed loss against ln(lr) over a tenth of all steps, at least
    five: single batches are too noisy for differences of neighbours.

    Args:
        rates: (N,) above 0 and rising.
        losses: (N,) training losses; NaN or infinite where the run diverged.

    Source: Smith (2017), Cyclical Learning Rates for Training Neural Networks, section 3.3; the steepest fall and the
    running mean as in fastai's lr_find.
    """
    rates, losses = np.asarray(rates, np.float64), np.asarray(losses, np.float64)
    losses = np.where(np.isfinite(losses), losses, np.nan)
    smoothed = _smoothed(losses)
    known = int(np.isfinite(smoothed).sum())  # a NaN stays in the mean from there on
    ends = _breaks(smoothed, known)
    breaks_at = float(rates[ends]) if ends < len(rates) else None
    return RateCurve(rates, losses, smoothed, _steepest(np.log(rates[:ends]), smoothed[:ends], len(rates)), breaks_at)


def _smoothed(losses: Floats) -> Floats:
    found, mean = np.empty_like(losses), 0.0
    for index, loss in enumerate(losses.tolist()):
        mean = DECAY * mean + (1 - DECAY) * loss
        found[index] = mean / (1 - DECAY ** (index + 1))
    return found


def _breaks(smoothed: Floats, known: int) -> int:
    """Return the place of the first step from which on the loss stays broken away; the number of steps if none."""
    if known == 0:
        return 0
    lowest = np.minimum.accumulate(smoothed[:known])
    broken = smoothed[:known] > BREAKS_AT * lowest
    if known == len(smoothed) and not broken[-1]:
        return known
    sound = np.flatnonzero(~broken)
    return int(sound[-1]) + 1


def _steepest(logs: Floats, smoothed: Floats, steps: int) -> float | None:
    """Return the rate in the middle of the window whose fitted line falls fastest; None where none falls."""
    width = max(5, steps // 10)
    if len(logs) < width:
        return None
    x = np.lib.stride_tricks.sliding_window_view(logs, width)
    y = np.lib.stride_tricks.sliding_window_view(smoothed, width)
    off = x - x.mean(axis=1, keepdims=True)
    slopes = (off * y).sum(axis=1) / (off * off).sum(axis=1)
    place = int(np.argmin(slopes))
    return float(np.exp(x[place].mean())) if slopes[place] < 0 else None
