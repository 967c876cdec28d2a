"""Why one learning rate for all directions oscillates, and what a rate for each coordinate does about it.

The valley is f = ½ (u² + κ w²), where (u, w) are the coordinates along and across it, turned against (x, y) by an
angle. Gradient descent multiplies u by 1 - η and w by 1 - κη at each step: it stands still for ever at η = 2/κ, jumping
from one wall to the other, and leaves beyond it. Below, its best rate is η = 2/(1 + κ), at which both directions shrink
by (κ - 1)/(κ + 1) a step; heavy-ball momentum reaches (√κ - 1)/(√κ + 1) and Nesterov's, at η = 1/κ, 1 - 1/√κ.

A rule that divides each coordinate by the size of its own gradients does not see κ at all while the valley lies along
an axis. Once the valley is turned it does: such a rule treats axes, not directions. SGD, momentum and Nesterov take the
very same path in the turned valley, turned with it.

Sources: Polyak (1964); Goh, Why Momentum Really Works, Distill (2017); Duchi, Hazan, Singer (2011), section 1.1, whose
full-matrix form would turn with the valley.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from optim_viz.diagnostics.stability import stability_limit
from optim_viz.rollout import rollout
from optim_viz.surfaces import Kernels, Surface
from optim_viz.trajectory import Array, Trajectory

START = (-8.0, 1.0)
"""Where runs start, along and across the valley."""
TARGET = 1e-6
"""Share of the way left that counts as arrived in `best_rates`."""


@dataclass(frozen=True)
class BestRate:
    """The best a rule can do on a valley of a given κ, every hyperparameter tuned to it.

    Attributes:
        lr: η.
        momentum: μ, 0 for gradient descent.
        rate: factor by which the distance shrinks in the long run, each step.
        steps: steps of a run from (1, 1) until the distance is below `TARGET` of what it was.
    """

    lr: float
    momentum: float
    rate: float
    steps: int | None


@lru_cache(maxsize=64)
def valley(kappa: float, degrees: float = 0.0) -> Surface:
    """Return f = ½ (u² + κ w²), turned counter-clockwise: u = x cos α + y sin α, w = y cos α - x sin α."""
    cosine, sine = _direction(degrees)
    xx = cosine * cosine + kappa * sine * sine
    xy = cosine * sine * (1.0 - kappa)
    yy = sine * sine + kappa * cosine * cosine

    def loss(x: Array, y: Array) -> Array:
        return 0.5 * (xx * x * x + 2.0 * xy * x * y + yy * y * y)

    def grad(x: Array, y: Array) -> tuple[Array, Array]:
        return xx * x + xy * y, xy * x + yy * y

    def hessian(x: Array, y: Array) -> tuple[Array, Array, Array]:
        del y
        return np.full_like(x, xx)[()], np.full_like(x, xy)[()], np.full_like(x, yy)[()]

    return Surface(
        name="formula",
        title=f"Valley, κ = {kappa:g}, at {degrees:g}°",
        domain=((-10.0, 10.0), (-10.0, 10.0)) if degrees else ((-10.0, 10.0), (-2.0, 2.0)),
        start=_turned(START, degrees),
        minima=((0.0, 0.0),),
        minimum=0.0,
        source="A quadratic with eigenvalues 1 and κ.",
        note="The higher κ, the narrower the valley.",
        text=f"0.5*({xx!r}*x**2 + {2.0 * xy!r}*x*y + {yy!r}*y**2)" if xy else f"0.5*({xx:g}*x**2 + {yy:g}*y**2)",
        build=lambda: Kernels(loss, grad, hessian, quadratic=True),
    )


def _turned(point: tuple[float, float], degrees: float) -> tuple[float, float]:
    cosine, sine = _direction(degrees)
    return cosine * point[0] - sine * point[1], sine * point[0] + cosine * point[1]


def _direction(degrees: float) -> tuple[float, float]:
    """Return cosine and sine, exact where the valley lies along an axis."""
    if degrees == 90:
        return 0.0, 1.0
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))


def descent_limit(kappa: float) -> float:
    """Return 2/L, the learning rate at which gradient descent stops converging."""
    return stability_limit(valley(kappa), "sgd", {}) or math.inf


def descent(kappa: float, lr: float, steps: int) -> Trajectory:
    """Run gradient descent in the straight valley."""
    return rollout(valley(kappa), "sgd", start=START, steps=steps, lr=lr)


def settings(kappa: float) -> dict[str, dict[str, Any]]:
    """Return the six rules that are compared, all well inside their limits.

    SGD takes 1/L, momentum and Nesterov half of it; the adaptive rules' rates are lengths and do not depend on κ.
    """
    return {
        "sgd": {"lr": 1.0 / kappa},
        "momentum": {"lr": 0.5 / kappa, "momentum": 0.9},
        "nesterov": {"lr": 0.5 / kappa, "momentum": 0.9},
        "adagrad": {"lr": 0.5},
        "rmsprop": {"lr": 0.01},
        "adam": {"lr": 0.05},
    }


@dataclass(frozen=True, eq=False)
class Turned:
    """One rule in the straight valley and in the turned one.

    Attributes:
        straight: the run in the straight valley.
        turned: the run in the turned valley, from the turned start.
        expected: (T+1, 2), the straight run turned with the valley: where a rule that sees no axes would go.
        difference: largest coordinate of (turned path, turned back, minus straight path) after the last step.
    """

    straight: Trajectory
    turned: Trajectory
    expected: Array
    difference: float


def turned(
    kappa: float, degrees: float, steps: int, hyperparameters: Mapping[str, Mapping[str, Any]]
) -> dict[str, Turned]:
    """Run every rule in the straight and in the turned valley."""
    straight_ground, turned_ground = valley(kappa), valley(kappa, degrees)
    cosine, sine = _direction(degrees)
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    found: dict[str, Turned] = {}
    for name, given in hyperparameters.items():
        straight = rollout(straight_ground, name, start=START, steps=steps, **given)
        run = rollout(turned_ground, name, steps=steps, **given)
        difference = run.theta[-1] @ rotation - straight.theta[-1]
        found[name] = Turned(straight, run, straight.theta @ rotation.T, float(np.abs(difference).max()))
    return found


def best_rates(kappa: float) -> dict[str, BestRate]:
    """Return what gradient descent, momentum and Nesterov reach on a valley when tuned to its κ >= 1."""
    root = math.sqrt(kappa)
    beta = (root - 1) / (root + 1)
    tuned = {
        "sgd": (2 / (1 + kappa), 0.0, (kappa - 1) / (kappa + 1)),
        "momentum": (4 / (root + 1) ** 2, beta**2, beta),
        "nesterov": (1 / kappa, beta, 1 - 1 / root),
    }
    return {name: BestRate(*values, _steps_to_target(name, kappa, *values)) for name, values in tuned.items()}


def _steps_to_target(name: str, kappa: float, lr: float, momentum: float, rate: float) -> int | None:
    """Return the steps until a run is within TARGET of the minimum, as a share of its first distance; None if never."""
    # Twice as long as the rate predicts: momentum oscillates before it settles.
    steps = 1 if rate <= 0 else min(100_000, int(2 * math.log(TARGET) / math.log(rate)) + 20)
    given: dict[str, Any] = {"lr": lr} if name == "sgd" else {"lr": lr, "momentum": momentum}
    run = rollout(valley(kappa), name, start=(1.0, 1.0), steps=steps, **given)
    distance: Array = np.hypot(run.theta[:, 0], run.theta[:, 1])
    arrived = distance <= TARGET * distance[0]
    return int(arrived.argmax()) if arrived.any() else None


def distance_left(kappas: tuple[float, ...], steps: int) -> dict[str, Array]:
    """Return which share of the distance is left after `steps` in straight valleys, (K,) for each rule.

    Gradient descent takes its best rate for each κ; the adaptive rules keep theirs.
    """
    shares: dict[str, Array] = {}
    for name, given in settings(1.0).items():
        if name in ("momentum", "nesterov"):
            continue
        ends: list[float] = []
        for kappa in kappas:
            own: dict[str, Any] = {"lr": 2 / (1 + kappa)} if name == "sgd" else given
            end = rollout(valley(kappa), name, start=START, steps=steps, **own).theta[-1]
            ends.append(float(np.hypot(*end) / np.hypot(*START)))
        shares[name] = np.array(ends)
    return shares
