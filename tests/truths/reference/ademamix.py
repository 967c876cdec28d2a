"""AdEMAMix: Pagliardini et al. (2025), arXiv 2409.03137, algorithm 1 without schedulers, one coordinate at a time."""

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
    alpha: float,
    eps: float,
    weight_decay: float,
) -> float:
    """Take step t from 1; all means before the first are 0."""
    fast, slow, square = (0.0, 0.0, 0.0) if t == 1 else (state["m"], state["slow"], state["v"])
    fast = beta1 * fast + (1 - beta1) * grad
    slow = beta3 * slow + (1 - beta3) * grad
    square = beta2 * square + (1 - beta2) * grad**2
    fast_hat, square_hat = fast / (1 - beta1**t), square / (1 - beta2**t)
    state |= {"m": fast, "slow": slow, "v": square, "m_hat": fast_hat, "v_hat": square_hat}
    return theta - lr * ((fast_hat + alpha * slow) / (math.sqrt(square_hat) + eps) + weight_decay * theta)
