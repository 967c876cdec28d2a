"""SOAP with exact eigenvectors: Vyas et al. (2025), arXiv 2409.11321, algorithm 3, on a weight of 2 by 1.

The eigenvectors come from LAPACK, in any order and sign; each takes the place of the old one that it is nearest to, so
that v stays with the direction it was measured in, as the authors' permutation of exp_avg_sq does. As in their code,
the first step only starts L, and the corrections count from the second.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def step_both(
    theta: list[float],
    grad: list[float],
    state: dict[str, Any],
    t: int,
    *,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> list[float]:
    """Take step t from 1."""
    g = np.array(grad)
    place = np.array(theta)
    if t == 1:
        state |= {"matrix": np.zeros((2, 2)), "basis": np.eye(2), "mean": np.zeros(2), "square": np.zeros(2)}
    else:
        basis = state["basis"]
        state["mean"] = beta1 * state["mean"] + (1 - beta1) * g
        state["square"] = beta2 * state["square"] + (1 - beta2) * (basis.T @ g) ** 2
        mean_hat = basis.T @ state["mean"] / (1 - beta1 ** (t - 1))
        square_hat = state["square"] / (1 - beta2 ** (t - 1))
        place = place - lr * basis @ (mean_hat / (np.sqrt(square_hat) + eps))
    state["matrix"] = beta2 * state["matrix"] + (1 - beta2) * np.outer(g, g)
    _, vectors = np.linalg.eigh(state["matrix"])
    nearest = np.abs(state["basis"].T @ vectors)
    state["basis"] = vectors if nearest[0, 0] >= nearest[0, 1] else vectors[:, ::-1]
    state |= {"m": state["mean"], "diagonal": np.diag(state["matrix"]), "cross": np.array([state["matrix"][0, 1]] * 2)}
    return list(place)
