"""The app: page configuration and the list of pages."""

from __future__ import annotations

import streamlit as st

from optim_viz.pages.memory import freeze_what_is_loaded

st.set_page_config(page_title="optim_viz: see what an optimizer does", layout="wide")

PAGES = [
    st.Page("optim_viz/pages/lab.py", title="Lab", default=True),
    st.Page("optim_viz/pages/train/page.py", title="Train", url_path="train"),
    st.Page("optim_viz/pages/paper/page.py", title="Paper", url_path="paper"),
]

st.navigation(PAGES, position="hidden").run()
freeze_what_is_loaded()  # after the page, so that the first visitor does not wait for it
