"""The arithmetic panel says what happened: its numbers are those of optim_viz.rollout, at every step."""

from __future__ import annotations

from optim_viz.scenario import Scenario
from tests.browser.adam_numbers import assert_arithmetic, shown_run
from tests.browser.conftest import OpenLab

LANES = "lane=sgd,lr=0.01&lane=adam,lr=0.15,beta2=0.97"


def test_every_number_is_the_runs_own_while_scrubbing_both_ways(open_lab: OpenLab) -> None:
    lab = open_lab("time=0")
    run = shown_run(Scenario.default())
    for step in (1, 2, 57, 300, 123, 2, 1):
        lab.seek(step)
        assert_arithmetic(lab, run, step)
    lab.button("Step forward").click()
    lab.until_told(time=2)
    assert_arithmetic(lab, run, 2)


def test_at_the_start_only_theta_has_a_value(open_lab: OpenLab) -> None:
    shown = open_lab("time=0").arithmetic()
    assert shown.pop("θ") == ([-8], [1])
    assert all(cells == ([], []) for cells in shown.values()), shown


def test_noise_and_another_lane(open_lab: OpenLab) -> None:
    """The gradient in the panel is the one the step saw, noise included."""
    query = f"surface=rosenbrock&noise=0.7&seed=11&steps=40&{LANES}&show=0&time=17"
    lab = open_lab(query)
    panel = lab.page.get_by_role("combobox", name="Lane shown in the arithmetic", exact=True)
    assert list(lab.arithmetic())[-1] == "θ"
    assert "m̂" not in lab.arithmetic(), "SGD has no first moment"
    panel.select_option(label="Adam")
    lab.until("() => document.querySelector('.ov-arithmetic').textContent.includes('m̂')", "Adam's lines are shown")
    scenario, _ = Scenario.from_url(query.replace("show=0", "show=1"))
    assert_arithmetic(lab, shown_run(scenario), 17)
