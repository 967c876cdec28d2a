"""A map's cells are runs: each is what a rollout of its setting says, chunks and threads do not show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import maps, schedules, surfaces, tables, update_rules
from optim_viz.maps import DIVERGED, ELSEWHERE, LEFT, OutcomeMap, make_axis, maps_table, plan
from optim_viz.scenario import Lane


def run_of(found: OutcomeMap, row: int, column: int) -> optim_viz.Trajectory:
    """Roll one cell out by itself."""
    setting = found.setting(row, column)
    ground = surfaces.get(found.surface.name, **setting["surface"]) if setting["surface"] else found.surface
    return optim_viz.rollout(
        ground,
        found.rule,
        start=setting["start"],
        steps=found.steps,
        noise=found.noise,
        seed=found.seed,
        schedule=found.schedule,
        **setting["hyperparameters"],
    )


def assert_cells(found: OutcomeMap, cells: int = 12) -> None:
    """Hold some cells, drawn with a fixed seed, to rollouts of their own."""
    # A mean over examples is a product of matrices, whose last bit depends on how many lanes there are.
    tolerance = 1e-9 if found.surface.stochastic else 0.0
    places = np.random.default_rng(1).integers(0, found.loss.size, cells)
    for row, column in zip(*np.unravel_index(places, found.loss.shape), strict=True):
        run = run_of(found, int(row), int(column))
        np.testing.assert_allclose(found.loss[row, column], run.loss[-1], rtol=tolerance)
        np.testing.assert_allclose(found.end[:, row, column], run.theta[-1], rtol=tolerance)
        assert found.diverged_at[row, column] == run.diverged_at
        known = run.surface is not None and run.surface.minimum is not None
        assert found.arrived[row, column] == (run.steps_to(found.tolerance) if known else -1)


CASES: dict[str, tuple[str, list[Any], str, str, dict[str, Any]]] = {
    "lr and beta1": ("rosenbrock", ["adam", ("adam", {"beta2": 0.9})], "lr", "beta1", {}),
    "lr and momentum": ("narrow_valley", ["momentum", "nesterov", "sgd"], "lr", "momentum", {"noise": 0.1, "seed": 3}),
    "both betas": ("booth", ["amsgrad"], "beta1", "beta2", {}),
    "lr and kappa": ("quadratic", ["sgd", "adam"], "lr", "kappa", {}),
    "kappa and lr": ("quadratic", ["momentum"], "kappa", "lr", {}),
    "the plane of starts": ("himmelblau", [("sgd", {"lr": 0.01})], "x", "y", {}),
    "minibatches": ("sparse_logistic", ["rmsprop"], "k", "lr", {"seed": 5}),
    "batch and rarity": ("sparse_least_squares", ["adagrad"], "k", "batch_size", {"resolution": 4}),
    "a schedule": ("booth", [Lane("adam", {"lr": 0.1}, schedule=schedules.get("cosine"))], "lr", "beta1", {}),
    "a start and a rate": ("beale", ["lion"], "lr", "x", {"start": (1.0, 2.0)}),
}


@pytest.mark.parametrize("case", CASES)
def test_cells_are_rollouts(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    surface, optimizers, x, y, given = CASES[case]
    monkeypatch.setattr(plan, "LANES", 29)  # many chunks, with ends in the middle of rows
    for found in optim_viz.outcome_maps(surface, optimizers, x, y, **{"steps": 60, "resolution": 9, **given}):
        assert_cells(found)


@pytest.mark.parametrize("optimizer", update_rules.names())
def test_every_optimizer_has_a_map(optimizer: str) -> None:
    rule = update_rules.get(optimizer)
    y = next((each.name for each in rule.hyperparameters if each.primary and each.name != "lr"), "x")
    (found,) = optim_viz.outcome_maps("beale", optimizer, "lr", y, steps=40, resolution=6)
    assert_cells(found, 4)


def test_an_axis_that_makes_no_difference_costs_nothing() -> None:
    plain, heavy = optim_viz.outcome_maps("booth", ["sgd", "momentum"], "lr", "momentum", resolution=8, steps=30)
    assert (plain.runs, heavy.runs) == (8, 64)
    assert (plain.loss == plain.loss[:1]).all() or np.isnan(plain.loss).any()
    assert not plain.uses(plain.y)
    assert "momentum" not in plain.setting(3, 3)["hyperparameters"]
    with pytest.raises(ValueError, match="read-only"):
        heavy.loss[0, 0] = 0.0


def test_where_runs_went() -> None:
    """Himmelblau's four minima are 0; by hand: where a run ends, and how far from which minimum."""
    (found,) = optim_viz.outcome_maps(
        "himmelblau", ("sgd", {"lr": 0.01}), "x", "y", steps=300, resolution=9, start=(0, 0)
    )
    minima = np.array(found.surface.minima)
    for row, column in np.ndindex(found.loss.shape):
        run = run_of(found, row, column)
        where = found.where[row, column]
        if run.diverged_at >= 0:
            assert where == DIVERGED
        elif run.loss[-1] <= 1e-3:
            assert where == np.hypot(*(run.theta[-1] - minima).T).argmin()
        else:
            assert where in (ELSEWHERE, LEFT)
    assert {0, 1, 2, 3} <= set(found.where.ravel().tolist())
    slow, away = (
        optim_viz.outcome_maps("sparse_steps", ("sgd", {"lr": lr}), "x", "y", steps=20, resolution=4)[0]
        for lr in (1e-3, 10.0)
    )
    assert (slow.where[1:3, 1:3] == ELSEWHERE).all()
    assert (away.where == LEFT).all()


