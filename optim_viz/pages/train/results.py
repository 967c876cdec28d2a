"""Where a lane stands, now and at its best: the cells that the tables of a run and of a comparison share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from optim_viz.pages.train.look import number, percent
from optim_viz.run_store import Series

LAST_STEPS: Final = 50
HEAD: Final = (
    f'<span title="Mean of the last {LAST_STEPS} batches">Training loss</span>',
    "Test loss",
    "best",
    "Test accuracy",
    "best",
)


def cells(series: Mapping[str, Series], steps_per_epoch: int, diverged: int | None) -> list[str]:
    """Return the cells under `HEAD`: training loss, then test loss and accuracy at the last test and at their best."""
    loss = recent_mean(series["loss"])
    stands = "" if diverged is None else f' <span class="tr-muted">not finite from step {diverged:,}</span>'
    found = [stands.strip() if stands and not math.isfinite(loss or 0.0) else number(loss) + stands]
    for name, best_of, write in (("test_loss", np.argmin, number), ("test_accuracy", np.argmax, percent)):
        curve = series[name]
        found.append(write(float(curve.values[-1]) if len(curve.values) else None))
        finite = np.isfinite(curve.values)
        if finite.any():
            at = int(np.flatnonzero(finite)[best_of(curve.values[finite])])
            epoch = f"{curve.steps[at] / steps_per_epoch:.3g}"
            found.append(f'{write(float(curve.values[at]))} <span class="tr-muted">epoch {epoch}</span>')
        else:
            found.append("–")
    return found


def recent_mean(loss: Series) -> float | None:
    """Return the mean of the last losses, None where there is none yet; not finite where one of them is not."""
    if not len(loss.values):
        return None
    recent = loss.values[loss.steps > loss.steps[-1] - LAST_STEPS]
    return float(np.mean(recent)) if np.isfinite(recent).all() else math.nan
