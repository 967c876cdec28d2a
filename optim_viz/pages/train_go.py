"""Going to another view of the training page: a control asks for it, and the page's next whole run goes there."""

from __future__ import annotations

from typing import cast

import streamlit as st

_GO = "train_go"
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


def arrive() -> None:
    """Write the view that was asked for into the link. The page calls this first."""
    query = cast("Query | None", st.session_state.pop(_GO, None))
    if query is not None:
        st.query_params.from_dict(query)
