"""The two running means that Adam keeps, and what its successors take over with them.

    m_t     = β₁ m_{t-1} + (1 - β₁) g_t,      m̂_t = m_t / (1 - β₁^t)
    v_t     = β₂ v_{t-1} + (1 - β₂) g_t²,     v̂_t = v_t / (1 - β₂^t)

Not a rule: the files of the rules say what they make of m̂ and v̂.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import POSITIVE
from optim_viz.update_rules.update_rule import (
    Array,
    Hyperparameter,
    Preconditioner,
    TorchMoment,
    TorchState,
    corrections,
)

FIRST_STEP = Hyperparameter(
    *("lr", "η", 1e-3, 1e-4, 10.0, "log", "Step size; the first step has exactly this length.", POSITIVE),
    primary=True,
    label="learning rate",
    section="largest_step",
)
"""The learning rate of a rule whose steps are m̂ over the root of v̂."""

SYMBOLS: Mapping[str, str] = {"m": "m", "v": "v", "m_hat": "m̂", "v_hat": "v̂"}
MEANINGS: Mapping[str, str] = {
    "m": "Running mean of the gradients.",
    "v": "Running mean of the squared gradients.",
    "m_hat": "m, corrected for its start at 0.",
    "v_hat": "v, corrected for its start at 0.",
}


class Means(NamedTuple):
    """How both means move; sequences by t."""

    beta1: Array
    beta2: Array
    share1: Array  # 1 - beta1
    share2: Array  # 1 - beta2
    corrections1: Sequence[Array]  # 1 - beta1**t
    corrections2: Sequence[Array]  # 1 - beta2**t

    def after(self, grad: Array, m: Array, v: Array) -> tuple[Array, Array]:
        """Return both means after a gradient. In-place operators touch only arrays made here."""
        fresh = self.share1 * grad
        m = self.beta1 * m
        m += fresh
        np.multiply(self.share2, grad, fresh)
        fresh *= grad
        v = self.beta2 * v
        v += fresh
        return m, v

    def corrected(self, m: Array, v: Array, t: int) -> tuple[Array, Array]:
        """Return m̂ and v̂ of step t."""
        return m / self.corrections1[t], v / self.corrections2[t]


def means(hyperparameters: Mapping[str, Any], steps: int, *, corrected: bool = True) -> Means:
    """Work out the shares and the bias corrections of all steps.

    Args:
        hyperparameters: those of the rule, `beta1` and `beta2` among them.
        steps: how many.
        corrected: False leaves m̂ = m and v̂ = v.
    """
    beta1, beta2 = hyperparameters["beta1"], hyperparameters["beta2"]
    tables = (corrections(beta, steps, enabled=corrected) for beta in (beta1, beta2))
    return Means(beta1, beta2, np.asarray(1.0 - beta1), np.asarray(1.0 - beta2), *tables)


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide lr by what m̂ is divided by, √v̂ + ε."""
    return numbers["lr"] / (np.sqrt(numbers["v_hat"]) + numbers["eps"])


def torch_arguments(hyperparameters: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return arguments of a class of torch.optim that has `lr`, `betas`, `eps` and `weight_decay`; `names` are more."""
    arguments = {name: hyperparameters[name] for name in ("lr", "eps", "weight_decay", *names)}
    return arguments | {"betas": (hyperparameters["beta1"], hyperparameters["beta2"])}


def torch_means(
    hyperparameters: Mapping[str, Any],
    second: str = "exp_avg_sq",
    *,
    coupled_decay: bool,
    preconditioner: Preconditioner | None = None,
) -> TorchState:
    """Return where torch keeps m and v, both still uncorrected.

    Args:
        hyperparameters: those of the rule.
        second: key of v.
        coupled_decay: as in `TorchState`.
        preconditioner: likewise.
    """
    beta1, beta2 = hyperparameters["beta1"], hyperparameters["beta2"]
    return TorchState(
        first=TorchMoment("exp_avg", lambda step: 1 - beta1**step),
        second=TorchMoment(second, lambda step: 1 - beta2**step),
        coupled_decay=coupled_decay,
        preconditioner=preconditioner,
    )


def optax_arguments(hyperparameters: Mapping[str, Any], **named: str) -> dict[str, Any]:
    """Return arguments of a function of optax that takes `b1`, `b2` and `eps`; `named` are more, with our names."""
    given = {"b1": "beta1", "b2": "beta2", "eps": "eps", **named}
    return {theirs: hyperparameters[ours] for theirs, ours in given.items()}
