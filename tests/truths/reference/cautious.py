"""Cautious AdamW: Liang et al. (2024), arXiv 2411.16085, algorithm 1, both coordinates at a time.

u_t from AdamW, φ_t = 1(u_t ∘ g_t > 0), α_t = d / (‖φ_t‖₀ + 1), and θ_t = θ_{t-1} - η (α_t φ_t ∘ u_t + λ θ_{t-1})
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
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> list[float]:
    """Take step t from 1; both means before the first are 0."""
    m, v = ([0.0, 0.0], [0.0, 0.0]) if t == 1 else (state["m"], state["v"])
    m = [beta1 * mean + (1 - beta1) * g for mean, g in zip(m, grad, strict=True)]
    v = [beta2 * mean + (1 - beta2) * g**2 for mean, g in zip(v, grad, strict=True)]
    m_hat, v_hat = [mean / (1 - beta1**t) for mean in m], [mean / (1 - beta2**t) for mean in v]
    u = [mean / (math.sqrt(square) + eps) for mean, square in zip(m_hat, v_hat, strict=True)]
    mask = [1.0 if mean * g > 0 else 0.0 for mean, g in zip(m_hat, grad, strict=True)]
    state |= {"m": m, "v": v, "m_hat": m_hat, "v_hat": v_hat, "agrees": mask}
    alpha = len(mask) / (sum(mask) + 1)
    return [x - lr * (alpha * on * each + weight_decay * x) for x, on, each in zip(theta, mask, u, strict=True)]
