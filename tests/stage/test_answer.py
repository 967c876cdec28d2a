"""What the browser gets for a request: exact arrays, only those it lacks, and words for what went wrong."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import optim_viz
import surfaces
from optim_viz import diagnostics, update_rules
from optim_viz.figures.loss_grid import SIZES
from optim_viz.rollout import rollout
from optim_viz.scenario import Lane, Scenario
from optim_viz.scenario.problem import MAX_PROBLEMS
from optim_viz.stage import message as messages
from optim_viz.stage.answer import Kept, answer, opened
from optim_viz.trajectory import Trajectory
from tests.stage.decoder import channels, decode
from tests.update_rules.contract import all_on

DEFAULT = Scenario.default()


def run(scenario: Scenario, index: int, **changed: object) -> Trajectory:
    lane = scenario.lanes[index]
    return rollout(
        scenario.surface_object(),
        lane.optimizer,
        start=scenario.start,
        steps=scenario.steps,
        noise=scenario.noise,
        seed=scenario.seed,
        **{**lane.hyperparameters, **changed},
    )


def request(scenario: object = None, **fields: object) -> dict[str, Any]:
    plain = scenario.to_dict() if isinstance(scenario, Scenario) else scenario
    return {"seq": 7, "scenario": plain, "families": [], "have": []} | fields


def test_a_page_opens_with_everything_it_draws() -> None:
    message, kept = answer(None, opened(DEFAULT.to_url()))
    header, arrays = decode(message)
    assert kept == Kept(DEFAULT)
    assert header["seq"] == 0
    assert header["scenario"] == DEFAULT.to_dict()
    assert header["query"] == DEFAULT.to_url(time=False)
    assert header["problems"] == header["families"] == []
    assert [lane["title"] for lane in header["lanes"]] == list(DEFAULT.titles())
    assert set(arrays) == {header["surface"]["key"], *(lane["key"] for lane in header["lanes"])}
    assert header["catalog"]["key"].startswith("catalog:")


def test_pinned_runs_are_sent_once_as_ordinary_runs() -> None:
    now = replace(DEFAULT.pinned(), start=(-3.0, 2.0), lanes=DEFAULT.lanes[1:], lane=0)
    header, arrays = decode(answer(request(now), Kept(DEFAULT))[0])
    before, _ = decode(answer(request(DEFAULT), Kept(DEFAULT))[0])
    assert [{**lane, "text": ""} for lane in header["pinned"]] == [{**lane, "text": ""} for lane in before["lanes"]]
    assert before["pinned"] == []
    for index, lane in enumerate(header["pinned"]):
        found = channels(header, arrays, lane["key"])
        np.testing.assert_array_equal(found["theta_x"], run(DEFAULT, index).theta[:, 0])
    have = [lane["key"] for lane in before["lanes"]]
    _, again = decode(answer(request(now, have=have), Kept(DEFAULT))[0])
    assert not set(have) & set(again), "the browser holds them already"
    _, same = decode(answer(request(DEFAULT.pinned(), have=have), Kept(DEFAULT))[0])
    assert not set(have) & set(same)


def expected_channels(trajectory: Trajectory) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what trails and arithmetic need of a run."""
    rule = update_rules.get(trajectory.optimizer)
    settings = {n: v if isinstance(v, bool) else np.asarray(v) for n, v in trajectory.hyperparameters.items()}
    with np.errstate(all="ignore"):  # as rollout does: a setting may not exist for the step 0 that no run takes
        start = rule.init(trajectory.theta[0], rule.prepare(settings, 0))
    for axis, name in enumerate("xy"):
        yield f"theta_{name}", trajectory.theta[:, axis]
        yield f"grad_{name}", np.concatenate([[np.nan], trajectory.grad[:, axis]])
        yield f"update_{name}", np.concatenate([[np.nan], trajectory.update[:, axis]])
        for state, values in trajectory.state.items():
            yield f"{state}_{name}", np.concatenate([[getattr(start, state)[axis]], values[:, axis]])
    yield "loss", trajectory.loss
    minima = trajectory.surface.minima if trajectory.surface else ()
    if minima:
        away = [np.hypot(trajectory.theta[:, 0] - x, trajectory.theta[:, 1] - y) for x, y in minima]
        yield "distance", np.min(away, axis=0)


