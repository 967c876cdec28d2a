"""A trajectory as a value: read-only, equal, pickled, copied, shown, indexed, tabled."""

from __future__ import annotations

import builtins
import copy
import html
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim_viz
import surfaces
from optim_viz.trajectory import Trajectory

FORMULA = surfaces.parse("x**2 + sin(3*y)", domain=((-1, 2), (-3, 3)))


def runs() -> dict[str, Trajectory]:
    """Runs of every kind: alone, in a batch, of each rule, on a formula, on minibatches, diverging, replayed."""
    lr = np.array([[0.01], [0.1]])
    found = {name: optim_viz.rollout("booth", name, steps=5) for name in optim_viz.optimizers()}
    return found | {
        "batch": optim_viz.rollout(
            "booth", "adam", lr=lr, seed=[1, 2, 3], noise=0.1, bias_correction=[True, False, True]
        ),
        "formula": optim_viz.rollout(FORMULA, "adam", steps=5),
        "minibatches": optim_viz.rollout(surfaces.get("sparse_logistic", k=7), "adam", steps=5),
        "diverging": optim_viz.rollout("narrow_valley", "sgd", lr=[0.01, 1.0], steps=400),
        "replay": optim_viz.replay("rmsprop", [[1.0, 0.0]] * 4, theta0=[[0.0, 1.0], [2.0, 3.0]]),
    }


RUNS = runs()
EACH = pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)


