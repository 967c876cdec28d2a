"""The run store that the pages share: opened once, with what stands in its way said on the page.

What a page is handed is the whole store where everybody sees all runs, else one visitor's part of it (`OwnRuns`).
"""

from __future__ import annotations

import streamlit as st

from optim_viz.pages import say
from optim_viz.pages.visitor import visitor, whose_runs
from optim_viz.run_store import RunStore, StoreDamaged, StoreError, default_path
from optim_viz.run_store.limits import Limits
from optim_viz.run_store.own_runs import OwnRuns


@st.cache_resource(show_spinner=False, max_entries=8)
def _opened(path: str) -> RunStore:
    return RunStore(path)


def opened_store() -> RunStore | None:
    """Return the store; None where it cannot be opened, and the page says why."""
    try:
        store = _opened(str(default_path()))
        return store if whose_runs() == "all" else OwnRuns(store, visitor(), Limits.from_environment())
    except StoreDamaged as error:
        say.error(str(error))
        st.button("Go on with an empty store")
    except StoreError as error:
        say.error(str(error))
        st.button("Try again")
    return None