def arrived(trajectory: Trajectory) -> int | None:
    """Find the first step within 0.001 of the minimum by going through them."""
    minimum = trajectory.surface.minimum if trajectory.surface else None
    if minimum is None:
        return None
    return next((t for t, loss in enumerate(trajectory.loss.tolist()) if loss - minimum <= 1e-3), -1)


def plotted_channels(
    trajectory: Trajectory, curves: dict[str, list[dict[str, str]]]
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what the plots draw of a run, by the channels that the lane says."""
    for name, infos in curves.items():
        diagnostic = diagnostics.get(name)
        for info, curve in zip(infos, diagnostic.curves(trajectory), strict=True):
            for axis, letter in enumerate(("_x", "_y") if diagnostic.per_coordinate else ("",)):
                yield info["channel"] + letter, curve.values[:, axis] if letter else curve.values


@pytest.mark.parametrize("surface", ["narrow_valley", "saddle", "sparse_logistic"])
@pytest.mark.parametrize("optimizer", update_rules.names())
def test_a_lane_is_the_rollout_bit_for_bit(optimizer: str, surface: str) -> None:
    start = surfaces.get(surface).start
    lanes = (Lane(optimizer), Lane(optimizer, all_on(update_rules.get(optimizer))))
    raw = {
        "surface": surface,
        "start": list(start),
        "steps": 60,
        "noise": 0.1,
        "lanes": [lane.to_dict() for lane in lanes],
    }
    message, kept = answer(request(raw), Kept(DEFAULT))
    header, arrays = decode(message)
    assert header["problems"] == []
    for index, lane in enumerate(header["lanes"]):
        trajectory = run(kept.scenario, index)
        found = channels(header, arrays, lane["key"])
        expected = dict(expected_channels(trajectory))
        plotted = dict(plotted_channels(trajectory, lane["curves"]))
        assert plotted or not any(diagnostics.get(name).applies(trajectory) for name in kept.scenario.plots)
        assert set(found) == set(expected) | set(plotted)
        for name, values in plotted.items():  # what only a step has begins at step 1
            np.testing.assert_array_equal(found[name][61 - len(values) :], values, err_msg=name)
        for name, values in expected.items():
            assert found[name].dtype == np.float64
            np.testing.assert_array_equal(found[name], values, err_msg=name)
        assert lane["diverged_at"] == int(trajectory.diverged_at)
        assert lane["arrived"] == arrived(trajectory)


def test_a_lane_that_diverges_says_why_and_keeps_its_limit() -> None:
    scenario = replace(DEFAULT, lanes=(Lane("sgd", {"lr": 0.3}),), lane=0)
    header, arrays = decode(answer(request(scenario), Kept(DEFAULT))[0])
    lane = header["lanes"][0]
    assert lane["limit"] == pytest.approx(0.02)
    assert "2/L" in lane["divergence"]
    theta = channels(header, arrays, lane["key"])["theta_x"]
    assert lane["diverged_at"] > 0
    assert np.isfinite(theta[: lane["diverged_at"]]).all()
    assert np.isnan(theta[lane["diverged_at"] :]).all()


CASES = [
    (optimizer, item.name) for optimizer in update_rules.names() for item in update_rules.get(optimizer).hyperparameters
]


FINE = [
    (optimizer, name)
    for optimizer, name in CASES
    if not isinstance(optim_viz.optimizer(optimizer).complete({})[name], bool)
]


@pytest.mark.parametrize(("optimizer", "name"), FINE)
def test_a_fine_family_holds_the_exact_runs_around_the_present_value(optimizer: str, name: str) -> None:
    scenario = replace(DEFAULT, lanes=(Lane("sgd"), Lane(optimizer, {"lr": 0.0313})), lane=0, steps=20)
    value = scenario.lanes[1].hyperparameters[name]
    wanted = [{"lane": 1, "hyperparameter": name, "fine": True}]
    header, arrays = decode(answer(request(scenario, families=wanted), Kept(DEFAULT))[0])
    (family,) = header["families"]
    (hyperparameter,) = (each for each in update_rules.get(optimizer).hyperparameters if each.name == name)
    assert family["fine"] == value
    assert family["stops"] == list(hyperparameter.fine_stops(float(value)))
    theta = channels(header, arrays, family["key"])["theta_x"]
    final = arrays[family["strip"]["key"]][0]
    for index in (0, family["stops"].index(value), len(family["stops"]) - 1):
        trajectory = run(scenario, 1, **{name: family["stops"][index]})
        np.testing.assert_array_equal(theta[index], trajectory.theta[:, 0])
        np.testing.assert_array_equal(final[index], trajectory.loss[-1])


def test_a_choice_has_no_fine_family() -> None:
    wanted = [{"lane": 4, "hyperparameter": "bias_correction", "fine": True}]
    header, _ = decode(answer(request(families=wanted), Kept(DEFAULT))[0])
    assert header["families"] == header["problems"] == []


@pytest.mark.parametrize(("optimizer", "name"), CASES)
def test_a_family_holds_the_exact_run_of_each_stop(optimizer: str, name: str) -> None:
    scenario = replace(DEFAULT, lanes=(Lane("sgd"), Lane(optimizer, {"lr": 0.05})), lane=0, steps=40, noise=0.2)
    _, kept = answer(request(scenario), Kept(DEFAULT))
    message, _ = answer(request(families=[{"lane": 1, "hyperparameter": name}]), kept)
    header, arrays = decode(message)
    (family,) = header["families"]
    assert (family["lane"], family["hyperparameter"]) == (1, name)
    stops = {item.name: item for item in update_rules.get(optimizer).hyperparameters}[name].stops()
    assert family["stops"] == list(stops)
    found = channels(header, arrays, family["key"])
    for index in (*range(0, len(stops), 7), len(stops) - 1):
        trajectory = run(kept.scenario, 1, **{name: stops[index]})
        curves = header["lanes"][1]["curves"]
        for channel, values in (*expected_channels(trajectory), *plotted_channels(trajectory, curves)):
            np.testing.assert_array_equal(
                found[channel][index][41 - len(values) :], values, err_msg=f"{name} = {stops[index]}: {channel}"
            )
        lane = replace(
            kept.scenario.lanes[1], hyperparameters={**kept.scenario.lanes[1].hyperparameters, name: stops[index]}
        )
        committed = replace(kept.scenario, lanes=(kept.scenario.lanes[0], lane))
        single, _ = decode(answer(request(committed), kept)[0])
        assert family["lanes_keys"][index] == single["lanes"][1]["key"]
        assert family["arrived"][index] == single["lanes"][1]["arrived"] == arrived(trajectory)
        assert family["diverged_at"][index] == single["lanes"][1]["diverged_at"]
        assert family["divergence"][index] == single["lanes"][1]["divergence"]
        assert family["lines"][family["line_of_stop"][index]] == single["lanes"][1]["lines"]


def test_a_family_does_not_depend_on_the_slider_it_belongs_to() -> None:
    keys = set()
    for lr in (0.1, 0.2):
        lanes = (Lane("adam", {"lr": lr}),)
        message, _ = answer(
            request(replace(DEFAULT, lanes=lanes, lane=0), families=[{"lane": 0, "hyperparameter": "lr"}]),
            Kept(DEFAULT),
        )
        keys.add(decode(message)[0]["families"][0]["key"])
    assert len(keys) == 1


def test_only_what_the_browser_lacks_is_sent() -> None:
    header, arrays = decode(answer(None, Kept(DEFAULT))[0])
    have = [*arrays, header["catalog"]["key"]]
    again, none = decode(answer(request(have=have), Kept(DEFAULT))[0])
    assert none == {}
    assert "catalog" not in again
    assert [lane["key"] for lane in again["lanes"]] == [lane["key"] for lane in header["lanes"]]
    lanes = (*DEFAULT.lanes[:4], replace(DEFAULT.lanes[4], hyperparameters={"lr": 0.151}))
    changed, one = decode(answer(request(replace(DEFAULT, lanes=lanes), have=have), Kept(DEFAULT))[0])
    assert list(one) == [changed["lanes"][4]["key"]]
    looks = replace(DEFAULT, view="panels", time=12, speed=2.0, lane=0)
    assert decode(answer(request(looks, have=have), Kept(DEFAULT))[0])[1] == {}


def test_a_zoom_brings_a_finer_grid_around_it() -> None:
    zoomed = replace(DEFAULT, zoom=((-1.0, 1.0), (-0.5, 0.5)))
    header, arrays = decode(answer(request(zoomed), Kept(DEFAULT))[0])
    grid, surface = header["surface"]["grid"], surfaces.get("narrow_valley")
    assert -3 < grid["x0"] < -1 < 1 < grid["x1"] < 3
    x, y = np.meshgrid(np.linspace(grid["x0"], grid["x1"], 121), np.linspace(grid["y0"], grid["y1"], 121))
    z = np.arcsinh((surface.loss(x, y) - header["surface"]["floor"]) / header["surface"]["scale"])
    np.testing.assert_allclose(arrays[header["surface"]["key"]], z, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("aspect", [None, 0.3, 1.0, 4.0, "wide", float("nan"), -1, 1e9])
def test_the_grid_covers_a_picture_of_the_shape_that_the_browser_tells(aspect: object) -> None:
    """With one scale on both axes a picture shows more than the window: on two sides, or above and below."""
    wanted = {**request(DEFAULT), "aspect": aspect}
    header, _ = decode(answer(wanted, Kept(DEFAULT))[0])
    (x0, x1), (y0, y1) = DEFAULT.domain
    usable = isinstance(aspect, float) and 0.3 <= aspect <= 4
    for shape in [aspect] if isinstance(aspect, float) and usable else [0.8, 1.8]:
        width, height = max(x1 - x0, (y1 - y0) * shape), max(y1 - y0, (x1 - x0) / shape)
        grid = header["surface"]["grid"]
        assert grid["x1"] - grid["x0"] > width
        assert grid["y1"] - grid["y0"] > height


def test_a_window_that_fills_the_picture_needs_nothing_around_it() -> None:
    header, _ = decode(answer(request(replace(DEFAULT, axes="fill")), Kept(DEFAULT))[0])
    (x0, x1), (y0, y1) = DEFAULT.domain
    grid = header["surface"]["grid"]
    assert grid["x1"] - grid["x0"] == pytest.approx(1.2 * (x1 - x0))
    assert grid["y1"] - grid["y0"] == pytest.approx(1.2 * (y1 - y0))


def test_a_release_is_small_and_quick() -> None:
    header, arrays = decode(answer(None, Kept(DEFAULT))[0])
    have = [*arrays, header["catalog"]["key"]]
    times, sizes = [], []
    for step in range(12):
        lanes = (*DEFAULT.lanes[:4], replace(DEFAULT.lanes[4], hyperparameters={"lr": 0.2 + step / 1000}))
        wanted = request(replace(DEFAULT, lanes=lanes), have=have)
        began = time.perf_counter()
        message, _ = answer(wanted, Kept(DEFAULT))
        times.append(time.perf_counter() - began)
        sizes.append(len(message))
    assert max(sizes) <= 60_000
    assert min(times) <= 0.05  # about 5 ms on an idle core; generous, since other tests may be running


@pytest.mark.parametrize("surface", [*surfaces.names(), "formula"])
def test_every_surface_is_answered(surface: str) -> None:
    raw = {"surface": surface, "formula": "log(x) + 1/y"} if surface == "formula" else {"surface": surface}
    header, arrays = decode(answer(request(raw), Kept(DEFAULT))[0])
    assert header["problems"] == []
    assert header["surface"]["name"] == surface
    assert header["surface"]["latex"]
    assert header["surface"]["scale"] > 0
    assert arrays[header["surface"]["key"]].shape in {(size, size) for size in SIZES}


def test_a_formula_is_shown_as_it_was_read() -> None:
    """The field keeps what was typed; the words about the surface show how it was understood."""
    raw = {"surface": "formula", "formula": "2x² + |y|"}
    header, _ = decode(answer(request(raw), Kept(DEFAULT))[0])
    assert header["problems"] == []
    assert header["scenario"]["formula"] == "2x² + |y|"
    assert header["surface"]["text"] == "2*x**2 + abs(y)"


def test_bad_values_are_told_and_the_last_good_ones_kept() -> None:
    raw = DEFAULT.to_dict() | {"steps": "lots", "surface": "formula", "formula": "x +"}
    message, kept = answer(request(raw), Kept(DEFAULT))
    header, _ = decode(message)
    assert [problem["field"] for problem in header["problems"]] == ["formula", "steps"]
    assert kept.scenario == DEFAULT
    later, _ = decode(answer(request(families=[{"lane": 0, "hyperparameter": "lr"}]), kept)[0])
    assert later["problems"] == header["problems"]


def test_a_forged_request_is_bounded_in_time_and_in_what_it_leaves_behind() -> None:
    """400,000 unknown keys gave 400,000 problems, a 25 MB answer, and made each later request slow."""
    many = {f"key{n}": n for n in range(400_000)}
    nested = {"lanes": [[[[0] * 1000] * 1000] * 1000]}  # a billion values, in a few kilobytes of memory
    for raw in (many, nested, {"parameters": many}, {"lanes": [{"hyperparameters": many}]}):
        began = time.perf_counter()
        message, kept = answer(request(raw, have=list(many), families=[many] * 9), Kept(DEFAULT))
        assert time.perf_counter() - began < 5
        assert len(kept.problems) <= MAX_PROBLEMS
        assert len(message) < 1_000_000
    header, _ = decode(answer(request({f"key{n}": n for n in range(3000)}), Kept(DEFAULT))[0])
    assert len(header["problems"]) == MAX_PROBLEMS
    assert header["problems"][-1]["message"] == "2981 more values could not be used either"
    assert len(opened("&".join(f"k{n}=1" for n in range(90))).problems) <= MAX_PROBLEMS


@pytest.mark.parametrize("name", [["lr"], {"lr": 1}, 5, None, True])
def test_a_family_of_what_is_no_name_is_left_out(name: object) -> None:
    header, _ = decode(answer(request(families=[{"lane": 0, "hyperparameter": name}]), Kept(DEFAULT))[0])
    assert header["families"] == header["problems"] == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FAMILY = st.fixed_dictionaries({}, optional={"lane": JSON, "hyperparameter": st.sampled_from(["lr", "x"]) | JSON})


@given(
    JSON
    | st.fixed_dictionaries(
        {}, optional={"seq": JSON, "scenario": JSON, "families": st.lists(FAMILY, max_size=6) | JSON, "have": JSON}
    )
)
def test_no_request_raises(wanted: object) -> None:
    message, kept = answer(wanted, Kept(DEFAULT))
    decode(message)
    assert isinstance(kept.scenario, Scenario)


def test_a_fault_is_logged_and_told_and_the_last_picture_stays(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = messages.lane_run

    def broken(spec: Any, plots: Any) -> Any:
        if spec.optimizer == "adagrad":
            raise RuntimeError("secret")
        return real(spec, plots)

    monkeypatch.setattr(messages, "lane_run", broken)
    last = Kept(replace(DEFAULT, lanes=(Lane("adam"),), lane=0))
    with caplog.at_level(logging.ERROR):
        message, kept = answer(request(DEFAULT), last)
    header, _ = decode(message)
    assert kept.scenario == last.scenario
    assert header["scenario"] == last.scenario.to_dict()
    assert [problem["field"] for problem in header["problems"]] == ["lab"]
    assert "secret" not in header["problems"][0]["message"]
    assert "secret" in caplog.text
