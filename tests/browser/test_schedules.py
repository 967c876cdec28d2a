"""A lane's schedule: chosen, changed, told when wrong, plotted, and seen in the arithmetic of each step."""

from __future__ import annotations

import numpy as np

import optim_viz
from optim_viz import schedules
from tests.browser.conftest import OpenLab

TWO = "surface=narrow_valley&steps=60&lane=momentum,lr=0.006&lane=adam,lr=0.15&time=40"


def test_a_schedule_from_the_menu_to_the_arithmetic(open_lab: OpenLab) -> None:
    lab = open_lab(TWO)
    lab.page.get_by_label("More settings of Momentum", exact=True).click()
    menu = lab.page.get_by_role("combobox", name="Schedule of Momentum", exact=True)
    assert menu.locator("option").all_text_contents() == [schedules.get(name).title for name in schedules.names()]
    menu.select_option(label="step")
    lab.until_address("momentum,lr=0.006,schedule=step&")
    lab.type("step_size of the schedule of Momentum", "20")
    lab.until_address("schedule=step:step_size=20&")
    lab.button("Plot the learning rate of Momentum").click()
    lab.until_address("learning_rate")
    lab.until_told(pending="false")

    plan = schedules.get("step", step_size=20)
    run = optim_viz.rollout("narrow_valley", "momentum", lr=0.006, steps=60, schedule=plan)
    lab.slider("Momentum lr").focus()
    lab.until_address("show=0")
    lab.seek(35)
    rate, velocity, step = lab.arithmetic()["Δθ"][0]
    np.testing.assert_allclose(
        [-rate, velocity, step], [run.lr[34], run.state["velocity"][34, 0], run.update[34, 0]], rtol=1e-2
    )
    assert np.isclose(run.lr[34], 0.0006)

    lab.type("step_size of the schedule of Momentum", "2.5")
    alert = lab.page.locator(".ov-schedule").first.get_by_role("alert")
    alert.filter(has_text="step_size = 2.5 is not a whole number from 1 to 100000").wait_for()
    assert lab.scenario.lanes[0].schedule == plan
    menu.select_option(label="constant")
    lab.until("(_) => !location.search.includes('schedule')", "the address holds no schedule")
