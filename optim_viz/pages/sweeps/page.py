"""The page of sweeps.

    /sweeps                                     the form, with a sweep that takes a minute
    /sweeps?optimizer=adam&lr=0.0001,1,9        the form with this sweep
    /sweeps?sweep=3                             a sweep; refreshing shows the same one

The link holds every choice of the form: a control changes the link, and the page follows it.
"""

from __future__ import annotations

import streamlit as st

from optim_viz.pages import say
from optim_viz.pages.opened_store import opened_store
from optim_viz.pages.site_header import site_header
from optim_viz.pages.sweeps import form, sweep_list, view
from optim_viz.pages.sweeps.look import CSS
from optim_viz.pages.train import look, navigation
from optim_viz.pages.visitor import LINK
from optim_viz.run_store import RunStore, StoreError, UnknownRun
from optim_viz.run_store.groups import StoredSweep
from optim_viz.scenario.problem import shown


def _query() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _chosen(store: RunStore, query: dict[str, list[str]]) -> StoredSweep | None:
    """Return the sweep that the link names; a bad number is reported, and the form is shown."""
    if not query.get("sweep"):
        return None
    text = query["sweep"][-1]
    try:
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise UnknownRun(f"sweep must be a number of the list of sweeps, not {shown(text)}")
        return store.get_sweep(int(text))
    except UnknownRun as error:
        say.warning(str(error))
        return None


def _page() -> None:
    st.html(look.CSS + CSS)
    site_header("Sweeps")
    store = opened_store()
    navigation.arrive(store)
    if store is None:
        return
    query = _query()
    query.pop(LINK, None)
    with st.container(key="train-body"):
        main, aside = st.container(key="train-main"), st.container(key="train-aside")
    with main:
        try:
            stored = _chosen(store, query)
        except StoreError as error:
            say.error(str(error))
            st.button("Try again")
            return
        if stored is None:
            query.pop("sweep", None)
            form.show(store, query)
        else:
            view.show(store, stored)
    with aside:
        sweep_list.show(store, None if stored is None else stored.id)


_page()
