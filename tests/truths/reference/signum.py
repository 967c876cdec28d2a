"""Signum: Bernstein et al. (2018), arXiv 1802.04434, algorithm 2, one coordinate at a time.

m_{k+1} = β m_k + (1 - β) g_k
x_{k+1} = x_k - δ_k sign(m_{k+1}), and λ x_k beside the sign, as in arXiv 1810.05291, algorithm 1
"""

from __future__ import annotations


def step(
    theta: float,
    grad: float,
    state: dict[str, float],
    t: int,
    *,
    lr: float,
    momentum: float,
    weight_decay: float,
) -> float:
    """Take step t from 1; the mean before the first is 0."""
    mean = momentum * (0.0 if t == 1 else state["m"]) + (1 - momentum) * grad
    state["m"] = mean
    sign = 1 if mean > 0 else -1 if mean < 0 else 0
    return theta - lr * (sign + weight_decay * theta)
