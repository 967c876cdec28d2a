"""The clouds of a scenario as a table: every place of every run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optim_viz.exports.runs import MEANINGS, about
from optim_viz.outside import OutsideRule
from optim_viz.rollout import rollout, starts_around
from optim_viz.scenario import Lane, Scenario, lane_titles
from optim_viz.tables import Column, Table


def clouds_table(scenario: Scenario) -> Table:
    """Return every place of the clouds: a row for each lane, each of its further starts and each t = 0..T.

    Args:
        scenario: the lab's state.

    Returns:
        `lane`, `start` (its number, from the middle of the disc outwards), `step`, `x`, `y` and `loss`, NaN from where
        a run has diverged. The lab draws these places in float32; here they are in float64. Lanes of outside classes
        have no cloud. `about` tells the number of starts and the radius of their disc.

    Raises:
        ValueError: the scenario has no cloud, or no lane that can have one.
    """
    lanes = clouded(scenario)
    if scenario.cloud is None or not lanes:
        raise ValueError(
            "there is no cloud: the button Cloud in the scoreboard's head starts one, or cloud=64,0.1 in a link"
            if scenario.cloud is None
            else "there is no cloud: lanes of outside classes, which run one start at a time, have none"
        )
    (count, spread), surface = scenario.cloud, scenario.surface_object()
    radius = spread * min(high - low for low, high in surface.domain)
    starts = starts_around(scenario.start, radius, count)
    found: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for _, lane in lanes:
        run = rollout(
            surface,
            lane.rule,
            start=starts,
            steps=scenario.steps,
            noise=scenario.noise,
            seed=scenario.seed,
            schedule=lane.schedule,
            **lane.hyperparameters,
        )
        found.append((run.theta, run.loss))  # what else it holds is let go before the next one runs
    each = count * (scenario.steps + 1)
    columns = [
        Column("lane", np.repeat([title for title, _ in lanes], each), "", "the lane's title"),
        Column(
            "start", np.tile(np.repeat(np.arange(count), scenario.steps + 1), len(lanes)), "", "number of the start"
        ),
        Column("step", np.tile(np.arange(scenario.steps + 1), count * len(lanes)), "", MEANINGS["step"]),
        *(
            Column(axis, np.concatenate([theta[..., place].ravel() for theta, _ in found]), "", MEANINGS[axis])
            for place, axis in enumerate("xy")
        ),
        Column("loss", np.concatenate([loss.ravel() for _, loss in found]), "", MEANINGS["loss"]),
    ]
    return Table("clouds", columns, {**about(scenario), "cloud": {"starts": count, "spread": spread, "radius": radius}})


def clouded(scenario: Scenario) -> list[tuple[str, Lane]]:
    """Return the lanes that have a cloud, with their titles."""
    titled = zip(lane_titles(scenario.lanes, plain=True), scenario.lanes, strict=True)
    return [(title, lane) for title, lane in titled if not isinstance(lane.rule, OutsideRule)]
