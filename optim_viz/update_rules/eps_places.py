"""Where Adam and AdamW add ε: after the root of the corrected v (torch), before the correction (Keras), or in the root.

The divisor of m̂ is √v̂ + ε; with `eps_hat` it is (√v + ε̂) / √(1 - β₂^t), so ε is ε̂ / √(1 - β₂^t), as at the end of
section 2 of Kingma and Ba (2015); with `eps_in_root` it is √(v̂ + ε), optax's eps_root, and with both √(v + ε̂) over
the same root. A rule that has these choices takes all that follows from them here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import EPS_HAT, EPS_IN_ROOT
from optim_viz.update_rules.update_rule import Array, Convention, refuse

CHOICES = (EPS_HAT, EPS_IN_ROOT)
CONVENTIONS = (
    Convention("torch", "torch, the paper's algorithm", "eps is added to the root of the corrected v."),
    Convention(
        "Keras",
        "Keras, the paper's efficient form",
        "eps is added to the root of v itself: along small gradients the first steps are shorter.",
        {"eps_hat": True},
    ),
    Convention("eps in the root", "optax's eps_root", "eps is added inside the root.", {"eps_in_root": True}),
)


class EpsPlace(NamedTuple):
    """What a step needs to know of it.

    Attributes:
        eps: its value.
        hat: it is added before the correction.
        inside: it is added inside the root.
    """

    eps: Array
    hat: bool
    inside: bool

    def divisor(self, v_hat: Array, correction: Array, out: Array) -> None:
        """Write what m̂ is divided by.

        Args:
            v_hat: (2, *B), v over the correction.
            correction: 1 - beta2**t, or 1 where nothing is corrected.
            out: (2, *B), written to.
        """
        if self.inside:
            np.add(v_hat, self.eps / correction if self.hat else self.eps, out)
            np.sqrt(out, out)
        else:
            np.sqrt(v_hat, out)
            out += self.eps / np.sqrt(correction) if self.hat else self.eps


def eps_place(hyperparameters: Mapping[str, Any]) -> EpsPlace:
    """Return where a lane adds eps."""
    return EpsPlace(*(hyperparameters[name] for name in ("eps", "eps_hat", "eps_in_root")))


def divisor_line(hyperparameters: Mapping[str, Any], *, corrected: bool = True) -> str:
    """Write the divisor of m̂ as a `Line` has it."""
    hat = corrected and hyperparameters["eps_hat"]
    if hyperparameters["eps_in_root"]:
        return f"sqrt(v_hat + {'eps/(1 - beta2**t)' if hat else 'eps'})"
    return f"(sqrt(v_hat) + {'eps/sqrt(1 - beta2**t)' if hat else 'eps'})"


def divisors(numbers: Mapping[str, Any], *, corrected: Any = True) -> Array:
    """Work the divisor out for all steps of a run, as `UpdateRule.rate` needs it."""
    correction = np.where(numbers["eps_hat"] & corrected, 1 - numbers["beta2"] ** numbers["t"], 1.0)
    inside = numbers["eps_in_root"]
    root = np.sqrt(numbers["v_hat"] + numbers["eps"] / correction * inside)
    return root + numbers["eps"] / np.sqrt(correction) * np.logical_not(inside)


def refuse_in_torch(name: str, hyperparameters: Mapping[str, Any]) -> None:
    """Say that a class of torch adds eps after the correction alone.

    Raises:
        ValueError: a lane adds it elsewhere.
    """
    refuse(name, hyperparameters, **{each.name: True for each in CHOICES})


def optax_arguments(name: str, hyperparameters: Mapping[str, Any]) -> dict[str, float]:
    """Return optax's eps and eps_root.

    Raises:
        ValueError: eps is added before the correction, which optax does not do.
    """
    refuse(name, hyperparameters, eps_hat=True)
    eps = hyperparameters["eps"]
    return {"eps": 0.0, "eps_root": eps} if hyperparameters["eps_in_root"] else {"eps": eps}
