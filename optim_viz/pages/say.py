"""What pages tell people in boxes: the one place where a message becomes a box, a sentence, and plain text."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from optim_viz.pages.plain_text import plain
from optim_viz.scenario import few, sentence


def error(message: str) -> None:
    """Say what did not work."""
    st.error(plain(sentence(message)))


def warning(message: str) -> None:
    """Say what a person should know before they go on."""
    st.warning(plain(sentence(message)))


def errors(messages: Iterable[object]) -> None:
    """Say in one box what did not work: the first few, and how many more; nothing where there is none."""
    if said := _few(messages):
        st.error(said)


def warnings(messages: Iterable[object]) -> None:
    """Say in one box what a person should know: the first few, and how many more; nothing where there is none."""
    if said := _few(messages):
        st.warning(said)


def info(message: str) -> None:
    """Say what is the case."""
    st.info(plain(sentence(message)))


def _few(messages: Iterable[object]) -> str:
    lines = [plain(sentence(each)) for each in few(messages)]
    return "".join(lines) if len(lines) < 2 else "\n".join(f"- {line}" for line in lines)
