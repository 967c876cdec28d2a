"""The training page: launch a comparison, watch it, compare runs, and look after what was trained.

    /train                                      the form, with the usual five optimizers
    /train?lane=adam,lr=0.001&lane=sgd,lr=0.01  the form with these lanes, as the lab sends them
    /train?run=3                                a run; refreshing shows the same one
    /train?compare=3,5.0,5.2                    all lanes of run 3 beside the first and the third of run 5

Which runs the list shows, and how it is grouped, stands in the address too (filters.py), and so does how the curves
are looked at (smoothing, axes, hidden lanes) stands in the address beside these. Training itself happens
in a process of its own (optim_viz.run_store); this page reads the store and asks for things.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from optim_viz.comparison import settings
from optim_viz.pages import say
from optim_viz.pages.opened_store import opened_store
from optim_viz.pages.site_header import site_header
from optim_viz.pages.train import (
    change,
    compare,
    filters,
    forecast,
    form,
    navigation,
    planes,
    run_list,
    run_view,
    take_away,
    worlds,
)
from optim_viz.pages.train.look import CSS, lab_link
from optim_viz.pages.visitor import LINK
from optim_viz.run_store import Run, RunStore, StoreError, UnknownRun
from optim_viz.scenario.problem import shown


def _chosen_run(store: RunStore, query: dict[str, list[str]]) -> Run | None:
    """Return the run that the link names; a bad number is reported, and the form is shown."""
    if not query.get("run"):
        return None
    text = query["run"][-1]
    try:
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise UnknownRun(f"run must be a number of the list of runs, not {shown(text)}")
        return store.get(int(text))
    except UnknownRun as error:
        say.warning(str(error))
        return None


def _new_run(run: Run) -> None:
    """Go to the form, filled as it was for the run that was looked at."""
    navigation.go({"lane": list(run.lanes)} | settings.link_part(settings.of_spec(run.spec)))


def _show_run(store: RunStore, run: Run) -> None:
    with st.container(key="train-actions", horizontal=True, gap="small", vertical_alignment="center"):
        run_view.title(run)
        st.button("New run with these lanes", key="train-again", on_click=_new_run, args=(run,))
        st.html(
            f'<a class="tr-button" href="{escape(lab_link(*run.lanes))}" target="_self">Open all in the lab</a>',
            width="content",
        )
        with st.popover("Download", width="content"):
            take_away.show_buttons(store, run)
        if run.own:
            with st.popover("Notes, name, delete", width="content"):
                change.show(store, [run], change.OPEN)
    run_view.whose(store, run)
    run_view.notes(run)
    take_away.show_script(store, run)
    run_view.show(store, run)
    worlds.show(store, run)
    planes.show(store, run)


def _show_main(store: RunStore, run: Run | None, query: dict[str, list[str]]) -> None:
    if run is not None:
        forecast.leave()
        _show_run(store, run)
    elif query.get("compare"):
        forecast.leave()
        compare.show(store, query["compare"][-1])
    else:
        query.pop("run", None)
        say.warnings(form.fill_from_link(query))
        form.show(store)


def _page() -> None:
    st.html(CSS)
    st.html(filters.ONE_ENTRY, unsafe_allow_javascript=True)
    site_header("Train")
    store = opened_store()
    navigation.arrive(store)
    if store is None:
        return
    query = filters.rest_of_link()
    query.pop(LINK, None)
    with st.container(key="train-body"):
        main, runs = st.container(key="train-main"), st.container(key="train-aside")
    with main:
        try:
            run = _chosen_run(store, query)
        except StoreError as error:
            say.error(str(error))
            st.button("Try again")
            return
        _show_main(store, run, query)
    with runs:
        run_list.show(store, None if run is None else run.id)


_page()
