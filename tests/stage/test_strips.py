"""What slider tracks show: each stop tells how the run with its value alone ends, and the known limits are marked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import optim_viz
import surfaces
from optim_viz import update_rules
from optim_viz.diagnostics.stability import stability_edge
from optim_viz.scenario import Lane, Scenario
from optim_viz.stage import in_time
from optim_viz.stage.answer import Kept, answer
from tests.stage.decoder import decode

DEFAULT = Scenario.default()


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered must not depend on how busy this machine is."""
    monkeypatch.setattr(in_time, "STRIP_SECONDS", 60.0)


def ask(scenario: Scenario, strips: object, families: object = None) -> tuple[dict[str, Any], Any]:
    request = {"seq": 3, "scenario": scenario.to_dict(), "families": families, "strips": strips, "have": []}
    return decode(answer(request, Kept(DEFAULT))[0])


def item(name: str, lane: int = 0) -> dict[str, object]:
    return {"lane": lane, "hyperparameter": name}


def stops_of(optimizer: str, name: str) -> tuple[float | bool, ...]:
    return {each.name: each for each in optim_viz.optimizer(optimizer).hyperparameters}[name].stops()


@pytest.mark.parametrize("optimizer", update_rules.names())
def test_each_stop_tells_how_the_run_with_its_value_ends(optimizer: str) -> None:
    scenario = replace(DEFAULT, surface="rosenbrock", start=(-1.5, 2.0), lanes=(Lane(optimizer),), lane=0, steps=80)
    every = optim_viz.optimizer(optimizer).hyperparameters
    names = [each.name for each in every if each.scale != "choice"]
    header: dict[str, Any] = {"strips": []}
    for name in names:
        header, arrays = ask(scenario, [item(name)])
        (strip,) = header["strips"]
        assert (strip["lane"], strip["hyperparameter"], strip["minimum"]) == (0, name, True)
        assert strip["start"] == 100 * (2.0 - 1.5**2) ** 2 + 2.5**2
        rows = dict(zip(header["arrays"][strip["key"]]["channels"], arrays[strip["key"]], strict=True))
        stops = stops_of(optimizer, name)
        for index in {0, len(stops) // 2, len(stops) - 1}:
            run = optim_viz.rollout("rosenbrock", optimizer, start=(-1.5, 2.0), steps=80, **{name: stops[index]})
            gone = bool(run.diverged_at >= 0)
            reached = [t for t, loss in enumerate(run.loss) if loss <= 1e-3] or [np.nan]
            np.testing.assert_array_equal(rows["final"][index], np.nan if gone else run.loss[-1])
            np.testing.assert_array_equal(rows["steps"][index], reached[0])
            assert rows["diverged"][index] == gone
    assert header["problems"] == []


def test_gradient_descent_is_said_to_diverge_above_two_over_l_and_nowhere_else() -> None:
    header, arrays = ask(replace(DEFAULT, lanes=(Lane("sgd"),), lane=0), [item("lr")])
    (strip,) = header["strips"]
    assert strip["edge"] == {"value": pytest.approx(2 / 100), "words": "2/L", "above": True}
    diverged = arrays[strip["key"]][2]
    assert list(diverged) == [stop > 0.02 for stop in stops_of("sgd", "lr")]


@pytest.mark.parametrize(("optimizer", "lr", "above"), [("momentum", 0.03, False), ("nesterov", 0.015, True)])
def test_the_edge_in_momentum_is_where_the_limit_is_the_learning_rate(optimizer: str, lr: float, above: bool) -> None:
    """At L = 100 and momentum 1/2: Polyak's (2 + 2μ)/L is 0.03, Nesterov's (2 + 2μ)/((1 + 2μ) L) is 0.015."""
    given = optim_viz.optimizer(optimizer).complete({"lr": lr})
    valley, stops = surfaces.get("narrow_valley"), stops_of(optimizer, "momentum")
    edge = stability_edge(valley, optimizer, given, "momentum", stops)
    assert edge is not None
    assert edge.value == pytest.approx(0.5, rel=1e-12)
    assert edge.above is above
    header, arrays = ask(replace(DEFAULT, lanes=(Lane(optimizer, {"lr": lr}),), lane=0), [item("momentum")])
    diverged = arrays[header["strips"][0]["key"]][2]
    assert list(diverged) == [(stop > 0.5) is above for stop in stops]


@pytest.mark.parametrize(
    ("surface", "optimizer", "name"),
    [
        ("rosenbrock", "sgd", "lr"),
        ("booth", "adam", "lr"),
        ("narrow_valley", "sgd", "weight_decay"),
        ("booth", "momentum", "dampening"),
    ],
)
def test_no_edge_where_none_is_known(surface: str, optimizer: str, name: str) -> None:
    given = optim_viz.optimizer(optimizer).complete({"lr": 1e-4})
    assert stability_edge(surfaces.get(surface), optimizer, given, name, stops_of(optimizer, name)) is None


def test_a_strip_does_not_depend_on_its_own_slider_and_travels_with_the_family() -> None:
    keys = set()
    for lr in (0.1, 0.2):
        scenario = replace(DEFAULT, lanes=(Lane("adam", {"lr": lr}),), lane=0)
        header, arrays = ask(scenario, [item("lr")])
        with_family, more = ask(scenario, [], [item("lr")])
        (strip,) = header["strips"]
        assert {"lane": 0, **with_family["families"][0]["strip"]} == strip
        np.testing.assert_array_equal(more[strip["key"]], arrays[strip["key"]])
        keys.add(strip["key"])
    assert len(keys) == 1


def test_two_lanes_alike_have_a_strip_each() -> None:
    scenario = replace(DEFAULT, lanes=(Lane("sgd"), Lane("sgd")), lane=0)
    header, _ = ask(scenario, [item("lr", 1), item("lr", 0)])
    assert [each["lane"] for each in header["strips"]] == [1, 0]


def test_strips_come_in_the_order_asked_as_many_as_there_is_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without time each answer does a little, and what is done is not done again."""
    scenario = replace(DEFAULT, steps=1500, start=(-7.25, 1.0))
    asked = [item("beta2", 4), item("lr", 4), item("lr", 0)]
    monkeypatch.setattr(in_time, "STRIP_SECONDS", -1.0)
    counts: list[int] = []
    header: dict[str, Any] = {"strips_later": True}
    arrays: dict[str, Any] = {}
    while header["strips_later"]:
        header, arrays = ask(scenario, asked)
        counts.append(len(header["strips"]))
        assert counts == sorted(counts)
    assert len(counts) > 3 * 1500 / 128
    assert set(counts) == {0, 1, 2, 3}
    assert [(each["lane"], each["hyperparameter"]) for each in header["strips"]] == [(4, "beta2"), (4, "lr"), (0, "lr")]
    sizes = [arrays[each["key"]].nbytes for each in header["strips"]]
    assert sum(sizes) == 3 * 3 * 65 * 8, "numbers only, not whole families"
    at_once, same = ask(scenario, [], [asked[0]])
    assert {"lane": 4, **at_once["families"][0]["strip"]} == header["strips"][0]
    np.testing.assert_array_equal(same[header["strips"][0]["key"]], arrays[header["strips"][0]["key"]])


@pytest.mark.parametrize(
    "strips",
    [None, 5, {}, [5], [item("lr", 9)], [item("x")], [item("bias_correction", 4)], [{"lane": "0"}], [item("lr", -1)]],
)
def test_a_strip_of_what_is_not_there_is_left_out(strips: object) -> None:
    header, _ = ask(DEFAULT, strips)
    assert header["strips"] == header["problems"] == []


def test_where_no_minimum_is_known_there_is_a_loss_and_no_arrival() -> None:
    scenario = replace(
        DEFAULT, surface="formula", formula="x + y**2", domain=((-9.0, 9.0), (-9.0, 9.0)), lanes=(Lane("sgd"),), lane=0
    )
    header, arrays = ask(scenario, [item("lr")])
    (strip,) = header["strips"]
    assert (strip["minimum"], strip["start"], strip["edge"]["value"]) == (False, -8.0 + 1.0, 2 / 2)
    final, steps, _ = arrays[strip["key"]]
    assert np.isnan(steps).all()
    assert final.min() < -7.0
