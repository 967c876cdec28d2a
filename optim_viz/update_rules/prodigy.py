r"""Prodigy: Adam that estimates how far away the minimum is, and takes that distance for its learning rate.

    r_t     = √β₂ r_{t-1} + (d_{t-1} / d₀) a_t ⟨g_t, θ_0 - θ_{t-1}⟩,      a_t = η d_{t-1}
    s_t     = √β₂ s_{t-1} + (d_{t-1} / d₀) a_t g_t
    d_t     = max(d_{t-1}, c r_t / Σ|s_t|)
    m_t     = β₁ m_{t-1} + (1 - β₁) d_{t-1} g_t
    v_t     = β₂ v_{t-1} + (1 - β₂) d_{t-1}² g_t²
    θ_t     = θ_{t-1} - a_t m_t / (√v_t + d_t ε) - a_t λ θ_{t-1}

η is `lr`, and stays at 1; β₁ `beta1`, β₂ `beta2`, ε `eps`, λ `weight_decay`, decoupled; d₀ is `d0`, the first estimate,
c `d_coef`. On a convex loss r / Σ|s| is never more than the largest coordinate of θ_0 - θ*, so the estimate grows from
below. With `bias_correction` a_t is multiplied by √(1 - β₂^t) / (1 - β₁^t), as in Adam; with `safeguard_warmup` s_t
adds d_{t-1} in place of a_t, so that small rates of a warm-up do not make the estimate too large. ⟨ ⟩ and Σ take
both coordinates together.

Where implementations differ: the paper multiplies what is added to r and s by 1 - √β₂ and not by 1 / d₀, which cancels;
ε is multiplied by d_{t-1} there, by d_t in the authors' code (followed here). A limit to the growth of d in one step,
which is off by default, is left out. torch.optim has none, so it does not train here; pytorch_optimizer's Prodigy takes
the same path.

Source: Mishchenko, Defazio, Prodigy: An Expeditiously Adaptive Parameter-Free Learner, ICML 2024, arXiv 2306.06101,
algorithm 4; defaults are those of the authors' code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import BETA1, BETA2, EPS, POSITIVE, UNIT, WEIGHT_DECAY_APART
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule, corrections

_LEAST = 1e-300  # added to the sum of |s|: without any gradient so far the estimate stays


class State(NamedTuple):
    """What is remembered, each (2, *B)."""

    origin: Array  # where it started
    r: Array  # weighted sum of how far downhill it has come: the same in both coordinates
    s: Array  # weighted sum of gradients
    d: Array  # estimate of the distance: the same in both coordinates
    m: Array  # running mean of gradients, each times its d
    v: Array  # running mean of their squares


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place; corrections by t."""

    lr: Array
    weight_decay: Array
    d_coef: Array
    d0: Array
    beta1: Array
    beta2: Array
    beta3: Array
    one_minus_beta1: Array
    one_minus_beta2: Array
    corrections1: Sequence[Array]
    corrections2: Sequence[Array]
    eps: Array
    decays: bool
    safeguard_warmup: bool


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out the bias corrections of all steps."""
    beta1, beta2, weight_decay = (hyperparameters[name] for name in ("beta1", "beta2", "weight_decay"))
    corrected = hyperparameters["bias_correction"]
    return Settings(
        lr=np.asarray(hyperparameters["lr"]),
        weight_decay=weight_decay,
        d_coef=hyperparameters["d_coef"],
        d0=hyperparameters["d0"],
        beta1=beta1,
        beta2=beta2,
        beta3=np.asarray(np.sqrt(beta2)),
        one_minus_beta1=np.asarray(1.0 - beta1),
        one_minus_beta2=np.asarray(1.0 - beta2),
        corrections1=corrections(beta1, steps, enabled=corrected),
        corrections2=corrections(beta2, steps, enabled=corrected),
        eps=hyperparameters["eps"],
        decays=bool(weight_decay.any()),
        safeguard_warmup=hyperparameters["safeguard_warmup"],
    )


def init(params: Array, settings: Settings) -> State:
    """Start the estimate at d0 and all sums at 0."""
    zeros = np.zeros_like(params)
    return State(params.copy(), zeros, zeros, zeros + settings.d0, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64. `a[::-1]` is what the other coordinate has."""
    before = state.d
    rate = before * settings.lr * np.sqrt(settings.corrections2[t]) / settings.corrections1[t]
    weight = before / settings.d0
    along = grad * (state.origin - params)
    r = settings.beta3 * state.r + weight * rate * (along + along[::-1])
    s = settings.beta3 * state.s + weight * (before if settings.safeguard_warmup else rate) * grad
    length = np.abs(s)
    d = np.maximum(before, settings.d_coef * r / (length + length[::-1] + _LEAST))
    m = settings.beta1 * state.m + settings.one_minus_beta1 * before * grad
    v = settings.beta2 * state.v + settings.one_minus_beta2 * before * before * grad * grad
    step = -rate * m / (np.sqrt(v) + d * settings.eps)
    if settings.decays:
        step -= rate * settings.weight_decay * params
    return step, State(state.origin, r, s, d, m, v)


