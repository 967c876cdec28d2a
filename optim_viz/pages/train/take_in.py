"""A run that was exported as JSON, here or elsewhere, becomes a run of the list."""

from __future__ import annotations

from typing import Final, cast

import streamlit as st

from optim_viz.pages import say
from optim_viz.pages.train import navigation
from optim_viz.run_store import RunStore, StoreError

_COUNT: Final = "train_imports"
_TROUBLE: Final = "train_import_trouble"


def show(store: RunStore) -> None:
    """Draw the field for the file, and what was wrong with the last one."""
    count = cast("int", st.session_state.setdefault(_COUNT, 0))
    key = f"train-import-{count}"  # a new field after each file, so that none is imported twice
    st.file_uploader(
        "A run that was exported as JSON",
        type="json",
        key=key,
        on_change=_import,
        args=(store, key),
        help="What Download JSON of a run wrote. Every number stays the same; a larger file goes in with the command "
        "optim-viz runs import FILE.",
    )
    trouble = st.session_state.get(_TROUBLE)
    if isinstance(trouble, str):
        say.error(f"Nothing was imported: {trouble}")


def _import(store: RunStore, key: str) -> None:
    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state.pop(_TROUBLE, None)
    st.session_state[_COUNT] += 1
    try:
        run_id = store.import_run(file.getvalue())
    except StoreError as error:
        st.session_state[_TROUBLE] = str(error)
        return
    navigation.go({"run": str(run_id)})
