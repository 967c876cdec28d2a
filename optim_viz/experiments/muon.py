"""Muon's step for one gradient that is laid out as four different matrices.

Muon replaces a gradient matrix U S Vᵀ by U Vᵀ: all singular values become 1. On two numbers that is no rule of its own:
it is steepest descent under the spectral norm of the matrix they are put into, and so a different known rule for each
layout.

    column [x; y]                 normalised gradient descent
    diagonal diag(x, y)           sign descent
    [[x, y], [y, x]]              steepest coordinate descent
    [[x, -y], [y, x]]             normalised gradient descent

Sources: Jordan et al., Muon (2024), kellerjordan.github.io/posts/muon, for the five Newton-Schulz steps and their
coefficients; Bernstein and Newhouse, Old Optimizer, New Norm (2024), arXiv 2409.20325, for the norms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from optim_viz.trajectory import Array

COEFFICIENTS: Final = (3.4445, -4.7750, 2.0315)
SCHULZ_STEPS: Final = 5
_ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class Layout:
    """One way to put two numbers into a matrix.

    Attributes:
        name: key in the address.
        words: what it is called.
        rule: what exact Muon is in it.
        ball: the shape of the set of points whose matrix has a spectral norm of at most 1.
        matrix: (x, y) -> the matrix.
        point: the matrix -> (x, y).
    """

    name: str
    words: str
    rule: str
    ball: str
    matrix: Callable[[float, float], Array]
    point: Callable[[Array], Array]


LAYOUTS: Final = (
    Layout(
        *("column", "a column", "normalised gradient descent", "disc"),
        matrix=lambda x, y: np.array([[x], [y]]),
        point=lambda m: m[:, 0],
    ),
    Layout(
        *("diagonal", "a diagonal", "sign descent", "square"),
        matrix=lambda x, y: np.array([[x, 0.0], [0.0, y]]),
        point=lambda m: np.array([m[0, 0], m[1, 1]]),
    ),
    Layout(
        *("symmetric", "x y over y x", "steepest coordinate descent", "diamond"),
        matrix=lambda x, y: np.array([[x, y], [y, x]]),
        point=lambda m: m[0],
    ),
    Layout(
        *("rotation", "x −y over y x", "normalised gradient descent", "disc"),
        matrix=lambda x, y: np.array([[x, -y], [y, x]]),
        point=lambda m: np.array([m[0, 0], m[1, 0]]),
    ),
)


def exact(matrix: Array) -> Array:
    """Return U Vᵀ of U S Vᵀ, over the singular values that are not 0 (to rounding)."""
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    kept = values > _ROUNDING * values[0]
    product = left[:, kept] @ right[kept]
    return np.where(np.abs(product) < _ROUNDING, 0.0, product).astype(np.float64)


def newton_schulz(matrix: Array, steps: int = SCHULZ_STEPS) -> list[Array]:
    """Return what Muon computes in place of U Vᵀ, after each step.

    X_0 = G / |G|_F, and X_{k+1} = a X + b (X Xᵀ) X + c (X Xᵀ)² X.

    Args:
        matrix: not 0.
        steps: how many.

    Returns:
        X_0 to X_steps.
    """
    a, b, c = COEFFICIENTS
    x = matrix / np.linalg.norm(matrix)
    found = [x]
    for _ in range(steps):
        product = x @ x.T
        x = a * x + (b * product + c * product @ product) @ x
        found.append(x)
    return found


def singular_values(matrices: list[Array]) -> Array:
    """Return the singular values of matrices of one shape, largest first: (number, rank)."""
    return np.array([np.linalg.svd(each, compute_uv=False) for each in matrices], dtype=np.float64)


def unit_ball(layout: Layout) -> Array:
    """Return the boundary of the points whose matrix has spectral norm 1, (181, 2), closed."""
    turn = np.linspace(0.0, 2.0 * np.pi, 181)
    around = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.array([point / float(np.linalg.norm(layout.matrix(*point), 2)) for point in around], dtype=np.float64)
