"""The first screen: five optimizers race down a valley that is ten times as long as it is wide.

Across it the curvature is 100, along it 1: gradient descent at lr 0.018 multiplies y by 1 - 1.8 = -0.8 and x by 0.982 a
step. Momentum sums the small slope along the floor, Adam divides each direction by the size of its own gradients.

Source: Goh, Why Momentum Really Works, Distill (2017), https://distill.pub/2017/momentum/.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from optim_viz import surfaces, update_rules
from optim_viz.diagnostics import stability_limit
from optim_viz.scenario import Scenario, first_screen
from optim_viz.stories.measures import arrival, arrives_before, crossings, first_to_arrive
from optim_viz.stories.story import Move, Runs, Sentence, Story, changed

for name in first_screen.OPTIMIZERS:
    update_rules.get(name)  # the first screen has a story only while it is whole
surfaces.get(first_screen.SURFACE)
SCENARIO = Scenario.default()
SGD, MOMENTUM, ADAM = map(first_screen.OPTIMIZERS.index, ("sgd", "momentum", "adam"))


def _arrivals(runs: Runs) -> Mapping[str, object]:
    return {name: arrival(runs[lane]) for name, lane in (("sgd", SGD), ("momentum", MOMENTUM), ("adam", ADAM))}


def _race(runs: Runs) -> bool:
    sgd, momentum, adam = runs[SGD], runs[MOMENTUM], runs[ADAM]
    bounces = crossings(sgd.theta[:, 1]) == sgd.steps
    faster = np.abs(momentum.update[:, 0]).max() > 5 * abs(momentum.update[0, 0])
    at_once = bool((np.sign(adam.update[0]) == (1, -1)).all() and np.ptp(np.abs(adam.update[0])) < 1e-6)
    others = all(arrives_before(adam, run) for lane, run in enumerate(runs) if lane not in (MOMENTUM, ADAM))
    return bounces and faster and at_once and others and first_to_arrive(runs) == MOMENTUM


def _past_the_edge(runs: Runs) -> bool:
    wall = np.abs(runs[SGD].theta[:, 1])
    return bool((wall[1:] > wall[:-1]).all()) and bool(wall[-1] > 1e6)


def _no_momentum(runs: Runs) -> bool:
    return arrival(runs[MOMENTUM]) < 0 <= arrival(runs[SGD]) and bool(-2 < runs[MOMENTUM].theta[-1, 0] < -1)


def _turned(runs: Runs) -> bool:
    down = arrives_before(runs[MOMENTUM], runs[SGD]) and arrival(runs[SGD]) > 0
    return down and arrival(runs[ADAM]) < 0 and bool(runs[ADAM].loss[-1] > 1)


def _growth(runs: Runs) -> Mapping[str, object]:
    wall = np.abs(runs[SGD].theta[:, 1])
    edge = stability_limit(SCENARIO.surface_object(), "sgd", {}) or np.nan
    return {"growth": float(wall[1] / wall[0]), "edge": edge, "steepest": 2 / edge}


STORY = Story(
    name="narrow_valley",
    title="Race down a narrow valley",
    group="Valleys",
    rank=10,
    scenario=SCENARIO,
    sentence=Sentence(
        "Momentum wins: it gathers speed along the floor and arrives at step {momentum}. Adam needs {adam} steps; SGD, "
        "bouncing from wall to wall, {sgd}.",
        _race,
        _arrivals,
    ),
    moves=(
        Move(
            "SGD a little faster",
            changed(SCENARIO, {SGD: {"lr": 0.021}}),
            Sentence(
                "At lr 0.021 each bounce of SGD is {growth:.2g} times the last: it climbs the walls and leaves. The "
                "edge is {edge:.2g}, two divided by the steepest curvature, {steepest:.0f}.",
                _past_the_edge,
                _growth,
            ),
        ),
        Move(
            "Take the momentum away",
            changed(SCENARIO, {MOMENTUM: {"momentum": 0.0}}),
            Sentence(
                "Without momentum the same lr 0.006 crawls: after 300 steps it still has {left:.2g} to go.",
                _no_momentum,
                lambda runs: {"left": abs(float(runs[MOMENTUM].theta[-1, 0]))},
            ),
        ),
        Move(
            "Turn the valley",
            changed(SCENARIO, surface="rotated_valley", start=(-8.0, 2.0)),
            Sentence(
                "Turned away from the axes, scaling each of them no longer helps: after 300 steps Adam is still at "
                "loss {left:.2g}. Momentum arrives at step {momentum}, SGD at {sgd}.",
                _turned,
                lambda runs: {**_arrivals(runs), "left": float(runs[ADAM].loss[-1])},
            ),
        ),
    ),
)
