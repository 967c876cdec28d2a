"""Going to another view of the training page: a control asks for it, and the page's next whole run goes there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import streamlit as st

from optim_viz.pages.train import filters
from optim_viz.pages.visitor import LINK
from optim_viz.run_store import RunStore, StoreError

_GO = "train_go"
_ARRIVALS = "train_arrivals"
# The button that leads to a view may lie far down the page that was left, and the browser stays where it was scrolled.
_TO_THE_TOP = """<script>document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0); // arrival {}
</script>"""
Query = dict[str, str | list[str]]


def go(query: Query) -> None:
    """Ask for the view that a link with this query shows."""
    st.session_state[_GO] = query


def stay() -> None:
    """Ask for a whole run of the page as it is."""
    st.session_state.setdefault(_GO, None)


def wanted() -> bool:
    """Whether a whole run of the page was asked for. A fragment that finds this true calls `st.rerun()`."""
    return _GO in st.session_state


def arrive(store: RunStore | None) -> None:
    """Write the view that was asked for into the link, and show it from its top. The page calls this first.

    Args:
        store: knows what a link to the view's runs needs; None where it cannot be opened.
    """
    query = cast("Query | None", st.session_state.pop(_GO, None))
    arrivals = st.session_state.setdefault(_ARRIVALS, 0)
    if query is not None:
        # the list beside it stays as it is
        st.query_params.from_dict(query | {LINK: _keys(store, query)} | filters.link_part())
        arrivals = st.session_state[_ARRIVALS] = arrivals + 1
    # Always an element, so that those below keep their places; its script runs when the number in it changes.
    with st.container(key="train-arrival"):
        st.html(_TO_THE_TOP.format(arrivals) if arrivals else "<span hidden></span>", unsafe_allow_javascript=True)


def _keys(store: RunStore | None, query: Query) -> list[str]:
    """Return what a link to a view has to carry, so that whoever it is sent to sees it."""
    if store is None:
        return []
    try:
        return store.link_keys(_runs_of(store, query))
    except StoreError:  # which the view that is drawn next says
        return []


def _runs_of(store: RunStore, query: Query) -> Iterable[int]:
    """Return the runs that a view names."""
    texts = {name: text for name, text in query.items() if isinstance(text, str)}
    named = [word.partition(".")[0] for word in (*texts.get("compare", "").split(","), texts.get("run", ""))]
    runs = [int(word) for word in named if word.isascii() and word.isdigit()]
    sweep = texts.get("sweep", "")
    return [*runs, *store.get_sweep(int(sweep)).runs.values()] if sweep.isascii() and sweep.isdigit() else runs
