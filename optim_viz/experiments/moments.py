"""What Adam makes of one coordinate's gradients: m, v, m̂, v̂, their ratio, and the steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from optim_viz.rollout import replay
from optim_viz.trajectory import Array


@dataclass(frozen=True, eq=False)
class Moments:
    """One coordinate of a run of Adam over T steps; every array is (T,) float64, entry 0 belonging to step 1.

    Attributes:
        lr: the learning rate.
        grad: g, what the steps saw.
        m: running mean of g, starting at 0.
        v: running mean of g squared, starting at 0.
        m_hat: m/(1 - beta1**t).
        v_hat: v/(1 - beta2**t).
        update: the steps that were taken.
        theta: the parameter after each step; it starts at 0.
    """

    lr: float
    grad: Array
    m: Array
    v: Array
    m_hat: Array
    v_hat: Array
    update: Array
    theta: Array

    @property
    def steps(self) -> Array:
        """1, 2, ... T."""
        return np.arange(1.0, len(self.grad) + 1)

    @property
    def ratio(self) -> Array:
        """m̂/√v̂, the signal-to-noise ratio; NaN before the first gradient that is not 0."""
        return _divided(self.m_hat, np.sqrt(self.v_hat))

    @property
    def raw_ratio(self) -> Array:
        """m/√v, the same without bias correction."""
        return _divided(self.m, np.sqrt(self.v))

    @property
    def step_over_lr(self) -> Array:
        """The steps in units of lr, signed."""
        return self.update / self.lr


def moments(gradients: Array, *, lr: float = 1e-3, **hyperparameters: Any) -> Moments:
    """Feed Adam one coordinate's gradients, (T,), from theta = 0."""
    run = replay("adam", np.stack([gradients, np.zeros_like(gradients)], axis=-1), lr=lr, **hyperparameters)
    states = {name: run.state[name][:, 0] for name in ("m", "v", "m_hat", "v_hat")}
    return Moments(lr=lr, grad=run.grad[:, 0], update=run.update[:, 0], theta=run.theta[1:, 0], **states)


def signal_to_noise(gradients: Array) -> float:
    """Return mean(g)/√mean(g²): what m̂/√v̂ would be if both were plain means. From -1 to 1; NaN for zeros only."""
    # Divided by the largest first: a square may leave the finite numbers, or vanish, where the ratio would not.
    largest = float(np.abs(gradients).max())
    if largest == 0.0:
        return float("nan")
    scaled = gradients / largest
    return float(scaled.mean() / math.sqrt((scaled * scaled).mean()))


def scale_effect(gradients: Array, scale: float, *, lr: float = 1e-3) -> float:
    """Return by how much any step changes, in units of lr, when all gradients are multiplied by `scale`."""
    plain, scaled = moments(gradients, lr=lr), moments(scale * gradients, lr=lr)
    return float(np.abs(scaled.step_over_lr - plain.step_over_lr).max())


def fraction(value: float, largest: int = 400) -> Fraction | None:
    """Return the simple fraction that a number is, within float64's rounding; None where it is none.

    Args:
        value: any float.
        largest: greatest denominator that counts as simple.
    """
    if not np.isfinite(value):
        return None
    near = Fraction(value).limit_denominator(largest)
    return near if abs(float(near) - value) <= 1e-12 * max(1.0, abs(value)) else None


def _divided(numerator: Array, denominator: Array) -> Array:
    quotient = np.full_like(numerator, np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator > 0.0)
    return quotient
