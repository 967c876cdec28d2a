"""Long runs are thinned for drawing: nothing that stands out is lost, and the step on screen is exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

import optim_viz
from optim_viz.stage.answer import answer, opened
from optim_viz.stage.families import EXACT_STEPS
from optim_viz.stage.thinning import POINTS, thinned, thinned_path
from tests.stage.decoder import channels, decode

VALUES = st.one_of(st.floats(-(2.0**100), 2.0**100, width=32), st.sampled_from([np.nan, np.inf, -np.inf]))
RUNS = arrays.arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(2, 200)), elements=VALUES)


@given(RUNS, st.integers(4, 60))
def test_points_are_the_runs_own_and_hold_its_extremes(values: NDArray[np.float64], points: int) -> None:
    steps, kept = thinned(values, points)
    last = values.shape[-1] - 1
    assert (np.diff(steps.astype(int), axis=-1) >= 0).all()
    assert (steps[:, 0] == 0).all()
    assert (steps[:, -1] == last).all()
    np.testing.assert_array_equal(kept, np.take_along_axis(values, steps.astype(int), axis=-1).astype(np.float32))
    assert steps.shape[-1] <= points + 2
    for run, found in zip(values, kept, strict=True):
        if not np.isnan(run).all():
            assert np.nanmin(found) == np.nanmin(run).astype(np.float32)
            assert np.nanmax(found) == np.nanmax(run).astype(np.float32)


def test_one_spike_among_20000_steps_stays() -> None:
    values = np.zeros((1, 20_001))
    values[0, 13_457] = 7.0
    values[0, 13_459] = -3.0
    steps, kept = thinned(values, 400)
    drawn = dict(zip(steps[0].tolist(), kept[0].tolist(), strict=True))
    assert drawn[13_457] == 7.0
    assert drawn[13_459] == -3.0


def test_a_path_keeps_points_that_were_visited() -> None:
    t = np.arange(2001.0)
    x, y = np.cos(t)[np.newaxis], (np.sin(0.7 * t) * np.exp(-t / 500))[np.newaxis]
    (steps, kept_x), (same, kept_y) = thinned_path(x, y, 100)
    np.testing.assert_array_equal(steps, same)
    np.testing.assert_array_equal(kept_x[0], x[0, steps[0]].astype(np.float32))
    np.testing.assert_array_equal(kept_y[0], y[0, steps[0]].astype(np.float32))
    assert kept_x.max() == np.float32(x.max())
    assert kept_y.min() == np.float32(y.min())


def family(steps: int, lane: str, name: str, **request: Any) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    kept = opened(f"steps={steps}&lane={lane}&surface=narrow_valley&start=-8,1")
    asked = {"seq": 1, "scenario": None, "have": [], "families": [{"lane": 0, "hyperparameter": name}], **request}
    return decode(answer(asked, kept)[0])


@pytest.mark.parametrize(("step", "at"), [(1234, 1234), (0, 0), (10**9, EXACT_STEPS + 1), (-3, 0), ("x", 0), (None, 0)])
def test_a_family_of_long_runs_is_exact_at_the_step_on_screen(step: object, at: int) -> None:
    steps = EXACT_STEPS + 1
    at = min(at, steps)
    header, sent = family(steps, "adam,lr=0.1", "beta2", step=step)
    (section,) = header["families"]
    assert section["thinned"]["time"] == at
    exact = channels(header, sent, section["thinned"]["exact"])
    points = channels(header, sent, section["key"])
    where = channels(header, sent, section["thinned"]["steps"])
    assert points.keys() == where.keys()
    assert {"theta_x", "theta_y", "loss"} <= points.keys() < exact.keys()
    for stop in (0, 40, len(section["stops"]) - 1):
        run = optim_viz.rollout(
            "narrow_valley", "adam", start=(-8.0, 1.0), steps=steps, lr=0.1, beta2=section["stops"][stop]
        )
        before = max(at - 1, 0)
        np.testing.assert_array_equal(exact["theta_y"][stop], run.theta[[before, at], 1])
        if at > 1:
            np.testing.assert_array_equal(exact["v_hat_x"][stop], run.state["v_hat"][[at - 2, at - 1], 0])
            np.testing.assert_array_equal(exact["grad_y"][stop], run.grad[[at - 2, at - 1], 1])
        drawn = where["loss"][stop].astype(int)
        np.testing.assert_array_equal(points["loss"][stop], run.loss[drawn].astype(np.float32))
    assert all(sent[key].shape[-1] <= POINTS + 4 for key in (section["key"], section["thinned"]["steps"]))


def test_a_family_of_short_runs_is_sent_whole() -> None:
    header, sent = family(EXACT_STEPS, "sgd,lr=0.019", "lr", step=7)
    (section,) = header["families"]
    assert section["thinned"] is None
    assert sent[section["key"]].dtype == np.float64
    assert sent[section["key"]].shape[-1] == EXACT_STEPS + 1


def test_a_run_of_20000_steps_is_sent_whole_and_a_longer_one_is_refused() -> None:
    header, sent = decode(answer(None, opened("steps=20000&surface=booth&start=0,0&lane=sgd,lr=0.001"))[0])
    run = optim_viz.rollout("booth", "sgd", start=(0.0, 0.0), steps=20_000, lr=0.001)
    np.testing.assert_array_equal(channels(header, sent, header["lanes"][0]["key"])["loss"], run.loss)
    longer = opened("steps=20001")
    assert [problem.field for problem in longer.problems] == ["steps"]
