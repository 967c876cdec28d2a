"""How many runs end is what their trajectories say, bit for bit, for every rule there is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim_viz
import surfaces
from optim_viz import update_rules
from optim_viz.rollout.outcomes import TICK, outcomes


@pytest.mark.parametrize(("surface", "noise"), [("rosenbrock", 0.1), ("narrow_valley", 0.0), ("sparse_logistic", 0.0)])
@pytest.mark.parametrize("optimizer", update_rules.names())
def test_they_are_those_of_the_trajectories(optimizer: str, surface: str, noise: float) -> None:
    rule, ground = optim_viz.optimizer(optimizer), surfaces.get(surface)
    first, *others = [each for each in rule.hyperparameters if each.scale != "choice"]
    swept: dict[str, Any] = {first.name: np.array(first.stops()[::4] * 2)}
    if others:
        swept[others[0].name] = np.repeat([others[0].stops()[3], others[0].stops()[-3]], len(first.stops()[::4]))
    x = np.linspace(*ground.domain[0], len(swept[first.name]))
    run = optim_viz.rollout(ground, rule, start=(x, ground.start[1]), steps=200, noise=noise, seed=5, **swept)
    given = rule.complete(swept)
    found = outcomes([(ground, len(x))], rule, given, (x, ground.start[1]), steps=200, near=0.1, noise=noise, seed=5)
    np.testing.assert_array_equal(found.loss, run.loss[:, -1])
    np.testing.assert_array_equal(found.end, run.theta[:, -1].T)
    np.testing.assert_array_equal(found.diverged_at, run.diverged_at)
    np.testing.assert_array_equal(found.arrived, -1 if ground.minimum is None else run.steps_to(0.1))


def test_lanes_may_run_on_surfaces_of_their_own() -> None:
    rule, other = optim_viz.optimizer("adam"), surfaces.get("sparse_logistic", k=4)
    grounds = [(surfaces.get("booth"), 2), (other, 1), (surfaces.get("beale"), 3)]
    lr = np.geomspace(0.01, 0.1, 6)
    found = outcomes(grounds, rule, rule.complete({"lr": lr}), (0.5, -0.5), steps=50, near=1.0, seed=3)
    alone = [ground for ground, count in grounds for _ in range(count)]
    for lane, ground in enumerate(alone):
        run = optim_viz.rollout(ground, rule, start=(0.5, -0.5), steps=50, seed=3, lr=float(lr[lane]))
        assert found.loss[lane] == run.loss[-1]
        assert found.arrived[lane] == run.steps_to(1.0)


def test_runs_near_the_end_of_the_numbers_are_finite_until_they_are_not() -> None:
    """Sums of two finite numbers beyond 9e307 are infinite though both are finite; such a run goes on."""
    ground, rule = surfaces.parse("1e-300*(x + y)"), optim_viz.optimizer("sgd")
    start = (np.array([1.2e308, 1.0]), np.array([1.2e308, 1.0]))
    found = outcomes([(ground, 2)], rule, rule.complete({}), start, steps=3, near=1e-3)
    run = optim_viz.rollout(ground, rule, start=start, steps=3)
    np.testing.assert_array_equal(found.diverged_at, run.diverged_at)
    np.testing.assert_array_equal(found.loss, run.loss[:, -1])


def test_it_tells_how_far_it_is_and_ends_where_that_raises() -> None:
    rule, ground = optim_viz.optimizer("sgd"), surfaces.get("booth")
    told: list[int] = []
    outcomes([(ground, 1)], rule, rule.complete({}), (0, 0), steps=3 * TICK, near=1e-3, tick=told.append)
    assert told == [TICK, 2 * TICK, 3 * TICK]

    def stop(steps: int) -> None:
        raise KeyboardInterrupt(steps)

    with pytest.raises(KeyboardInterrupt, match=str(TICK)):
        outcomes([(ground, 1)], rule, rule.complete({}), (0, 0), steps=1000, near=1e-3, tick=stop)


def test_it_stops_once_nothing_is_finite() -> None:
    rule, ground = optim_viz.optimizer("sgd"), surfaces.get("narrow_valley")
    told: list[int] = []
    found = outcomes(
        [(ground, 1)], rule, rule.complete({"lr": 1.0}), (1, 1), steps=100_000, near=1e-3, tick=told.append
    )
    assert found.diverged_at[0] == optim_viz.rollout(ground, rule, lr=1.0, start=(1, 1), steps=400).diverged_at
    assert max(told) < 400
