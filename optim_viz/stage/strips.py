"""What a slider's track tells before it is touched: how the run ends at each of its stops, as a few numbers a stop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optim_viz import update_rules
from optim_viz.diagnostics.stability import beyond_limit, stability_edge
from optim_viz.rollout.endings import Endings, endings
from optim_viz.stage.in_parts import InParts
from optim_viz.stage.lane_run import NEAR, RunSpec, arrivals
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


Asked = tuple[RunSpec, str, tuple[float | bool, ...]]


def strip(spec: RunSpec, name: str, until: float = math.inf) -> Strip | None:
    """Return how the runs of `spec` end with hyperparameter `name` at each of its slider's stops.

    Args:
        spec: the lane's run.
        name: the hyperparameter; not a choice.
        until: the time, as `time.perf_counter` tells it, at which to give way. What was worked out by then is kept: the
            next call with the same arguments goes on from there.

    Returns:
        The strip, None where the time did not suffice. 512 strips are kept, and 32 that are begun.

    Raises:
        KeyError: the optimizer has no such hyperparameter.
    """
    hyperparameter = {item.name: item for item in update_rules.get(spec.optimizer).hyperparameters}[name]
    # The slider's own value makes no difference to its strip, so it must make none to the cache.
    asked = spec.with_hyperparameter(name, hyperparameter.default), name, hyperparameter.stops()
    return _STRIPS.get(asked, until)


def _pieces(asked: Asked) -> Iterator[Endings]:
    spec, name, stops = asked
    rule = update_rules.get(spec.optimizer)
    given = rule.complete({**dict(spec.hyperparameters), name: np.array(stops)})
    surface, start, steps, noise, seed = spec.surface.surface(), spec.start, spec.steps, spec.noise, spec.seed
    return endings(
        surface, rule, given, start=start, steps=steps, noise=noise, seed=seed, near=NEAR, schedule=spec.plan()
    )


def strip_of(spec: RunSpec, name: str, stops: tuple[float | bool, ...], run: Trajectory) -> Strip:
    """Return the strip of runs that are there already: `run` is that of `spec` with `name` at each of `stops`."""
    first = arrivals(run)
    arrived = np.full(len(stops), -1) if first is None else first
    return _made((spec, name, stops), Endings(run.loss[:, -1], arrived, run.diverged_at >= 0))


def _made(asked: Asked, ending: Endings) -> Strip:
    spec, name, stops = asked
    surface = spec.surface.surface()
    settings = dict(spec.hyperparameters)
    edge, beyond = None, [False] * len(stops)
    if not spec.schedule:  # the limit is one of a rate that stays
        edge = stability_edge(surface, spec.optimizer, settings, name, stops)
        beyond = [beyond_limit(surface, spec.optimizer, {**settings, name: stop}) for stop in stops]
    with np.errstate(all="ignore"):
        start = float(surface.loss(*map(np.float64, spec.start)))
        final = ending.loss - (surface.minimum or 0.0)
    rows = [final, np.where(ending.arrived >= 0, ending.arrived, np.nan), ending.diverged | np.array(beyond)]
    section: dict[str, object] = {
        "key": f"t:{digest(*spec, name, stops)}",
        "hyperparameter": name,
        "start": _finite(start - (surface.minimum or 0.0)),
        "minimum": surface.minimum is not None,
        "edge": None if edge is None else edge._asdict(),
    }
    return Strip(str(section["key"]), Block(np.stack(rows).astype(np.float64), CHANNELS), section)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


_STRIPS = InParts(_pieces, _made, kept=512, begun=32)
