"""One run, live: its state in words, how far it is, what can be done with it, and its curves.

Everything that moves is drawn by one fragment that runs every second while the run is queued or training, and not at
all afterwards: when the run ends the fragment asks for one whole run of the page, which mounts it without a clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from optim_viz import datasets, models
from optim_viz.comparison import settings
from optim_viz.figures.training.state import QUANTITIES
from optim_viz.pages import say
from optim_viz.pages.train import charts, new_link, results, system
from optim_viz.pages.train.charts import Look, View
from optim_viz.pages.train.look import (
    alert_text,
    duration,
    lab_cell,
    notes_text,
    progress_text,
    state_text,
    swatch,
    table,
)
from optim_viz.run_store import Alert, Run, RunStore, StoreBusy, StoreError

_LAST = "train_last_view"
_TROUBLE = "train_trouble"


def title(run: Run) -> None:
    """Draw a run's name."""
    st.html(f'<h1 class="tr-title">{escape(run.name)}</h1>', width="stretch")


def notes(run: Run) -> None:
    """Draw what people wrote about a run, as the text it is."""
    if run.notes:
        st.html(f'<p class="tr-run-notes">{escape(run.notes)}</p>')


def whose(store: RunStore, run: Run) -> None:
    """Say who sees a run, where not everybody sees all, and let its owner withdraw the link."""
    if not run.own:
        st.html('<p class="tr-lead">You see this run by its link. Only whoever launched it can change it.</p>')
    elif run.key:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            words = "Whoever has this page's address can look at the run; only you can change it."
            st.html(f'<p class="tr-lead">{words}</p>', width="content")
            new_link.button(store, run.id, {"run": str(run.id)}, "run")
        st.html(new_link.said() or "<span hidden></span>")
        if why := new_link.trouble():
            say.error(why)


def show(store: RunStore, run: Run) -> None:
    """Draw a run; it goes on by itself for as long as something can change."""
    st.fragment(_live, run_every="1s" if run.active else None)(store, run.id, run.active)


def _live(store: RunStore, run_id: int, ticking: bool) -> None:
    try:
        store.advance()
        run = store.get(run_id)
        view = charts.read(store, run, _look(store, run))
        alerts = store.alerts([run]).get(run.id, ())
        st.session_state[_LAST] = view
    except StoreBusy as error:
        last = st.session_state.get(_LAST)
        if not isinstance(last, View) or last.run.id != run_id:
            say.warning(str(error))
            return
        view, alerts = last, ()  # what was there a second ago stays; the next second tries again
    except StoreError as error:
        say.error(str(error))
        return
    if ticking != view.run.active:
        st.rerun()
    # Three boxes that are always there: what comes and goes in one moves nothing in the others, so no plot is mounted
    # anew (and loses its zoom) when the progress bar goes.
    head, numbers, curves = st.container(gap="small"), st.container(), st.container()
    with head:
        _head(store, view, alerts)
    numbers.html(_lanes_table(view))
    with curves:
        _curves(view)
        try:
            system.show(store, view.run)
        except StoreError as error:
            say.warning(str(error))


def _head(store: RunStore, view: View, alerts: Sequence[Alert]) -> None:
    run = view.run
    st.html(
        f'<p class="tr-state" role="status"><b>Run {run.id}</b> {escape(state_text(run))} '
        f"<span>{_facts(view)}</span></p>{alert_text(alerts)}"
    )
    if run.state in ("running", "queued") or 0 < run.progress < 1:
        st.progress(min(1.0, run.progress), text=progress_text(run) if run.total_steps else "not started yet")
    trouble = st.session_state.pop(_TROUBLE, None)
    if isinstance(trouble, str):
        say.error(trouble)
    with st.container(horizontal=True, gap="small"):
        if run.active and run.own:
            st.button("Cancel", key="train-cancel", on_click=_do, args=(store, "cancel", run.id), disabled=run.cancel)
        if run.resumable and run.own:
            st.button("Resume", key="train-resume", on_click=_do, args=(store, "resume", run.id), type="primary")


def _do(store: RunStore, what: str, run_id: int) -> None:
    try:
        store.request_cancel(run_id) if what == "cancel" else store.resume(run_id)
    except StoreError as error:
        st.session_state[_TROUBLE] = str(error)


