"""The charts of one run: everything they show, read from the store in one go, and drawn.

Each chart is mounted once under a key of its run, so that a zoom outlives new data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optim_viz.comparison.lanes import LaneWords, lane_words
from optim_viz.figures.training import curves as curves
from optim_viz.figures.training import state as state
from optim_viz.figures.training.curves import LaneCurve
from optim_viz.figures.training.points import over
from optim_viz.run_store import Bands, Histogram, Result, Run, RunStore, Series
from optim_viz.stage.plot import plot

RAW_POINTS = 500
LINE_POINTS = 300


@dataclass(frozen=True)
class Look:
    """Which lane, layer and quantity the state charts show."""

    lane: int = 0
    layer: str = ""
    quantity: str = "ratio"


@dataclass(frozen=True, eq=False)
class View:
    """One run as it stands, lanes in order."""

    run: Run
    lanes: tuple[LaneWords, ...]
    results: dict[int, Result]
    losses: tuple[Series, ...]
    smoothed: tuple[Series, ...]
    accuracies: tuple[Series, ...]
    speeds: tuple[Series, ...]
    norms: tuple[Series, ...]
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

    def each(quantity: str, points: int = LINE_POINTS) -> tuple[Series, ...]:
        return tuple(store.series(run.id, lane, quantity, points) for lane in range(len(lanes)))

    fits = look.lane < len(lanes) and look.layer in run.layers
    bands = store.quantiles(run.id, look.lane, look.quantity, look.layer, LINE_POINTS) if fits else None
    return View(
        run=run,
        lanes=lanes,
        results={result.lane: result for result in store.results().get(run.id, [])},
        losses=each("loss", RAW_POINTS),
        smoothed=each("smoothed"),
        accuracies=each("test_accuracy"),
        speeds=each("examples_per_second"),
        norms=each("gradient_norm"),
        memory=store.series(run.id, 0, "memory_peak", 8),
        look=look,
        bands=bands,
        histogram=store.histogram(run.id, look.lane) if fits else None,
    )


def epochs(run: Run) -> int:
    """Return how many epochs a run has in all."""
    return int(run.spec.get("epochs", 1))


def loss(view: View) -> None:
    """Training loss: every batch's thin, smoothed strong."""
    drawn = _curves(view, view.smoothed, view.losses)
    figure = curves.curves_figure(curves.LOSS, drawn, x_title="step", x_end=view.run.total_steps)
    plot(figure, key=_key(view, "loss"), height=curves.HEIGHT, label=_label("Training loss", view, view.smoothed))


def accuracy(view: View) -> None:
    """Test accuracy after each epoch."""
    drawn = _curves(view, view.accuracies, unit=_epoch(view))
    figure = curves.curves_figure(curves.ACCURACY, drawn, x_title="epoch", x_end=epochs(view.run))
    label = _label("Test accuracy", view, view.accuracies)
    plot(figure, key=_key(view, "accuracy"), height=curves.HEIGHT, label=label)


def speed(view: View) -> None:
    """Examples per second in each epoch."""
    drawn = _curves(view, view.speeds, unit=_epoch(view))
    figure = curves.curves_figure(curves.SPEED, drawn, x_title="epoch", x_end=epochs(view.run))
    label = _label("Examples per second", view, view.speeds)
    plot(figure, key=_key(view, "speed"), height=curves.HEIGHT, label=label)


def norm(view: View) -> None:
    """Norm of the gradients."""
    drawn = _curves(view, view.norms)
    figure = curves.curves_figure(curves.GRADIENT, drawn, x_title="step", x_end=view.run.total_steps)
    label = _label("Gradient norm", view, view.norms)
    plot(figure, key=_key(view, "norm"), height=curves.HEIGHT, label=label)


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
    )
    words = f"Quantiles of {state.QUANTITIES[look.quantity]} of {lane.title} in {look.layer}"
    if len(found.steps):
        words += f"; median {found.values[-1, 2]:.3g} at step {found.steps[-1]:,}"
    plot(figure, key=_key(view, "bands"), height=curves.HEIGHT, label=words)


def histogram(view: View) -> None:
    """How m̂/√v̂ is spread now."""
    lane = view.lanes[view.look.lane]
    figure = state.histogram_figure(view.histogram, lane=lane.title, colour=lane.colour)
    plot(figure, key=_key(view, "histogram"), height=curves.HEIGHT, label=f"Histogram of m̂/√v̂ of {lane.title}")


def _curves(
    view: View, lines: tuple[Series, ...], raw: tuple[Series, ...] | None = None, *, unit: float = 1.0
) -> list[LaneCurve]:
    return [
        LaneCurve(lane.title, lane.colour, over(lines[index], unit), None if raw is None else over(raw[index], unit))
        for index, lane in enumerate(view.lanes)
    ]


def _epoch(view: View) -> int:
    return view.run.steps_per_epoch or 1


def _key(view: View, name: str) -> str:
    return f"train-{name}-{view.run.id}"


def _label(name: str, view: View, lines: tuple[Series, ...]) -> str:
    """Say what can be seen: the last value of every curve."""
    last = [
        f"{lane.title} {line.values[-1]:.4g}" for lane, line in zip(view.lanes, lines, strict=True) if len(line.values)
    ]
    return f"{name}: {', '.join(last) or 'nothing yet'}"
