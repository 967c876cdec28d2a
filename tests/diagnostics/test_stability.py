"""The limits of the learning rate, checked by running just inside and just outside, and the words for it."""

from typing import Any

import numpy as np
import pytest

import optim_viz
import surfaces
from optim_viz.diagnostics import divergence_text, stability_limit


def limit(surface: str, optimizer: str, **given: Any) -> float | None:
    """Ask for the limit with the others left to their defaults, and given one by one: the same."""
    named = stability_limit(surfaces.get(surface), optimizer, optim_viz.optimizer(optimizer).complete(given))
    assert stability_limit(surfaces.get(surface), optimizer, given) == named
    return named


@pytest.mark.parametrize(
    ("surface", "optimizer", "given", "expected"),
    [
        ("narrow_valley", "sgd", {}, 0.02),
        ("rotated_valley", "sgd", {}, 0.04),
        ("booth", "sgd", {}, 2 / 18),
        ("narrow_valley", "sgd", {"weight_decay": 100.0}, 0.01),
        ("narrow_valley", "momentum", {"momentum": 0.9}, 0.038),
        ("narrow_valley", "momentum", {"momentum": 0.9, "dampening": 0.5}, 0.076),
        ("narrow_valley", "momentum", {"momentum": 0.0, "dampening": 0.5}, 0.02),
        ("narrow_valley", "nesterov", {"momentum": 0.9}, 0.038 / 2.8),
        ("rotated_valley", "nesterov", {"momentum": 0.5, "weight_decay": 1.0}, 1.5 / 51),
    ],
)
def test_limits_are_where_runs_turn(surface: str, optimizer: str, given: dict[str, Any], expected: float) -> None:
    found = limit(surface, optimizer, **given)
    assert found == pytest.approx(expected, rel=1e-12)
    assert found is not None
    lr = found * np.array([0.999, 1.01])
    run = optim_viz.rollout(surface, optimizer, start=(1.0, 1.5), lr=lr, steps=30_000, **given)
    assert run.diverged_at[0] == -1
    assert run.loss[0, -1] < run.loss[0, 0]
    assert run.diverged_at[1] > 0


@pytest.mark.parametrize(
    ("surface", "optimizer", "given"),
    [
        ("rosenbrock", "sgd", {}),
        ("saddle", "sgd", {}),
        ("narrow_valley", "adam", {}),
        ("narrow_valley", "momentum", {"momentum": 1.0}),
        ("narrow_valley", "momentum", {"momentum": 0.9, "dampening": 1.0}),
        ("sparse_least_squares", "sgd", {}),
    ],
)
def test_where_there_is_no_limit_to_state(surface: str, optimizer: str, given: dict[str, Any]) -> None:
    assert limit(surface, optimizer, **given) is None


def test_texts() -> None:
    run = optim_viz.rollout("narrow_valley", "sgd", lr=[0.019, 0.021, 0.05], steps=600)
    fine, slow, fast = np.asarray(divergence_text(run)).tolist()
    assert fine == ""
    assert slow == "lr 0.021 > 2/L = 0.02"
    assert fast == f"lr 0.05 > 2/L = 0.02; loss is not finite from step {run.diverged_at[2]} on"
    assert divergence_text(optim_viz.rollout("narrow_valley", "sgd", lr=0.01, steps=5)) == ""
    free = optim_viz.rollout("rosenbrock", "sgd", lr=0.01, steps=50)
    assert divergence_text(free) == f"{free.diverged_quantity} is not finite from step {free.diverged_at} on"
    assert divergence_text(optim_viz.replay("adam", [[1e160, 1.0]])) == "v is not finite from step 1 on"


@pytest.mark.parametrize(
    ("optimizer", "given", "text"),
    [
        ("momentum", {"lr": 0.04}, "lr 0.04 > (2 + 2·momentum)/L = 0.038"),
        ("momentum", {"lr": 0.04, "momentum": 0.0}, "lr 0.04 > 2/L = 0.02"),
        ("momentum", {"lr": 0.1, "dampening": 0.5}, "lr 0.1 > (2 + 2·momentum)/(1 − dampening)/L = 0.076"),
        ("nesterov", {"lr": 0.02}, "lr 0.02 > (2 + 2·momentum)/(1 + 2·momentum)/L = 0.0135714"),
        ("sgd", {"lr": 0.02, "weight_decay": 100.0}, "lr 0.02 > 2/(L + weight_decay) = 0.01"),
    ],
)
def test_texts_show_the_formula(optimizer: str, given: dict[str, Any], text: str) -> None:
    assert divergence_text(optim_viz.rollout("narrow_valley", optimizer, steps=3, **given)) == text
