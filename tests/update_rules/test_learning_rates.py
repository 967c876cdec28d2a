"""The learning rates that surfaces suggest: one for every family of rules, and with them none diverges."""

from __future__ import annotations

import numpy as np
import pytest

import optim_viz
from optim_viz import surfaces, update_rules
from optim_viz.scenario import Scenario

SUGGESTED = set().union(*(surfaces.get(name).learning_rates for name in surfaces.names()))
ALL = [update_rules.get(name) for name in update_rules.names()]
RULES = [rule for rule in ALL if rule.family in SUGGESTED]
FAMILIES = {rule.family for rule in ALL}
USUAL_STEPS = Scenario.default().steps
LONG = 5 * USUAL_STEPS


@pytest.mark.parametrize("name", surfaces.names())
def test_a_surface_suggests_a_rate_for_each_family_that_any_surface_has_one_for(name: str) -> None:
    rates = surfaces.get(name).learning_rates
    assert set(rates) == SUGGESTED
    assert set(rates) <= FAMILIES
    assert all(0 < rate <= 100 for rate in rates.values())


@pytest.mark.parametrize("name", surfaces.names())
def test_no_rule_diverges_at_the_rate_that_the_surface_suggests(name: str) -> None:
    """Five times as long as the lab usually runs; without a floor, where all go down for ever, as long as usually."""
    surface = surfaces.get(name)
    steps = LONG if surface.minimum is not None else USUAL_STEPS
    seeds = np.arange(3 if surface.stochastic else 1)  # without draws all seeds are one run
    for rule in RULES:
        run = optim_viz.rollout(surface, rule, steps=steps, seed=seeds, lr=surface.learning_rates[rule.family])
        assert (run.diverged_at < 0).all(), rule.name
        assert np.isfinite(run.loss).all(), rule.name
        assert (run.loss.min(axis=-1) < surface.loss(*surface.start)).all(), f"{rule.name} finds nothing lower"


@pytest.mark.parametrize("name", [name for name in surfaces.names() if surfaces.get(name).minimum is not None])
def test_a_rule_stays_near_the_window_at_the_rate_that_the_surface_suggests(name: str) -> None:
    """Within a window three times as wide and high, so that the picture shows where it goes."""
    surface = surfaces.get(name)
    low, high = np.transpose(surface.domain)
    for rule in RULES:
        run = optim_viz.rollout(surface, rule, steps=USUAL_STEPS, lr=surface.learning_rates[rule.family])
        assert (run.theta >= low - (high - low)).all(), rule.name
        assert (run.theta <= high + (high - low)).all(), rule.name
