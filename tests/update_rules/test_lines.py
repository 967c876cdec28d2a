"""The arithmetic panel: each line, evaluated on the recorded numbers, gives the recorded result at every step."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optim_viz
from tests.update_rules.contract import all_on, assert_lines_hold


@pytest.mark.parametrize("name", optim_viz.optimizers())
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_line_is_true_at_every_step(name: str, data: st.DataObject) -> None:
    rule = optim_viz.optimizer(name)
    chosen: dict[str, Any] = {
        each.name: data.draw(st.sampled_from(each.stops()), label=each.name) for each in rule.hyperparameters
    }
    surface = data.draw(st.sampled_from(["narrow_valley", "rosenbrock", "himmelblau"]), label="surface")
    run = optim_viz.rollout(surface, name, steps=60, noise=data.draw(st.sampled_from([0.0, 0.5])), **chosen)
    assert_lines_hold(run, rule)


def test_a_choice_that_is_off_leaves_its_terms_out() -> None:
    for name in optim_viz.optimizers():
        rule = optim_viz.optimizer(name)
        for each in rule.hyperparameters:
            if each.scale == "choice":
                both = [rule.complete(all_on(rule) | {each.name: value}) for value in (True, False)]
                starts = [np.array(rule.first_state(np.ones((2, 1)), given)) for given in both]
                # What a state starts from enters no line.
                assert rule.lines(both[0]) != rule.lines(both[1]) or not np.array_equal(starts[0], starts[1]), each.name