def arrays(value: Any, path: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Every array in a trajectory, wherever it stands."""
    if isinstance(value, np.ndarray):
        yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from arrays(each, f"{path}.{key}")
    elif isinstance(value, Trajectory):
        for field in fields(value):
            yield from arrays(getattr(value, field.name), field.name)


def copies(run: Trajectory) -> list[Trajectory]:
    """The same run by every way of copying."""
    return [copy.copy(run), copy.deepcopy(run), pickle.loads(pickle.dumps(run)), replace(run)]  # noqa: S301 - our own


def assert_read_only(run: Trajectory) -> None:
    """Assert that nothing in it can be changed."""
    for path, array in arrays(run):
        assert not array.flags.writeable, path
        with pytest.raises(ValueError, match="read-only"):
            array[...] = array
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.flags.writeable = True
    for mapping in (run.state, run.hyperparameters):
        with pytest.raises(TypeError):
            mapping["lr"] = 0.0  # pyright: ignore[reportIndexIssue]
    with pytest.raises(AttributeError):
        run.noise = 1.0  # pyright: ignore[reportAttributeAccessIssue]


@EACH
def test_all_of_it_is_read_only_and_stays_so_in_every_copy(run: Trajectory) -> None:
    assert_read_only(run)
    for again in copies(run):
        assert_read_only(again)
    if run.batch_shape:
        assert_read_only(run[0])
        assert_read_only(run[:1])


@EACH
def test_copies_are_equal_and_complete(run: Trajectory) -> None:
    for again in copies(run):
        assert again == run
        assert hash(again) == hash(run)
        assert again.rule is run.rule
        assert (again.surface is None) == (run.surface is None)
        if run.surface is not None and again.surface is not None:
            np.testing.assert_array_equal(again.surface.loss(0.3, 0.7), run.surface.loss(0.3, 0.7))
            np.testing.assert_array_equal(again.surface.draws(4, 1), run.surface.draws(4, 1))
        for (path, mine), (other_path, others) in zip(arrays(run), arrays(again), strict=True):
            assert path == other_path
            np.testing.assert_array_equal(mine, others)


@pytest.mark.parametrize("surface", [*map(surfaces.get, surfaces.names()), FORMULA], ids=lambda surface: surface.name)
def test_every_surface_is_pickled_and_copied(surface: surfaces.Surface) -> None:
    for again in (pickle.loads(pickle.dumps(surface)), copy.deepcopy(surface)):  # noqa: S301 - our own
        assert (again.name, again.text, again.parameters) == (surface.name, surface.text, surface.parameters)
        np.testing.assert_array_equal(again.grad(0.3, 0.7), surface.grad(0.3, 0.7))


def test_a_pickle_is_read_in_another_process(tmp_path: Path) -> None:
    file = tmp_path / "run.pickle"
    file.write_bytes(pickle.dumps(RUNS["formula"]))
    code = f"import pickle; print(pickle.load(open({str(file)!r}, 'rb')).loss[-1])"
    root = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert float(done.stdout) == RUNS["formula"].loss[-1]


def test_two_runs_are_equal_where_every_number_is() -> None:
    run = RUNS["diverging"]  # NaN equals NaN
    assert run == optim_viz.rollout("narrow_valley", "sgd", lr=[0.01, 1.0], steps=400)
    assert optim_viz.rollout(FORMULA, "adam", steps=5) == RUNS["formula"]
    others = [
        optim_viz.rollout("narrow_valley", "sgd", lr=[0.01, 1.1], steps=400),
        optim_viz.rollout("narrow_valley", "sgd", lr=[0.01, 1.0], steps=399),
        optim_viz.rollout("narrow_valley", "momentum", lr=[0.01, 1.0], momentum=0.0, steps=400),
        run[0],
    ]
    assert all(other != run for other in others)
    assert run != "a run"
    twin = surfaces.parse("x**2 + y**2 + 1 - 1")
    assert optim_viz.rollout(twin, "sgd", start=(1, 1)) != optim_viz.rollout(
        surfaces.parse("x**2 + y**2"), "sgd", start=(1, 1)
    )


@EACH
def test_the_repr_is_one_short_line(run: Trajectory) -> None:
    text = repr(run)
    assert text.startswith(f"<Trajectory: optimizer {run.optimizer}; surface ")
    assert "\n" not in text
    assert len(text) < 300


def test_the_repr_says_what_ran_and_where_it_ended() -> None:
    diverging = RUNS["diverging"]
    text = repr(diverging)
    assert "runs 2" in text
    assert "lr 0.01 to 1" in text
    assert f"diverged 1 of 2, first at step {diverging.diverged_at[1]}" in text
    assert f"final loss {diverging.loss[0, -1]:.4g}" in text
    assert "bias_correction False and True" in repr(RUNS["batch"])


@EACH
def test_the_html_says_the_same_and_is_escaped(run: Trajectory) -> None:
    hostile = "<script>alert('1')</script> & \"x\""
    named = replace(run, rule=replace(run.rule, name=hostile), surface=replace(FORMULA, name=hostile))
    for each in (run, named):
        text = each._repr_html_()
        assert "<script" not in text
        assert text.count("<tr>") == text.count("</tr>") > 2
    assert html.escape(hostile) in named._repr_html_()


@pytest.mark.parametrize(
    "index",
    [0, -1, (1, 2), (0, slice(1, None)), slice(0, 1), ..., (..., 1), [1, 0], np.array([[True, False, True]] * 2), None],
    ids=str,
)
def test_indexing_is_that_of_an_array_of_the_batch(index: Any) -> None:
    run = RUNS["batch"]
    chosen = run[index]
    expected = np.arange(6).reshape(2, 3)[index]
    assert chosen.batch_shape == np.shape(expected)
    flat = run.theta.reshape(6, *run.theta.shape[2:])
    np.testing.assert_array_equal(chosen.theta, flat[expected])
    np.testing.assert_array_equal(chosen.state["v"], run.state["v"].reshape(6, run.steps, 2)[expected])
    np.testing.assert_array_equal(chosen.diverged_at, run.diverged_at.reshape(6)[expected])
    for name in ("lr", "bias_correction"):
        wide = np.broadcast_to(run.hyperparameters[name], (2, 3)).reshape(6)[expected]
        np.testing.assert_array_equal(np.broadcast_to(chosen.hyperparameters[name], wide.shape), wide)
    assert chosen.hyperparameters["beta2"] == 0.999


def test_a_choice_of_no_lane_is_an_empty_batch() -> None:
    empty = RUNS["batch"][[]]
    assert empty.batch_shape == (0, 3)
    assert "lr none" in repr(empty)
    assert "lr" in empty._repr_html_()
    assert len(empty.to_dataframe()) == 0
    assert empty.steps_to(1.0).shape == (0, 3)
    assert list(empty) == []
    assert copy.deepcopy(empty) == empty


def test_a_lane_is_the_run_alone() -> None:
    run = RUNS["batch"]
    alone = optim_viz.rollout("booth", "adam", lr=0.1, seed=2, noise=0.1, bias_correction=False)
    assert run[1, 1] == alone
    assert type(run[1, 1].hyperparameters["lr"]) is float
    assert [lane.batch_shape for lane in run] == [(3,), (3,)]


def test_a_run_alone_has_no_lanes() -> None:
    run = RUNS["adam"]
    with pytest.raises(IndexError, match=r"one run, not a batch; .*\.theta\[t\]"):
        run[0]
    with pytest.raises(TypeError, match="one run"):
        list(run)
    with pytest.raises(IndexError):
        RUNS["batch"][2]
    with pytest.raises(IndexError):
        RUNS["batch"][0, 0, 0]


def test_steps_to() -> None:
    # x halves at each step, so x² falls by 4: 4**-t <= tol first at t = ceil(log4(1 / tol)).
    surface = surfaces.get("booth")
    run = optim_viz.rollout("saddle", "sgd", steps=3)
    with pytest.raises(ValueError, match="needs a surface whose minimum is known; that of saddle is not"):
        run.steps_to(0.1)
    with pytest.raises(ValueError, match="that of a replay is not"):
        RUNS["replay"].steps_to(0.1)
    batch = optim_viz.rollout("booth", "sgd", lr=[[0.01], [0.1], [1.0]], steps=300)
    assert surface.minimum is not None
    for tol in (1e3, 1.0, 1e-6):
        counts = batch.steps_to(tol)
        assert counts.shape == (3, 1)
        for lane, count in np.ndenumerate(counts):
            near = np.flatnonzero(batch.loss[lane] - surface.minimum <= tol)
            assert count == (near[0] if near.size else -1)
    bowl = replace(surfaces.parse("x**2 + y**2"), minimum=0.0)
    halving = optim_viz.rollout(bowl, "sgd", start=(1.0, 0.0), lr=0.25, steps=50)
    assert [int(halving.steps_to(4.0**-t)) for t in (0, 1, 7, 20)] == [0, 1, 7, 20]


@pytest.mark.parametrize("tol", [0, -1.0, float("nan"), True, "small", [0.1], None])
def test_an_impossible_tolerance_is_refused(tol: Any) -> None:
    with pytest.raises(ValueError, match=r"tol = .* is not a number > 0"):
        RUNS["adam"].steps_to(tol)


def test_the_table_holds_every_number() -> None:
    run = RUNS["batch"]
    table: Any = run.to_dataframe()
    assert list(table.columns[:7]) == ["lane", "lr", "bias_correction", "seed", "step", "x", "y"]
    assert len(table) == 6 * 201
    for flat, lane in enumerate(np.ndindex(2, 3)):
        own = table[table["lane"] == flat]
        np.testing.assert_array_equal(own["step"], np.arange(201))
        np.testing.assert_array_equal(own[["x", "y"]], run.theta[lane])
        np.testing.assert_array_equal(own["loss"], run.loss[lane])
        np.testing.assert_array_equal(own[["grad_x", "grad_y"]][1:], run.grad[lane])
        np.testing.assert_array_equal(own[["v_hat_x", "v_hat_y"]][1:], run.state["v_hat"][lane])
        assert np.isnan(own[["grad_x", "update_y", "m_x"]].to_numpy()[0]).all()
        assert set(own["seed"]) == {int(run[lane].seed)}
    alone = RUNS["sgd"].to_dataframe()
    assert list(alone.columns) == ["step", "x", "y", "loss", "grad_x", "grad_y", "update_x", "update_y"]


def test_without_pandas_the_table_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = builtins.__import__

    def missing(name: str, *arguments: Any, **named: Any) -> Any:
        if name.split(".")[0] == "pandas":
            raise ImportError("No module named 'pandas'")
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ImportError, match=r"pip install pandas"):
        RUNS["adam"].to_dataframe()


def test_a_rule_of_ones_own_is_an_optimizer(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = replace(optim_viz.optimizer("adam"), name="my_adam", title="Mine")
    run = optim_viz.rollout("booth", rule, lr=[0.1, 0.2], steps=5)
    assert (run.optimizer, run.rule) == ("my_adam", rule)
    np.testing.assert_array_equal(run.theta, optim_viz.rollout("booth", "adam", lr=[0.1, 0.2], steps=5).theta)
    assert optim_viz.sweep("booth", rule, {"lr": [0.1, 0.2]}, steps=5).tolist() == run.loss[:, -1].tolist()
    assert optim_viz.replay(rule, [[1.0, 2.0]]).optimizer == "my_adam"
    assert "my_adam" in repr(run)
    assert copy.deepcopy(run) == run
    assert pickle.loads(pickle.dumps(run)) == run  # noqa: S301 - our own
