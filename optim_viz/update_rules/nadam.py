r"""NAdam: Adam that looks ahead, as Nesterov's momentum does, with a momentum that grows towards β₁.

    g_t     = ∇f(θ_{t-1}) + λ θ_{t-1}
    μ_t     = β₁ (1 - 0.5 · 0.96^(t ψ)),      Π_t = Π_{t-1} μ_t,   Π_0 = 1
    m_t     = β₁ m_{t-1} + (1 - β₁) g_t
    v_t     = β₂ v_{t-1} + (1 - β₂) g_t²,     v̂_t = v_t / (1 - β₂^t)
    m̂_t     = μ_{t+1} m_t / (1 - Π_t μ_{t+1}) + (1 - μ_t) g_t / (1 - Π_t)
    θ_t     = θ_{t-1} - η m̂_t / (√v̂_t + ε)

η is `lr`, β₁ `beta1`, β₂ `beta2`, ε `eps`, λ `weight_decay`, ψ `momentum_decay`; Π is torch's mu_product. With
`decoupled_weight_decay` the term λ θ leaves the gradient and η λ θ_{t-1} is taken off the weights instead, as in AdamW.
At the default ψ the momentum starts at β₁/2 and takes thousands of steps to β₁; the first step is 1.056 η.

Where implementations differ: torch (followed here) has 0.96^(t ψ) with ψ = 0.004, the paper's; Keras takes ψ = 1; optax
has no schedule. torch keeps Π in its default type, float32 unless that is changed; here it is float64.

Source: Dozat, Incorporating Nesterov Momentum into Adam, ICLR 2016 workshop; torch.optim.NAdam.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules import means
from optim_viz.update_rules.hyperparameter import BETA1, BETA2, EPS, NON_NEGATIVE, POSITIVE, UNIT, WEIGHT_DECAY
from optim_viz.update_rules.update_rule import (
    Array,
    Convention,
    Hyperparameter,
    Line,
    TorchMoment,
    TorchState,
    UpdateRule,
    refuse,
    table,
)


class State(NamedTuple):
    """What is remembered, each (2, *B)."""

    mu: Array  # momentum of this step
    mu_product: Array  # of all steps so far
    m: Array  # running mean of gradients
    v: Array  # running mean of squared gradients
    m_hat: Array  # m looking ahead, corrected
    v_hat: Array  # v, corrected


class Settings(NamedTuple):
    """What a step needs besides gradient, state and place; sequences by t."""

    minus_lr: Array
    means: means.Means
    mu: Sequence[Array]
    mu_product: Sequence[Array]
    of_mean: Sequence[Array]  # weight of m in m̂
    of_grad: Sequence[Array]  # weight of the gradient in m̂
    eps: Array
    weight_decay: Array
    couples: bool  # some lane has a weight_decay in the gradient
    decouples: bool


def momentum(t: Array, beta1: Array, decay: Array) -> Array:
    """Return μ_t for an array of t."""
    return beta1 * (1.0 - 0.5 * 0.96 ** (t * decay))


def product(t: Array, beta1: Array, decay: Array) -> Array:
    """Return Π_t for t = 0, 1, 2, ..., multiplied up in torch's order."""
    return np.append(1.0, np.cumprod(momentum(t[1:], beta1, decay), dtype=np.float64)).astype(np.float64, copy=False)


def of_mean(t: Array, beta1: Array, decay: Array) -> Array:
    """Return the weight of m in m̂."""
    after = momentum(t + 1.0, beta1, decay)
    return after / (1.0 - product(t, beta1, decay) * after)


