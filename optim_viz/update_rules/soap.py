r"""SOAP on a weight of two rows and one column: Adam along the eigenvectors of the mean of g gᵀ.

    g'_t    = Qᵀ_{t-1} g_t
    m_t     = β₁ m_{t-1} + (1 - β₁) g_t,      m̂_t = m_t / (1 - β₁^(t-1))
    v_t     = β₂ v_{t-1} + (1 - β₂) g'_t²,    v̂_t = v_t / (1 - β₂^(t-1))
    θ_t     = θ_{t-1} - η Q_{t-1} (Qᵀ_{t-1} m̂_t / (√v̂_t + ε))
    L_t     = β₂ L_{t-1} + (1 - β₂) g_t g_tᵀ, and Q_t holds the eigenvectors of L_t as its columns

η is `lr`, β₁ `beta1`, β₂ `beta2`, ε `eps`. Adam divides along the axes; SOAP first turns the axes into the directions
of the valley, so that a turned valley is to it as a straight one is to Adam. The first step only measures the gradient,
and nothing moves. Q is the rotation by an angle between -45° and 45°; where an eigenvector goes beyond that and is
counted to the other axis, its v goes with it.

Where implementations differ: the authors turn Q by one step of a power iteration and a QR decomposition, and only every
tenth step; here it is exact in every step. Their weight decay is left out. The right side of a single column is one
number and turns nothing. torch.optim has none.

Source: Vyas, Morwani, Zhao, Shapira, Brandfonbrener, Janson, Kakade, SOAP: Improving and Stabilizing Shampoo using
Adam, ICLR 2025, arXiv 2409.11321, algorithm 3; defaults, and the first step, are those of the authors' code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import EPS, FRACTION, POSITIVE
from optim_viz.update_rules.marks import Ellipse
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule, corrections

_LEAST = 1e-300  # added to lengths: without any gradient so far the angle is 0


class State(NamedTuple):
    """What is remembered, each (2, *B)."""

    turned: Array  # gradient along the eigenvectors
    m: Array  # running mean of gradients
    n: Array  # the step along the eigenvectors, in units of lr
    diagonal: Array  # of L
    cross: Array  # of L, beside its diagonal: the same in both coordinates
    cosine: Array  # of the angle of Q: the same in both coordinates
    sine: Array  # of the angle of Q; its negative in y
    stays: Array  # 1 where an eigenvector is counted to the axis it was counted to, else 0
    v: Array  # running mean of the squares of the turned gradient


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place; corrections by t - 1."""

    minus_lr: Array
    beta1: Array
    beta2: Array
    one_minus_beta1: Array
    one_minus_beta2: Array
    corrections1: Sequence[Array]
    corrections2: Sequence[Array]
    eps: Array


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bias corrections of all steps."""
    beta1, beta2 = hyperparameters["beta1"], hyperparameters["beta2"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        beta1=beta1,
        beta2=beta2,
        one_minus_beta1=np.asarray(1.0 - beta1),
        one_minus_beta2=np.asarray(1.0 - beta2),
        corrections1=corrections(beta1, max(steps, 1)),
        corrections2=corrections(beta2, max(steps, 1)),
        eps=hyperparameters["eps"],
    )


def init(params: Array, settings: Settings) -> State:
    """Start with the axes themselves and everything else at 0."""
    del settings
    zeros, ones = np.zeros_like(params), np.ones_like(params)
    return State(zeros, zeros, zeros, zeros, zeros, ones, zeros, ones, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64. `a[::-1]` is what the other coordinate has."""
    del params
    cosine, sine, moves = state.cosine, state.sine, float(t > 1)
    turned = cosine * grad + sine * grad[::-1]
    m = settings.beta1 * state.m + moves * settings.one_minus_beta1 * grad
    v = settings.beta2 * state.v + moves * settings.one_minus_beta2 * turned * turned
    at = max(t - 1, 1)
    n = (cosine * m + sine * m[::-1]) / settings.corrections1[at]
    n /= np.sqrt(v / settings.corrections2[at]) + settings.eps
    step = settings.minus_lr * (cosine * n - sine * n[::-1])
    diagonal = settings.beta2 * state.diagonal + settings.one_minus_beta2 * grad * grad
    cross = settings.beta2 * state.cross + settings.one_minus_beta2 * grad * grad[::-1]
    difference = diagonal - diagonal[::-1]
    length = np.sqrt(difference * difference + 4.0 * cross * cross)
    new_cosine = np.sqrt((length + np.abs(difference) + _LEAST) / (2.0 * length + _LEAST))
    new_sine = np.sign(difference) * cross / ((length + _LEAST) * new_cosine)
    stays = np.maximum(np.sign(new_cosine * cosine + new_sine * sine - np.sqrt(0.5)), 0.0)
    kept = stays * v + (1.0 - stays) * v[::-1]
    return step, State(turned, m, n, diagonal, cross, new_cosine, new_sine, stays, kept)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out; min(t - 1, 1) is 0 in the first step, which moves nothing."""
    del hyperparameters
    moves, before = "min(t - 1, 1)", "max(t - 1, 1)"
    v = f"(beta2*v_prev + {moves}*(1 - beta2)*turned**2)"
    other = f"(beta2*v_prev_other + {moves}*(1 - beta2)*turned_other**2)"
    length = "sqrt((diagonal - diagonal_other)**2 + 4*cross**2)"
    return (
        Line("turned", "cosine_prev*grad + sine_prev*grad_other"),
        Line("m", f"beta1*m_prev + {moves}*(1 - beta1)*grad"),
        Line(
            "n",
            f"(cosine_prev*m + sine_prev*m_other)/(1 - beta1**{before})/(sqrt({v}/(1 - beta2**{before})) + eps)",
        ),
        Line("diagonal", "beta2*diagonal_prev + (1 - beta2)*grad**2"),
        Line("cross", "beta2*cross_prev + (1 - beta2)*grad*grad_other"),
        Line(
            "cosine",
            f"sqrt(({length} + abs(diagonal - diagonal_other) + {_LEAST})/(2*{length} + {_LEAST}))",
        ),
        Line("sine", f"sign(diagonal - diagonal_other)*cross/(({length} + {_LEAST})*cosine)"),
        Line("stays", "max(sign(cosine*cosine_prev + sine*sine_prev - sqrt(0.5)), 0)"),
        Line("v", f"stays*{v} + (1 - stays)*{other}"),
        Line("update", "-lr*(cosine_prev*n - sine_prev*n_other)"),
        Line("theta", "theta_prev + update"),
    )


RULE = UpdateRule(
    name="soap",
    title="SOAP",
    rank=23,
    family="mean",
    latex=r"""\begin{aligned}
