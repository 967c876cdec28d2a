"""Schedule-Free SGD: Defazio et al. (2024), arXiv 2405.15682, equations (2) to (4), one coordinate at a time.

y_t = (1 - β) z_t + β x_t, z_{t+1} = z_t - γ ∇f(y_t), x_{t+1} = (1 - c_{t+1}) x_t + c_{t+1} z_{t+1}, c_t = 1/t
"""

from __future__ import annotations


def step(theta: float, grad: float, state: dict[str, float], t: int, *, lr: float, momentum: float) -> float:
    """Take step t from 1; before the first all three points are one."""
    z, x = (theta, theta) if t == 1 else (state["z"], state["x"])
    z -= lr * grad
    x = (1 - 1 / t) * x + 1 / t * z
    state |= {"z": z, "x": x}
    return (1 - momentum) * z + momentum * x
