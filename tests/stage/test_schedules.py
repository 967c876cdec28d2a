"""A lane with a schedule on its way to the browser: its run, its families, its strips, and the rate of each step."""

from __future__ import annotations

import numpy as np

import optim_viz
from optim_viz import diagnostics, schedules
from optim_viz.scenario import Scenario
from optim_viz.stage.answer import Kept, answer
from optim_viz.stage.families import EXACT_STEPS
from tests.stage.decoder import channels, decode

LANES = (
    "surface=narrow_valley&lane=momentum,lr=0.01,schedule=step:step_size=30&lane=momentum,lr=0.01&plots=learning_rate"
)


def sent(link: str, **wishes: object) -> tuple[dict, dict]:
    scenario, problems = Scenario.from_url(link)
    assert not problems
    request = {"seq": 1, "scenario": None, "have": [], **wishes}
    return decode(answer(request, Kept(scenario))[0])


def test_run_family_and_strip_have_the_rate_of_each_step() -> None:
    link = f"{LANES}&steps=80"
    wish = [{"lane": 0, "hyperparameter": "lr"}]
    header, arrays = sent(link, families=wish, strips=wish)
    plan = schedules.get("step", step_size=30)
    run = optim_viz.rollout("narrow_valley", "momentum", lr=0.01, steps=80, schedule=plan)
    rows = channels(header, arrays, header["lanes"][0]["key"])
    np.testing.assert_array_equal(rows["theta_x"], run.theta[:, 0])
    np.testing.assert_array_equal(rows["lr"][1:], run.lr)
    np.testing.assert_array_equal(rows["learning_rate.0"][1:], run.lr)
    assert "lr" not in channels(header, arrays, header["lanes"][1]["key"])
    assert [lane["title"] for lane in header["lanes"]] == ["Momentum step", "Momentum"]
    assert header["lanes"][0]["limit"] is None
    assert header["lanes"][1]["limit"] is not None

    (family,) = header["families"]
    stops = np.array(family["stops"])
    batch = optim_viz.rollout("narrow_valley", "momentum", lr=stops, steps=80, schedule=plan)
    names = header["arrays"][family["key"]]["channels"]
    np.testing.assert_array_equal(arrays[family["key"]][:, names.index("theta_y")], batch.theta[..., 1])
    np.testing.assert_array_equal(arrays[family["key"]][:, names.index("lr"), 1:], batch.lr)
    (strip,) = header["strips"]
    assert strip["edge"] is None
    np.testing.assert_array_equal(arrays[strip["key"]][0], batch.loss[:, -1])


def test_a_long_family_has_the_rate_at_the_step_on_screen() -> None:
    steps = EXACT_STEPS + 1
    header, arrays = sent(f"{LANES}&steps={steps}", families=[{"lane": 0, "hyperparameter": "lr"}], step=45)
    (family,) = header["families"]
    exact = family["thinned"]["exact"]
    row = header["arrays"][exact]["channels"].index("lr")
    np.testing.assert_allclose(arrays[exact][:, row, 1], 0.1 * np.array(family["stops"]), rtol=1e-15)


def test_the_menu_offers_every_schedule_and_one_plot_beside_it() -> None:
    header, _ = sent(LANES)
    assert [each["name"] for each in header["catalog"]["schedules"]] == list(schedules.names())
    beside = [each["name"] for each in header["catalog"]["plots"] if each["control"] == "schedule"]
    assert beside == ["learning_rate"]
    assert diagnostics.get("learning_rate").control == "schedule"
