"""One optimizer in two worlds: its moments on a surface, step by step, in the terms in which a network's are recorded.

A training run keeps quantiles of m̂ and √v̂, which its rule finds in torch's state (`update_rules.torch_state`). Here
the same rule runs on a surface with the same hyperparameters and schedule, and its two coordinates are read likewise:

    m̂   = state of the rule that the step uses as its mean of gradients
    √v̂  = root of the state that it divides by (that state itself where it is no square)

and before their correction for the start at 0, where the rule makes one, with what torch divides by, c_t = 1 - β^t:

    m   = c_t m̂,   √v = √c_t √v̂

Of a class of somebody else's nobody knows which state is what; a training run keeps quantiles of those that have the
usual names (`outside.FIRST_MOMENTS`, `outside.SECOND_MOMENTS`), as they are, and of its steps:

    m = state named like a first moment,   √v = root of the one named like a second,   |Δθ|
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optim_viz.comparison.events import Quantity
from optim_viz.outside import OutsideRule
from optim_viz.rollout import rollout
from optim_viz.scenario import MAX_STEPS, Lane
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Trajectory
from optim_viz.update_rules import TorchMoment

Array = NDArray[np.float64]
STOPS: Final = 480
"""Of the clock, at least where a run has so many steps: evenly spaced on a log axis."""


@dataclass(frozen=True, eq=False)
class Toy:
    """A run on a surface.

    Attributes:
        theta: positions, (T+1, 2).
        held: quantity -> its values after each step, (T, 2); those that the optimizer keeps.
        plain: quantity -> the same before its correction, of those that are corrected.
        diverged_at: the step from which on it is not finite; None where it stays so.
        states: of a class of somebody else's: every state that it keeps, by its own name.
        names: quantity -> which of these it is.
    """

    theta: Array
    held: Mapping[Quantity, Array]
    plain: Mapping[Quantity, Array] = field(default_factory=dict[Quantity, Array])
    diverged_at: int | None = None
    states: tuple[str, ...] = ()
    names: Mapping[Quantity, str] = field(default_factory=dict[Quantity, str])

    @property
    def steps(self) -> int:
        """T."""
        return len(self.theta) - 1


def first_moment(lane: Lane) -> TorchMoment | None:
    """Return where the lane's rule finds its first moment in torch's state; None where there is none to compare."""
    return lane.rule.torch_state(lane.hyperparameters).first if lane.rule.first_moment else None


def second_moment(lane: Lane) -> TorchMoment | None:
    """Return the same of the second moment."""
    return lane.rule.torch_state(lane.hyperparameters).second if lane.rule.second_moment else None


def run_toy(surface: Surface, lane: Lane, steps: int) -> Toy:
    """Run a lane on a surface from its start, without noise.

    Args:
        surface: the ground.
        lane: a rule of ours, its hyperparameters and schedule.
        steps: of the network's run; the toy makes `scenario.MAX_STEPS` at most.
    """
    run = rollout(surface, lane.rule, steps=min(steps, MAX_STEPS), schedule=lane.schedule, **lane.hyperparameters)
    first, second = first_moment(lane), second_moment(lane)
    made = np.arange(1, run.steps + 1)
    held: dict[Quantity, Array] = {}
    plain: dict[Quantity, Array | None] = {}
    if first is not None:
        held["m_hat"] = run.state[lane.rule.first_moment[0]]
        plain["m_hat"] = uncorrected(first, made, held["m_hat"])
    if second is not None:
        kept = run.state[lane.rule.second_moment[0]]
        if second.minus_square_of is not None:
            kept = np.maximum(kept - run.state[lane.rule.first_moment[0]] ** 2, 0.0)
        held["sqrt_v_hat"] = kept if second.rooted else np.sqrt(kept)
        plain["sqrt_v_hat"] = uncorrected(second, made, held["sqrt_v_hat"], root=True)
    corrected: dict[Quantity, Array] = {name: values for name, values in plain.items() if values is not None}
    return Toy(run.theta, held, corrected, _or_none(int(run.diverged_at)))


def toy_of_class(run: Trajectory) -> Toy:
    """Return the run of a class of somebody else's, with those of its states whose names say what they are."""
    rule = run.rule
    found: dict[Quantity, tuple[str, ...]] = {"m": rule.first_moment, "sqrt_v": rule.second_moment}
    # A moment has a number for each coordinate; what is one number is named like one alone.
    names: dict[Quantity, str] = {
        quantity: name for quantity, those in found.items() for name in those if name not in rule.shared
    }
    held: dict[Quantity, Array] = {"step": np.abs(run.update)}
    for quantity, name in names.items():
        with np.errstate(invalid="ignore"):  # whatever it keeps under that name
            held[quantity] = np.sqrt(run.state[name]) if quantity == "sqrt_v" else run.state[name]
    states = rule.further_states if isinstance(rule, OutsideRule) else rule.states
    return Toy(run.theta, held, {}, _or_none(int(run.diverged_at)), states, names)


def _or_none(step: int) -> int | None:
    return None if step < 0 else step


def uncorrected(declared: TorchMoment, steps: NDArray[np.int64], values: Array, *, root: bool = False) -> Array | None:
    """Return a corrected moment as it was before its correction.

    Args:
        declared: how torch corrects it.
        steps: (N,), from 1.
        values: (N, ...), m̂; or √v̂ where `root`.
        root: whether the values are roots.

    Returns:
        The same shape; None where nothing is corrected.
    """
    factor = divisors(declared.divisor, steps)
    if bool((factor == 1.0).all()):
        return None
    if root and not declared.rooted:
        factor = np.sqrt(factor)
    return values * factor.reshape(-1, *[1] * (values.ndim - 1))


def divisors(divisor: Callable[[int], float], steps: NDArray[np.int64]) -> Array:
    """Return what a moment is divided by after each of some steps."""
    return np.array([divisor(int(step)) for step in steps], dtype=np.float64)


def memory(lane: Lane) -> tuple[str, float] | None:
    """Return which of a lane's numbers makes its longest memory, and how many steps that is: 1 / (1 - value)."""
    decays = {
        each.name: float(lane.hyperparameters[each.name])
        for each in lane.rule.hyperparameters
        if each.complement and 0 < float(lane.hyperparameters[each.name]) < 1
    }
    if not decays:
        return None
    name = max(decays, key=lambda each: decays[each])
    return name, 1 / (1 - decays[name])


def clock_stops(total: int, recorded: NDArray[np.int64], most: int = STOPS) -> NDArray[np.int64]:
    """Return the steps at which the one clock stops, increasing, from 1 to `total`.

    The first ones are all there, later ones are evenly spaced on a log axis, and each step that the network recorded.
    """
    spaced = np.round(np.geomspace(1, max(1, total), most)).astype(np.int64)
    kept = recorded[(recorded >= 1) & (recorded <= total)]
    return np.unique(np.concatenate([spaced, kept, [1, max(1, total)]]))
