"""Adan as its authors' code writes it (github.com/sail-sg/Adan, no_prox = False), one coordinate at a time.

exp_avg      = β₁ exp_avg + (1 - β₁) g
exp_avg_diff = β₂ exp_avg_diff + (1 - β₂) (g - g_before)
exp_avg_sq   = β₃ exp_avg_sq + (1 - β₃) (g + β₂ (g - g_before))²
θ = (θ - lr (exp_avg / bias1 + β₂ exp_avg_diff / bias2) / (√exp_avg_sq / √bias3 + ε)) / (1 + lr λ)
"""

from __future__ import annotations

import math


def step(
    theta: float,
    grad: float,
    state: dict[str, float],
    t: int,
    *,
    lr: float,
    beta1: float,
    beta2: float,
    beta3: float,
    eps: float,
    weight_decay: float,
) -> float:
    """Take step t from 1; before the first all means are 0 and the gradient was the same."""
    if t == 1:
        state |= {"m": 0.0, "u": 0.0, "n": 0.0, "last_grad": grad}
    change = grad - state["last_grad"]
    state["d"] = change
    state["m"] = beta1 * state["m"] + (1 - beta1) * grad
    state["u"] = beta2 * state["u"] + (1 - beta2) * change
    state["n"] = beta3 * state["n"] + (1 - beta3) * (grad + beta2 * change) ** 2
    state["last_grad"] = grad
    divisor = math.sqrt(state["n"]) / math.sqrt(1 - beta3**t) + eps
    theta -= lr * state["m"] / (1 - beta1**t) / divisor
    theta -= lr * beta2 * state["u"] / (1 - beta2**t) / divisor
    return theta / (1 + lr * weight_decay)
