"""Every rule stands on the lab's screen: catalog, runs, families, titles, links; one without lr and from no 0, too.

Source: made up here; the contract asks a rule's own file for one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest

import optim_viz
from optim_viz import diagnostics
from optim_viz.scenario import Lane, Scenario
from optim_viz.stage.answer import answer, opened
from optim_viz.update_rules import Hyperparameter, Line, UpdateRule
from optim_viz.update_rules.hyperparameter import POSITIVE, UNIT
from tests.stage.decoder import channels, decode
from tests.update_rules.contract import CHECKS, all_on
from tests.update_rules.registering import registered

STEPS = 30


class Fading(NamedTuple):
    """How far a step goes, (2, *B); starts at `reach`."""

    length: np.ndarray


def fading_update(grad: Any, state: Any, params: Any, t: int, settings: Any) -> Any:
    """Go against the gradient's sign, each time less far."""
    del params, t
    length = state.length * settings["keep"]
    return -length * np.sign(grad), Fading(length)


FADING = UpdateRule(
    name="fading",
    title="Fading steps",
    rank=99,
    latex="r",
    source="made up for this test",
    hyperparameters=(
        Hyperparameter("reach", "r", 0.5, 0.01, 10.0, "log", "How far the first step goes.", POSITIVE),
        Hyperparameter("keep", "κ", 0.95, 0.0, 0.999, "log", "Share of the length that is kept.", UNIT,
                       complement=True, primary=True),
    ),
    states=Fading._fields,
    symbols={"length": "ℓ"},
    first_moment=(),
    second_moment=("length",),
    shared=("length",),
    prepare=lambda hyperparameters, steps: dict(hyperparameters),
    init=lambda params, settings: Fading(np.zeros_like(params) + settings["reach"]),
    update=fading_update,
    lines=lambda hyperparameters: (
        Line("length", "length_prev*keep"),
        Line("update", "-length*sign(grad)"),
        Line("theta", "theta_prev + update"),
    ),
    torch_twin=None,
    torch_kwargs=dict,
)  # fmt: skip


@pytest.fixture(params=[*optim_viz.optimizers(), FADING.name])
def rule(request: pytest.FixtureRequest) -> Iterator[UpdateRule]:
    if request.param == FADING.name:
        with registered(FADING) as made:
            yield made
    else:
        yield optim_viz.optimizer(request.param)


def shown(scenario: Scenario, families: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    request = {"seq": 1, "scenario": scenario.to_dict(), "families": families, "have": []}
    return decode(answer(request, opened(""))[0])


def test_the_lab_shows_it(rule: UpdateRule) -> None:
    lanes = (Lane(rule.name), Lane(rule.name, all_on(rule)), Lane(rule.name, visible=False))
    scenario = replace(Scenario.default(), lanes=lanes, lane=1, steps=STEPS, time=0)
    assert Scenario.from_url(scenario.to_url()) == (scenario, ())
    assert Scenario.from_dict(scenario.to_dict(), Scenario.default()) == (scenario, ())
    header, arrays = shown(scenario, [])
    assert header["problems"] == []
    assert ast.parse(scenario.to_python())
    titles = [lane["title"] for lane in header["lanes"]]
    assert titles == list(scenario.titles())
    assert len(set(titles)) == 3
    (entry,) = (each for each in header["catalog"]["optimizers"] if each["name"] == rule.name)
    assert [each["name"] for each in entry["hyperparameters"]] == [each.name for each in rule.hyperparameters]
    assert any(each["primary"] for each in entry["hyperparameters"])
    for position, lane in enumerate(header["lanes"]):
        given: dict[str, Any] = {**lanes[position].hyperparameters}
        run = optim_viz.rollout(scenario.surface, rule.name, start=scenario.start, steps=STEPS, **given)
        rows = channels(header, arrays, lane["key"])
        np.testing.assert_array_equal([rows["theta_x"], rows["theta_y"]], run.theta.T)
        first = run.first_state()
        for state in rule.states:
            for axis, name in enumerate("xy"):
                np.testing.assert_array_equal(rows[f"{state}_{name}"][1:], run.state[state][:, axis])
                assert rows[f"{state}_{name}"][0] == np.broadcast_to(getattr(first, state), 2)[axis]
        assert {line["target"] for line in lane["lines"]} == {*rule.states, "update", "theta"} - set(rule.measured)


def test_every_slider_has_a_family_of_exact_runs(rule: UpdateRule) -> None:
    scenario = replace(Scenario.default(), lanes=(Lane(rule.name),), lane=0, steps=STEPS, time=0)
    for each in rule.hyperparameters:
        header, arrays = shown(scenario, [{"lane": 0, "hyperparameter": each.name}])
        (family,) = header["families"]
        assert family["stops"] == list(each.stops())
        block = arrays[family["key"]]
        for index in {0, len(family["stops"]) // 2, len(family["stops"]) - 1}:
            given: dict[str, Any] = {each.name: family["stops"][index]}
            run = optim_viz.rollout(scenario.surface, rule.name, start=scenario.start, steps=STEPS, **given)
            np.testing.assert_array_equal(block[index, :2], run.theta.T)
            assert family["diverged_at"][index] == int(run.diverged_at)


def test_every_diagnostic_that_applies_can_be_read(rule: UpdateRule) -> None:
    run = optim_viz.rollout("narrow_valley", rule.name, steps=STEPS)
    for name in diagnostics.names():
        diagnostic = diagnostics.get(name)
        if diagnostic.applies(run):
            values = diagnostic.compute(run)
            assert values.shape[0] in (STEPS, STEPS + 1)
            assert not np.isnan(values).all()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_rule_without_lr_keeps_the_contract(check: Any) -> None:
    with registered(FADING):
        check(FADING)


def test_a_step_cannot_be_measured_in_an_lr_that_is_not_there() -> None:
    with registered(FADING):
        run = optim_viz.rollout("booth", FADING.name, steps=3)
        assert not diagnostics.get("step_over_lr").applies(run)
        with pytest.raises(ValueError, match="fading"):
            diagnostics.get("step_over_lr").compute(run)
        assert diagnostics.divergence_text(run) == ""
