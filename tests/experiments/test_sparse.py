from __future__ import annotations

import numpy as np
import pytest

import optim_viz
from optim_viz.experiments import sparse

RATIOS = {
    10: {
        "sgd": 0.1,
        "momentum": 0.09951381842633011,
        "adagrad": 0.3007977409414932,
        "rmsprop": 0.3017493612000073,
        "adam": 0.31532913399554013,
    },
    100: {
        "sgd": 0.01,
        "momentum": 0.009182619671146499,
        "adagrad": 0.08124459453620415,
        "rmsprop": 0.07347005022254198,
        "adam": 0.09022625509332971,
    },
}


@pytest.mark.parametrize("k", RATIOS)
def test_the_known_ratios(k: int) -> None:
    found = sparse.ratios((k,), 1000)
    assert {rule: share[0] for rule, share in found.items()} == pytest.approx(RATIOS[k], rel=1e-9)


def test_every_rule_treats_both_alike_when_both_are_always_there() -> None:
    for share in sparse.ratios((1,), 300).values():
        assert share[0] == 1


def test_a_lane_is_the_run_on_the_catalogs_surface() -> None:
    import surfaces

    places = sparse.places((3, 10), 200)
    for rule in sparse.RULES:
        run = optim_viz.rollout(surfaces.get("sparse_steps", k=10), rule, steps=200, lr=sparse.LR)
        np.testing.assert_array_equal(places[rule][:, :, 1], run.theta)


def test_the_learning_rate_cancels() -> None:
    for rule, share in sparse.ratios((10,), 500).items():
        run = sparse.places((10,), 500, lr=0.5)[rule]
        assert run[-1, 1, 0] / run[-1, 0, 0] == pytest.approx(share[0], rel=1e-9)


def test_cached_arrays_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        sparse.places((10,), 20)["adam"][0] = 1
