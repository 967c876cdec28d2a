"""The matrix of gradient products that full-matrix AdaGrad and Shampoo sum up, and its power -1/2 in closed form.

    L_t     = L_{t-1} + g_t g_tᵀ,      L_0 = ε I
    s       = √det L,      L^{-1/2} = ((L_xx + L_yy + s) I - L) / (s √(L_xx + L_yy + 2s))

L is 2 by 2. Arrays (2, *B): its diagonal, and what stands beside it, which both coordinates have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.update_rule import Array, Line


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place."""

    minus_lr: Array
    eps: Array


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Nothing depends on the step."""
    del steps
    return Settings(np.asarray(-hyperparameters["lr"]), hyperparameters["eps"])


def inverse_root(diagonal: Array, cross: Array) -> tuple[Array, Array, Array]:
    """Return s, the diagonal of L^(-1/2), and what stands beside it."""
    root = np.sqrt(np.maximum(diagonal * diagonal[::-1] - cross * cross, 0.0))
    divisor = root * np.sqrt(diagonal + diagonal[::-1] + 2.0 * root)
    return root, (diagonal[::-1] + root) / divisor, -cross / divisor


_DIVISOR = "(root*sqrt(diagonal + diagonal_other + 2*root))"
SUM_LINES = (Line("diagonal", "diagonal_prev + grad**2"), Line("cross", "cross_prev + grad*grad_other"))
"""The arithmetic of L; the state has `diagonal` and `cross`."""
INVERSE_ROOT_LINES = (
    Line("root", "sqrt(max(diagonal*diagonal_other - cross**2, 0))"),
    Line("p", f"(diagonal_other + root)/{_DIVISOR}"),
    Line("p_cross", f"-cross/{_DIVISOR}"),
)
"""The arithmetic of `inverse_root`; the state has `root`, `p` and `p_cross`."""
MEANINGS: Mapping[str, str] = {
    "diagonal": "Sum of the squared gradients, the diagonal of the matrix L.",
    "cross": "Sum of the products of both gradients, beside the diagonal of L.",
    "root": "Square root of the determinant of L.",
    "p": "Diagonal of L to the power −1/2.",
    "p_cross": "Entry of L to the power −1/2 beside its diagonal.",
}
