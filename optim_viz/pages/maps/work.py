"""All that the page of maps shows, worked out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optim_viz.maps import Ensemble, Fair, OutcomeMap, ensemble, fairness, outcome_maps
from optim_viz.maps.setting import Setting
from optim_viz.pages.maps.settings import MapSettings


@dataclass(frozen=True)
class Result:
    """All that the page shows.

    Attributes:
        maps: one for each lane of the settings.
        fair: the same lanes, tuned.
        bands: the same lanes with many seeds; empty where all seeds are the same.
    """

    maps: list[OutcomeMap]
    fair: list[Fair]
    bands: list[Ensemble]


def work(settings: MapSettings, tick: Callable[[int], None]) -> Result:
    """Work it out.

    Args:
        settings: what is shown.
        tick: called, from several threads, with the number of the maps' run steps that have been taken since the last
            call; what it raises ends the work and is raised here.

    Raises:
        ValueError: the settings are not possible.
    """
    scenario, surface = settings.scenario, settings.surface
    lanes: list[Setting] = [*settings.lanes()]
    across, up = settings.axes()
    maps = outcome_maps(
        surface,
        lanes,
        across,
        up,
        steps=scenario.steps,
        tolerance=settings.tolerance,
        start=scenario.start,
        noise=scenario.noise,
        seed=scenario.seed,
        tick=tick,
    )
    fair: list[Fair] = []
    bands: list[Ensemble] = []
    for lane in lanes:
        tick(0)
        fair += fairness(
            surface,
            lane,
            attempts=settings.attempts,
            lr=settings.equal,
            steps=scenario.steps,
            tolerance=settings.tolerance,
            start=scenario.start,
            noise=scenario.noise,
            seed=scenario.seed,
            tick=lambda _: tick(0),
        )
        if surface.stochastic or scenario.noise:
            bands.append(
                ensemble(
                    surface,
                    lane,
                    first_seed=min(scenario.seed, 2**32 - 1000),
                    steps=scenario.steps,
                    start=scenario.start,
                    noise=scenario.noise,
                )
            )
    return Result(maps, fair, bands)
