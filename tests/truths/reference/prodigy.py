"""Prodigy, its Adam version: Mishchenko and Defazio (2024), arXiv 2306.06101, algorithm 4, with γ_k = lr.

r_{k+1} = √β₂ r_k + (1 - √β₂) γ d_k² ⟨g_k, x_0 - x_k⟩, s likewise with g_k, d̂_{k+1} = r_{k+1} / |s_{k+1}|₁ and
d_{k+1} = max(d_k, d̂_{k+1}). As in the authors' code the estimate is multiplied by d_coef, ε by d_{k+1}, the decay is
decoupled, and two switches correct the means and leave γ out of s.
"""

from __future__ import annotations

import math
from typing import Any


def step_both(
    theta: list[float],
    grad: list[float],
    state: dict[str, Any],
    t: int,
    *,
    lr: float,
    d0: float,
    d_coef: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    bias_correction: bool,
    safeguard_warmup: bool,
) -> list[float]:
    """Take step t from 1; without any gradient so far nothing moves."""
    if t == 1:
        state |= {"x0": list(theta), "sum": 0.0, "along": [0.0, 0.0], "d": [d0, d0], "m": [0.0, 0.0], "v": [0.0, 0.0]}
    d, root = state["d"][0], math.sqrt(beta2)
    gamma = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t) if bias_correction else lr
    inner = sum(g * (start - x) for g, start, x in zip(grad, state["x0"], theta, strict=True))
    state["sum"] = root * state["sum"] + (1 - root) * gamma * d * d * inner
    own = d * d * (1 if safeguard_warmup else gamma)
    state["along"] = [root * s + (1 - root) * own * g for s, g in zip(state["along"], grad, strict=True)]
    state["m"] = [beta1 * m + (1 - beta1) * d * g for m, g in zip(state["m"], grad, strict=True)]
    state["v"] = [beta2 * v + (1 - beta2) * (d * g) ** 2 for v, g in zip(state["v"], grad, strict=True)]
    length = sum(abs(s) for s in state["along"])
    new = max(d, d_coef * state["sum"] / length) if length else d
    state["d"] = [new, new]
    return [
        x - gamma * d * (weight_decay * x + m / (math.sqrt(v) + new * eps))
        for x, m, v in zip(theta, state["m"], state["v"], strict=True)
    ]
