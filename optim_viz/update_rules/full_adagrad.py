r"""Full-matrix AdaGrad: divides the gradient by the root of the matrix of its products, along its own directions.

    L_t     = L_{t-1} + g_t g_tᵀ,      L_0 = ε I
    θ_t     = θ_{t-1} - η L_t^{-1/2} g_t

η is `lr`, ε `eps`. L is 2 by 2: its diagonal is AdaGrad's sum of squares, and beside it stands the sum of products g_x
g_y. The power is worked out in closed form: with s = √det L and τ = √(L_xx + L_yy + 2s), L^{-1/2} = ((τ² - s) I - L) /
(s τ). A valley that is turned against the axes costs this rule nothing; AdaGrad, which keeps the diagonal alone, loses
in it all that it had gained. With n parameters L has n² entries, which is why nobody trains a network so; Shampoo is
the way out.

Where implementations differ: Duchi, Hazan and Singer add δ I to the root, Gupta, Koren and Singer (followed here) start
the sum at ε I. torch.optim has none.

Source: Duchi, Hazan, Singer, Adaptive Subgradient Methods, JMLR 12 (2011), section 1.1; Gupta, Koren, Singer, Shampoo,
ICML 2018, arXiv 1802.09568, section 2.
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
    root: Array  # square root of the determinant of L: the same in both coordinates
    p: Array  # diagonal of L^(-1/2)
    p_cross: Array  # of L^(-1/2), beside its diagonal


def init(params: Array, settings: Settings) -> State:
    """Start L at eps times the unit matrix."""
    zeros = np.zeros_like(params)
    diagonal = zeros + settings.eps
    return State(diagonal, zeros, diagonal, 1.0 / np.sqrt(diagonal), zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    del params, t
    diagonal = state.diagonal + grad * grad
    cross = state.cross + grad * grad[::-1]
    root, p, p_cross = inverse_root(diagonal, cross)
    return settings.minus_lr * (p * grad + p_cross * grad[::-1]), State(diagonal, cross, root, p, p_cross)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    del hyperparameters
    return (
        *SUM_LINES,
        *INVERSE_ROOT_LINES,
        Line("update", "-lr*(p*grad + p_cross*grad_other)"),
        Line("theta", "theta_prev + update"),
    )


RULE = UpdateRule(
    name="full_adagrad",
    title="Full-matrix AdaGrad",
    rank=21,
    family="sum",
    latex=r"""\begin{aligned}
L_t &= L_{t-1} + g_t\, g_t^{\mathsf T}, \qquad L_0 = \varepsilon I\\
\theta_t &= \theta_{t-1} - \eta\, L_t^{-1/2}\, g_t
\end{aligned}""",
    source="Duchi, Hazan, Singer (2011), Adaptive Subgradient Methods, JMLR 12, section 1.1; started as in "
    "Gupta, Koren, Singer (2018), arXiv:1802.09568",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1e-2, 1e-4, 10.0, "log", "Step size; the first step has about this length.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        Hyperparameter(
            *("eps", "ε", 1e-6, 1e-6, 1.0, "log", "What the diagonal of L starts at.", NON_NEGATIVE),
            label="epsilon",
        ),
    ),
    states=State._fields,
    shared=("cross", "root", "p_cross"),
    symbols={"diagonal": "L", "cross": "K", "root": "s", "p": "P", "p_cross": "Q"},
    meanings={
        **MEANINGS,
        "p": "Diagonal of L to the power −1/2, which multiplies the gradient.",
        "p_cross": "Entry beside that diagonal, which multiplies the other coordinate's gradient.",
    },
    first_moment=(),
    second_moment=("diagonal", "cross"),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    ellipse=Ellipse(
        *("diagonal", "cross", Fraction(-1, 2), "L"),
        meaning="What the matrix of the step makes of a circle of gradients: long where past ones were small.",
    ),
    look=(6, "diamond"),
)