def of_grad(t: Array, beta1: Array, decay: Array) -> Array:
    """Return the weight of the gradient in m̂."""
    return (1.0 - momentum(t, beta1, decay)) / (1.0 - product(t, beta1, decay))


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Work out momenta, weights and corrections of all steps."""
    weight_decay = hyperparameters["weight_decay"]
    schedule = (hyperparameters["beta1"], hyperparameters["momentum_decay"])
    decays, decoupled = bool(weight_decay.any()), hyperparameters["decoupled_weight_decay"]
    return Settings(
        minus_lr=np.asarray(-hyperparameters["lr"]),
        means=means.means(hyperparameters, steps),
        mu=table(momentum, steps, *schedule),
        mu_product=table(product, steps, *schedule),
        of_mean=table(of_mean, steps, *schedule),
        of_grad=table(of_grad, steps, *schedule),
        eps=hyperparameters["eps"],
        weight_decay=weight_decay,
        couples=decays and not decoupled,
        decouples=decays and decoupled,
    )


def init(params: Array, settings: Settings) -> State:
    """Start the product at 1 and the means at 0."""
    del settings
    zeros = np.zeros_like(params)
    return State(zeros, np.ones_like(params), zeros, zeros, zeros, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    if settings.couples:
        grad = grad + settings.weight_decay * params
    m, v = settings.means.after(grad, state.m, state.v)
    m_hat = settings.of_mean[t] * m + settings.of_grad[t] * grad
    v_hat = v / settings.means.corrections2[t]
    step = settings.minus_lr * m_hat / (np.sqrt(v_hat) + settings.eps)
    if settings.decouples:
        step += settings.minus_lr * settings.weight_decay * params
    mu, product = (np.broadcast_to(each[t], params.shape) for each in (settings.mu, settings.mu_product))
    return step, State(mu, product, m, v, m_hat, v_hat)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out."""
    decays, decoupled = hyperparameters["weight_decay"], hyperparameters["decoupled_weight_decay"]
    grad = "(grad + weight_decay*theta_prev)" if decays and not decoupled else "grad"
    apart = " - lr*weight_decay*theta_prev" if decays and decoupled else ""
    grows = hyperparameters["momentum_decay"]
    now, after = (f"beta1*(1 - 0.5*0.96**({t}*momentum_decay))" if grows else "beta1*0.5" for t in ("t", "(t + 1)"))
    return (
        Line("mu", now),
        Line("mu_product", "mu_product_prev*mu"),
        Line("m", f"beta1*m_prev + (1 - beta1)*{grad}"),
        Line("v", f"beta2*v_prev + (1 - beta2)*{grad}**2"),
        Line("m_hat", f"{after}*m/(1 - mu_product*{after}) + (1 - mu)*{grad}/(1 - mu_product)"),
        Line("v_hat", "v/(1 - beta2**t)"),
        Line("update", f"-lr*m_hat/(sqrt(v_hat) + eps){apart}"),
        Line("theta", "theta_prev + update"),
    )


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.NAdam."""
    return means.torch_arguments(hyperparameters, "momentum_decay", "decoupled_weight_decay")


def torch_state(hyperparameters: Mapping[str, Any]) -> TorchState:
    """Where torch keeps m and v; m̂, which holds the newest gradient twice, it does not keep."""
    beta2 = hyperparameters["beta2"]
    second = TorchMoment("exp_avg_sq", lambda step: 1 - beta2**step)
    return TorchState(TorchMoment("exp_avg"), second, coupled_decay=not hyperparameters["decoupled_weight_decay"])


def optax(hyperparameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Arguments of optax.nadam, whose momentum does not grow.

    Raises:
        ValueError: an option that optax has not.
    """
    if hyperparameters["momentum_decay"] < 1000:
        raise ValueError("optax.nadam has no momentum_decay: its momentum is beta1 from the first step on")
    refuse("optax.nadam", hyperparameters, decoupled_weight_decay=True)
    return "nadam", means.optax_arguments(hyperparameters)


RULE = UpdateRule(
    name="nadam",
    title="NAdam",
    rank=8,
    family="mean",
    latex=r"""\begin{aligned}
\mu_t &= \beta_1\bigl(1-\tfrac12\,0.96^{t\psi}\bigr), & \Pi_t &= \mu_1\cdots\mu_t\\
m_t &= \beta_1 m_{t-1} + (1-\beta_1)\,g_t, &
\hat m_t &= \frac{\mu_{t+1} m_t}{1-\Pi_{t+1}} + \frac{(1-\mu_t)\,g_t}{1-\Pi_t}\\
v_t &= \beta_2 v_{t-1} + (1-\beta_2)\,g_t^2, & \hat v_t &= \frac{v_t}{1-\beta_2^t}\\
\theta_t &= \theta_{t-1} - \eta\,\frac{\hat m_t}{\sqrt{\hat v_t}+\varepsilon}
\end{aligned}""",
    source="Dozat (2016), Incorporating Nesterov Momentum into Adam, ICLR workshop; as in torch.optim.NAdam",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 2e-3, 1e-4, 10.0, "log", "Step size; the first step is about this long.", POSITIVE),
            primary=True,
            label="learning rate",
            section="largest_step",
        ),
        BETA1,
        BETA2,
        EPS,
        WEIGHT_DECAY,
        Hyperparameter(
            *("momentum_decay", "ψ", 4e-3, 1e-4, 1.0, "log", "How fast the momentum grows to beta1.", NON_NEGATIVE),
            zero=True,
            label="momentum growth",
        ),
        Hyperparameter(
            *("decoupled_weight_decay", "decoupled", False, 0, 1, "choice"),
            *("Take the decay off the weights, not through the gradient.", UNIT),
            label="decoupled decay",
        ),
    ),
    conventions=(
        Convention("torch", "torch, the paper", "The momentum grows over thousands of steps."),
        Convention("Keras", "Keras", "The momentum has grown after some hundred steps.", {"momentum_decay": 1.0}),
        Convention("optax", "optax", "The momentum is beta1 from the first step on.", {"momentum_decay": 1000.0}),
    ),
    states=State._fields,
    shared=("mu", "mu_product"),
    symbols={**means.SYMBOLS, "mu": "μ", "mu_product": "Π"},
    meanings={
        **means.MEANINGS,
        "mu": "Momentum of this step, which grows to β₁.",
        "mu_product": "Product of the momenta of all steps so far.",
        "m_hat": "m one step ahead, corrected for its start at 0.",
    },
    first_moment=("m", "m_hat"),
    second_moment=("v_hat", "v"),
    prepare=prepare,
    optax=optax,
    init=init,
    update=update,
    lines=lines,
    rate=means.rate,
    torch_twin="NAdam",
    torch_kwargs=torch_kwargs,
    torch_state=torch_state,
    look=(5, "square"),
)
