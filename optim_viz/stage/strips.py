"""What a slider's track tells before it is touched: how the run ends at each of its stops, as a few numbers a stop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from optim_viz import update_rules
from optim_viz.diagnostics.stability import divergence_text, stability_edge
from optim_viz.stage.lane_run import NEAR, RunSpec
from optim_viz.stage.packing import Block, digest
from optim_viz.trajectory import Trajectory

CHANNELS = ("final", "steps", "diverged")


@dataclass(frozen=True, eq=False)
class Strip:
    """How the runs of one slider end.

    Attributes:
        key: names the array by content: all a run depends on but the slider's own value, and the slider's name.
        block: float64, shape (3, S), one column a stop. "final": loss after the last step, less the surface's minimum
            where one is known; NaN where the run diverged. "steps": the first step whose loss is within `NEAR` of the
            minimum; NaN where there is none. "diverged": 1 where the run left the finite numbers or is beyond its
            rule's stability limit, else 0.
        section: its entry in the header, but for the lane's index.
    """

    key: str
    block: Block
    section: dict[str, object]


def strip(spec: RunSpec, name: str) -> Strip:
    """Return how the runs of `spec` end with hyperparameter `name` at each of its slider's stops.

    Raises:
        KeyError: the optimizer has no such hyperparameter.
    """
    hyperparameter = {item.name: item for item in update_rules.get(spec.optimizer).hyperparameters}[name]
    # The slider's own value makes no difference to its strip, so it must make none to the cache.
    return _strip(spec.with_hyperparameter(name, hyperparameter.default), name, hyperparameter.stops())


@lru_cache(maxsize=512)
def _strip(spec: RunSpec, name: str, stops: tuple[float | bool, ...]) -> Strip:
    return strip_of(spec, name, stops, spec.run(**{name: np.array(stops)}))


def strip_of(spec: RunSpec, name: str, stops: tuple[float | bool, ...], run: Trajectory) -> Strip:
    """Return the strip of runs that are there already: `run` is that of `spec` with `name` at each of `stops`."""
    surface = spec.surface.surface()
    edge = stability_edge(surface, spec.optimizer, dict(spec.hyperparameters), name, stops)
    section: dict[str, object] = {
        "key": f"t:{digest(*spec, name, stops)}",
        "hyperparameter": name,
        "start": _finite(float(run.loss[0, 0]) - (surface.minimum or 0.0)),
        "minimum": surface.minimum is not None,
        "edge": None if edge is None else edge._asdict(),
    }
    return Strip(str(section["key"]), Block(outcomes(run), CHANNELS), section)


def outcomes(run: Trajectory) -> NDArray[np.float64]:
    """Boil a batch of S runs down to the rows of `CHANNELS`, shape (3, S)."""
    minimum = None if run.surface is None else run.surface.minimum
    final = run.loss[:, -1] - (minimum or 0.0)
    steps = np.full(final.shape, np.nan)
    if minimum is not None:
        arrived = run.steps_to(NEAR)
        steps = np.where(arrived >= 0, arrived, np.nan)
    diverged = np.asarray(divergence_text(run)) != ""
    return np.stack([final, steps, diverged.astype(np.float64)])


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
