"""What a visitor is told where visitors see their own runs alone: whose the list is, and how much may be trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from optim_viz.pages.visitor import keeps_cookie
from optim_viz.run_store import RunStore
from optim_viz.run_store.limits import OverLimit
from optim_viz.run_store.own_runs import OwnRuns


def show_whose(store: RunStore) -> None:
    """Say whose runs a list shows; nothing where everybody sees all."""
    if not isinstance(store, OwnRuns):
        return
    words = "Yours alone: others see a run only by its link."
    if not keeps_cookie():
        words = "Your browser keeps no cookie of this page, so it does not know you again: keep the links of your runs."
    st.html(f'<p class="tr-lead">{words}</p>')


def problem(store: RunStore, specs: Sequence[Mapping[str, Any]], times: int = 1) -> str:
    """Return why these runs, each so many times, are too much to be launched together; "" where they are not."""
    if isinstance(store, OwnRuns):
        try:
            store.limits.require_work(specs, times)
        except OverLimit as error:
            return str(error)
    return ""


def show(store: RunStore, specs: Sequence[Mapping[str, Any]], times: int = 1) -> None:
    """Say what a visitor may have, and how much of it these runs are, each so many times."""
    if not isinstance(store, OwnRuns):
        return
    limits, share = store.limits, store.limits.share(specs, times)
    trainings = "1 training" if limits.at_once == 1 else f"{limits.at_once:,} trainings"
    part = "less than 1 %" if share < 0.01 else f"{100 * share:.0f} %"
    size = f" This one is {part} of the largest that is allowed." if specs and share <= 1 else ""
    st.html(
        f'<p class="tr-lead">Each visitor may have {trainings} here at once and keep {limits.kept:,} runs.{size}</p>'
    )
