"""The site: what every page of it shares, and the list of its pages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from optim_viz.pages.memory import freeze_what_is_loaded
from optim_viz.pages.site_header import ICON

FOLDER: Final = Path(__file__).resolve().parent


def show() -> None:
    """Show the page that the address names. Streamlit runs this again for each session and each full rerun."""
    pages = [
        st.Page(FOLDER / "lab.py", title="Optimizer lab", default=True),
        st.Page(FOLDER / "maps/page.py", title="Maps of settings", url_path="maps"),
        st.Page(FOLDER / "train/page.py", title="Train a network", url_path="train"),
        st.Page(FOLDER / "paper/page.py", title="The Adam paper, as experiments", url_path="paper"),
        st.Page(FOLDER / "after/page.py", title="After Adam", url_path="after"),
    ]
    page = st.navigation(pages, position="hidden")
    st.set_page_config(page_title=f"{page.title} · optim_viz", page_icon=str(ICON), layout="wide")
    page.run()
    freeze_what_is_loaded()  # after the page, so that the first visitor does not wait for it
