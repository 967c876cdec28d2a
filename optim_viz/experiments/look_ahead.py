"""Nesterov's look-ahead point: what torch stores is not the textbook's θ but θ + μv.

The textbook form (Sutskever et al.) keeps a point θ and a velocity v, and takes the gradient where the velocity is
about to carry it:

    v_t = μ v_{t-1} - η ∇f(θ_{t-1} + μ v_{t-1}),    θ_t = θ_{t-1} + v_t

torch, Keras and optax take the gradient at the point they store, p:

    b_t = μ b_{t-1} + g_t,    p_t = p_{t-1} - η (g_t + μ b_t)

The two are the same if p is the look-ahead θ + μv (and b = -v/η). The textbook form is written out here by itself, so
that the equality is computed, not assumed.

Sources: Nesterov (1983); Sutskever, Martens, Dahl, Hinton, ICML 2013, equations (3) and (4); torch.optim.SGD.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optim_viz import surfaces
from optim_viz.rollout import rollout
from optim_viz.trajectory import Array, Trajectory

SURFACE = "narrow_valley"


@dataclass(frozen=True, eq=False)
class LookAhead:
    """Both forms on the narrow valley.

    Attributes:
        stored: the run of the lab's rule, torch's form.
        theta: (T+1, 2), the textbook's θ.
        ahead: (T+1, 2), the textbook's θ + μv.
    """

    stored: Trajectory
    theta: Array
    ahead: Array

    @property
    def from_ahead(self) -> float:
        """Largest difference of a coordinate, at any step, between the stored point and θ + μv."""
        return float(np.abs(self.stored.theta - self.ahead).max())

    @property
    def from_theta(self) -> float:
        """The same between the stored point and θ."""
        return float(np.abs(self.stored.theta - self.theta).max())


def look_ahead(lr: float, momentum: float, steps: int) -> LookAhead:
    """Run both forms from the valley's own start."""
    ground = surfaces.get(SURFACE)
    stored = rollout(ground, "nesterov", lr=lr, momentum=momentum, steps=steps)
    theta, velocity = np.array(ground.start), np.zeros(2)
    thetas, ahead = [theta], [theta]
    for _ in range(steps):
        velocity = momentum * velocity - lr * np.array(ground.grad(*ahead[-1]))
        theta = theta + velocity
        thetas.append(theta)
        ahead.append(theta + momentum * velocity)
    return LookAhead(stored, np.array(thetas), np.array(ahead))
