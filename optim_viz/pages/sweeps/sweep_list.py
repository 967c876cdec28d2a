"""The list of sweeps beside the page: open one, or begin a new one."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from optim_viz.pages import say
from optim_viz.pages.plain_text import plain
from optim_viz.pages.train import change, navigation, quota
from optim_viz.pages.train.look import moment
from optim_viz.run_store import RESUMABLE, RunStore, StoreError
from optim_viz.run_store.groups import StoredSweep

_MOST = 60


def show(store: RunStore, open_sweep: int | None) -> None:
    """Draw the list; it follows by itself while something is queued or training."""
    try:
        ticking = _ticking(store.sweep_states()) or bool(store.deletions())
    except StoreError as error:
        say.error(str(error))
        return
    st.fragment(_table, run_every="2s" if ticking else None)(store, open_sweep, ticking)


def _ticking(states: dict[int, dict[str, int]]) -> bool:
    return any(counts.get(state) for counts in states.values() for state in ("queued", "running"))


def _table(store: RunStore, open_sweep: int | None, ticking: bool) -> None:
    try:
        store.advance()
        sweeps, states, deletions = store.list_sweeps(), store.sweep_states(), store.deletions()
    except StoreError as error:
        say.error(str(error))
        return
    if navigation.wanted() or ticking != (_ticking(states) or bool(deletions)):
        st.rerun()
    st.checkbox(f"Sweeps ({len(sweeps)})", key="train-drawer", on_change="ignore")  # in sight on narrow windows alone
    st.html('<h2 class="tr-title">Sweeps</h2>')
    quota.show_whose(store)
    st.button("New sweep", key="sweeps-new", on_click=navigation.go, args=({},), width="stretch")
    change.show_undo(store, deletions)
    if not sweeps:
        st.html('<p class="tr-lead">No sweep yet. Every sweep that is started is kept in this list.</p>')
    for sweep in sweeps[:_MOST]:
        _row(sweep, states.get(sweep.id, {}), sweep.id == open_sweep)


def _row(sweep: StoredSweep, states: dict[str, int], is_open: bool) -> None:
    name = plain(sweep.name)
    with st.container(key=f"train-run-sweep-{sweep.id}"):
        st.button(
            f"{sweep.id}. " + (f"**{name}**" if is_open else name),
            key=f"train-open-sweep-{sweep.id}",
            type="tertiary",
            on_click=navigation.go,
            args=({"sweep": str(sweep.id)},),
            width="stretch",
        )
        st.html(f'<p class="tr-facts"><b>{standing(states)}</b><span>{escape(moment(sweep.created))}</span></p>')


def standing(states: Mapping[str, int]) -> str:
    """Return how far a sweep is, from how many of its runs are in which state: "done" where nothing is left to do."""
    total = sum(states.values())
    waiting = states.get("queued", 0) + states.get("running", 0)
    if waiting:
        return f"{total - waiting} of {total} runs over"
    ended = [f"{states[state]} {state}" for state in (*RESUMABLE, "unreadable") if states.get(state)]
    return f"{', '.join(ended)} of {total}" if ended else "done"
