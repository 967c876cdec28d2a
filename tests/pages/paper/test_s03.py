"""Section 3 shows the numbers of the run, line by line."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring

import pytest
import sympy

import optim_viz
from optim_viz.experiments.one_step import lines_of
from optim_viz.pages.paper.line_math import line_numbers
from optim_viz.scenario import Scenario
from tests.pages.paper.paper_app import checked, opened, plotted, said, text

TARGETS = ("m", "v", "m_hat", "v_hat", "update", "theta")


def written(math: Element) -> str:
    """Return a line's numbers as they can be read, powers as ^(...) and fractions as (...)/(...)."""

    def read(node: Element) -> str:
        parts = [read(child) for child in node]
        match node.tag:
            case "msup":
                return f"{parts[0]}^({parts[1]})"
            case "mfrac":
                return f"({parts[0]})/({parts[1]})"
            case "msqrt":
                return f"√({''.join(parts)})"
            case _:
                return (node.text or "") + "".join(parts)

    return read(math)


def value_of(text: str) -> float:
    """Compute what a line says, an expression of numbers."""
    python = text.replace("−", "-").replace("·", "*").replace("×", "*").replace("^", "**").replace("√", "sqrt")
    assert re.fullmatch(r"[-+*/().\de sqrt]+", python), python
    return float(sympy.N(sympy.sympify(python)))


@pytest.mark.parametrize(("step", "coordinate"), [(1, "y"), (2, "y"), (37, "x"), (60, "x")])
@pytest.mark.parametrize("surface", ["narrow_valley", "rosenbrock", "himmelblau"])
def test_every_line_is_arithmetic_that_holds_and_ends_in_the_runs_own_number(
    surface: str, step: int, coordinate: str
) -> None:
    app = opened(3, surface=surface, step=str(step), coordinate=coordinate)
    run = optim_viz.rollout(surface, "adam", steps=60, lr=0.1)
    axis = "xy".index(coordinate)
    states = [run.state[name][step - 1, axis] for name in ("m", "v", "m_hat", "v_hat")]
    wanted = [*states, run.update[step - 1, axis], run.theta[step, axis]]
    for target, number in zip(TARGETS, wanted, strict=True):
        (math,) = said(app, f"s3-{target}")[0].iter("math")
        start, numbers, result = written(math).split("=")
        assert start == ""
        assert value_of(result) == float(format(float(number), ".6g"))
        terms = re.sub(r"(?<!\^)\(−", "(", re.sub(r"(?<![1(])−", "+", numbers))  # none of them negative
        assert abs(value_of(numbers) - number) <= 1e-3 * value_of(terms)  # four digits
    assert f"Step {step}, coordinate {coordinate}" in text(app)


@pytest.mark.parametrize(("grad", "shown"), [(3e-5, "3×10^(−5)"), (-3e-5, "−3×10^(−5)")])
def test_a_small_gradient_is_squared_as_a_whole(grad: float, shown: str) -> None:
    """No step of the page has a gradient that small; another surface or learning rate would."""
    (line,) = (each for each in lines_of("adam", {"lr": 0.1}) if each.target == "v")
    mathml = line_numbers(line, {"beta2": 0.999, "v_prev": 0.0, "grad": grad, "v": 9e-13})
    numbers = written(fromstring(mathml)).split("=")[1]  # noqa: S314 - our own writing
    assert numbers == f"0.999·0+(1−0.999)·({shown})^(2)"
    assert value_of(numbers) == pytest.approx(9e-13)


def test_the_lines_in_symbols_are_the_rules_and_stand_still() -> None:
    app = opened(3)
    lines = [each.value.strip("$\n") for each in app.latex]
    assert lines == [
        r"m_t = \beta_1\cdot m_{t-1} + \left(1 - \beta_1\right)\cdot g_t",
        r"v_t = \beta_2\cdot v_{t-1} + \left(1 - \beta_2\right)\cdot g_t^{2}",
        r"\hat m_t = \frac{m_t}{1 - \beta_1^{t}}",
        r"\hat v_t = \frac{v_t}{1 - \beta_2^{t}}",
        r"\Delta\theta_t = \frac{-\eta\cdot \hat m_t}{\sqrt{\hat v_t} + \varepsilon}",
        r"\theta_t = \theta_{t-1} + \Delta\theta_t",
    ]
    checked(app.slider(key="s3.step").set_value(30).run())
    assert [each.value.strip("$\n") for each in app.latex] == lines


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
