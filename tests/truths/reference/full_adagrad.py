"""Full-matrix AdaGrad by an eigendecomposition: Gupta, Koren and Singer (2018), arXiv 1802.09568, section 2.

G_t = ε I + Σ g g^T, and θ_t = θ_{t-1} - η G_t^(-1/2) g_t
"""

from __future__ import annotations

from typing import Any

import numpy as np


def step_both(
    theta: list[float], grad: list[float], state: dict[str, Any], t: int, *, lr: float, eps: float
) -> list[float]:
    """Take step t from 1."""
    matrix = (eps * np.eye(2) if t == 1 else state["matrix"]) + np.outer(grad, grad)
    values, vectors = np.linalg.eigh(matrix)
    power = vectors @ np.diag(np.maximum(values, 0) ** -0.5) @ vectors.T
    state |= {"matrix": matrix, "diagonal": np.diag(matrix), "cross": np.array([matrix[0, 1]] * 2)}
    state |= {"p": np.diag(power), "p_cross": np.array([power[0, 1]] * 2)}
    return list(np.array(theta) - lr * power @ np.array(grad))
