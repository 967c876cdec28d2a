"""What an optimizer keeps is plotted under its own name: in the link, the menu, the charts and the curves."""

from __future__ import annotations

import numpy as np
import pytest

import optim_viz
from optim_viz import diagnostics, update_rules
from optim_viz.scenario import Scenario
from optim_viz.stage.answer import answer, opened
from tests.stage.decoder import channels, decode

WITH_STATES = [name for name in update_rules.names() if update_rules.get(name).further_states]


def test_a_state_is_a_diagnostic_of_every_run_that_has_it() -> None:
    run = optim_viz.rollout("booth", "schedule_free", lr=[0.01, 0.02], steps=5)
    state = diagnostics.get("state.z")
    assert state.applies(run)
    np.testing.assert_array_equal(state.compute(run), run.state["z"])
    with pytest.raises(ValueError, match=r"state\.z does not apply to sgd on booth: no z"):
        state.compute(optim_viz.rollout("booth", "sgd", steps=5))
    assert "state.z" not in diagnostics.names()
    assert diagnostics.in_order(["state.z", "loss", "state.a", "state.z"]) == ("loss", "state.a", "state.z")


@pytest.mark.parametrize("name", WITH_STATES)
def test_each_state_beside_the_moments_is_drawn_from_the_menu_that_offers_it(name: str) -> None:
    rule = update_rules.get(name)
    plots = tuple(sorted(f"state.{state}" for state in rule.further_states))
    link = f"surface=beale&steps=20&lane={name}&lane=sgd,lr=0.001&plots={','.join(plots)}"
    message, kept = answer(None, opened(link))
    assert (kept.scenario.plots, kept.problems) == (plots, ())
    header, arrays = decode(message)
    offered = {each["name"]: each for each in header["states"]}
    assert tuple(offered) == plots
    lane, other = header["lanes"]
    run = optim_viz.rollout("beale", name, steps=20)
    values = channels(header, arrays, lane["key"])
    for state in rule.further_states:
        key = f"state.{state}"
        assert offered[key]["help"] == f"{rule.title}: {rule.meanings[state]}"
        charts = [chart for chart in header["charts"] if chart["diagnostic"] == key]
        assert [chart["end"] for chart in charts] == (["_x"] if state in rule.shared else ["_x", "_y"])
        (curve,) = lane["curves"][key]
        for chart, coordinate in zip(charts, (0, 1), strict=False):
            shown = values[curve["channel"] + chart["end"]]
            np.testing.assert_array_equal(shown[1:], run.state[state][:, coordinate])
        assert key not in other["curves"]
    assert len({chart["id"] for chart in header["charts"]}) == len(header["charts"])


def test_a_link_keeps_a_state_and_its_scale_also_where_no_lane_has_it() -> None:
    link = "surface=booth&lane=sgd,lr=0.01&plots=loss,state.momentum_buffer&scales=state.momentum_buffer:symlog"
    scenario, problems = Scenario.from_url(link)
    assert problems == ()
    assert scenario.plots == ("loss", "state.momentum_buffer")
    assert scenario.scales == {"state.momentum_buffer": "symlog"}
    assert Scenario.from_url(scenario.to_url()) == (scenario, ())
    header = decode(answer(None, opened(link))[0])[0]
    assert [each["help"] for each in header["states"]] == ["No lane on screen keeps it."]
    assert [chart["id"] for chart in header["charts"]] == ["loss", "state.momentum_buffer_xy"]


@pytest.mark.parametrize("name", ["state.", "state.a b", "state.<b>", "state.1", "state.é", "state.a\n", "State.z"])
def test_what_cannot_be_the_name_of_a_state_is_told(name: str) -> None:
    scenario, (problem,) = Scenario.from_dict({"plots": ["loss", name]})
    assert scenario.plots == ("loss",)
    assert problem.message.startswith("no plot is called")
    assert problem.message.endswith("and state.NAME for what an optimizer keeps")
    with pytest.raises(ValueError, match="unknown diagnostic"):
        diagnostics.get(name)
