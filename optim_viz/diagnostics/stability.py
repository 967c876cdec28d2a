"""Which learning rates can work at all, and why a run diverged.

On a quadratic each eigenvector of the Hessian evolves by itself, by a linear recurrence in the step; it converges when
the roots of that recurrence lie inside the unit circle. Each rule's own file states its limit as `stability`, in units
of 1/L with L the largest eigenvalue (plus weight_decay where that acts through the gradient); gradient descent's is
lr < 2/L. Here it meets a surface.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from optim_viz import update_rules
from optim_viz.trajectory import Trajectory
from optim_viz.update_rules import StabilityLimit

if TYPE_CHECKING:
    from optim_viz.surfaces import Surface


def stability_limit(surface: Surface, optimizer: str, hyperparameters: Mapping[str, float | bool]) -> float | None:
    """Give the learning rate from which a run diverges.

    Args:
        surface: the surface; its Hessian must be constant for a limit to exist.
        optimizer: a rule's name.
        hyperparameters: of one run; the rule's defaults stand in for those not given.

    Returns:
        The limit, or None where there is none to state: a rule without a closed form for these hyperparameters, a
        surface that is not quadratic or draws its gradients, or one that falls without bound.
    """
    rule = update_rules.get(optimizer)
    own = rule.stability(rule.complete(hyperparameters))
    return None if own is None else _on(surface, own)


def _on(surface: Surface, own: StabilityLimit) -> float | None:
    """Divide a rule's limit by the largest curvature; None where the curvature does not decide."""
    if not surface.quadratic or surface.stochastic:
        return None
    hxx, hxy, hyy = (float(entry) for entry in surface.hessian(np.float64(0.0), np.float64(0.0)))
    low, high = np.linalg.eigvalsh([[hxx, hxy], [hxy, hyy]]) + own.added
    return own.units / float(high) if low >= 0 and high > 0 else None


def divergence_text(trajectory: Trajectory) -> str | NDArray[np.str_]:
    """Say for each run what went wrong: "" where nothing did.

    Returns:
        For one run a str such as "lr 0.021 > 2/L = 0.02; theta is not finite from step 7451 on"; for a batch an array
        of shape (*B) of them.
    """
    shape = trajectory.batch_shape
    wide = {name: np.broadcast_to(value, shape) for name, value in trajectory.hyperparameters.items()}
    texts = np.empty(shape, dtype=object)
    for lane in np.ndindex(shape):
        values = {name: value[lane].item() for name, value in wide.items()}
        at, quantity = int(trajectory.diverged_at[lane]), str(trajectory.diverged_quantity[lane])
        parts = [_limit_text(trajectory, values), f"{quantity} is not finite from step {at} on" if at >= 0 else ""]
        texts[lane] = "; ".join(filter(None, parts))
    return str(texts[()]) if not shape else texts.astype(np.str_)


def _limit_text(trajectory: Trajectory, values: dict[str, Any]) -> str:
    """Say that lr is beyond the limit, if there is one and it is."""
    if trajectory.surface is None:
        return ""
    own = trajectory.rule.stability(values)
    limit = None if own is None else _on(trajectory.surface, own)
    if own is None or limit is None or values["lr"] <= limit:
        return ""
    return f"lr {values['lr']:.6g} > {own.words}/{own.curvature} = {limit:.6g}"
