"""What the page shows of one run, read from the store in one go, and its charts.

The curves are one component that is mounted once under a key of its run, so that what a person chose there outlives new
data; the charts of the optimizers' states are figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from optim_viz.comparison.lanes import LaneWords, lane_words
from optim_viz.figures.training import state as state
from optim_viz.run_store import Bands, Histogram, Result, Run, RunStore, Series
from optim_viz.stage.plot import plot
from optim_viz.stage.training import MOST_POINTS, NORM, QUANTITIES, ChartLane, training_charts

LINE_POINTS = 300


@dataclass(frozen=True)
class Look:
    """Which lane, layer and quantity the state charts show."""

    lane: int = 0
    layer: str = ""
    quantity: str = "ratio"


@dataclass(frozen=True, eq=False)
class View:
    """One run as it stands, lanes in order.

    Attributes:
        diverged: lane -> the step from which on its loss is not finite.
        series: of each lane, every curve that is drawn, and its clock as "seconds".
    """

    run: Run
    lanes: tuple[LaneWords, ...]
    results: Mapping[int, Result]
    series: tuple[Mapping[str, Series], ...]
    diverged: Mapping[int, int]
    memory: Series
    look: Look
    bands: Bands | None
    histogram: Histogram | None


def read(store: RunStore, run: Run, look: Look) -> View:
    """Read what a run has logged.

    Raises:
        StoreError: the store cannot be read.
    """
    lanes = lane_words(run.lanes)
    fits = look.lane < len(lanes) and look.layer in run.layers
    bands = store.quantiles(run.id, look.lane, look.quantity, look.layer, LINE_POINTS) if fits else None
    return View(
        run=run,
        lanes=lanes,
        results={result.lane: result for result in store.results().get(run.id, [])},
        series=tuple(read_series(store, run, lane) for lane in range(len(lanes))),
        diverged={row["lane"]: row["step"] for row in store.rows("diverged", run.id)},
        memory=store.series(run.id, 0, "memory_peak", 8),
        look=look,
        bands=bands,
        histogram=store.histogram(run.id, look.lane) if fits and "ratio" in lanes[look.lane].recorded else None,
    )


def read_series(store: RunStore, run: Run, lane: int) -> dict[str, Series]:
    """Read every curve of a lane, to the last point that was kept."""
    names = (*(quantity.name for quantity in QUANTITIES), "seconds")
    return {name: store.series(run.id, lane, name, MOST_POINTS) for name in names}


def curves(view: View) -> None:
    """Draw the curves of a run's lanes."""
    run = view.run
    lanes = [
        ChartLane(str(index), lane.title, lane.colour, lane.marker, run.steps_per_epoch or 1, series)
        for index, (lane, series) in enumerate(zip(view.lanes, view.series, strict=True))
    ]
    training_charts(
        lanes,
        key=f"train-charts-{run.id}",
        total_steps=run.total_steps or 0,
        epochs=int(run.spec.get("epochs", 1)),
        quantities=[each for each in QUANTITIES if each is not NORM or run.spec.get("record", True)],
    )


def bands(view: View) -> None:
    """Quantiles of the chosen quantity in the chosen layer."""
    look, lane = view.look, view.lanes[view.look.lane]
    found = view.bands or Bands(np.empty(0, np.int64), np.empty((0, 5)))
    figure = state.bands_figure(
        found,
        quantity=look.quantity,
        lane=lane.title,
        layer=look.layer,
        colour=lane.colour,
        total_steps=view.run.total_steps,
        waiting="nothing yet" if view.run.active else "nothing was recorded",
    )
    words = f"Quantiles of {state.QUANTITIES[look.quantity]} of {lane.title} in {look.layer}"
    if len(found.steps):
        words += f"; median {found.values[-1, 2]:.3g} at step {found.steps[-1]:,}"
    plot(figure, key=_key(view, "bands"), height=state.HEIGHT, label=words)


def histogram(view: View) -> None:
    """How m̂/√v̂ is spread now."""
    lane = view.lanes[view.look.lane]
    figure = state.histogram_figure(view.histogram, lane=lane.title, colour=lane.colour)
    plot(figure, key=_key(view, "histogram"), height=state.HEIGHT, label=f"Histogram of m̂/√v̂ of {lane.title}")


def _key(view: View, name: str) -> str:
    return f"train-{name}-{view.run.id}"
