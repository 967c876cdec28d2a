r"""Shampoo on a weight of two rows and one column: the gradient between fourth roots of two matrices of its products.

    L_t     = L_{t-1} + G_t G_tᵀ,      L_0 = ε I       (2 by 2)
    R_t     = R_{t-1} + G_tᵀ G_t,      R_0 = ε         (1 by 1)
    W_t     = W_{t-1} - η L_t^{-1/4} G_t R_t^{-1/4}

η is `lr`, ε `eps`; W is the point (x, y) as a column and G its gradient. For a weight of m by n Shampoo keeps m² + n²
numbers in place of full-matrix AdaGrad's (mn)². On one column R is the number Σ|g|², which knows no direction: what
turns with the valley is L. Its fourth root is worked out in closed form from P = L^{-1/2}: with k = √det P, L^{-1/4} =
(P + k I) / √(P_xx + P_yy + 2k).

Where implementations differ: many take the power -1/2 on each side, or leave a side out that has length 1, which makes
this full-matrix AdaGrad; and they average the products and graft the length of another rule's step. This file is the
paper's algorithm, without momentum. torch.optim has none.

Source: Gupta, Koren, Singer, Shampoo: Preconditioned Stochastic Tensor Optimization, ICML 2018, arXiv 1802.09568,
algorithm 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import NON_NEGATIVE, POSITIVE
from optim_viz.update_rules.marks import Ellipse
from optim_viz.update_rules.matrix import INVERSE_ROOT_LINES, MEANINGS, SUM_LINES, Settings, inverse_root, prepare
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule


class State(NamedTuple):
    """What is remembered, each (2, *B)."""

    diagonal: Array  # of L
    cross: Array  # of L, beside its diagonal: the same in both coordinates
    right: Array  # R: the same in both coordinates
    root: Array  # square root of the determinant of L: the same in both coordinates
    p: Array  # diagonal of L^(-1/2)
    p_cross: Array  # of L^(-1/2), beside its diagonal


def init(params: Array, settings: Settings) -> State:
    """Start both matrices at eps times the unit matrix."""
    zeros = np.zeros_like(params)
    diagonal = zeros + settings.eps
    return State(diagonal, zeros, diagonal, diagonal, 1.0 / np.sqrt(diagonal), zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    del params, t
    squared = grad * grad
    diagonal, cross = state.diagonal + squared, state.cross + grad * grad[::-1]
    right = state.right + (squared + squared[::-1])
    root, p, p_cross = inverse_root(diagonal, cross)
    k = 1.0 / np.sqrt(root)
    turned = ((p + k) * grad + p_cross * grad[::-1]) / np.sqrt(p + p[::-1] + 2.0 * k)
    return settings.minus_lr * turned / np.sqrt(np.sqrt(right)), State(diagonal, cross, right, root, p, p_cross)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    del hyperparameters
    k = "1/sqrt(root)"
    return (
        *SUM_LINES,
        Line("right", "right_prev + (grad**2 + grad_other**2)"),
        *INVERSE_ROOT_LINES,
        Line(
            "update",
            f"-lr*((p + {k})*grad + p_cross*grad_other)/sqrt(p + p_other + 2*({k}))/sqrt(sqrt(right))",
        ),
        Line("theta", "theta_prev + update"),
    )


RULE = UpdateRule(
    name="shampoo",
    title="Shampoo",
    rank=22,
    family="sum",
    latex=r"""\begin{aligned}
L_t &= L_{t-1} + G_t\, G_t^{\mathsf T}, & L_0 &= \varepsilon I\\
R_t &= R_{t-1} + G_t^{\mathsf T} G_t, & R_0 &= \varepsilon\\
W_t &= W_{t-1} - \eta\, L_t^{-1/4}\, G_t\, R_t^{-1/4}
\end{aligned}""",
    source="Gupta, Koren, Singer (2018), Shampoo: Preconditioned Stochastic Tensor Optimization, arXiv:1802.09568, "
    "algorithm 1; (x, y) is a weight of two rows and one column",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1e-1, 1e-4, 10.0, "log", "Step size; the first step has about this length.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        Hyperparameter(
            *("eps", "ε", 1e-4, 1e-6, 1.0, "log", "What the diagonals of L and R start at.", NON_NEGATIVE),
            label="epsilon",
        ),
    ),
    states=State._fields,
    shared=("cross", "right", "root", "p_cross"),
    symbols={"diagonal": "L", "cross": "K", "right": "R", "root": "s", "p": "P", "p_cross": "Q"},
    meanings={
        **MEANINGS,
        "right": "Sum of the squared lengths of the gradients, the matrix R of one row and one column.",
    },
    first_moment=(),
    second_moment=("diagonal", "cross"),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    ellipse=Ellipse(
        *("diagonal", "cross", Fraction(-1, 4), "L"),
        meaning="What the matrix of the step makes of a circle of gradients: long where past ones were small.",
    ),
    look=(7, "triangle-up"),
)
