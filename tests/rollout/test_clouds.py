"""A cloud is the ordinary runs from its starts, and its starts are spread evenly over their disc."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import surfaces
from optim_viz.rollout.clouds import cloud, starts_around


@pytest.mark.parametrize(
    ("surface", "optimizer", "given", "noise"),
    [
        ("himmelblau", "adam", {"lr": 0.2}, 0.0),
        ("rosenbrock", "sam", {"lr": 1e-3, "rho": 0.2}, 0.5),
        ("sparse_logistic", "rmsprop", {"centered": True}, 0.0),
        ("booth", "sgd", {"lr": 0.12}, 0.0),  # above 2/L: all diverge
        ("beale", "momentum", {"lr": 0.02}, 0.0),  # some do
    ],
)
def test_it_is_the_runs_from_its_starts(surface: str, optimizer: str, given: dict[str, Any], noise: float) -> None:
    ground, rule = surfaces.get(surface), optim_viz.optimizer(optimizer)
    starts = starts_around(ground.start, 1.0, 24)
    common: dict[str, Any] = {"steps": 300, "noise": noise, "seed": 4}
    *_, found = cloud(ground, rule, rule.complete(given), starts, near=0.1, stride=7, **common)
    run = optim_viz.rollout(ground, rule, start=starts, **common, **given)
    kept = [*range(0, 300, 7), 300]
    with np.errstate(over="ignore"):
        wanted = np.moveaxis(run.theta[:, kept], 0, -1).astype(np.float32)
    np.testing.assert_array_equal(found.places, wanted)
    np.testing.assert_array_equal(found.diverged, run.diverged_at)
    arrived = -1 if ground.minimum is None else run.steps_to(0.1)
    np.testing.assert_array_equal(found.arrived, arrived)


def test_starts_take_equal_shares_of_the_disc() -> None:
    starts = starts_around((3.0, -1.0), 2.0, 64) - [3.0, -1.0]
    away = np.hypot(*starts.T)
    for share in (0.25, 0.5, 0.75, 1.0):
        assert (away <= 2.0 * np.sqrt(share)).sum() == 64 * share
    quarters = np.bincount((starts[:, 0] > 0) * 2 + (starts[:, 1] > 0))
    assert (np.abs(quarters - 16) <= 2).all()
    apart = np.hypot(*(starts[:, np.newaxis] - starts).T)
    nearest = np.sort(apart, axis=0)[1]
    assert nearest.min() > 0.6 * nearest.mean(), "no two lie close together"


@pytest.mark.parametrize(
    ("radius", "count", "message"), [(0.0, 8, "radius = 0.0"), (np.inf, 8, "radius = inf"), (1.0, 0, "count = 0")]
)
def test_a_disc_that_is_none_is_refused(radius: float, count: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        starts_around((0.0, 0.0), radius, count)
