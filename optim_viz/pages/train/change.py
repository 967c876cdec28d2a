"""Renaming and deleting runs; nothing is deleted before it was asked twice."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from optim_viz.pages.plain_text import plain
from optim_viz.pages.train import navigation
from optim_viz.run_store import Run, RunStore, StoreError

OPEN = "open"
"""The place of the controls below the run that is open: where it is deleted, the page has to go elsewhere."""
_DOOMED = "train_doomed"
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
        st.error(plain(trouble))
    ids = tuple(run.id for run in runs)
    with st.container(gap="small"):
        if len(runs) == 1:
            (run,) = runs
            key = f"train-rename-{place}-{run.id}"
            st.session_state.setdefault(key, run.name)
            st.text_input(
                f"Name of run {run.id}",
                key=key,
                max_chars=120,
                on_change=_rename,
                args=(store, run.id, key, place),
                help="Empty gives it its first name back.",
            )
        what = f"run {ids[0]}" if len(ids) == 1 else f"{len(ids)} runs"
        if st.session_state.get(_DOOMED + place) == ids:
            st.button(
                f"Delete {what} and all their points" if len(ids) > 1 else f"Delete {what} and all its points",
                key=f"train-delete-yes-{place}",
                on_click=_delete,
                args=(store, ids, place),
            )
            st.button("Keep", key=f"train-keep-{place}", on_click=_spare, args=(place,))
        else:
            st.button(f"Delete {what} …", key=f"train-delete-{place}", on_click=_doom, args=(ids, place))


def _rename(store: RunStore, run_id: int, key: str, place: str) -> None:
    try:
        store.rename(run_id, str(st.session_state.get(key) or ""))
        st.session_state[key] = store.get(run_id).name
        navigation.stay()
    except StoreError as error:
        st.session_state[_TROUBLE + place] = str(error)


def _doom(ids: tuple[int, ...], place: str) -> None:
    st.session_state[_DOOMED + place] = ids


def _spare(place: str) -> None:
    st.session_state.pop(_DOOMED + place, None)


def _delete(store: RunStore, ids: tuple[int, ...], place: str) -> None:
    _spare(place)
    problems: list[str] = []
    for run_id in ids:
        try:
            store.delete(run_id)
        except StoreError as error:
            problems.append(str(error))
    if problems:
        st.session_state[_TROUBLE + place] = " ".join(problems)
    elif place == OPEN:
        navigation.go({})
