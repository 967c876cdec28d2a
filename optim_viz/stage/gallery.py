"""The gallery of stories: what each says, and what the browser needs to draw a small picture of it.

The pictures are drawn in the browser, by the code and in the colours of the large one: heights on a coarse grid, and
the paths of the runs, thinned.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optim_viz import stories
from optim_viz.figures.loss_grid import loss_grid
from optim_viz.scenario import Scenario
from optim_viz.scenario.reader import Window
from optim_viz.stage.packing import Block
from optim_viz.stories import Runs, Story, trajectories

ASPECT = 1.6
"""Width by height of a picture."""
GRID = 61
"""Points along each side of the heights: a picture is some 250 px wide."""
POINTS = 500
"""Most points of a path."""


@dataclass(frozen=True, eq=False)
class Gallery:
    """What is sent once to a page that opens the gallery.

    Attributes:
        section: its entry in the header: the groups, each with its title and its stories.
        blocks: the arrays by key; of each story the heights (n, n), and the paths (lanes, 2, points).
    """

    section: list[dict[str, Any]]
    blocks: dict[str, Block]


@lru_cache(maxsize=1)
def gallery() -> Gallery:
    """Return the gallery; it is made once."""
    blocks: dict[str, Block] = {}
    section = [
        {"title": title, "stories": [_entry(story, blocks) for story in group]}
        for title, group in groupby(map(stories.get, stories.names()), key=lambda story: story.group)
    ]
    return Gallery(section, blocks)


def _entry(story: Story, blocks: dict[str, Block]) -> dict[str, Any]:
    scenario, runs = story.scenario, trajectories(story.scenario)
    surface, window = scenario.surface_object(), shown(scenario)
    heights = loss_grid(surface, window, GRID)
    ground, paths = f"g:{story.name}:ground", f"g:{story.name}:paths"
    blocks[ground] = Block(heights.z.astype(np.float32))
    blocks[paths] = Block(_paths(runs), ("x", "y"))
    return {
        "name": story.name,
        "title": story.title,
        "text": story.question.text if story.question else story.sentence.said(runs),
        "link": story.link,
        "scenario": scenario.to_dict(),
        "window": [list(side) for side in window],
        "minima": [list(point) for point in surface.minima],
        "ground": ground,
        "paths": paths,
        "lanes": [{"colour": lane.colour, "marker": lane.marker} for lane in scenario.lanes],
    }


def shown(scenario: Scenario) -> Window:
    """Return the window that a small picture shows: the scenario's, widened until both axes have one scale."""
    (x0, x1), (y0, y1) = scenario.zoom or scenario.surface_object().domain
    width, height = max(x1 - x0, (y1 - y0) * ASPECT), max(y1 - y0, (x1 - x0) / ASPECT)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return (x - width / 2, x + width / 2), (y - height / 2, y + height / 2)


def _paths(runs: Runs) -> NDArray[np.float32]:
    """Return the points of the runs, (lanes, 2, points): all of them, or as many evenly spaced ones."""
    steps = runs[0].steps
    taken = np.unique(np.linspace(0, steps, min(POINTS, steps + 1)).round().astype(int))
    with np.errstate(over="ignore"):  # beyond float32 it is infinite, which is as far out of the picture
        return np.stack([run.theta[taken].T for run in runs]).astype(np.float32)
