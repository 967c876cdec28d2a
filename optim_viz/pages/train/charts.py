"""What the page shows of one run, read from the store in one go, and its charts.

The curves are one component that is mounted once under a key of its run, so that what a person chose there outlives new
data; the charts of the optimizers' states are figures.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import streamlit as st

from optim_viz import monitors
from optim_viz.comparison.lanes import LaneWords, lane_words
from optim_viz.figures.training import state as state
from optim_viz.pages.train.shared import once, progress, shared
from optim_viz.run_store import Bands, Histogram, Result, Run, RunStore, Series
from optim_viz.stage.plot import plot_message, show_plot
from optim_viz.stage.training import (
    BASIC,
    MOST_POINTS,
    RATE,
    ChartLane,
    Choice,
    Quantity,
    charts_message,
    monitor_quantities,
    show_charts,
)

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
        said: lane -> what there is to say of it, by kind.
        series: of each lane, every curve that is drawn, and its clock as "seconds".
        quantities: what can be drawn.
        choice: which charts are drawn, and of which layer.
        bounds: of each lane, what its monitors are compared with.
        notes: what there is to say of monitors, by name.
        seen: all that the rest depends on, but for who looks.
    """

    run: Run
    lanes: tuple[LaneWords, ...]
    results: Mapping[int, Result]
    series: tuple[Mapping[str, Series], ...]
    diverged: Mapping[int, int]
    said: Mapping[int, Mapping[str, str]]
    memory: Series
    look: Look
    bands: Bands | None
    histogram: Histogram | None
    quantities: Sequence[Quantity]
    choice: Choice
    bounds: tuple[Mapping[str, Series], ...]
    notes: Mapping[str, Sequence[str]]
    seen: Hashable

    @property
    def nbytes(self) -> int:
        """Return the bytes that its curves take."""
        every = [each for lane in (*self.series, *self.bounds) for each in lane.values()]
        found = sum(each.steps.nbytes + each.values.nbytes for each in every)
        return found + (0 if self.bands is None else self.bands.steps.nbytes + self.bands.values.nbytes)


def read(store: RunStore, run: Run, look: Look) -> View:
    """Read what a run has logged, once for all who look at it.

    Raises:
        StoreError: the store cannot be read.
    """
    choice = read_choice(_charts_key(run), run.layers)
    view = shared(run, store, ("view", look, choice), lambda: _read(store, run, look, choice))
    return view if view.run is run else replace(view, run=run)


def _read(store: RunStore, run: Run, look: Look, choice: Choice) -> View:
    lanes = described(store, run)
    fits = look.lane < len(lanes) and look.layer in run.layers
    bands = store.quantiles(run.id, look.lane, look.quantity, look.layer, LINE_POINTS) if fits else None
    quantities = quantities_of(run)
    monitored = [
        read_monitors(store, run.id, lane, choice.among(quantities), choice.layer) for lane in range(len(lanes))
    ]
    return View(
        run=run,
        lanes=lanes,
        results={result.lane: result for result in store.results([run.id]).get(run.id, [])},
        series=tuple(read_series(store, run, i) | monitored[i][0] for i in range(len(lanes))),
        diverged={row["lane"]: row["step"] for row in store.rows("diverged", run.id)},
        said=read_notes(store, run),
        memory=store.series(run.id, 0, "memory_peak", 8),
        look=look,
        bands=bands,
        histogram=store.histogram(run.id, look.lane) if fits and "ratio" in lanes[look.lane].recorded else None,
        quantities=quantities,
        choice=choice,
        bounds=tuple(bounds for _, bounds in monitored),
        notes=_notes(store, run, lanes, [series for series, _ in monitored]),
        seen=(str(store.path), run.id, run.created, run.state, run.trained_since, progress(run), look, choice),
    )


def quantities_of(run: Run) -> tuple[Quantity, ...]:
    """Return what a run's charts can draw."""
    basic = (*BASIC, RATE) if any(",schedule=" in lane for lane in run.lanes) else BASIC
    if not run.spec.get("record", True):
        return basic
    return (*basic, *monitor_quantities(costly=bool(run.spec.get("sharpness"))))


def read_choice(key: str, layers: Sequence[str]) -> Choice:
    """Return what the person chose in the charts that are mounted under `key`; before that, what the link says."""
    state = cast("object", st.session_state.get(key))
    chosen = cast("dict[str, object]", state).get("choice") if isinstance(state, dict) else None
    if isinstance(chosen, dict):
        given = cast("dict[str, object]", chosen)
        plots, layer = given.get("plots"), given.get("layer")
    else:
        plots, layer = st.query_params.get("plots"), st.query_params.get("layer")
    names = tuple(plots.split(",")) if isinstance(plots, str) else None
    return Choice(names, layer if isinstance(layer, str) and layer in layers else "")


def read_monitors(
    store: RunStore, run_id: int, lane: int, names: Sequence[str], layer: str
) -> tuple[dict[str, Series], dict[str, Series]]:
    """Read those of some quantities of a lane that are monitors, and what they are compared with, by name."""
    series: dict[str, Series] = {}
    bounds: dict[str, Series] = {}
    for name in set(names).intersection(monitors.names()):
        own = layer if monitors.get(name).layered else ""
        series[name], bound = store.monitor(run_id, lane, name, own, MOST_POINTS)
        if len(bound.steps):
            bounds[name] = bound
    return series, bounds


