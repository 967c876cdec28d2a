"""Section 3 shows the numbers of the run, line by line."""

from __future__ import annotations

import re

import numpy as np
import pytest

import optim_viz
from optim_viz.pages.paper_sections.line_latex import latex_number
from optim_viz.scenario import Scenario
from tests.pages.paper_app import checked, opened, plotted, text


@pytest.mark.parametrize(("step", "coordinate"), [(1, "y"), (2, "y"), (37, "x"), (60, "x")])
@pytest.mark.parametrize("surface", ["narrow_valley", "rosenbrock", "himmelblau"])
def test_every_line_ends_in_the_runs_own_number(surface: str, step: int, coordinate: str) -> None:
    app = opened(3, surface=surface, step=str(step), coordinate=coordinate)
    run = optim_viz.rollout(surface, "adam", steps=60, lr=0.1)
    axis = "xy".index(coordinate)
    states = [run.state[name][step - 1, axis] for name in ("m", "v", "m_hat", "v_hat")]
    wanted = [*states, run.update[step - 1, axis], run.theta[step, axis]]
    assert len(app.latex) == len(wanted)
    for line, number in zip(app.latex, wanted, strict=True):
        assert f"= {latex_number(float(number), 6)} \\end" in line.value
    assert f"Step **{step}**" in text(app)


def test_the_first_line_is_arithmetic_that_holds() -> None:
    app = opened(3, step="2", coordinate="y")
    found = re.search(
        r"= ([\d.]+)\\cdot ([\d.]+) \+ \\left\(1 - ([\d.]+)\\right\)\\cdot ([\d.]+) = ([\d.]+)", app.latex[0].value
    )
    assert found
    beta, before, again, gradient, after = map(float, found.groups())
    assert beta == again
    assert np.isclose(beta * before + (1 - beta) * gradient, after, rtol=1e-3)


def test_the_step_is_marked_in_the_plots() -> None:
    app = opened(3)
    before = plotted(app)
    checked(app.slider(key="s3.step").set_value(30).run())
    assert plotted(app) != before
    assert b"step 30 marked" in plotted(app)[0]


def test_it_opens_in_the_lab_at_the_same_step() -> None:
    app = opened(3, step="17")
    (link,) = (each.value for each in app.markdown if "Open in the lab" in each.value)
    query = re.search(r"\(\./\?(.+)\)", link)
    assert query
    scenario, problems = Scenario.from_url(query[1])
    assert problems == ()
    assert (scenario.surface, scenario.time, scenario.lanes[0].hyperparameters["lr"]) == ("narrow_valley", 17, 0.1)
