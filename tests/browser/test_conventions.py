"""Conventions in a lane's card: chosen, compared with one click, and torch itself run beside the lane."""

from __future__ import annotations

import numpy as np

import optim_viz
from optim_viz import schedules
from tests.browser.conftest import OpenLab
from tests.browser.test_lanes import until_titles

ONE = "surface=narrow_valley&steps=60&lane=sgd,lr=0.01&lane=momentum,lr=0.006,schedule=step:step_size=20&time=30"


def test_conventions_are_compared_with_one_click_and_torch_runs_beside_them(open_lab: OpenLab) -> None:
    lab = open_lab(ONE)
    lab.page.get_by_label("More settings of Momentum", exact=True).click()
    menu = lab.page.get_by_role("combobox", name="Convention of Momentum", exact=True)
    rule = optim_viz.optimizer("momentum")
    assert menu.locator("option:not([hidden])").all_text_contents() == [each.title for each in rule.conventions]
    lab.button("Compare conventions of Momentum").click()
    until_titles(lab, "SGD", *(f"Momentum {each.short}" for each in rule.conventions))
    plan = schedules.get("step", step_size=20)
    paths = [
        optim_viz.rollout(
            "narrow_valley",
            "momentum",
            start=(-8, 1),
            steps=60,
            lr=0.006,
            schedule=plan,
            **rule.convention_settings(each),
        ).theta
        for each in rule.conventions
    ]
    for place, path in enumerate(paths[1:], start=2):
        away = np.hypot(*(paths[0] - path).T)
        said = lab.page.locator(".ov-card").nth(place).locator(".ov-apart").inner_text()
        assert said == f"At most {away.max():.4g} from Momentum torch, at step {away.argmax()}."

    lab.button("Is Momentum torch equal to torch?").click()
    told = lab.page.locator(".ov-card").nth(1).locator(".ov-parity")
    told.filter(has_text="steps in float64").wait_for(timeout=60_000)
    assert told.inner_text().startswith("torch.optim.SGD: ")

    lab.page.get_by_role("combobox", name="Convention of Momentum torch", exact=True).select_option(
        label="a mean (EMA)"
    )
    lab.until_address("step_size=20&lane=momentum,lr=0.006,averaged=true,schedule")
    lab.until(
        "(stage) => stage.querySelectorAll('.ov-card')[1].querySelector('.ov-parity').hidden", "it is of another run"
    )
