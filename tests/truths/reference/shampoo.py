"""Shampoo by eigendecompositions: Gupta, Koren and Singer (2018), arXiv 1802.09568, algorithm 1, on a weight of 2 by 1.

L_t = L_{t-1} + G G^T, R_t = R_{t-1} + G^T G, W_t = W_{t-1} - η L_t^(-1/4) G R_t^(-1/4), from ε I
"""

from __future__ import annotations

from typing import Any

import numpy as np


def power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """Raise a symmetric matrix to a power."""
    values, vectors = np.linalg.eigh(matrix)
    return vectors @ np.diag(np.maximum(values, 0) ** exponent) @ vectors.T


def step_both(
    theta: list[float], grad: list[float], state: dict[str, Any], t: int, *, lr: float, eps: float
) -> list[float]:
    """Take step t from 1."""
    column = np.array(grad)[:, np.newaxis]
    left, right = (eps * np.eye(2), eps * np.eye(1)) if t == 1 else (state["left"], state["one"])
    left, right = left + column @ column.T, right + column.T @ column
    state |= {"left": left, "one": right, "diagonal": np.diag(left), "cross": np.array([left[0, 1]] * 2)}
    state["right"] = np.array([right[0, 0]] * 2)
    update = power(left, -0.25) @ column @ power(right, -0.25)
    return list(np.array(theta) - lr * update[:, 0])