def _rate_of(hyperparameters: Mapping[str, Any]) -> str:
    """Write a_t: lr times the estimate before the step."""
    return "lr*d_prev" + ("*sqrt(1 - beta2**t)/(1 - beta1**t)" if hyperparameters["bias_correction"] else "")


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    rate = _rate_of(hyperparameters)
    own = "d_prev" if hyperparameters["safeguard_warmup"] else rate
    apart = f" - {rate}*weight_decay*theta_prev" if hyperparameters["weight_decay"] else ""
    along = "grad*(origin - theta_prev) + grad_other*(origin_other - theta_prev_other)"
    return (
        Line("origin", "origin_prev"),
        Line("r", f"sqrt(beta2)*r_prev + d_prev/d0*{rate}*({along})"),
        Line("s", f"sqrt(beta2)*s_prev + d_prev/d0*{own}*grad"),
        Line("d", f"max(d_prev, d_coef*r/(abs(s) + abs(s_other) + {_LEAST}))"),
        Line("m", "beta1*m_prev + (1 - beta1)*d_prev*grad"),
        Line("v", "beta2*v_prev + (1 - beta2)*d_prev**2*grad**2"),
        Line("update", f"-{rate}*m/(sqrt(v) + d*eps){apart}"),
        Line("theta", "theta_prev + update"),
    )


def rate(numbers: Mapping[str, Any]) -> Array:
    """Divide lr d by the root of the mean square, as Adam; m and √v are larger than Adam's by the factor d."""
    corrected = numbers["bias_correction"]
    beta1, beta2, t = numbers["beta1"], numbers["beta2"], numbers["t"]
    correction = np.where(corrected, np.sqrt(1.0 - beta2**t) / (1.0 - beta1**t), 1.0)
    before = numbers["d_prev"]
    return numbers["lr"] * correction * before * before / (np.sqrt(numbers["v"]) + numbers["d"] * numbers["eps"])


RULE = UpdateRule(
    name="prodigy",
    title="Prodigy",
    rank=26,
    family="distance",
    latex=r"""\begin{aligned}
r_t &= \sqrt{\beta_2}\,r_{t-1} + \tfrac{\eta\,d_{t-1}^2}{d_0}\,\langle g_t,\ \theta_0-\theta_{t-1}\rangle, &
s_t &= \sqrt{\beta_2}\,s_{t-1} + \tfrac{\eta\,d_{t-1}^2}{d_0}\,g_t\\
d_t &= \max\Bigl(d_{t-1},\ c\,\frac{r_t}{\lVert s_t\rVert_1}\Bigr)\\
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,d_{t-1}\,g_t, &
v_t &= \beta_2 v_{t-1} + (1-\beta_2)\,d_{t-1}^2\,g_t^2\\
\theta_t &= \theta_{t-1} - \eta\,d_{t-1}\,\Bigl(\frac{m_t}{\sqrt{v_t}+d_t\,\varepsilon} + \lambda\,\theta_{t-1}\Bigr)
\end{aligned}""",
    source="Mishchenko, Defazio (2024), Prodigy: An Expeditiously Adaptive Parameter-Free Learner, arXiv:2306.06101, "
    "algorithm 4; as in the authors' code",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1.0, 1e-3, 10.0, "log", "What the estimated distance is multiplied by; leave it at 1."),
            POSITIVE,
            primary=True,
            label="learning rate",
        ),
        Hyperparameter(
            *("d0", "d₀", 1e-6, 1e-8, 1.0, "log", "First estimate of the distance; it can only grow.", POSITIVE),
            primary=True,
            label="first estimate",
        ),
        Hyperparameter(
            *("d_coef", "c", 1.0, 1e-2, 100.0, "log", "What each new estimate is multiplied by.", POSITIVE),
            label="factor of the estimate",
        ),
        BETA1,
        BETA2,
        EPS,
        WEIGHT_DECAY_APART,
        Hyperparameter(
            *("bias_correction", "bias correction", False, 0, 1, "choice"),
            "Correct both means for their start, as Adam does.",
            UNIT,
        ),
        Hyperparameter(
            *("safeguard_warmup", "warm", False, 0, 1, "choice", "Leave lr out of s, so that a warm-up is harmless."),
            UNIT,
        ),
    ),
    states=State._fields,
    symbols={"origin": "θ₀", "r": "r", "s": "s", "d": "d", "m": "m", "v": "v"},
    meanings={
        "origin": "Where it started.",
        "r": "Weighted sum of the gradients' products with the way back to the start.",
        "s": "Weighted sum of the gradients.",
        "d": "Estimate of the distance from the start to the minimum; what lr is multiplied by.",
        "m": "Running mean of the gradients, each times the estimate of its step.",
        "v": "Running mean of the squares of the same.",
    },
    first_moment=("m",),
    second_moment=("v",),
    shared=("r", "d"),
    distance_estimate="d",
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    rate=rate,
    look=(4, "hexagon"),
)
