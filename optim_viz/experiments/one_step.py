"""The values of the names in a rule's lines at one step of a run."""

from __future__ import annotations

from collections.abc import Mapping

from optim_viz import update_rules
from optim_viz.trajectory import Trajectory
from optim_viz.update_rules.update_rule import Line


def names_at(run: Trajectory, t: int, axis: int) -> dict[str, float]:
    """Return the value of every name a line may use, for one coordinate of one step.

    Args:
        run: a single run, batch shape ().
        t: the step, 1 to T.
        axis: 0 for x, 1 for y.

    Returns:
        `grad`, `theta_prev`, `theta`, `update`, `t`, the hyperparameters, the states and NAME_prev, the states before
        the step; and NAME_other, what the other coordinate has of each that is not shared.
    """
    shared = {"t": float(t), **{name: float(value) for name, value in run.hyperparameters.items()}}
    own, other = _own_names(run, t, axis), _own_names(run, t, 1 - axis)
    return shared | own | {f"{name}_other": value for name, value in other.items()}


def _own_names(run: Trajectory, t: int, axis: int) -> dict[str, float]:
    """Return what each coordinate has its own of."""
    first = update_rules.get(run.optimizer).first_state(run.theta[0], run.hyperparameters)
    before = {name: values[t - 2] if t > 1 else getattr(first, name) for name, values in run.state.items()}
    now = {name: float(values[t - 1, axis]) for name, values in run.state.items()}
    return {
        "grad": float(run.grad[t - 1, axis]),
        "theta_prev": float(run.theta[t - 1, axis]),
        "theta": float(run.theta[t, axis]),
        "update": float(run.update[t - 1, axis]),
        **now,
        **{f"{name}_prev": float(values[axis]) for name, values in before.items()},
    }


def lines_of(optimizer: str, hyperparameters: Mapping[str, object]) -> tuple[Line, ...]:
    """Return the lines of a rule's arithmetic with the terms that these hyperparameters switch on."""
    rule = update_rules.get(optimizer)
    return rule.lines(rule.complete(hyperparameters))
