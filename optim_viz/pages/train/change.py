"""Notes, names, cancelling and deleting of runs. What was deleted stands above the list for 30 seconds, with Undo."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from optim_viz.pages import say
from optim_viz.pages.plain_text import plain
from optim_viz.pages.train import navigation
from optim_viz.run_store import NOTES_LENGTH, UNDO_SECONDS, Deletion, Run, RunStore, StoreError

OPEN = "open"
"""The place of the controls below the run that is open: where it is deleted, the page has to go elsewhere."""
_UNDO = "undo"
_TROUBLE = "train_change_trouble"


def show(store: RunStore, runs: Sequence[Run], place: str) -> None:
    """Draw the controls for one or more runs.

    Args:
        store: where the runs are.
        runs: which.
        place: names the controls where they appear more than once on a page.
    """
    trouble = st.session_state.pop(_TROUBLE + place, None)
    if isinstance(trouble, str):
        say.error(trouble)
    ids = tuple(run.id for run in runs)
    with st.container(gap="small"):
        if len(runs) == 1:
            (run,) = runs
            # A popover makes its fields in the browser when it is opened, so what they hold is sent each time; a new
            # value is a new field, so that nothing that is being typed is replaced.
            key = f"train-rename-{place}-{run.id}-{hash(run.name)}"
            st.text_input(
                f"Name of run {run.id}",
                run.name,
                key=key,
                max_chars=120,
                on_change=_rename,
                args=(store, run.id, key, place),
                help="Empty gives it its first name back.",
            )
            _notes(store, run, place)
        what = f"run {ids[0]}" if len(ids) == 1 else f"{len(ids)} runs"
        active = tuple(run.id for run in runs if run.active and not run.cancel)
        if place != OPEN and active:
            st.button(
                f"Cancel {len(active)} {'run' if len(active) == 1 else 'runs'}",
                key=f"train-cancel-{place}",
                on_click=_cancel,
                args=(store, active, place),
            )
        training = any(run.state == "running" for run in runs)
        st.button(
            f"Cancel and delete {what}" if training else f"Delete {what}",
            key=f"train-delete-{place}",
            on_click=_delete,
            args=(store, ids, place),
            help=f"For {UNDO_SECONDS:.0f} seconds it can be brought back, above the list.",
        )


def show_undo(store: RunStore, deletions: Sequence[Deletion]) -> None:
    """Draw a line for runs that were deleted together, with a button that brings them back."""
    trouble = st.session_state.pop(_TROUBLE + _UNDO, None)
    if isinstance(trouble, str):
        say.error(trouble)
    for deletion in deletions:
        ids = tuple(run.id for run in deletion.runs)
        what = f"Run {ids[0]}" if len(ids) == 1 else f"{len(ids)} runs"
        with st.container(key=f"train-undo-{ids[0]}", horizontal=True, gap="small", vertical_alignment="center"):
            left = (
                f"<span>{math.ceil(deletion.seconds_left)} s left</span>"  # which no screen reader reads out each time
            )
            st.html(f'<p class="tr-facts"><b role="status">{what} deleted</b>{left}</p>')
            st.button(
                "Undo",
                key=f"train-bring-back-{ids[0]}",
                on_click=_restore,
                args=(store, ids),
                help=f"Brings back {plain(', '.join(run.name for run in deletion.runs[:3]))}"
                + (" and the others." if len(ids) > 3 else "."),
            )


def _notes(store: RunStore, run: Run, place: str) -> None:
    key = f"train-notes-{place}-{run.id}-{hash(run.notes)}"
    st.text_area(
        f"Notes on run {run.id}",
        run.notes,
        key=key,
        max_chars=NOTES_LENGTH,
        height=96,
        placeholder="why it was trained, what came of it",
        on_change=_write_notes,
        args=(store, run.id, key, place),
        help="Plain text. The list finds runs by it.",
    )


def _write_notes(store: RunStore, run_id: int, key: str, place: str) -> None:
    try:
        store.write_notes(run_id, str(st.session_state.get(key) or ""))
        navigation.stay()
    except (StoreError, ValueError) as error:
        st.session_state[_TROUBLE + place] = str(error)


def _cancel(store: RunStore, ids: tuple[int, ...], place: str) -> None:
    try:
        store.cancel_all(ids)
    except StoreError as error:
        st.session_state[_TROUBLE + place] = str(error)


def _rename(store: RunStore, run_id: int, key: str, place: str) -> None:
    try:
        store.rename(run_id, str(st.session_state.get(key) or ""))
        navigation.stay()
    except StoreError as error:
        st.session_state[_TROUBLE + place] = str(error)


def _delete(store: RunStore, ids: tuple[int, ...], place: str) -> None:
    try:
        store.delete(*ids)
    except StoreError as error:
        st.session_state[_TROUBLE + place] = str(error)
        return
    navigation.go({}) if place == OPEN else navigation.stay()


def _restore(store: RunStore, ids: tuple[int, ...]) -> None:
    try:
        store.restore(*ids)
        navigation.stay()
    except StoreError as error:
        st.session_state[_TROUBLE + _UNDO] = str(error)
