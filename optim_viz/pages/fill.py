"""Gives widgets their values without writing over what somebody types meanwhile."""

from __future__ import annotations

import streamlit as st


def fill(key: str, value: object) -> None:
    """Let the widget with this key show a value.

    One that has it already is left alone: each write makes the answer put its text into the field in the browser, over
    what was typed there since the question was sent.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
