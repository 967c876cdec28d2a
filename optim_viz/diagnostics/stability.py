"""Which learning rates can work at all, and why a run diverged.

On a quadratic each eigenvector of the Hessian evolves by itself, by a linear recurrence in the step; it converges when
the roots of that recurrence lie inside the unit circle. Each rule's own file states its limit as `stability`, in units
of 1/L with L the largest eigenvalue (plus weight_decay where that acts through the gradient); gradient descent's is
lr < 2/L. Here it meets a surface.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

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


class Edge(NamedTuple):
    """Where on a slider runs begin to diverge.

    Attributes:
        value: of the slider's hyperparameter.
        words: what is known about it, such as "2/L = 0.02" or "lr = (2 + 2·momentum)/L".
        above: runs diverge above the value; False: below it.
    """

    value: float
    words: str
    above: bool


def stability_edge(
    surface: Surface,
    optimizer: str,
    hyperparameters: Mapping[str, float | bool],
    name: str,
    stops: Sequence[float | bool],
) -> Edge | None:
    """Find the value of one hyperparameter at which a run comes to its rule's stability limit.

    Args:
        surface: as in `stability_limit`.
        optimizer: a rule's name.
        hyperparameters: of the run, complete; that of `name` makes no difference.
        name: the hyperparameter that varies.
        stops: its values, in order.

    Returns:
        The edge before the first stop that is on the other side of the limit than the stop before it, found
        to rounding (for `lr` itself: the limit, also where it is beyond the stops); None where there is none.
    """
    rule = update_rules.get(optimizer)
    own = rule.stability(rule.complete(hyperparameters))
    if name == "lr":
        limit = None if own is None else _on(surface, own)
        return None if own is None or limit is None else Edge(limit, f"{own.words}/{own.curvature}", True)

    def beyond(value: float | bool) -> bool:
        return beyond_limit(surface, optimizer, {**hyperparameters, name: value})

    if "lr" not in hyperparameters or isinstance(stops[0], bool) or not surface.quadratic or surface.stochastic:
        return None
    sides = [beyond(stop) for stop in stops]
    at = next((place for place in range(1, len(stops)) if sides[place] != sides[place - 1]), None)
    if at is None:
        return None
    low, high = float(stops[at - 1]), float(stops[at])
    while low < (middle := (low + high) / 2) < high:
        low, high = (low, middle) if beyond(middle) == sides[at] else (middle, high)
    words = rule.stability(rule.complete({**hyperparameters, name: high}))
    return None if words is None else Edge(high, f"lr = {words.words}/{words.curvature}", sides[at])


def beyond_limit(surface: Surface, optimizer: str, hyperparameters: Mapping[str, float | bool]) -> bool:
    """Tell whether a run's learning rate is above `stability_limit`; arguments as there, with a complete mapping."""
    if not surface.quadratic or surface.stochastic:
        return False
    limit = stability_limit(surface, optimizer, hyperparameters)
    return limit is not None and hyperparameters["lr"] > limit


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
        parts = [
            _limit_text(trajectory, lane, values),
            f"{quantity} is not finite from step {at} on" if at >= 0 else "",
        ]
        texts[lane] = "; ".join(filter(None, parts))
    return str(texts[()]) if not shape else texts.astype(np.str_)


def _limit_text(trajectory: Trajectory, lane: tuple[int, ...], values: dict[str, Any]) -> str:
    """Say that lr is beyond the limit, if there is one and it is; of a schedule its largest, where the run diverged."""
    if trajectory.surface is None:
        return ""
    own = trajectory.rule.stability(values)
    limit = None if own is None else _on(trajectory.surface, own)
    if own is None or limit is None:
        return ""
    rate, verb = values["lr"], ""
    if trajectory.schedule is not None:
        if trajectory.diverged_at[lane] < 0:
            return ""  # a rate that is too large for a while need not harm
        rate, verb = float(trajectory.lr[lane].max()), "reaches "
    return f"lr {verb}{rate:.6g} > {own.words}/{own.curvature} = {limit:.6g}" if rate > limit else ""