def _facts(view: View) -> str:
    run = view.run
    if run.state == "unreadable":
        return ""
    facts = spec_facts(run.spec)
    facts.append(f"on {run.device or run.spec.get('device')}")
    if len(view.memory.values):
        facts.append(f"at most {view.memory.values[-1] / 1e6:,.0f} MB")
    if run.state in ("finished", "cancelled"):
        facts.append(f"took {duration(run.seconds_trained())}")
    return "· " + escape(" · ".join(facts))


def spec_facts(spec: Mapping[str, Any]) -> list[str]:
    """Return in short what a run trains: data set, model and its options, and the settings that count."""
    values = settings.of_spec(spec)
    model = models.get(values["model"])
    facts = [datasets.get(values["dataset"]).title, model.title]
    facts += [f"{option.title.lower()} {option.text(values[option.name])}" for option in model.options]
    if values["l2"]:
        facts.append(f"λ {values['l2']:g}")
    if spec.get("examples"):
        facts.append(f"first {values['examples']:,} examples")
    return [*facts, f"batch {values['batch_size']:,}", f"seed {values['seed']}"]


def _lanes_table(view: View) -> str:
    head = ("Optimizer", "Numbers", *results.HEAD, "Examples/s", "")
    body: list[list[str]] = []
    for index, lane in enumerate(view.lanes):
        result = view.results.get(index)
        speed = result and result.examples_per_second
        body.append(
            [
                f"{swatch(lane.colour, lane.marker)} {escape(lane.title)}{notes_text(view.said.get(index, {}))}",
                escape(lane.values),
                *results.cells(view.series[index], view.run.steps_per_epoch or 1, view.diverged.get(index)),
                "–" if speed is None else f"{speed:,.0f}",
                lab_cell(lane.text, lane.title),
            ]
        )
    return table(head, body, "Where each optimizer stands")


def _curves(view: View) -> None:
    charts.curves(view)
    if view.run.spec.get("record", True) and view.run.layers:
        _choices(view)
        if "ratio" in view.lanes[view.look.lane].recorded:
            left, right = st.columns((7, 5))
            with left:
                charts.bands(view)
            with right:
                charts.histogram(view)
        else:
            charts.bands(view)


# ---- which lane, layer and quantity the state charts show ----


def _keys(run_id: int) -> tuple[str, str, str]:
    return f"train-{run_id}-lane", f"train-{run_id}-layer", f"train-{run_id}-quantity"


def _look(store: RunStore, run: Run) -> Look:
    """Return what is chosen; at first the last lane that has m̂/√v̂, else the last, and what its state does have."""
    lanes = charts.described(store, run)
    lane_key, layer_key, quantity_key = _keys(run.id)
    lane, layer = st.session_state.get(lane_key), st.session_state.get(layer_key)
    if not isinstance(lane, int):
        lane = max((i for i, each in enumerate(lanes) if "ratio" in each.recorded), default=len(lanes) - 1)
    there = _quantities(lanes[lane].recorded) if lane in range(len(lanes)) else tuple(QUANTITIES)
    if st.session_state.get(quantity_key) not in there:
        st.session_state[quantity_key] = there[0]
    return Look(
        lane=lane,
        layer=layer if isinstance(layer, str) else next(iter(run.layers), ""),
        quantity=str(st.session_state[quantity_key]),
    )


def _quantities(recorded: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in QUANTITIES if name in recorded)


def _choices(view: View) -> None:
    run, lanes, look = view.run, view.lanes, view.look
    lane_key, layer_key, quantity_key = _keys(run.id)
    st.html('<h2 class="tr-title">Inside the optimizer</h2>')
    with st.container(horizontal=True, gap="small"):
        titles = [lane.title for lane in lanes]
        st.selectbox(
            "State of", range(len(lanes)), key=lane_key, index=look.lane, format_func=titles.__getitem__, width=240
        )
        st.selectbox("Layer", run.layers, key=layer_key, width=128)
        st.selectbox(
            "Quantity",
            _quantities(lanes[look.lane].recorded),
            key=quantity_key,
            format_func=lambda name: QUANTITIES[name],
            width=128,
        )
