r"""Rprop: only the gradient's sign counts; each coordinate's step grows while the sign stays and shrinks when it turns.

    s_t     = sign(g_t h_{t-1})
    Δ_t     = clip(Δ_{t-1} · (η⁺ where s_t > 0, η⁻ where s_t < 0, else 1), Δmin, Δmax),    Δ_0 = η
    h_t     = g_t, but 0 where s_t < 0
    θ_t     = θ_{t-1} - Δ_t sign(h_t)

η is `lr`, η⁻ `etaminus`, η⁺ `etaplus` (torch's `etas`), Δmin and Δmax `step_size_min` and `step_size_max` (torch's
`step_sizes`); Δ is torch's step_size, h its prev. After a turn the coordinate rests for one step, and the next gradient
is not compared with the one that turned. Made for whole gradients: on minibatches, whose signs are noise, it fails.

Where implementations differ: the paper and Rprop+ take the last step back after a turn; torch (followed here) is
Rprop-, which does not. torch has no weight decay here. optax.rprop (0.2.8) returns each step one call late, so it is
not named as doing the same.

Source: Riedmiller, Braun, ICNN 1993, 586-591; Igel, Hüsken, NC 2000 (Rprop-); torch.optim.Rprop.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from optim_viz.update_rules.hyperparameter import POSITIVE, Interval
from optim_viz.update_rules.update_rule import Array, Hyperparameter, Line, UpdateRule


class State(NamedTuple):
    """What each coordinate remembers, (2, *B)."""

    turn: Array  # 1 where the gradient kept its sign, -1 where it turned, else 0
    step_size: Array  # length of the step
    kept: Array  # the gradient, 0 after a turn; torch's prev


class Settings(NamedTuple):
    """What a step needs besides gradient and state."""

    lr: Array
    etaminus: Array
    etaplus: Array
    step_size_min: Array
    step_size_max: Array


def prepare(hyperparameters: Mapping[str, Any], steps: int) -> Settings:
    """Pass the hyperparameters on."""
    del steps
    return Settings(**hyperparameters)


def init(params: Array, settings: Settings) -> State:
    """Start with steps of lr and no gradient to compare with."""
    zeros = np.zeros_like(params)
    return State(zeros, zeros + settings.lr, zeros)


def update(grad: Array, state: State, params: Array, t: int, settings: Settings) -> tuple[Array, State]:
    """Take one step; arrays (2, *B) float64."""
    del params, t
    turn = np.sign(grad * state.kept)
    factor = np.where(turn > 0, settings.etaplus, np.where(turn < 0, settings.etaminus, 1.0))
    size = np.minimum(np.maximum(state.step_size * factor, settings.step_size_min), settings.step_size_max)
    kept = np.where(turn < 0, 0.0, grad)
    return -size * np.sign(kept), State(turn, size, kept)


def lines(hyperparameters: Mapping[str, Any]) -> tuple[Line, ...]:
    """Write the step out; a factor to the power of 0 is 1."""
    del hyperparameters
    grown = "step_size_prev*etaplus**max(turn, 0)*etaminus**max(-turn, 0)"
    return (
        Line("turn", "sign(grad*kept_prev)"),
        Line("step_size", f"min(max({grown}, step_size_min), step_size_max)"),
        Line("kept", "grad*min(turn + 1, 1)"),
        Line("update", "-step_size*sign(kept)"),
        Line("theta", "theta_prev + update"),
    )


def torch_kwargs(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of torch.optim.Rprop."""
    return {
        "lr": hyperparameters["lr"],
        "etas": (hyperparameters["etaminus"], hyperparameters["etaplus"]),
        "step_sizes": (hyperparameters["step_size_min"], hyperparameters["step_size_max"]),
    }


RULE = UpdateRule(
    name="rprop",
    title="Rprop",
    rank=12,
    family="sign",
    latex=r"""\begin{aligned}
\Delta_t &= \min\bigl(\max(\Delta_{t-1}\cdot(\eta^+ \text{ or } \eta^-),\;\Delta_{\min}),\;\Delta_{\max}\bigr)\\
\theta_t &= \theta_{t-1} - \Delta_t\,\operatorname{sign}(g_t),\quad
\text{or } \theta_{t-1} \text{ where } g_t \text{ turned}
\end{aligned}""",
    source="Riedmiller, Braun (1993), A direct adaptive method for faster backpropagation learning: the RPROP "
    "algorithm; as in torch.optim.Rprop",
    hyperparameters=(
        Hyperparameter(
            *("lr", "η", 1e-2, 1e-5, 10.0, "log", "Length of the first step in each coordinate.", POSITIVE),
            primary=True,
            label="first step",
        ),
        Hyperparameter(
            *("etaminus", "η⁻", 0.5, 0.1, 0.98, "linear", "What a step is multiplied by when the sign turns."),
            Interval(0.0, 1.0, open_low=True, open_high=True),
            primary=True,
            label="shrinking",
        ),
        Hyperparameter(
            *("etaplus", "η⁺", 1.2, 1.02, 2.3, "linear", "What a step is multiplied by while the sign stays."),
            Interval(1.0, 100.0, open_low=True),
            primary=True,
            label="growth",
        ),
        Hyperparameter(
            *("step_size_min", "Δmin", 1e-6, 1e-12, 1.0, "log", "No step is shorter than this.", POSITIVE),
            label="shortest step",
        ),
        Hyperparameter(
            *("step_size_max", "Δmax", 50.0, 1e-3, 100.0, "log", "No step is longer than this.", POSITIVE),
            label="longest step",
        ),
    ),
    states=State._fields,
    symbols={"turn": "s", "step_size": "Δ", "kept": "h"},
    meanings={
        "turn": "1 where the gradient kept its sign, −1 where it turned, else 0.",
        "step_size": "Length of the step.",
        "kept": "The gradient; 0 just after its sign turned.",
    },
    first_moment=(),
    second_moment=("step_size",),
    prepare=prepare,
    init=init,
    update=update,
    lines=lines,
    torch_twin="Rprop",
    torch_kwargs=torch_kwargs,
    look=(0, "triangle-down"),
)
