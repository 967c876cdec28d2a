"""What a rule states of itself: its arithmetic line by line, the ways of others, and what theory knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Line:
    """One line of the arithmetic panel: `target = expression`, true at every step.

    The expression is Python-like: `grad` (what the step saw), `theta_prev` (before the step), `t`, hyperparameter
    names, state names, NAME_prev (a state before the step), `update`, and NAME_other of any of these that is not shared
    (its value in the other coordinate); sqrt, abs, sign, and max and min of two; + - * / ** and parentheses.

    Attributes:
        target: a state's name, "update" or "theta".
        expression: the right-hand side.
    """

    target: str
    expression: str


@dataclass(frozen=True)
class Convention:
    """One published way of what others do differently, as values of hyperparameters.

    Attributes:
        short: what a lane's title says, such as "Keras".
        title: who does it so, for a menu.
        sentence: what is different about it.
        settings: values by name; of the names that another convention of the rule sets, those left out are at their
            defaults.
    """

    short: str
    title: str
    sentence: str
    settings: Mapping[str, float | bool] = field(default_factory=dict[str, float | bool])


@dataclass(frozen=True)
class StabilityLimit:
    """The learning rate from which a rule diverges on a quadratic: `lr` > units / (L + added).

    L is the largest eigenvalue of the Hessian.

    Attributes:
        units: the limit in units of 1 / (L + added).
        words: the formula of `units`, such as "(2 + 2·momentum)", to be followed by "/L".
        added: what the rule itself adds to the curvature (an L2 term's weight_decay).
        curvature: how "L + added" is written.
    """

    units: float
    words: str
    added: float = 0.0
    curvature: str = "L"


def no_stability_limit(hyperparameters: Mapping[str, Any]) -> None:
    """Declare that no closed form of the largest learning rate is known."""
    del hyperparameters


@dataclass(frozen=True)
class Optimum:
    """The setting with which a rule shrinks the worst direction of a quadratic fastest.

    Attributes:
        values: the hyperparameters that it takes, by name; others stay as they are.
        words: the formulas, such as "2/(L + ℓ)".
        source: where they were published.
    """

    values: Mapping[str, float]
    words: str
    source: str


def no_optimum(hyperparameters: Mapping[str, Any], smallest: float, largest: float) -> None:
    """Declare that no closed form of the best setting is known."""
    del hyperparameters, smallest, largest
