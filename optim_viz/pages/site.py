"""The site: what every page of it shares, and the list of its pages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from optim_viz.pages.login import require_login
from optim_viz.pages.memory import freeze_what_is_loaded
from optim_viz.pages.site_header import ICON, pages

FOLDER: Final = Path(__file__).resolve().parent
_TITLES: Final = {
    "": "Optimizer lab",
    "maps": "Maps of settings",
    "train": "Train a network",
    "sweeps": "Sweeps of settings",
    "paper": "The Adam paper, as experiments",
    "after": "After Adam",
}
"""Path of each page, and its title in the browser."""


def show() -> None:
    """Show the page that the address names. Streamlit runs this again for each session and each full rerun."""
    here = {path for _, path in pages()}
    pages_here = [
        st.Page(FOLDER / (f"{path}/page.py" if path else "lab.py"), title=title, url_path=path, default=not path)
        for path, title in _TITLES.items()
        if path in here
    ]
    page = st.navigation(pages_here, position="hidden")
    st.set_page_config(page_title=f"{page.title} · optim_viz", page_icon=str(ICON), layout="wide")
    require_login()
    page.run()
    freeze_what_is_loaded()  # after the page, so that the first visitor does not wait for it
