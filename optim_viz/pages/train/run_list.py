"""The list of runs beside the page: look for one, open it, tick several to compare or delete them."""

from __future__ import annotations

from html import escape
from typing import Final, cast

import streamlit as st

from optim_viz.comparison.differences import named_apart
from optim_viz.pages.plain_text import plain
from optim_viz.pages.train import change, navigation
from optim_viz.pages.train.look import STATE_WORDS, moment
from optim_viz.run_store import STATES, Result, Run, RunStore, StoreError

_MORE: Final = 20
_CHOSEN = "train_chosen"
_SHOWN = "train_shown"
_FEW: Final = 6
"""So many runs are found without a filter."""


def show(store: RunStore, open_run: int | None) -> None:
    """Draw the list; it follows by itself while something is queued or training."""
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
    st.checkbox(f"Runs ({len(runs)})", key="train-drawer", on_change="ignore")  # in sight on narrow windows alone
    st.html('<h2 class="tr-title">Runs</h2>')
    st.button("New run", key="train-new", on_click=navigation.go, args=({},), width="stretch")
    if not runs:
        st.html(
            '<p class="tr-lead">No run yet. Choose optimizers and press Launch: their curves move here while the '
            "networks learn, and every run is kept in this list.</p>"
        )
        return
    found = _filtered(runs) if len(runs) > _FEW else runs
    shown = cast("int", st.session_state.setdefault(_SHOWN, _MORE))
    chosen().intersection_update(run.id for run in runs)
    _selected(store, [run for run in runs if run.id in chosen()])
    names = dict(
        zip((run.id for run in runs), named_apart([run.name for run in runs], [run.spec for run in runs]), strict=True)
    )
    for run in found[:shown]:
        _row(run, names[run.id], results.get(run.id, []), run.id == open_run)
    if not found:
        st.html('<p class="tr-lead">No run matches.</p>')
    if len(found) > shown:
        st.button(f"Show {min(_MORE, len(found) - shown)} more", key="train-show-more", on_click=_show_more)


def _filtered(runs: list[Run]) -> list[Run]:
    words = st.text_input("Filter runs", key="train-filter", placeholder="name, optimizer or number", live=True)
    states = st.pills(
        "State", [each for each in STATES if any(run.state == each for run in runs)], key="train-states",
        selection_mode="multi", format_func=lambda state: STATE_WORDS[state], label_visibility="collapsed",
    )  # fmt: skip
    return [run for run in runs if (not states or run.state in states) and matches(run, words or "")]


def matches(run: Run, words: str) -> bool:
    """Whether every word is in a run's name, lanes, message or number."""
    text = " ".join((f"{run.id}", run.name, *run.lanes, run.message)).casefold()
    return all(word in text for word in words.casefold().split())


def _row(run: Run, name: str, results: list[Result], is_open: bool) -> None:
    with st.container(key=f"train-run-{run.id}", horizontal=True, gap="small"):
        key = f"train-compare-{run.id}"
        st.session_state[key] = run.id in chosen()
        words = f"Select run {run.id}"
        st.checkbox(words, key=key, label_visibility="collapsed", on_change=_choose, args=(run.id, key))
        with st.container():
            st.button(
                f"{run.id}. " + (f"**{plain(name)}**" if is_open else plain(name)),
                key=f"train-open-{run.id}",
                type="tertiary",
                on_click=_open,
                args=(run.id,),
                width="stretch",
            )
            st.html(f'<p class="tr-facts">{_facts(run, results)}</p>')


def _facts(run: Run, results: list[Result]) -> str:
    state = f"{STATE_WORDS[run.state]} {run.progress:.0%}" if run.state != "finished" else STATE_WORDS[run.state]
    accuracies = [each.test_accuracy for each in results if each.test_accuracy is not None]
    best = f'<span title="Best test accuracy at an epoch\'s end">{max(accuracies):.2%}</span>' if accuracies else ""
    return f"<b>{escape(state)}</b>{best}<span>{escape(moment(run.created))}</span>"


def _selected(store: RunStore, runs: list[Run]) -> None:
    if not runs:
        return
    numbers = ",".join(str(run.id) for run in sorted(runs, key=lambda run: run.id))
    what = f"run {numbers}" if len(runs) == 1 else f"{len(runs)} runs"
    st.button(
        f"Compare {what}" if len(runs) > 1 else f"Compare the lanes of {what}",
        key="train-compare-selected",
        type="primary",
        on_click=navigation.go,
        args=({"compare": numbers},),
        width="stretch",
    )
    change.show(store, runs, "selected")


def _choose(run_id: int, key: str) -> None:
    chosen().discard(run_id)
    if st.session_state.get(key):
        chosen().add(run_id)


def _open(run_id: int) -> None:
    navigation.go({"run": str(run_id)})


def _show_more() -> None:
    st.session_state[_SHOWN] = cast("int", st.session_state[_SHOWN]) + _MORE
