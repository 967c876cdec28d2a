"""Mounts the charts of training runs on a page: every logged point goes to the browser, which smooths, hides and zooms.

What is drawn of each quantity is declared here once. The browser averages and thins what it draws, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal

import numpy as np

from optim_viz.comparison.spec import LOSS_POINTS
from optim_viz.figures.theme import LIGHT
from optim_viz.run_store import Series
from optim_viz.stage.packing import Block, pack
from optim_viz.stage.plot import COLOURS
from optim_viz.stage.registration import registered

MOST_POINTS: Final = LOSS_POINTS + 2
"""Of one curve: all that a lane keeps."""


@dataclass(frozen=True)
class Quantity:
    """How one quantity of a training run is drawn.

    Attributes:
        name: a key of `run_store.points.SERIES`.
        title: over its chart.
        form: how its values are written.
        log: on a log axis until the person chooses another.
        positive: a log axis can be chosen.
        dots: few points, each with a marker.
        smoothed: the smoothing that the person chose applies.
        waiting: what an empty chart says.
    """

    name: str
    title: str
    form: Literal["number", "percent", "count"] = "number"
    log: bool = False
    positive: bool = False
    dots: bool = False
    smoothed: bool = False
    waiting: str = "nothing yet"


LOSS: Final = Quantity("loss", "Training loss", log=True, positive=True, smoothed=True)
ACCURACY: Final = Quantity(
    "test_accuracy", "Test accuracy", "percent", dots=True, waiting="measured several times an epoch"
)
TEST_LOSS: Final = Quantity(
    "test_loss", "Test loss", log=True, positive=True, dots=True, waiting="measured several times an epoch"
)
NORM: Final = Quantity("gradient_norm", "Gradient norm", log=True, positive=True, waiting="not recorded")
SPEED: Final = Quantity(
    "examples_per_second", "Examples per second", "count", dots=True, waiting="measured at the end of each epoch"
)
QUANTITIES: Final = (LOSS, ACCURACY, TEST_LOSS, NORM, SPEED)
"""In the order of their charts; the first two are the largest."""


@dataclass(frozen=True, eq=False)
class ChartLane:
    """One lane as the charts show it.

    Attributes:
        key: names it in the page's address.
        title: its name.
        colour: index into the palette, 0 to 7.
        marker: shape of its dots.
        steps_per_epoch: of its run.
        series: its curves, by quantity; "seconds" are the readings of its clock.
        dash: which line style; further runs in one chart take further ones.
    """

    key: str
    title: str
    colour: int
    marker: str
    steps_per_epoch: int
    series: Mapping[str, Series]
    dash: int = 0


def training_charts(
    lanes: Sequence[ChartLane], *, key: str, total_steps: int, epochs: float, quantities: Sequence[Quantity]
) -> None:
    """Show the charts on the running page.

    Args:
        lanes: whose curves.
        key: names the charts on the page; what the person chose there stays for as long as it does.
        total_steps: where the axis of steps ends, 0 where that is unknown.
        epochs: where the axis of epochs ends.
        quantities: what to draw, a chart each.
    """
    message = charts_message(lanes, key=key, total_steps=total_steps, epochs=epochs, quantities=quantities)
    renderer = registered("train", html='<div class="tr-charts"></div>', js="hosts/streamlit_train.js", css="train.css")
    renderer(key=key, data=message, width="stretch", height="content")


def charts_message(
    lanes: Sequence[ChartLane], *, key: str, total_steps: int, epochs: float, quantities: Sequence[Quantity]
) -> bytes:
    """Return what `training_charts` sends: each curve as a block "LANE:QUANTITY" of shape (2, N), steps and values."""
    blocks = {
        f"{index}:{name}": Block(np.stack([series.steps.astype(np.float64), series.values]), ("step", "value"))
        for index, lane in enumerate(lanes)
        for name, series in lane.series.items()
    }
    header = {
        "key": key,
        "lanes": [
            {
                "key": lane.key,
                "title": lane.title,
                "colour": lane.colour,
                "marker": lane.marker,
                "dash": lane.dash,
                "stepsPerEpoch": lane.steps_per_epoch,
            }
            for lane in lanes
        ],
        "quantities": [asdict(quantity) for quantity in quantities],
        "palette": LIGHT.lanes,
        "colours": json.loads(COLOURS),
        "totalSteps": total_steps,
        "epochs": epochs,
    }
    return pack(header, blocks)
