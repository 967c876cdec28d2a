"""Which learning rates can work at all, and why a run diverged.

On a quadratic each eigenvector of the Hessian evolves by itself, by a linear recurrence in the step; it converges when
the roots of that recurrence lie inside the unit circle. With L the largest eigenvalue (plus weight_decay λ), μ the
momentum and d the dampening:

    sgd         lr < 2 / L
    momentum    lr < (2 + 2μ) / ((1 - d) L)
    nesterov    lr < (2 + 2μ) / ((1 + 2μ) L)      (smaller than sgd's!)

Sources: Polyak (1964); Goh, Why Momentum Really Works, Distill (2017); the Nesterov limit follows from the Schur-Cohn
conditions on z² - (1 + μ)(1 - lr L) z + μ(1 - lr L).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from optim_viz.trajectory import Trajectory

if TYPE_CHECKING:
    from optim_viz.surfaces import Surface


def stability_limit(surface: Surface, optimizer: str, hyperparameters: Mapping[str, float | bool]) -> float | None:
    """Give the learning rate from which a run diverges.

    Args:
        surface: the surface; its Hessian must be constant for a limit to exist.
        optimizer: a rule's name.
        hyperparameters: every hyperparameter of one run.

    Returns:
        The limit, or None where there is none to state: another rule, a surface that is not quadratic or draws its
        gradients, one that falls without bound, or a momentum of 1 or more.
    """
    top = _largest_curvature(surface, float(hyperparameters.get("weight_decay", 0.0)))
    momentum = float(hyperparameters.get("momentum", 0.0))
    if optimizer not in ("sgd", "momentum", "nesterov") or top is None or momentum >= 1:
        return None
    if optimizer == "nesterov":
        return (2 + 2 * momentum) / ((1 + 2 * momentum) * top)
    gain = 1 - float(hyperparameters.get("dampening", 0.0)) if momentum else 1.0
    return (2 + 2 * momentum) / (gain * top) if gain else None


def _largest_curvature(surface: Surface, weight_decay: float) -> float | None:
    """Find the Hessian's largest eigenvalue plus weight_decay; None where it does not decide."""
    if not surface.quadratic or surface.stochastic:
        return None
    hxx, hxy, hyy = (float(entry) for entry in surface.hessian(np.float64(0.0), np.float64(0.0)))
    low, high = np.linalg.eigvalsh([[hxx, hxy], [hxy, hyy]]) + weight_decay
    return float(high) if low >= 0 and high > 0 else None


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
    limit = stability_limit(trajectory.surface, trajectory.optimizer, values)
    if limit is None or values["lr"] <= limit:
        return ""
    curvature = "(L + weight_decay)" if values.get("weight_decay") else "L"
    over = "2/"
    if values.get("momentum"):
        below = {"nesterov": "(1 + 2·momentum)/"}.get(trajectory.optimizer, "")
        over = "(2 + 2·momentum)/" + below + ("(1 − dampening)/" if values.get("dampening") else "")
    return f"lr {values['lr']:.6g} > {over}{curvature} = {limit:.6g}"
