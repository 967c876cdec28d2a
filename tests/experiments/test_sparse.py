from __future__ import annotations

import numpy as np
import pytest

import optim_viz
from optim_viz.experiments import sparse
from tests.experiments.torch_sparse import torch_ratio


@pytest.mark.parametrize("k", [10, 100])
def test_the_ratios_are_torchs(k: int) -> None:
    for rule, share in sparse.ratios((k,), 1000).items():
        assert share[0] == pytest.approx(torch_ratio(rule, k, 1000), rel=1e-9)


def test_every_rule_treats_both_alike_when_both_are_always_there() -> None:
    for share in sparse.ratios((1,), 300).values():
        assert share[0] == 1


def test_a_lane_is_the_run_on_the_catalogs_surface() -> None:
    import surfaces

    positions = sparse.positions((3, 10), 200)
    for rule in sparse.RULES:
        run = optim_viz.rollout(surfaces.get("sparse_steps", k=10), rule, steps=200, lr=sparse.LR)
        np.testing.assert_array_equal(positions[rule][:, :, 1], run.theta)


def test_the_learning_rate_cancels() -> None:
    for rule, share in sparse.ratios((10,), 500).items():
        run = sparse.positions((10,), 500, lr=0.5)[rule]
        assert run[-1, 1, 0] / run[-1, 0, 0] == pytest.approx(share[0], rel=1e-9)


def test_cached_arrays_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        sparse.positions((10,), 20)["adam"][0] = 1
