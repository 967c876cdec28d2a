"""The training page: launch a comparison, watch it, and look after what was trained.

    /train                                      the form, with the usual five optimizers
    /train?lane=adam,lr=0.001&lane=sgd,lr=0.01  the form with these lanes, as the lab sends them
    /train?run=3                                a run; refreshing shows the same one

Training itself happens in a process of its own (optim_viz.run_store); this page reads the store and asks for things.
"""

from __future__ import annotations

import streamlit as st

from optim_viz.comparison import settings
from optim_viz.pages.plain_text import plain
from optim_viz.pages.site_header import site_header
from optim_viz.pages.train import change, form, navigation, run_list, run_view, take_away
from optim_viz.pages.train.look import CSS
from optim_viz.run_store import Run, RunStore, StoreDamaged, StoreError, UnknownRun, default_path
from optim_viz.scenario.problem import shown


@st.cache_resource(show_spinner=False, max_entries=8)
def _opened(path: str) -> RunStore:
    return RunStore(path)


def _store() -> RunStore | None:
    try:
        return _opened(str(default_path()))
    except StoreDamaged as error:
        st.error(plain(str(error)))
        st.button("Go on with an empty store")
    except StoreError as error:
        st.error(plain(str(error)))
        st.button("Try again")
    return None


def _query() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _chosen_run(store: RunStore, query: dict[str, list[str]]) -> Run | None:
    """Return the run that the link names; a bad number is reported, and the form is shown."""
    if not query.get("run"):
        return None
    text = query["run"][-1]
    try:
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise UnknownRun(f"run must be a number of the list below, not {shown(text)}")
        return store.get(int(text))
    except UnknownRun as error:
        st.warning(plain(str(error)))
        return None


def _new_run(run: Run) -> None:
    """Go to the form, filled as it was for the run that was looked at."""
    navigation.go({"lane": list(run.lanes)} | settings.link_part(settings.of_spec(run.spec)))


def _show_run(store: RunStore, run: Run) -> None:
    run_view.show(store, run)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("New run with these lanes", key="train-again", on_click=_new_run, args=(run,))
        take_away.show_buttons(store, run)
    take_away.show_script(run)
    change.show(store, [run], change.OPEN)


def _page() -> None:
    st.html(CSS)
    site_header("Train")
    navigation.arrive()
    store = _store()
    if store is None:
        return
    query = _query()
    try:
        run = _chosen_run(store, query)
    except StoreError as error:
        st.error(plain(str(error)))
        st.button("Try again")
        return
    if run is None:
        query.pop("run", None)
        for problem in form.fill_from_link(query):
            st.warning(plain(problem))
        form.show(store)
    else:
        _show_run(store, run)
    run_list.show(store, None if run is None else run.id)


_page()
