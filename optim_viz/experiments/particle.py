"""Momentum as a particle: a mass that gradients push and friction brakes.

A body of mass M in a medium of friction c, pushed by the force -∇f, obeys M x'' + c x' = -∇f(x). With one step as the
unit of time, x'' = x_{t+1} - 2 x_t + x_{t-1} and x' = x_{t+1} - x_t, this is

    x_{t+1} - x_t = μ (x_t - x_{t-1}) - η ∇f(x_t),    μ = M/(M + c),    η = 1/(M + c)

which is momentum with lr = η and momentum = μ. So M = μ/η and c = (1 - μ)/η; without momentum there is no mass.
A constant gradient g drives it to the terminal speed g/c = η g/(1 - μ), and one push of size g carries it just as far
in all. In a bowl of curvature λ it overshoots unless μ ≤ (1 - √(ηλ))²: beyond that the friction is too weak.

Sources: Qian, On the momentum term in gradient descent learning algorithms, Neural Networks 12 (1999), 145-151; Goh,
Why Momentum Really Works, Distill (2017).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optim_viz.rollout import replay, rollout
from optim_viz.trajectory import Array, Trajectory

FORCE = 1.0
"""The gradient of the slope."""
NEARLY = 0.99
"""Share of the terminal speed that counts as having reached it."""


@dataclass(frozen=True)
class Particle:
    """What a learning rate and a momentum amount to.

    Attributes:
        lr: η > 0.
        momentum: μ, 0 to below 1.
    """

    lr: float
    momentum: float

    @property
    def mass(self) -> float:
        """Its inertia, M = μ/η."""
        return self.momentum / self.lr

    @property
    def friction(self) -> float:
        """How much the medium brakes it, c = (1 - μ)/η."""
        return (1 - self.momentum) / self.lr

    @property
    def terminal_speed(self) -> float:
        """Return η g/(1 - μ), the speed at which friction takes as much as the slope gives."""
        return self.lr * FORCE / (1 - self.momentum)

    def critical_momentum(self, curvature: float) -> float:
        """Return the largest μ without overshooting in a bowl of curvature λ, (1 - √(ηλ))² (for ηλ ≤ 1)."""
        return (1 - math.sqrt(self.lr * curvature)) ** 2


def slope(particle: Particle, steps: int) -> Trajectory:
    """Let it slide down a slope of constant gradient in x, from rest at 0."""
    gradients = np.column_stack([np.full(steps, FORCE), np.zeros(steps)])
    return replay("momentum", gradients, lr=particle.lr, momentum=particle.momentum)


def push(particle: Particle, steps: int) -> Trajectory:
    """Push it once, at the first step, on flat ground."""
    gradients = np.zeros((steps, 2))
    gradients[0, 0] = FORCE
    return replay("momentum", gradients, lr=particle.lr, momentum=particle.momentum)


def valley(particle: Particle, steps: int) -> Trajectory:
    """Let it run in the narrow valley (curvature 1 along x, 100 along y) from the valley's own start."""
    return rollout("narrow_valley", "momentum", steps=steps, lr=particle.lr, momentum=particle.momentum)


def speed(run: Trajectory) -> Array:
    """Return how far each step went in x, (T,)."""
    return np.abs(run.update[:, 0])


def steps_to_terminal(run: Trajectory, particle: Particle) -> int | None:
    """Return the first step at `NEARLY` of the terminal speed; None where the run ends before."""
    # Floats: with μ = 0 the first step *is* the terminal speed, give or take the last bit.
    reached = speed(run) >= NEARLY * particle.terminal_speed
    return int(reached.argmax()) + 1 if reached.any() else None


def overshoots(run: Trajectory) -> bool:
    """Return whether x, from a negative start, comes to the other side of the minimum at x = 0."""
    return bool(np.nanmax(run.theta[:, 0]) > 0)
