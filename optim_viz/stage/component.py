"""Mounts the stage on a page and reads what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, cast

import streamlit as st

from optim_viz.stage.registration import registered

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

KEY = "stage"
"""The key of the one mounted stage, in st.session_state too."""

REQUEST = "request"
"""The name of the component's state in which a request of the browser arrives."""


def stage(pages: Sequence[tuple[str, str]] = ()) -> ComponentRenderer:
    """Return what mounts the stage.

    Args:
        pages: title and path of the app's pages, for the frame that is seen until the first picture is there.
    """
    html = f'<div class="ov-root">{_frame(pages)}</div>'
    return registered("stage", html=html, js="hosts/streamlit_lab.js", css="stage.css")


def _frame(pages: Sequence[tuple[str, str]]) -> str:
    """Return the lab's outlines: the parts stand where they will, and nothing in them can be used yet."""
    names = "".join(
        f'<span data-title="{escape(title)}"{"" if path else " aria-current=page"}>{escape(title)}</span>'
        for title, path in pages
    )
    blocks = {"lanes": 5, "surface": 1, "side": 3, "clock": 0}
    parts = "".join(f'<div class="ov-{name}">{"<i></i>" * count}</div>' for name, count in blocks.items())
    return (
        '<div class="ov-stage ov-frame" role="status" aria-label="Loading the lab">'
        f'<div class="ov-top"><span class="ov-brand">optim_viz</span><span class="ov-pages">{names}</span></div>'
        f'<div class="ov-main">{parts}</div></div>'
    )


def request() -> object:
    """Return the browser's latest request, None before the first."""
    state = cast("object", st.session_state.get(KEY))
    return cast("dict[str, object]", state).get(REQUEST) if isinstance(state, dict) else None


def shown(request: object) -> str:
    """Return the query of the link to what the browser shows, as its request says; "" where it does not.

    A session that begins anew (the server was restarted) goes on from there: the address of the page that Streamlit
    remembers may be older.
    """
    query = cast("dict[str, object]", request).get("query") if isinstance(request, dict) else None
    return query if isinstance(query, str) else ""


def mount(renderer: ComponentRenderer, message: bytes, *, on_request: Callable[[], None]) -> None:
    """Put the stage on the page and hand it a packed message."""
    renderer(
        key=KEY,
        data=message,
        default={REQUEST: None},
        width="stretch",
        height="content",
        on_request_change=on_request,
    )
