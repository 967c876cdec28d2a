"""The contract of an update rule, in the manner of optax: two pure functions and a table of facts.

Inside a rule params and gradients are coordinate first: shape (2, *B) float64 for a batch of shape (*B), so that x and
y are contiguous rows. Hyperparameters are 0-d float64 arrays, or arrays that broadcast against params; a choice is a
plain bool (a batch that mixes both values is run once for each). The sign is fixed here: `update` is *added*,
theta_t = theta_{t-1} + update_t, with t counted from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from optim_viz.surfaces import hint, shown
from optim_viz.update_rules.facts import Convention, Line, Optimum, StabilityLimit, no_optimum, no_stability_limit
from optim_viz.update_rules.hyperparameter import Array, Hyperparameter, Interval
from optim_viz.update_rules.looks import Look
from optim_viz.update_rules.marks import Ellipse, Point
from optim_viz.update_rules.step_tables import by_step, corrections, table
from optim_viz.update_rules.torch_state import Preconditioner, TorchMoment, TorchState, mean_preconditioner
from optim_viz.update_rules.twins import no_optax, no_torch_kwargs, no_torch_state, refuse

__all__ = [
    "Array",
    "Convention",
    "Ellipse",
    "Hyperparameter",
    "Interval",
    "Line",
    "Optimum",
    "Point",
    "Preconditioner",
    "StabilityLimit",
    "TorchMoment",
    "TorchState",
    "UpdateRule",
    "by_step",
    "corrections",
    "mean_preconditioner",
    "refuse",
    "table",
]


def replace_lr(settings: Any, lr: Array) -> Any:
    """Return a rule's settings with another learning rate: "lr" of a dict, or `minus_lr` or `lr` of a NamedTuple.

    Raises:
        TypeError: the settings have none of them; the rule's file must say where its learning rate is, as `with_lr`.
    """
    if isinstance(settings, dict):
        return {**cast("dict[str, Any]", settings), "lr": lr}
    if hasattr(settings, "minus_lr"):
        return settings._replace(minus_lr=np.asarray(-lr))
    if hasattr(settings, "lr"):
        return settings._replace(lr=lr)
    raise TypeError(f"{type(settings).__name__} holds neither minus_lr nor lr: the rule must declare with_lr")


@dataclass(frozen=True)
class UpdateRule:
    """An optimizer: what it is called, what it takes, what it remembers and what it does.

    Attributes:
        name: key in URLs and the Python API.
        title: name on screen.
        rank: place in lists; ties are ordered by name.
        latex: the algorithm, for KaTeX.
        source: where the formula was published, and whose version is followed.
        hyperparameters: what can be set, in slider order.
        states: names of the state's fields, each recorded at every step with the shape of params.
        shared: those of them that are one number, the same for both coordinates.
        symbols: how formulas write each state.
        meanings: what each state is, in one sentence for a reader.
        first_moment: states drawn in the first-moment plot; the first solid, the others dotted.
        second_moment: the same for the second-moment plot.
        prepare: (hyperparameters by name, steps) -> settings: whatever does not depend on the gradient, worked out
            once.
        init: (params, settings) -> state before the first step, a NamedTuple of arrays shaped like params.
        update: (grad, state, params, t, settings) -> (update, state after the step). Pure: it never writes to what it
            was given. Where thousands of runs share a step its calls of NumPy are recorded once and repeated, in place
            (`rollout/repeats.py`); what cannot be recorded, such as arithmetic with t, is called as it is, with the
            same numbers and more time.
        probe: (grad, state, params, t, settings) -> (the point where the gradient of the step is taken, the state with
            what is recorded of it). `grad`, here and in a `Line`, is then the gradient at params, and `update` is given
            the one at that point, with the same minibatch and noise, and this state. Pure, as `update`. None where the
            step takes the gradient at params: most do.
        measured: states that hold what the step read off the surface, such as the gradient of the point that `probe`
            returned. No line computes them.
        with_lr: (settings, lr of one step) -> the settings of that step, for a schedule.
        lines: (hyperparameters by name) -> the step's arithmetic with only the terms that these values switch on.
        rate: (the numbers of all steps, by every name that a `Line` may use but "grad", "update" and "theta") -> the
            learning rate that each coordinate really gets: what the step multiplies its gradient, or its mean of
            gradients, by. Arrays broadcast against (*B, T, 2). None where a step goes by the
            sign alone, or turns the gradient.
        distance_estimate: the state that estimates how far the minimum is from the start, the same in both coordinates;
            "" where there is none.
        torch_twin: name of the class in torch.optim that does the same, None where torch has none.
        torch_kwargs: (hyperparameters by name) -> that class's arguments; ValueError where torch lacks an option.
        torch_state: (hyperparameters by name) -> where that class keeps the moments.
        optax: (hyperparameters by name) -> name of the function in optax that does the same, and its arguments besides
            the learning rate; ValueError where optax lacks it or an option. An L2 term is added to the gradient before.
        stability: (hyperparameters by name) -> the largest `lr` on a quadratic; None where there is none to state.
        critical: (hyperparameters by name) -> the largest `lr` with which a direction of curvature h of a quadratic
            falls without swinging, in units of 1 / (h + added); None where there is none to state.
        optimum: (hyperparameters by name, smallest and largest eigenvalue of a quadratic's Hessian, both > 0) -> the
            best setting there; None where there is none to state.
        family: what the length of a step is measured in, so that rules of one family want about the same learning rate
            and a surface can suggest one: "gradient" (proportional to it), "momentum" (a sum of such), "sum" and "mean"
            (over the root of the sum or the mean of its squares), "rectified" (first the one, then the other), "sign"
            (lr itself), "ratio" (over and times such roots). A new word, or "", takes the rule's own default.
        points: states that are marked beside the particle, since they are points of the plane too.
        ellipse: a matrix that is drawn at the particle; None where the rule keeps none.
        conventions: the published ways in which implementations differ, first the one that the defaults follow; ()
            where they agree.
        look: colour and marker of its lanes, one pair of `looks.PALETTE`; None takes a free one.
    """

    name: str
    title: str
    rank: int
    latex: str
    source: str
    hyperparameters: tuple[Hyperparameter, ...]
    states: tuple[str, ...]
    symbols: Mapping[str, str]
    first_moment: tuple[str, ...]
    second_moment: tuple[str, ...]
    prepare: Callable[[Mapping[str, Any], int], Any]
    init: Callable[[Array, Any], Any]
    update: Callable[[Array, Any, Array, int, Any], tuple[Array, Any]]
    lines: Callable[[Mapping[str, Any]], tuple[Line, ...]]
    rate: Callable[[Mapping[str, Any]], Array] | None = None
    probe: Callable[[Array, Any, Array, int, Any], tuple[Array, Any]] | None = None
    measured: tuple[str, ...] = ()
    distance_estimate: str = ""
    torch_twin: str | None = None
    torch_kwargs: Callable[[Mapping[str, Any]], dict[str, Any]] = no_torch_kwargs
    torch_state: Callable[[Mapping[str, Any]], TorchState] = no_torch_state
    stability: Callable[[Mapping[str, Any]], StabilityLimit | None] = no_stability_limit
    optax: Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]] = no_optax
    with_lr: Callable[[Any, Array], Any] = replace_lr
    critical: Callable[[Mapping[str, Any]], StabilityLimit | None] = no_stability_limit
    optimum: Callable[[Mapping[str, Any], float, float], Optimum | None] = no_optimum
    family: str = ""
    look: Look | None = None
    meanings: Mapping[str, str] = field(default_factory=dict[str, str])
    conventions: tuple[Convention, ...] = ()
    points: tuple[Point, ...] = ()
    ellipse: Ellipse | None = None
    shared: tuple[str, ...] = ()

    @property
    def further_states(self) -> tuple[str, ...]:
        """The states that the plots of the moments do not show, each of which has a plot of its own."""
        return tuple(name for name in self.states if name not in (*self.first_moment, *self.second_moment))

    def complete(self, given: Mapping[str, object], beside: Sequence[str] = ()) -> dict[str, Any]:
        """Check hyperparameters and add the defaults of those not given, in slider order.

        Args:
            given: values by name; each a number, a bool for a choice, or an array of them.
            beside: names that stand beside the hyperparameters in a call, for the hint to a name that is unknown.

        Returns:
            Every hyperparameter of the rule: float, bool, or float64 / bool array of the given shape.

        Raises:
            ValueError: an unknown name (the message lists the known ones) or an impossible value.
        """
        known = {each.name: each for each in self.hyperparameters}
        for name in given:
            if name not in known:
                raise ValueError(
                    f"{self.name} has no hyperparameter {shown(name)}{hint(name, known, 'it has', beside)}"
                )
        return {name: each.check(given.get(name, each.default)) for name, each in known.items()}

    @property
    def convention_names(self) -> tuple[str, ...]:
        """The hyperparameters in which its conventions differ, in slider order."""
        named = {name for convention in self.conventions for name in convention.settings}
        return tuple(each.name for each in self.hyperparameters if each.name in named)

    def convention_settings(self, convention: Convention) -> dict[str, float | bool]:
        """Return the value of each of `convention_names` in one convention."""
        names = self.convention_names
        defaults = {each.name: each.default for each in self.hyperparameters if each.name in names}
        return defaults | dict(convention.settings)

    def convention_of(self, hyperparameters: Mapping[str, Any]) -> Convention | None:
        """Return the convention that a lane follows; None where it follows a mixture, or the rule has none."""
        values = {name: hyperparameters[name] for name in self.convention_names}
        return next((each for each in self.conventions if self.convention_settings(each) == values), None)

    def first_state(self, params: Array, hyperparameters: Mapping[str, Any]) -> Any:
        """Return the state before the first step, a NamedTuple of arrays that broadcast to params.

        Args:
            params: where it starts, (2, *B).
            hyperparameters: every hyperparameter of the rule; numbers, bools, or arrays of shape (*B).
        """
        prepared: dict[str, Any] = {}
        for name, value in hyperparameters.items():
            values = np.asarray(value)
            if values.dtype == np.bool_ and values.any() != values.all():  # a rule takes a choice as one bool
                on, off = (self.first_state(params, {**hyperparameters, name: each}) for each in (True, False))
                return type(on)(*(np.where(values, *both) for both in zip(on, off, strict=True)))
            prepared[name] = bool(values.flat[0]) if values.dtype == np.bool_ else values
        with np.errstate(all="ignore"):  # as in rollout: settings may hold values for a step 0 that no run takes
            return self.init(params, self.prepare(prepared, 0))