def test_what_a_map_shows() -> None:
    (found,) = optim_viz.outcome_maps("mccormick", "adam", "lr", "beta1", resolution=6)
    np.testing.assert_array_equal(
        found.values("final_loss"), found.loss + 1.9132229549810362
    )  # its minimum is the negative
    np.testing.assert_array_equal(np.isnan(found.values("steps")), found.arrived < 0)
    assert found.values("where") is found.where
    best, soonest = found.best(), found.best("steps")
    assert best is not None
    assert soonest is not None
    assert found.loss[best] == np.nanmin(found.loss)
    assert found.arrived[soonest] == found.arrived[found.arrived >= 0].min()
    with pytest.raises(ValueError, match="unknown metric 'beauty'"):
        found.values("beauty")
    (bottomless,) = optim_viz.outcome_maps("saddle", "sgd", "lr", "x", resolution=4)
    with pytest.raises(ValueError, match="not known"):
        bottomless.values("steps")
    assert bottomless.best("steps") is None
    assert bottomless.best() == np.unravel_index(np.nanargmin(bottomless.loss), bottomless.loss.shape)


def test_work_that_raises_in_between_ends() -> None:
    told: list[int] = []
    optim_viz.outcome_maps("booth", ["sgd", "adam"], "lr", "y", resolution=8, steps=130, tick=told.append)
    assert sum(told) == 2 * 64 * 130

    def stop(steps: int) -> None:
        raise InterruptedError(f"{steps}")

    with pytest.raises(InterruptedError):
        optim_viz.outcome_maps("booth", "sgd", "lr", "x", resolution=32, steps=10_000, tick=stop)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"x": "lr", "y": "lr"}, "lr cannot stand along both sides"),
        ({"y": "beta3"}, "nothing to map is called 'beta3'"),
        ({"y": "kappa"}, "nothing to map is called 'kappa'"),
        ({"resolution": 1}, r"1 values along an axis are outside \[2, 256\]"),
        ({"steps": 0}, "steps = 0 is not a whole number"),
        ({"tolerance": 0.0}, r"tolerance = 0.0 is not a number > 0"),
        ({"optimizers": []}, "there is no optimizer to map"),
        ({"optimizers": [("adam", {"lr": -1.0})]}, "lr = -1.0 is outside"),
        ({"optimizers": [("adam", {"beta2": np.array([0.9, 0.99])})]}, "beta2 is an array"),
        ({"resolution": 256, "steps": 100_000}, "steps in all are more than"),
        ({"noise": np.ones(2)}, "single values"),
    ],
)
def test_refusals(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        optim_viz.outcome_maps(**{"surface": "booth", "optimizers": ["adam"], "x": "lr", "y": "beta1", **given})


def test_axes() -> None:
    ground, rules = surfaces.get("quadratic"), [update_rules.get("adam"), update_rules.get("adagrad")]
    assert list(maps.axis_names(ground, rules))[:3] == ["lr", "beta1", "beta2"]
    assert list(maps.axis_names(ground, rules))[-3:] == ["kappa", "x", "y"]
    lr = make_axis("lr", ground, rules, 6)
    assert lr.values == (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)
    np.testing.assert_allclose(lr.places(), [-4, -3, -2, -1, 0, 1])
    both = make_axis("lr", ground, [rules[0], update_rules.get("sgd")], 7)  # whose slider goes from 1e-5 to 1
    assert both.values == (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)
    beta1 = make_axis("beta1", ground, rules, 4)
    assert beta1.values == (0.0, 0.9, 0.99, 0.999)
    np.testing.assert_allclose(beta1.places(), [0, 1, 2, 3])
    assert make_axis("kappa", ground, rules, 5).values == (1.0, 10.0, 100.0, 1000.0, 10000.0)
    assert make_axis("x", ground, rules, 3, -1.0, 2.0).values == (-1.0, 0.5, 2.0)
    few = make_axis("batch_size", surfaces.get("sparse_logistic"), rules, 64)
    assert few.values[0] == 1.0
    assert few.values[-1] == 256.0
    assert all(value == round(value) for value in few.values)
    for low, high in ((0.5, 0.1), (0.0, 1.0), (0.5, float("inf"))):
        with pytest.raises(ValueError, match="lr"):
            make_axis("lr", ground, rules, 8, low, high)


def test_maps_are_one_table_whose_rows_are_the_runs() -> None:
    both = optim_viz.outcome_maps("himmelblau", [("sgd", {"lr": 0.01}), "adam"], "x", "lr", resolution=3, steps=30)
    table = maps_table(dict(zip(("SGD", "Adam"), both, strict=True)))
    assert tables.from_csv(tables.as_bytes(table, "csv")) == table
    assert table["optimizer"].tolist() == ["SGD"] * 9 + ["Adam"] * 9
    row = 9 + 2 * 3 + 1  # Adam, the last row of the map, the middle column
    x, lr = table["start_x"][row], table["lr"][row]
    assert (x, lr) == (both[1].x.values[1], both[1].y.values[2])
    run = optim_viz.rollout("himmelblau", "adam", lr=lr, steps=30, start=(x, both[1].start[1]))
    assert [table[name][row] for name in ("end_x", "end_y", "loss")] == [*run.theta[-1], run.loss[-1]]
    went = {"elsewhere", "left the domain", "diverged", *(f"minimum {k}" for k in range(4))}
    assert set(table["where"].tolist()) <= went
    frame: Any = both[1].to_dataframe()
    assert frame["loss"].tolist() == table["loss"][9:].tolist()
    with pytest.raises(ValueError, match="one or more maps over the same axes"):
        maps_table({})
