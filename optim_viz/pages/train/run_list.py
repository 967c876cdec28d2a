"""The table of runs: look for one, open it, compare several, rename and delete."""

from __future__ import annotations

from html import escape
from typing import Final, cast

import streamlit as st

from optim_viz.comparison.lanes import lane_words
from optim_viz.figures.training.comparison import COMPARISON_HEIGHT, comparison_figure
from optim_viz.figures.training.curves import LaneCurve
from optim_viz.figures.training.points import over
from optim_viz.pages.plain_text import plain
from optim_viz.pages.train import change, navigation
from optim_viz.pages.train.look import STATE_WORDS, moment
from optim_viz.run_store import STATES, Result, Run, RunStore, StoreError
from optim_viz.stage.plot import plot

_MORE: Final = 20
_CHOSEN = "train_chosen"
_SHOWN = "train_shown"
_MOST_COMPARED: Final = 6
_POINTS: Final = 400


def show(store: RunStore, open_run: int | None) -> None:
    """Draw the table; it follows by itself while something is queued or training."""
    try:
        ticking = any(run.active for run in store.list_runs())
    except StoreError as error:
        st.error(plain(str(error)))
        return
    st.fragment(_table, run_every="2s" if ticking else None)(store, open_run, ticking)


def chosen() -> set[int]:
    """Return the runs that are ticked."""
    return cast("set[int]", st.session_state.setdefault(_CHOSEN, set[int]()))


def _table(store: RunStore, open_run: int | None, ticking: bool) -> None:
    try:
        store.advance()
        runs, results = store.list_runs(), store.results()
    except StoreError as error:
        st.error(plain(str(error)))
        return
    if open_run is not None and all(run.id != open_run for run in runs):
        navigation.go({})
    if navigation.wanted() or ticking != any(run.active for run in runs):
        st.rerun()  # the rest of the page has to change too
    st.html('<h2 class="tr-title">Runs</h2>')
    if not runs:
        st.html(
            '<p class="tr-lead">No run yet. Choose optimizers above and press Launch: their curves move here while the '
            "networks learn, and every run is kept in this list.</p>"
        )
        return
    found = _filtered(runs)
    shown = cast("int", st.session_state.setdefault(_SHOWN, _MORE))
    for run in found[:shown]:
        _row(run, results.get(run.id, []), run.id == open_run)
    if not found:
        st.html('<p class="tr-lead">No run matches.</p>')
    if len(found) > shown:
        st.button(f"Show {min(_MORE, len(found) - shown)} more", key="train-show-more", on_click=_show_more)
    chosen().intersection_update(run.id for run in runs)
    _compare(store, [run for run in runs if run.id in chosen()])


def _filtered(runs: list[Run]) -> list[Run]:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        words = st.text_input(
            "Filter runs", key="train-filter", placeholder="name, optimizer or number", width=264, live=True
        )
        states = st.pills(
            "State", [each for each in STATES if any(run.state == each for run in runs)], key="train-states",
            selection_mode="multi", format_func=lambda state: STATE_WORDS[state],
        )  # fmt: skip
    return [run for run in runs if (not states or run.state in states) and matches(run, words or "")]


def matches(run: Run, words: str) -> bool:
    """Whether every word is in a run's name, lanes, message or number."""
    text = " ".join((f"{run.id}", run.name, *run.lanes, run.message)).casefold()
    return all(word in text for word in words.casefold().split())


def _row(run: Run, results: list[Result], is_open: bool) -> None:
    with st.container(key=f"train-run-{run.id}", horizontal=True, vertical_alignment="center", gap="small"):
        key = f"train-compare-{run.id}"
        st.session_state[key] = run.id in chosen()
        words = f"Select run {run.id}"
        st.checkbox(words, key=key, label_visibility="collapsed", on_change=_choose, args=(run.id, key))
        name = f"**{plain(run.name)}**" if is_open else plain(run.name)
        st.button(
            f"{run.id}. {name}",
            key=f"train-open-{run.id}",
            type="tertiary",
            on_click=_open,
            args=(run.id,),
            width="stretch",
        )
        st.html(f'<p class="tr-facts">{_facts(run, results)}</p>', width="content")


def _facts(run: Run, results: list[Result]) -> str:
    state = f"{STATE_WORDS[run.state]} {run.progress:.0%}" if run.state != "finished" else STATE_WORDS[run.state]
    accuracies = [each.test_accuracy for each in results if each.test_accuracy is not None]
    best = f"<span>best test accuracy {max(accuracies):.2%}</span>" if accuracies else ""
    return f"<b>{escape(state)}</b>{best}<span>{escape(moment(run.created))}</span>"


def _compare(store: RunStore, runs: list[Run]) -> None:
    if not runs:
        st.html('<p class="tr-lead">Select runs to compare, rename or delete them.</p>')
        return
    change.show(store, runs, "selected")
    compared = sorted(runs, key=lambda run: run.id)[:_MOST_COMPARED]
    if len(runs) > _MOST_COMPARED:
        st.html(f'<p class="tr-lead">The first {_MOST_COMPARED} of the {len(runs)} selected runs are drawn.</p>')
    try:
        accuracies, losses = _comparison(store, compared)
    except StoreError as error:
        st.error(plain(str(error)))
        return
    figure = comparison_figure(accuracies, losses)
    names = ", ".join(f"run {run.id}" for run in compared)
    plot(figure, key="train-comparison", height=COMPARISON_HEIGHT, label=f"Test accuracy and loss of {names}")


def _comparison(store: RunStore, runs: list[Run]) -> tuple[list[LaneCurve], list[LaneCurve]]:
    """Read what is compared: one line style a run, the lanes in their colours."""
    accuracies: list[LaneCurve] = []
    losses: list[LaneCurve] = []
    for dash, run in enumerate(runs):
        for index, lane in enumerate(lane_words(run.lanes)):
            title = lane.title if len(runs) == 1 else f"{lane.title}, run {run.id}"
            for name, curves in (("test_accuracy", accuracies), ("smoothed", losses)):
                line = over(store.series(run.id, index, name, _POINTS), run.steps_per_epoch or 1)
                curves.append(LaneCurve(title, lane.colour, line, dash=dash))
    return accuracies, losses


def _choose(run_id: int, key: str) -> None:
    chosen().discard(run_id)
    if st.session_state.get(key):
        chosen().add(run_id)


def _open(run_id: int) -> None:
    navigation.go({"run": str(run_id)})


def _show_more() -> None:
    st.session_state[_SHOWN] = cast("int", st.session_state[_SHOWN]) + _MORE
