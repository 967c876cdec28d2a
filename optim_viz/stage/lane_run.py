"""One lane's exact run, ready to be packed; kept by content, so what did not change costs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optim_viz import schedules, update_rules
from optim_viz.byte_cache import ByteCache
from optim_viz.diagnostics.stability import divergence_text, stability_limit
from optim_viz.outside import OutsideRule
from optim_viz.rollout import rollout
from optim_viz.scenario import Scenario
from optim_viz.scenario.fields import surface_of
from optim_viz.schedules import Schedule
from optim_viz.stage.channels import channels
from optim_viz.stage.charts import KeptStates, kept_states
from optim_viz.stage.packing import Block, digest
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Trajectory
from optim_viz.update_rules import UpdateRule


class SurfaceSpec(NamedTuple):
    """Everything a surface depends on, hashable."""

    name: str
    parameters: tuple[tuple[str, float], ...]
    formula: str
    domain: tuple[tuple[float, float], tuple[float, float]] | None

    def surface(self) -> Surface:
        """Return the surface itself (cached)."""
        return surface_of(*self)


class RunSpec(NamedTuple):
    """Everything a run depends on, hashable; two equal specs are the same run."""

    surface: SurfaceSpec
    start: tuple[float, float]
    steps: int
    noise: float
    seed: int
    optimizer: str
    hyperparameters: tuple[tuple[str, float | bool], ...]
    schedule: str = ""
    """As a link writes it; "" for none."""

    def key(self, plots: tuple[str, ...]) -> str:
        """Return the name of the run's array, which holds the curves of `plots` too."""
        return f"l:{digest(*self, plots)}"

    def run(self, **changed: Any) -> Trajectory:
        """Return the run, with some hyperparameters changed (an array makes a batch)."""
        return rollout(
            self.surface.surface(),
            self.optimizer,
            start=self.start,
            steps=self.steps,
            noise=self.noise,
            seed=self.seed,
            schedule=self.plan(),
            **{**dict(self.hyperparameters), **changed},
        )

    def plan(self) -> Schedule | None:
        """Return the schedule itself."""
        return schedules.parse(self.schedule) if self.schedule else None

    def with_hyperparameter(self, name: str, value: float | bool) -> RunSpec:
        """Return the spec of the same run with one hyperparameter changed."""
        return self._replace(hyperparameters=tuple((n, value if n == name else v) for n, v in self.hyperparameters))


NEAR = 1e-3
"""A run has arrived once its loss is this close to the surface's minimum."""


@dataclass(frozen=True, eq=False)
class LaneRun:
    """A run and what is said about it.

    Attributes:
        key: names the array by content.
        block: float64, shape (C, T + 1); see `Channels.block`.
        curves: which curves each chosen diagnostic draws of it; see `Channels.curves`.
        diverged_at: first index whose theta is not finite, -1 when all are.
        divergence: why, in words; "" when nothing diverged.
        arrived: first step whose loss is within `NEAR` of the surface's minimum, -1 when none is, None where the
            minimum is not known.
        limit: the learning rate from which on this rule diverges here, None where no closed form is known, and for a
            lane with a schedule.
        lines: the update, one assignment a line, for the arithmetic panel; none of an outside class.
        states: the states that have plots of their own.
        recorded: those that stand in the arithmetic panel where there are no lines.
        note: what else must be said of it; "" where nothing.
        waiting: whether it only stands in for a run that is on its way.
    """

    key: str
    block: Block
    curves: dict[str, list[dict[str, str]]]
    diverged_at: int
    divergence: str
    arrived: int | None
    limit: float | None
    lines: list[dict[str, str]]
    states: KeptStates
    recorded: list[str]
    note: str = ""
    waiting: bool = False

    @property
    def nbytes(self) -> int:
        """Return the bytes that its array takes."""
        return self.block.values.nbytes


def surface_spec(scenario: Scenario) -> SurfaceSpec:
    """Return what the scenario's surface depends on."""
    domain = scenario.domain if scenario.formula else None
    return SurfaceSpec(scenario.surface, tuple(sorted(scenario.parameters.items())), scenario.formula, domain)


def run_specs(scenario: Scenario) -> tuple[RunSpec, ...]:
    """Return what each lane's run depends on."""
    surface = surface_spec(scenario)
    return tuple(
        RunSpec(
            surface,
            scenario.start,
            scenario.steps,
            scenario.noise,
            scenario.seed,
            lane.optimizer,
            tuple(lane.hyperparameters.items()),
            "" if lane.schedule is None else str(lane.schedule),
        )
        for lane in scenario.lanes
    )


_CACHE = ByteCache(64_000_000)


def lane_run(spec: RunSpec, plots: tuple[str, ...]) -> LaneRun:
    """Return the run of one lane, with what the diagnostics named by `plots` draw of it.

    From the cache when it ran before: 64 MB of runs are kept.
    """
    return _CACHE.call(_lane_run, spec, plots)


def _lane_run(spec: RunSpec, plots: tuple[str, ...]) -> LaneRun:
    return described(spec, plots, spec.run())


def described(spec: RunSpec, plots: tuple[str, ...], trajectory: Trajectory) -> LaneRun:
    """Return a run with what is said about it.

    Args:
        spec: what it depends on.
        plots: the diagnostics whose curves it gets.
        trajectory: the run.
    """
    rule = update_rules.get(spec.optimizer)
    hyperparameters = dict(spec.hyperparameters)
    # The limit is one of a rate that stays.
    limit = None if spec.schedule else stability_limit(spec.surface.surface(), rule.name, hyperparameters)
    run = channels(trajectory, rule, plots)
    first = arrivals(trajectory)
    return LaneRun(
        key=spec.key(plots),
        block=run.block,
        curves=run.curves,
        diverged_at=int(trajectory.diverged_at),
        divergence=str(divergence_text(trajectory)),
        arrived=None if first is None else int(first),
        limit=limit if limit is not None and np.isfinite(limit) else None,
        lines=line_dicts(rule, hyperparameters),
        states=kept_states(trajectory),
        recorded=recorded(trajectory),
    )


def arrivals(trajectory: Trajectory) -> NDArray[np.int64] | None:
    """Return the first step of each run, (*B), that is near the minimum, -1 where none is; None: it is not known."""
    known = trajectory.surface is not None and trajectory.surface.minimum is not None
    return trajectory.steps_to(NEAR) if known else None


def recorded(trajectory: Trajectory) -> list[str]:
    """Name the states of a run whose formula nobody knows; none of one of our own, whose lines say more.

    The learning rate stands there in any case.
    """
    rule = trajectory.rule
    if not isinstance(rule, OutsideRule):
        return []
    return [name for name in rule.further_states if name != "lr"]


def line_dicts(rule: UpdateRule, hyperparameters: dict[str, float | bool]) -> list[dict[str, str]]:
    """Return the update's lines as JSON values."""
    return [{"target": line.target, "expression": line.expression} for line in rule.lines(hyperparameters)]
