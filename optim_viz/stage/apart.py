"""How far two conventions of one rule lead a run apart: the largest distance of two lanes that are otherwise alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optim_viz import update_rules
from optim_viz.stage.lane_run import LaneRun, RunSpec


def apart(specs: Sequence[RunSpec], runs: Sequence[LaneRun]) -> list[dict[str, object] | None]:
    """Compare each lane with the first one that differs from it in a convention alone.

    Args:
        specs: the lanes.
        runs: their runs.

    Returns:
        For each lane {"lane": index of the other one, "distance": the largest distance of the two, "step": where that
        is}, None where there is no such lane before it. Steps that one of them has no number for do not count.
    """
    found: list[dict[str, object] | None] = []
    for place, spec in enumerate(specs):
        other = next((before for before in range(place) if _conventions_alone(specs[before], spec)), None)
        found.append(None if other is None else {"lane": other, **_farthest(runs[other], runs[place])})
    return found


def _conventions_alone(one: RunSpec, other: RunSpec) -> bool:
    """Tell whether two lanes differ in how their rule is understood, and in nothing else."""
    if one == other or one._replace(hyperparameters=()) != other._replace(hyperparameters=()):
        return False
    named = update_rules.get(one.optimizer).convention_names
    return all(
        value == theirs or name in named
        for (name, value), (_, theirs) in zip(one.hyperparameters, other.hyperparameters, strict=True)
    )


def _farthest(one: LaneRun, other: LaneRun) -> dict[str, object]:
    paths = [
        np.stack([run.block.values[..., run.block.channels.index(name), :] for name in ("theta_x", "theta_y")])
        for run in (one, other)
    ]
    with np.errstate(all="ignore"):
        away = np.hypot(*(paths[0] - paths[1]))
    step = int(np.nanargmax(np.where(np.isfinite(away), away, -1.0)))
    return {"distance": float(away[step]), "step": step}
