"""The lab: one stage that fills the page, and the loop that answers it.

Streamlit runs this file for a new session and for a full rerun; while someone works in the lab only the fragment runs
again, once for each request of the browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import streamlit as st

from optim_viz.pages.paper.sections import links
from optim_viz.pages.site_header import CSS, pages
from optim_viz.render import jobs
from optim_viz.saved_page import LAB, saved
from optim_viz.scenario import Scenario
from optim_viz.stage import component
from optim_viz.stage.answer import Kept, answer, opened
from optim_viz.turns import TURNS

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_KEPT = "lab_kept"
_RUNS = "lab_page_runs"
_SESSION = "lab_session"

# The stage is as high as the window and brings its own margins, so Streamlit's come off.
_CSS = """
<style>
  .stMainBlockContainer { padding: 0; max-width: none; }
  .stMainBlockContainer > .stVerticalBlock { gap: 0; }
  .ov-root { min-height: 100dvh; }
  /* Streamlit fades what a run has not shown yet. The stage stays true while an answer is on its way. */
  .stMain [data-stale=true] { opacity: 1 !important; transition: none !important; }
  @media (max-width: 1100px) { .ov-root { height: auto; } }
</style>
"""


def _ignore() -> None:
    """Do nothing when a request comes: `_lab` reads it. Streamlit keeps the request only where there is a callback."""


def _page(scenario: Scenario, drag: bool, plotly: bool) -> tuple[bytes, int]:
    """Return the lab as a page in one file, which leads back to where it was saved, and how many sliders drag in it."""
    address = urlsplit(st.context.url or "")
    lab = f"{address.scheme}://{address.netloc}{address.path or '/'}" if address.scheme in ("http", "https") else LAB
    made = saved(scenario, drag=drag, plotly=plotly, lab=lab)
    return made.html.encode(), made.draggable


@st.fragment
def _lab(renderer: ComponentRenderer) -> None:
    """Answer the latest request and show the stage."""
    request = component.request()
    kept = st.session_state.get(_KEPT)
    if not isinstance(kept, Kept):
        kept = opened(component.shown(request) or {name: st.query_params.get_all(name) for name in st.query_params})
    with TURNS.answering(st.session_state[_SESSION]):
        message, st.session_state[_KEPT] = answer(
            request, kept, pages(), links(), page_runs=st.session_state[_RUNS], page=_page, draw=jobs.answer
        )
    component.mount(renderer, message, on_request=_ignore)


# Back and Forward run the page again: the browser knows by the number when that is over, and only then asks.
st.session_state[_RUNS] = int(st.session_state.get(_RUNS, 0)) + 1
st.html(CSS + _CSS)
st.session_state.setdefault(_SESSION, uuid4().hex)
_lab(component.stage(pages()))
