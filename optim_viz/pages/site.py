"""The site: what every page of it shares, and the list of its pages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from optim_viz.pages.memory import freeze_what_is_loaded

FOLDER: Final = Path(__file__).resolve().parent


def show() -> None:
    """Show the page that the address names. Streamlit runs this again for each session and each full rerun."""
    st.set_page_config(page_title="optim_viz: see what an optimizer does", layout="wide")
    pages = [
        st.Page(FOLDER / "lab.py", title="Lab", default=True),
        st.Page(FOLDER / "train/page.py", title="Train", url_path="train"),
        st.Page(FOLDER / "paper/page.py", title="Paper", url_path="paper"),
    ]
    st.navigation(pages, position="hidden").run()
    freeze_what_is_loaded()  # after the page, so that the first visitor does not wait for it
