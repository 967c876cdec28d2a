"""A small table of numbers, as Markdown, so that it can be read, copied and set in the page's type."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def numbers_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show a table on the running page: the first column says what a row is, the others are set flush right.

    Args:
        heads: one for each column.
        rows: one text for each column, numbers as `section.number` writes them.
    """
    lines = [list(heads), [":---", *["---:"] * (len(heads) - 1)], *rows]
    st.markdown("\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines))