g'_t &= Q_{t-1}^{\mathsf T}\, g_t, \qquad m_t = \beta_1 m_{t-1} + (1-\beta_1)\,g_t, \qquad
v_t = \beta_2 v_{t-1} + (1-\beta_2)\,g_t'^{\,2}\\
\theta_t &= \theta_{t-1} - \eta\, Q_{t-1}\,\frac{Q_{t-1}^{\mathsf T}\,\hat m_t}{\sqrt{\hat v_t}+\varepsilon}\\
L_t &= \beta_2 L_{t-1} + (1-\beta_2)\,g_t\,g_t^{\mathsf T} = Q_t\,\Lambda_t\,Q_t^{\mathsf T}
\end{aligned}""",
    source="Vyas et al. (2025), SOAP: Improving and Stabilizing Shampoo using Adam, arXiv:2409.11321, algorithm 3; "
    "(x, y) is a weight of two rows and one column",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 3e-3, 1e-4, 10.0, "log", "Step size along each eigenvector.", POSITIVE),
            primary=True,
            label="learning rate",
        ),
        Hyperparameter(
            *("beta1", "β₁", 0.95, 0.0, 0.999, "log", "Share of m, the mean gradient, kept each step.", FRACTION),
            complement=True,
            primary=True,
            meaning="remembers about {memory} steps",
        ),
        Hyperparameter(
            *("beta2", "β₂", 0.95, 0.0, 0.9999, "log", "Share of v and of the matrix L kept each step.", FRACTION),
            complement=True,
            primary=True,
            meaning="remembers about {memory} steps",
        ),
        EPS,
    ),
    states=State._fields,
    shared=("cross", "cosine", "stays"),
    symbols={
        "turned": "g̃",
        "m": "m",
        "n": "n",
        "diagonal": "L",
        "cross": "K",
        "cosine": "c",
        "sine": "s",
        "stays": "φ",
        "v": "v",
    },
    meanings={
        "turned": "The gradient along the eigenvectors of L.",
        "m": "Running mean of the gradients.",
        "n": "The step along the eigenvectors, in units of lr.",
        "diagonal": "Running mean of the squared gradients, the diagonal of the matrix L.",
        "cross": "Running mean of the products of both gradients, beside the diagonal of L.",
        "cosine": "Cosine of the angle between the eigenvectors and the axes.",
        "sine": "Sine of that angle; its negative in y.",
        "stays": "1 where each eigenvector is counted to the axis that it was counted to before.",
        "v": "Running mean of the squares of the gradient along the eigenvectors.",
    },
    first_moment=("m",),
    second_moment=("v", "cross"),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    ellipse=Ellipse(
        *("diagonal", "cross", Fraction(-1, 2), "L"),
        meaning="Its axes are those that Adam runs along; it is long where past gradients were small.",
    ),
    look=(7, "cross"),
)
