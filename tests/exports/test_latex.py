"""LaTeX of the rules: right for Adam by hand, and whole for every rule; every number in it is the lane's."""

from __future__ import annotations

import re

import numpy as np
import pytest

import optim_viz
from optim_viz import exports
from optim_viz.scenario import Scenario
from tests.update_rules.contract import all_on

ADAM = r"""\begin{align*}
m_{t} &= 0.8\,m_{t-1} + \left(1 - 0.8\right)\,g_{t} \\
v_{t} &= 0.999\,v_{t-1} + \left(1 - 0.999\right)\,g_{t}^{2} \\
\hat{m}_{t} &= \frac{m_{t}}{1 - 0.8^{t}} \\
\hat{v}_{t} &= \frac{v_{t}}{1 - 0.999^{t}} \\
\Delta\theta_{t} &= -\frac{0.05\,\hat{m}_{t}}{\sqrt{\hat{v}_{t}} + 10^{-8}} \\
\theta_{t} &= \theta_{t-1} + \Delta\theta_{t}
\end{align*}"""


def test_adam_is_typeset_with_its_numbers() -> None:
    text = exports.rule_latex("adam", lr=0.05, beta1=0.8)
    assert text.startswith("% Adam: lr = 0.05, beta1 = 0.8, beta2 = 0.999, eps = 1e-08")
    assert text.endswith(ADAM)


@pytest.mark.parametrize("on", [False, True])
@pytest.mark.parametrize("name", optim_viz.optimizers())
def test_the_latex_of_every_rule_is_whole(name: str, on: bool) -> None:
    rule = optim_viz.optimizer(name)
    text = exports.rule_latex(rule, **(all_on(rule) if on else {}))
    assert text.count(r"\left") - text.count(r"\left|") == text.count(r"\right") - text.count(r"\right|")
    for begin, end in ("{}", ("\\[", "\\]"), (r"\left(", r"\right)"), (r"\begin{", r"\end{")):
        assert text.count(begin) == text.count(end)
    lines = rule.lines(rule.complete(all_on(rule) if on else {}))
    rows = text.partition(r"\begin{align*}")[2].split("\\\\\n")
    assert len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        left = row.partition("&=")[2]
        assert not {each.name for each in rule.hyperparameters} & set(re.findall(r"[a-z_]+\d?", left)) - {
            "r",
            "d",
            "rho",
        }
        assert left.isascii(), line


def test_what_has_no_formula_or_no_one_number_says_so() -> None:
    with pytest.raises(ValueError, match=r"lr = .* is not one number"):
        exports.rule_latex("adam", lr=np.array([0.1, 0.2]))
    with pytest.raises(ValueError, match="adam has no hyperparameter 'learning_rate'"):
        exports.rule_latex("adam", learning_rate=0.1)


def test_a_scenario_is_typeset_with_surface_schedule_and_every_lane() -> None:
    link = "surface=booth&start=0,-0.5&lane=adam,lr=0.1&lane=sgd,lr=0.02,schedule=cosine"
    text = exports.script(Scenario.from_url(link)[0], "latex")
    assert r"\left(x + 2 y - 7\right)^{2}" in text
    assert r"\theta_0 = \left(0, -0.5\right)" in text
    assert "% lane: Adam" in text
    assert r"\frac{1+\cos(\pi\,(t-1)/T)}{2}" in text
    assert text.count(r"\begin{align*}") == 2
