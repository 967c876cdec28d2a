from __future__ import annotations

import math

import pytest

import optim_viz
from optim_viz.experiments.one_step import lines_of, names_at


@pytest.mark.parametrize("t", [1, 2, 30])
@pytest.mark.parametrize("axis", [0, 1])
def test_the_names_make_the_lines_true(t: int, axis: int) -> None:
    run = optim_viz.rollout("rosenbrock", "adam", steps=30, lr=0.1)
    names = names_at(run, t, axis)
    for line in lines_of("adam", {"lr": 0.1}):
        result = eval(line.expression, {"sqrt": math.sqrt}, dict(names))  # noqa: S307  # our own lines
        assert result == pytest.approx(names[line.target], rel=1e-12, abs=1e-15)


def test_before_the_first_step_a_state_is_what_the_rule_starts_from() -> None:
    names = names_at(optim_viz.rollout("beale", "adam", steps=3), 1, 0)
    assert names["m_prev"] == names["v_prev"] == 0.0
    run = optim_viz.rollout("beale", "adagrad", steps=3, initial_accumulator_value=0.25)
    assert names_at(run, 1, 1)["sum_prev"] == 0.25
    assert names_at(run, 2, 1)["sum_prev"] == run.state["sum"][0, 1]
