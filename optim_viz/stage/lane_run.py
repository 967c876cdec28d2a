"""One lane's exact run, ready to be packed; kept by content, so what did not change costs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optim_viz import update_rules
from optim_viz.diagnostics import step_over_lr
from optim_viz.diagnostics.stability import divergence_text, stability_limit
from optim_viz.rollout import rollout
from optim_viz.scenario import Scenario
from optim_viz.scenario.fields import surface_of
from optim_viz.stage.packing import Block, digest
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Trajectory
from optim_viz.update_rules import UpdateRule

COMMON_CHANNELS = (
    *("theta_x", "theta_y", "loss", "gap", "grad_x", "grad_y", "update_x", "update_y"),
    *("step_x", "step_y"),  # the size of the step in learning rates, |update| / lr; NaN for a rule without lr
)
"""What every rule's run has, in order; the rule's states follow."""


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

    @property
    def key(self) -> str:
        """The name of the run's array."""
        return f"l:{digest(*self)}"

    def run(self, **changed: Any) -> Trajectory:
        """Return the run, with some hyperparameters changed (an array makes a batch)."""
        return rollout(
            self.surface.surface(),
            self.optimizer,
            start=self.start,
            steps=self.steps,
            noise=self.noise,
            seed=self.seed,
            **{**dict(self.hyperparameters), **changed},
        )

    def with_hyperparameter(self, name: str, value: float | bool) -> RunSpec:
        """Return the spec of the same run with one hyperparameter changed."""
        return self._replace(hyperparameters=tuple((n, value if n == name else v) for n, v in self.hyperparameters))


@dataclass(frozen=True, eq=False)
class LaneRun:
    """A run and what is said about it.

    Attributes:
        key: names the array by content.
        block: float64, shape (C, T + 1); index t is the value after step t. What only a step has (gradient, update) is
            NaN at t = 0, and a state is there what the rule starts from.
        diverged_at: first index whose theta is not finite, -1 when all are.
        divergence: why, in words; "" when nothing diverged.
        limit: the learning rate from which on this rule diverges here, None where no closed form is known.
        lines: the update, one assignment a line, for the arithmetic panel.
    """

    key: str
    block: Block
    diverged_at: int
    divergence: str
    limit: float | None
    lines: list[dict[str, str]]


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
        )
        for lane in scenario.lanes
    )


@lru_cache(maxsize=128)
def lane_run(spec: RunSpec) -> LaneRun:
    """Return the run of one lane, from the cache when it ran before (128 runs, at most 300 kB each)."""
    rule = update_rules.get(spec.optimizer)
    hyperparameters = dict(spec.hyperparameters)
    trajectory = spec.run()
    limit = stability_limit(spec.surface.surface(), rule.name, hyperparameters)
    return LaneRun(
        key=spec.key,
        block=Block(channel_values(trajectory, rule), channels(rule)),
        diverged_at=int(trajectory.diverged_at),
        divergence=str(divergence_text(trajectory)),
        limit=limit if limit is not None and np.isfinite(limit) else None,
        lines=line_dicts(rule, hyperparameters),
    )


def channels(rule: UpdateRule) -> tuple[str, ...]:
    """Return the names of a run's channels, in order."""
    return COMMON_CHANNELS + tuple(f"{state}_{axis}" for state in rule.states for axis in "xy")


def channel_values(
    trajectory: Trajectory, rule: UpdateRule, dtype: type[np.float64] | type[np.float32] = np.float64
) -> NDArray[np.floating[Any]]:
    """Return a trajectory's quantities as one array of shape (*B, C, T + 1), in the order of `channels`."""
    theta = trajectory.theta
    *batch, length, _ = theta.shape
    out = np.full((*batch, len(channels(rule)), length), np.nan, dtype=dtype)
    minimum = trajectory.surface.minimum if trajectory.surface else None
    initial = rule.first_state(np.moveaxis(theta[..., 0, :], -1, 0), trajectory.hyperparameters)
    # A float64 beyond float32's range becomes infinite, which the browser draws as what it is: out of sight.
    with np.errstate(over="ignore", invalid="ignore"):
        out[..., 0:2, :] = np.moveaxis(theta, -1, -2)
        out[..., 2, :] = trajectory.loss
        if minimum is not None:
            out[..., 3, :] = trajectory.loss - minimum
        out[..., 4:6, 1:] = np.moveaxis(trajectory.grad, -1, -2)
        out[..., 6:8, 1:] = np.moveaxis(trajectory.update, -1, -2)
        if step_over_lr.applies(trajectory):
            out[..., 8:10, 1:] = np.moveaxis(step_over_lr.compute(trajectory), -1, -2)
        first = len(COMMON_CHANNELS)
        for position, state in enumerate(rule.states):
            rows = slice(first + 2 * position, first + 2 * position + 2)
            out[..., rows, 1:] = np.moveaxis(trajectory.state[state], -1, -2)
            out[..., rows, 0] = np.moveaxis(np.broadcast_to(getattr(initial, state), (2, *batch)), 0, -1)
    return out


def line_dicts(rule: UpdateRule, hyperparameters: dict[str, float | bool]) -> list[dict[str, str]]:
    """Return the update's lines as JSON values."""
    return [{"target": line.target, "expression": line.expression} for line in rule.lines(hyperparameters)]
