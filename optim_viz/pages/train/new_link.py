"""The button that withdraws a link: what was sent to others shows nothing from then on, and the address is another."""

from __future__ import annotations

import streamlit as st

from optim_viz.pages.train import navigation
from optim_viz.run_store import RunStore, StoreError

_SAID = "train_new_link_said"
_TROUBLE = "train_new_link_trouble"


def button(store: RunStore, run_id: int, query: navigation.Query, what: str) -> None:
    """Draw it.

    Args:
        store: where the run is.
        run_id: whose link is withdrawn; with it that of its whole sweep.
        query: of the view that stays on screen.
        what: "run" or "sweep".
    """
    st.button(
        "New link",
        key=f"train-new-link-{run_id}",
        on_click=_renew,
        args=(store, run_id, query),
        help=f"Withdraws the link: whoever has it sees this {what} and its loss planes no more. The address of this "
        "page becomes the new link.",
    )


def said() -> str:
    """Return what has come of a click just now, once: HTML; "" where there was none."""
    words = st.session_state.pop(_SAID, "")
    return f'<p class="tr-lead" role="status">{words}</p>' if words else ""


def trouble() -> str:
    """Return why the link could not be changed just now, once; "" where nothing was wrong."""
    return str(st.session_state.pop(_TROUBLE, ""))


def _renew(store: RunStore, run_id: int, query: navigation.Query) -> None:
    try:
        store.renew_link(run_id)
    except StoreError as error:
        st.session_state[_TROUBLE] = str(error)
        return
    st.session_state[_SAID] = "This page has a new link: the one before shows nothing any more."
    navigation.go(query)
