"""The app: page configuration and the list of pages."""

from __future__ import annotations

import streamlit as st

st.set_page_config(page_title="optim_viz: see what an optimizer does", layout="wide")

st.navigation([st.Page("optim_viz/pages/lab.py", title="Lab", default=True)], position="hidden").run()
