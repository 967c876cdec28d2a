"""A page for test_hostile_text: every element of ours that reads Markdown, with hostile text in it."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from optim_viz.pages.plain_text import plain
from tests.pages.hostile import LINES

for number, line in enumerate(LINES):
    with st.container(key=f"line-{number}"):
        st.error(plain(line))
        st.warning(plain(line))
        st.markdown(plain(line))
        st.caption(plain(line))
        st.button(plain(line), key=f"button-{number}")
        st.checkbox(plain(line), key=f"box-{number}")
