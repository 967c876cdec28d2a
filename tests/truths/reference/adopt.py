"""ADOPT: Taniguchi et al. (2024), arXiv 2411.02853, algorithm 2 and its clipping, one coordinate at a time.

v_0 = g_0²;  for k = 1, 2, ...:
    m_k = β₁ m_{k-1} + (1 - β₁) clip(g_k / max(√v_{k-1}, ε), c_k),  c_k = k^0.25
    θ_k = θ_{k-1} - α m_k
    v_k = β₂ v_{k-1} + (1 - β₂) g_k²
The paper's k is t - 1: the step t = 1 measures g_0.
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
    eps: float,
    weight_decay: float,
    clip: bool,
) -> float:
    """Take step t from 1."""
    grad += weight_decay * theta
    if t == 1:
        state |= {"c": 0.0, "m": 0.0, "v": grad**2}
        return theta
    scaled = grad / max(math.sqrt(state["v"]), eps)
    if clip:
        bound = (t - 1) ** 0.25
        scaled = min(max(scaled, -bound), bound)
    state["c"] = scaled
    state["m"] = beta1 * state["m"] + (1 - beta1) * scaled
    state["v"] = beta2 * state["v"] + (1 - beta2) * grad**2
    return theta - lr * state["m"]
