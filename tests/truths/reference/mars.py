"""MARS-AdamW: Yuan et al. (2025), arXiv 2411.10438, algorithms 1 and 2 in the approximate form, both coordinates.

c_t = g_t + γ β₁ / (1 - β₁) (g_t - g_{t-1}), shortened to length 1 where it is longer, then AdamW on it; x_0 = x_1.
"""

from __future__ import annotations

import math


def step_both(
    theta: list[float],
    grad: list[float],
    state: dict[str, list[float]],
    t: int,
    *,
    lr: float,
    gamma: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> list[float]:
    """Take step t from 1; both means before the first are 0 and the gradient was the same."""
    m, v, before = ([0.0, 0.0], [0.0, 0.0], grad) if t == 1 else (state["m"], state["v"], state["last_grad"])
    c = [g + gamma * (beta1 / (1 - beta1)) * (g - old) for g, old in zip(grad, before, strict=True)]
    norm = math.sqrt(sum(each**2 for each in c))
    short = [each / norm for each in c] if norm > 1 else c
    m = [beta1 * mean + (1 - beta1) * each for mean, each in zip(m, short, strict=True)]
    v = [beta2 * mean + (1 - beta2) * each**2 for mean, each in zip(v, short, strict=True)]
    m_hat, v_hat = [mean / (1 - beta1**t) for mean in m], [mean / (1 - beta2**t) for mean in v]
    state |= {"c": c, "m": m, "v": v, "m_hat": m_hat, "v_hat": v_hat, "last_grad": list(grad)}
    both = zip(theta, m_hat, v_hat, strict=True)
    return [x - lr * (mean / (math.sqrt(square) + eps) + weight_decay * x) for x, mean, square in both]
