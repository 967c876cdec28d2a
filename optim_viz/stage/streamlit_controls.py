"""Lets the plots of a page follow Streamlit's own sliders and switches while they move, before the server answers.

The lab's idea of a family, for plots beside Streamlit widgets: when a pointer or the focus nears a control, the browser
asks for the exact figures at each of its values; while the control moves they are shown, none of them interpolated.
What the server then answers is the same picture, and all that stands around it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import streamlit as st

from optim_viz.stage.plot import plot_renderer

WANTED = "wanted"


def follow(controls: Sequence[str], family: Callable[[str], tuple[str, str]], *, key: str) -> None:
    """Let plots follow the controls of a section; it reruns the fragment that they are in.

    Never a fragment of its own: where a control moves in the moment of asking, Streamlit sends both in one message and
    reruns one fragment only, so that the control could go unheard.

    Args:
        controls: the widgets' keys.
        family: control -> (an id that changes with the content, the family as JSON):
            {"control": key, "stops": {"0": {plot's key: message of `plot_message`, ...}, ...}}, by the places of
            values in the widget's order, with the plots that differ.
        key: of the component; unique on the page.
    """
    state = st.session_state.get(key)
    wanted = str(state.get(WANTED)) if state else ""
    name, content = family(wanted) if wanted in controls else ("", "null")
    header = json.dumps({"controls": list(controls), "family": name})
    plot_renderer()(
        key=key,
        data=f"{header}\n{content}".encode(),
        default={WANTED: None},
        on_wanted_change=lambda: None,
        width="stretch",
        height="content",
    )
