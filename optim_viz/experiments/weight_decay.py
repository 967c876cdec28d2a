"""What weight decay does to two weights whose gradients differ in size, in Adam and in AdamW.

Both weights see gradients of a mean of 0, ±1 and ±G by turns, so that nothing but the decay moves them for good. AdamW
takes η λ θ off each weight, whatever its gradients: after t steps (1 - η λ)^t is left. An L2 term in Adam's gradient is
divided by √v̂ as all of it is, so that the weight with the large gradients hardly decays.

Source: Loshchilov, Hutter, Decoupled Weight Decay Regularization, ICLR 2019, arXiv 1711.05101, section 2.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from optim_viz.rollout import replay
from optim_viz.trajectory import Array

STEPS: Final = 2000
LR: Final = 0.01


def left(decay: float, ratio: float) -> dict[str, Array]:
    """Return what is left of two weights that start at 1: rule -> (STEPS + 1, 2), the second with G = `ratio`."""
    turns = np.where(np.arange(STEPS) % 2, -1.0, 1.0)
    grads = turns[:, np.newaxis] * np.array([1.0, ratio])
    return {rule: replay(rule, grads, theta0=(1.0, 1.0), lr=LR, weight_decay=decay).theta for rule in ("adam", "adamw")}


def predicted(decay: float) -> Array:
    """Return (1 - η λ)^t for t = 0 .. STEPS."""
    return np.power(1.0 - LR * decay, np.arange(STEPS + 1, dtype=np.float64))
