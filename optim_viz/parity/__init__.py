"""Is a run what torch.optim, or optax, does? The library runs beside it in float64, and the paths are compared.

    run = optim_viz.rollout("rosenbrock", "adam", lr=0.01, steps=500)
    optim_viz.parity.against_torch(run)

The library sees the gradient of the surface where it stands itself, with the run's own noise and minibatches. torch and
optax are imported when they are asked for, and not before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optim_viz.trajectory import Array, Trajectory

__all__ = ["Parity", "against_optax", "against_torch"]


@dataclass(frozen=True)
class Parity:
    """How far a library's path is from a run's.

    Attributes:
        beside: what ran, such as "torch.optim.Adam".
        largest: largest difference of a coordinate at any step.
        step: where that is.
        steps: how many steps were compared: all, or those before the run left the finite numbers.
    """

    beside: str
    largest: float
    step: int
    steps: int

    def __str__(self) -> str:
        """Return the sentence that the lab shows."""
        if self.largest == 0:
            return f"{self.beside}: the same in every digit, {self.steps} steps in float64"
        return f"{self.beside}: at most {self.largest:.2g} apart (step {self.step}), {self.steps} steps in float64"


def against_torch(run: Trajectory) -> Parity:
    """Run the rule's class of torch.optim beside a run, under torch's own scheduler where the run has a schedule.

    Args:
        run: one run on a surface.

    Raises:
        ValueError: torch.optim has no such class or option, or `run` is a batch or a replay.
        ImportError: torch is not installed.

    Example:
        >>> run = optim_viz.rollout("booth", "adam", lr=0.1, steps=100, schedule="cosine")
        >>> optim_viz.parity.against_torch(run).largest < 1e-13
        True
    """
    from optim_viz.parity.torch_path import torch_path

    _check(run)
    rule = run.rule
    if rule.torch_twin is None:
        raise ValueError(f"torch.optim has no {rule.title}")
    arguments = rule.torch_kwargs(run.hyperparameters)
    return _compared(f"torch.optim.{rule.torch_twin}", torch_path(run, rule.torch_twin, arguments), run)


def against_optax(run: Trajectory) -> Parity:
    """Run the rule's function of optax beside a run.

    Args:
        run: one run on a surface.

    Raises:
        ValueError: optax has no such function or option, or `run` is a batch or a replay.
        ImportError: optax is not installed.
    """
    from optim_viz.parity.optax_path import optax_path

    _check(run)
    name, arguments = run.rule.optax(run.hyperparameters)
    return _compared(f"optax.{name}", optax_path(run, name, arguments), run)


def _check(run: Trajectory) -> None:
    if run.batch_shape or run.surface is None:
        raise ValueError("only one run on a surface is compared: take one of a batch, and not a replay")


def _compared(beside: str, path: Array, run: Trajectory) -> Parity:
    """Compare (T+1, 2) with the run's theta, as far as that is finite."""
    steps = run.steps if run.diverged_at < 0 else int(run.diverged_at) - 1
    with np.errstate(all="ignore"):
        away = np.abs(path - run.theta)[: steps + 1].max(axis=-1)
    away = np.where(np.isfinite(away), away, np.inf)
    step = int(away.argmax())
    return Parity(beside, float(away[step]), step, steps)
