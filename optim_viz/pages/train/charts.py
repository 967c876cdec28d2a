"""The charts of one run, each mounted once under a key of its run, so that a zoom outlives new data."""

from __future__ import annotations

import numpy as np

from optim_viz.figures import training_curves as curves
from optim_viz.figures import training_state as state
from optim_viz.figures.training_curves import Curve
from optim_viz.figures.training_lines import over
from optim_viz.pages.train.view import View, epochs
from optim_viz.run_store import Bands, Series
from optim_viz.stage.plot import plot


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
) -> list[Curve]:
    return [
        Curve(lane.title, lane.colour, over(lines[index], unit), None if raw is None else over(raw[index], unit))
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
