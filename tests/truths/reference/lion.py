"""Lion as its authors write it: Chen et al. (2023), arXiv 2302.06675, algorithm 2, one coordinate at a time.

update c_t = β₁ m_{t-1} + (1 - β₁) g_t
update θ_t = θ_{t-1} - η_t (sign(c_t) + λ θ_{t-1})
update m_t = β₂ m_{t-1} + (1 - β₂) g_t
"""

from __future__ import annotations


def step(
    theta: float,
    grad: float,
    state: dict[str, float],
    t: int,
    *,
    lr: float,
    beta1: float,
    beta2: float,
    weight_decay: float,
) -> float:
    """Take step t from 1; the momentum before the first is 0."""
    momentum = 0.0 if t == 1 else state["m"]
    blend = beta1 * momentum + (1 - beta1) * grad
    sign = 1 if blend > 0 else -1 if blend < 0 else 0
    state["c"], state["m"] = blend, beta2 * momentum + (1 - beta2) * grad
    return theta - lr * (sign + weight_decay * theta)
