"""What it costs to turn a valley, for rules that divide along the axes and for rules that keep the whole matrix.

Adam and AdaGrad divide each coordinate by the size of its own gradients. SOAP and full-matrix AdaGrad divide along the
eigenvectors of the matrix of products, which turn with the valley.

Sources: Duchi, Hazan, Singer (2011), section 1.1; Vyas et al. (2025), arXiv 2409.11321.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from optim_viz.experiments.valley import valley
from optim_viz.rollout import rollout
from optim_viz.trajectory import Array, Trajectory

STEPS: Final = 300
RULES: Final[Mapping[str, Mapping[str, Any]]] = {
    "adam": {"lr": 0.1},
    "soap": {"lr": 0.1, "beta1": 0.9, "beta2": 0.999},
    "adagrad": {"lr": 1.0},
    "full_adagrad": {"lr": 1.0},
}
"""The four rules; SOAP has Adam's memories here, so that nothing but the turning sets them apart."""


def runs(kappa: float, degrees: float) -> dict[str, Trajectory]:
    """Run every rule for `STEPS` in a valley turned by an angle."""
    ground = valley(kappa, degrees)
    return {name: rollout(ground, name, steps=STEPS, **given) for name, given in RULES.items()}


def dial(kappa: float, angles: Sequence[float]) -> dict[str, Array]:
    """Return the loss after `STEPS` at each angle, in degrees: rule -> (K,)."""
    every = [runs(kappa, degrees) for degrees in angles]
    return {name: np.array([float(each[name].loss[-1]) for each in every]) for name in RULES}


def ellipse(run: Trajectory, step: int, reach: float) -> Array:
    """Return L^{-1/2} of a run of full-matrix AdaGrad as an ellipse around where it stands.

    It is what the matrix makes of the circle of unit gradients: the step that each would get, but for the rate.

    Args:
        run: of a rule that records `p` and `p_cross`.
        step: 1 to T.
        reach: its longer half axis; shape and direction are what counts.

    Returns:
        (73, 2), closed.
    """
    p, cross = run.state["p"][step - 1], run.state["p_cross"][step - 1]
    matrix = np.array([[p[0], cross[0]], [cross[1], p[1]]])
    turn = np.linspace(0.0, 2.0 * np.pi, 73)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    return run.theta[step] + reach / float(np.linalg.norm(matrix, 2)) * (matrix @ circle).T


def axes_of(run: Trajectory, step: int) -> tuple[float, float]:
    """Return how much longer the ellipse is than wide, and the direction of its longer axis in degrees, -90 to 90."""
    p, cross = run.state["p"][step - 1], run.state["p_cross"][step - 1]
    values, vectors = np.linalg.eigh(np.array([[p[0], cross[0]], [cross[1], p[1]]]))
    x, y = vectors[:, 1] * (np.sign(vectors[0, 1]) or 1.0)
    return float(values[1] / values[0]), float(np.degrees(np.arctan2(y, x)))
