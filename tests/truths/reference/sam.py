"""SAM with plain gradient descent: Foret et al. (2021), arXiv 2010.01412, algorithm 1 with p = 2.

ε̂(w) = ρ ∇L(w) / |∇L(w)|₂, g = ∇L(w + ε̂(w)), w ← w - η g
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


def step_both(
    theta: list[float],
    grad: list[float],
    state: dict[str, Any],
    t: int,
    *,
    grad_at: Callable[[list[float]], list[float]],
    lr: float,
    rho: float,
) -> list[float]:
    """Take a step; a point without gradient stays."""
    del t
    norm = math.hypot(*grad) + 1e-12
    up = [w + rho * g / norm for w, g in zip(theta, grad, strict=True)]
    felt = grad_at(up)
    state |= {"climbed": up, "climbed_grad": felt}
    return [w - lr * g for w, g in zip(theta, felt, strict=True)]