def _notes(
    store: RunStore, run: Run, lanes: Sequence[LaneWords], drawn: Sequence[Mapping[str, Series]]
) -> dict[str, list[str]]:
    """Say of each monitor what it cost, what its dashed lines are, which lanes lack it, and what went wrong.

    `drawn` holds the curves of the monitors that are drawn, for each lane.
    """
    reports = store.rows("monitor_report", run.id)
    trained = sum({row["lane"]: row["seconds"] for row in store.rows("clock", run.id)}.values())  # each lane's last
    found: dict[str, list[str]] = {}
    for monitor in map(monitors.get, monitors.names()):
        own = [row for row in reports if row["monitor"] == monitor.name]
        words = [_cost(own, trained)] if own else []
        if monitor.bound_title and any(len(lane[monitor.name].steps) for lane in drawn if monitor.name in lane):
            words.append(f"Dashed: the {monitor.bound_title}.")
        words += [f"{lanes[int(row['lane'])].title}: {row['problem']}" for row in own if row["problem"]]
        sampled = [int(row["lane"]) for row in own if not row["problem"]]
        empty = [lane for lane in sampled if monitor.name in drawn[lane] and not len(drawn[lane][monitor.name].steps)]
        if empty:
            words.append(f"{', '.join(lanes[lane].title for lane in empty)}: {monitor.lacking}.")
        found[monitor.name] = words
    return found


def _cost(reports: Sequence[Mapping[str, float]], trained: float) -> str:
    """Say what a sample takes, and all of them together beside the training itself."""
    samples, seconds = sum(row["samples"] for row in reports), sum(row["seconds"] for row in reports)
    each = seconds / max(1, samples)
    length = f"{each:.2g} s" if each >= 0.1 else f"{1000 * each:.2g} ms"
    share = f", {seconds / trained:.1%} of the time in training" if trained > 0 else ""
    return f"{samples:,.0f} {'sample' if samples == 1 else 'samples'}, {length} each{share}."


def _charts_key(run: Run) -> str:
    return f"train-charts-{run.id}"


def described(store: RunStore, run: Run) -> tuple[LaneWords, ...]:
    """Describe the lanes of a run; what is recorded of an outside class is what the run has points of."""
    return tuple(
        lane if lane.recorded else replace(lane, recorded=store.recorded(run.id, index) or ("step",))
        for index, lane in enumerate(lane_words(run.lanes))
    )


def read_notes(store: RunStore, run: Run) -> dict[int, dict[str, str]]:
    """Read what was said of each lane, by kind."""
    found: dict[int, dict[str, str]] = {}
    for row in store.rows("note", run.id, after=-1):
        found.setdefault(row["lane"], {})[row["kind"]] = row["text"]
    return found


def read_series(store: RunStore, run: Run, lane: int) -> dict[str, Series]:
    """Read every curve that all runs have of a lane, to the last point that was kept."""
    names = (*(quantity.name for quantity in (*BASIC, RATE)), "seconds")
    return {name: store.series(run.id, lane, name, MOST_POINTS) for name in names}


def curves(view: View) -> None:
    """Draw the curves of a run's lanes."""
    show_charts(once(("curves", view.seen), lambda: _curves(view)), key=_charts_key(view.run))


def _curves(view: View) -> bytes:
    run = view.run
    lanes = [
        ChartLane(
            str(index),
            lane.title,
            lane.colour,
            lane.marker,
            run.steps_per_epoch or 1,
            series,
            bounds=view.bounds[index],
        )
        for index, (lane, series) in enumerate(zip(view.lanes, view.series, strict=True))
    ]
    return charts_message(
        lanes,
        key=_charts_key(run),
        total_steps=run.total_steps or 0,
        epochs=int(run.spec.get("epochs", 1)),
        quantities=view.quantities,
        choice=view.choice,
        layers=run.layers,
        notes=view.notes,
    )


def bands(view: View) -> None:
    """Draw quantiles of the chosen quantity in the chosen layer."""
    show_plot(once(("bands", view.seen), lambda: _bands(view)), key=_key(view, "bands"))


def _bands(view: View) -> str:
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
    return plot_message(figure, key=_key(view, "bands"), height=state.HEIGHT, label=words)


def histogram(view: View) -> None:
    """Draw how m̂/√v̂ is spread now."""
    show_plot(once(("histogram", view.seen), lambda: _histogram(view)), key=_key(view, "histogram"))


def _histogram(view: View) -> str:
    lane = view.lanes[view.look.lane]
    figure = state.histogram_figure(view.histogram, lane=lane.title, colour=lane.colour)
    label = f"Histogram of m̂/√v̂ of {lane.title}"
    return plot_message(figure, key=_key(view, "histogram"), height=state.HEIGHT, label=label)


def _key(view: View, name: str) -> str:
    return f"train-{name}-{view.run.id}"
