"""Mounts the charts of training runs on a page: every logged point goes to the browser, which smooths, hides and zooms.

What is drawn of each quantity is declared here once, of a monitor by its own file. The browser averages and thins what
it draws, and nothing else. Which charts are drawn, and of which layer, is chosen there; the server sends those alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

import numpy as np

from optim_viz import monitors
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
        name: a key of `run_store.points.SERIES`, or a name of `optim_viz.monitors`.
        title: over its chart.
        form: how its values are written.
        log: on a log axis until the person chooses another.
        positive: a log axis can be chosen.
        dots: few points, each with a marker.
        smoothed: the smoothing that the person chose applies.
        waiting: what an empty chart says.
        panel: the heading that the plots menu lists it under.
        help: what it is, for that menu.
        default: drawn unless somebody chooses otherwise.
        layered: there is one curve for each layer, of which the person chooses one, and one for all together.
        bound: what its dashed lines are; "" where it has none.
    """

    name: str
    title: str
    form: Literal["number", "percent", "count"] = "number"
    log: bool = False
    positive: bool = False
    dots: bool = False
    smoothed: bool = False
    waiting: str = "nothing yet"
    panel: str = "Training"
    help: str = ""
    default: bool = True
    layered: bool = False
    bound: str = ""


_TESTED: Final = "measured several times an epoch"
_LOSS_HELP: Final = "Mean cross-entropy of each batch, before its step."
LOSS: Final = Quantity("loss", "Training loss", log=True, positive=True, smoothed=True, help=_LOSS_HELP)
ACCURACY: Final = Quantity(
    *("test_accuracy", "Test accuracy", "percent"),
    dots=True,
    waiting=_TESTED,
    help="Share of the test examples that the network names right.",
)
TEST_LOSS: Final = Quantity(
    *("test_loss", "Test loss"),
    log=True,
    positive=True,
    dots=True,
    waiting=_TESTED,
    help="Mean cross-entropy over all test examples.",
)
RATE: Final = Quantity(
    *("learning_rate", "Learning rate"), positive=True, help="What lr was at each step, of runs with a schedule."
)
SPEED: Final = Quantity(
    *("examples_per_second", "Examples per second", "count"),
    dots=True,
    waiting="measured at the end of each epoch",
    help="Training examples that each lane goes through in a second, tests not counted.",
)
BASIC: Final = (LOSS, ACCURACY, TEST_LOSS, SPEED)
"""What every run logs, in the order of the charts; the first two that are drawn are the largest."""


def monitor_quantities(*, costly: bool = True) -> tuple[Quantity, ...]:
    """Return how every monitor is drawn, in their order.

    Args:
        costly: whether those that are costly were sampled; if not, none of them is drawn unless somebody chooses it.
    """
    return tuple(
        Quantity(
            each.name,
            each.title,
            each.form,
            log=each.log,
            positive=each.log,
            waiting="not measured: Sharpness was 0 when the run was launched" if each.costly else "not recorded",
            panel=each.panel,
            help=each.help,
            default=each.default and (costly or not each.costly),
            layered=each.layered,
            bound=each.bound_title,
        )
        for each in map(monitors.get, monitors.names())
    )


@dataclass(frozen=True)
class Choice:
    """Which charts are drawn, and of which layer.

    Attributes:
        plots: names of quantities; None for those that are drawn unless somebody chooses.
        layer: "" for all together.
    """

    plots: tuple[str, ...] | None = None
    layer: str = ""

    def among(self, quantities: Sequence[Quantity]) -> tuple[str, ...]:
        """Name those of some quantities that are drawn."""
        return tuple(
            each.name for each in quantities if (each.default if self.plots is None else each.name in self.plots)
        )


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
        bounds: what they are compared with, dashed, by quantity.
        dash: which line style; further runs in one chart take further ones.
    """

    key: str
    title: str
    colour: int
    marker: str
    steps_per_epoch: int
    series: Mapping[str, Series]
    dash: int = 0
    bounds: Mapping[str, Series] = field(default_factory=dict[str, Series])


def training_charts(
    lanes: Sequence[ChartLane],
    *,
    key: str,
    total_steps: int,
    epochs: float,
    quantities: Sequence[Quantity],
    choice: Choice,
    layers: Sequence[str] = (),
    notes: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Show the charts on the running page.

    Args:
        lanes: whose curves.
        key: names the charts on the page; what the person chose there stays for as long as it does.
        total_steps: where the axis of steps ends, 0 where that is unknown.
        epochs: where the axis of epochs ends.
        quantities: what can be drawn, a chart each.
        choice: what the lanes' curves were read for: the charts that are drawn, and the layer.
        layers: which there are.
        notes: sentences under a quantity's chart, by its name.
    """
    message = charts_message(
        lanes,
        key=key,
        total_steps=total_steps,
        epochs=epochs,
        quantities=quantities,
        choice=choice,
        layers=layers,
        notes=notes,
    )
    show_charts(message, key=key)


def show_charts(message: bytes, *, key: str) -> None:
    """Show what `charts_message` made on the running page."""
    renderer = registered("train", html='<div class="tr-charts"></div>', js="hosts/streamlit_train.js", css="train.css")
    renderer(
        key=key,
        data=message,
        default={"choice": None},
        on_choice_change=_nothing,
        width="stretch",
        height="content",
    )


def _nothing() -> None:
    """Streamlit keeps a component's state only where something listens; the next run of the page reads it."""


def charts_message(
    lanes: Sequence[ChartLane],
    *,
    key: str,
    total_steps: int,
    epochs: float,
    quantities: Sequence[Quantity],
    choice: Choice,
    layers: Sequence[str] = (),
    notes: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """Return what `show_charts` sends; arguments as for `training_charts`.

    Each curve is a block "LANE:QUANTITY" of shape (2, N), steps and values, and its bound one "LANE:QUANTITY:bound".
    """
    blocks: dict[str, Block] = {}
    for index, lane in enumerate(lanes):
        for part, curves in (("", lane.series), (":bound", lane.bounds)):
            for name, series in curves.items():
                values = np.stack([series.steps.astype(np.float64), series.values])
                blocks[f"{index}:{name}{part}"] = Block(values, ("step", "value"))
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
        "sent": {"plots": choice.among(quantities), "layer": choice.layer},
        "layers": list(layers),
        "notes": {name: list(words) for name, words in (notes or {}).items()},
        "palette": LIGHT.lanes,
        "colours": json.loads(COLOURS),
        "totalSteps": total_steps,
        "epochs": epochs,
    }
    return pack(header, blocks)
