"""Sweeps: one number for each combination, equal to what single runs give."""

import sys
from typing import Any

import numpy as np
import pytest

import optim_viz
import surfaces
from optim_viz import sweep as sweep_function
from optim_viz.sweep import METRICS

LRS = np.geomspace(1e-3, 1e-1, 5)
BETAS = np.array([0.0, 0.5, 0.9])


def test_every_combination_is_its_own_run() -> None:
    result = optim_viz.sweep("rosenbrock", "adam", {"lr": LRS, "beta1": BETAS}, steps=50, eps=1e-6)
    assert result.shape == (5, 3)
    for row, column in np.ndindex(5, 3):
        run = optim_viz.rollout("rosenbrock", "adam", lr=LRS[row], beta1=BETAS[column], eps=1e-6, steps=50)
        assert result[row, column] == run.loss[-1]


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = optim_viz.sweep("booth", "momentum", {"momentum": BETAS, "lr": LRS}, steps=20)
    monkeypatch.setattr(sys.modules["optim_viz.sweep"], "_CHUNK", 84)  # four runs at a time
    np.testing.assert_array_equal(optim_viz.sweep("booth", "momentum", {"momentum": BETAS, "lr": LRS}, steps=20), whole)


def test_metrics() -> None:
    assert set(METRICS) == {"final_loss", "best_loss", "final_distance", "nearest_minimum", "diverged_at"}
    axes: dict[str, Any] = {"lr": np.array([0.01, 0.2])}
    given: dict[str, Any] = {"start": (0.0, 0.0), "steps": 100}
    run = optim_viz.rollout("himmelblau", "sgd", **given, **axes)
    values = {metric: optim_viz.sweep("himmelblau", "sgd", axes, metric=metric, **given) for metric in METRICS}
    assert run.diverged_at[1] > 0
    np.testing.assert_array_equal(values["diverged_at"], run.diverged_at)
    np.testing.assert_array_equal(values["final_loss"], run.loss[:, -1])
    np.testing.assert_array_equal(values["best_loss"], np.nanmin(run.loss, axis=1))
    assert values["final_distance"][0] < 1e-6
    assert np.isnan(values["final_distance"][1])
    x, y = surfaces.get("himmelblau").minima[values["nearest_minimum"][0]]
    assert (x, y) == pytest.approx((3.0, 2.0))
    assert values["nearest_minimum"][1] == -1
    mean = optim_viz.sweep("himmelblau", "sgd", axes, metric=lambda t: t.loss.mean(axis=-1), **given)
    np.testing.assert_array_equal(mean, run.loss.mean(axis=-1))


def test_basins() -> None:
    xs, ys = np.linspace(-5, 5, 7), np.linspace(-4, 4, 5)
    basins = optim_viz.sweep("himmelblau", "sgd", {"y": ys, "x": xs}, lr=0.005, steps=300, metric="nearest_minimum")
    assert basins.shape == (5, 7)
    assert set(np.unique(basins)) == {0, 1, 2, 3}
    run = optim_viz.rollout("himmelblau", "sgd", start=(xs[1], ys[3]), lr=0.005, steps=300)
    minima = np.array(surfaces.get("himmelblau").minima)
    assert basins[3, 1] == np.hypot(*(run.theta[-1] - minima).T).argmin()


@pytest.mark.parametrize(
    ("axes", "given", "message"),
    [
        ({}, {}, "nothing to sweep"),
        ({"lr": 0.1}, {}, r"axis lr has shape \(\), not \(K,\)"),
        ({"lr": [[0.1]]}, {}, r"axis lr has shape \(1, 1\)"),
        ({"lr": []}, {}, r"axis lr has shape \(0,\)"),
        ({"lr": [0.1, -1.0]}, {}, r"lr = -1\.0 is outside \(0, inf\)"),
        ({"lr": [0.1], "beta3": [0.1]}, {}, "no hyperparameter 'beta3'"),
        ({"lr": [0.1]}, {"lr": 0.2}, "lr is given both"),
        ({"lr": [0.1]}, {"metric": "beauty"}, "unknown metric 'beauty'; known: final_loss"),
        ({"lr": [0.1]}, {"steps": 0}, "steps = 0 is not a whole number"),
        ({"lr": np.full(1001, 0.1), "beta1": np.full(1000, 0.1)}, {}, "1001000 runs are outside"),
    ],
)
def test_refusals(axes: dict[str, Any], given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sweep_function("booth", "adam", axes, **given)


def test_a_sweep_is_a_table_with_a_row_for_each_combination() -> None:
    axes = {"lr": [0.01, 0.02], "x": [1.0, 2.0, 3.0]}
    found = optim_viz.sweep("booth", "sgd", axes, steps=20)
    table = optim_viz.sweep_table(found, axes, "final_loss")
    assert len(table) == 6
    for lr, x, loss in zip(table["lr"], table["x"], table["final_loss"], strict=True):
        run = optim_viz.rollout("booth", "sgd", lr=lr, start=(x, surfaces.get("booth").start[1]), steps=20)
        assert loss == run.loss[-1]
    with pytest.raises(ValueError, match=r"values have the shape \(3, 2\), the axes \(2, 3\)"):
        optim_viz.sweep_table(found.T, axes)
