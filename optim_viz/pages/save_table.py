"""A row of buttons that save a table as a file, one for each format."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import streamlit as st

from optim_viz import tables
from optim_viz.tables import Table

_SHORT: Final = {"csv": "CSV", "json": "JSON", "parquet": "Parquet"}


def save_buttons(make: Callable[[], Table], name: str, words: str) -> None:
    """Draw them; a file is made when its button is pressed.

    Args:
        make: makes the table.
        name: of the file without its ending; the buttons' keys begin with it.
        words: what the rows are, before the buttons.
    """
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"{name}-save"):
        st.caption(words, width="content")
        for form in tables.usable():
            st.download_button(
                _SHORT[form],
                partial(_file, make, form),
                f"optim_viz_{name}.{form}",
                tables.FORMATS[form][2],
                key=f"{name}-{form}",
                on_click="ignore",
                help=f"Save as {_SHORT[form]}, with all digits.",
            )


def _file(make: Callable[[], Table], form: str) -> bytes:
    return tables.as_bytes(make(), form)
