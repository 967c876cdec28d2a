"""What the form says before a launch: exact counts at once, then time and memory from a short probe on this machine.

The probe runs in the background and only for somebody who edits the form, or asks; see `optim_viz.estimates`.
"""

from __future__ import annotations

import uuid
from html import escape
from typing import Final

import streamlit as st

from optim_viz import datasets, estimates, models
from optim_viz.comparison import TrainingSpec, settings
from optim_viz.comparison.settings import Settings
from optim_viz.estimates import Job
from optim_viz.estimates.words import basis, spoken_bytes, spoken_range
from optim_viz.pages.plain_text import plain

_WHO: Final = "train_forecast_who"
_ASKED: Final = "train_forecast_asked"


def what_is_trained(values: Settings) -> str:
    """Return as HTML what the chosen data set and model are, and what has to be fetched for them."""
    dataset, model = datasets.get(values["dataset"]), models.get(values["model"])
    said = [f"<b>{escape(dataset.title)}</b>: {escape(dataset.sentence)}"]
    if dataset.needs_download:
        size = f"{dataset.download_bytes / 1e6:.3g} MB"
        here = dataset.is_here()
        said.append("It is here already." if here else f"It is not here yet: the first run fetches {size}.")
    said.append(f"<b>{escape(model.title)}</b>: {escape(model.sentence)}")
    return f'<p class="tr-lead">{" ".join(said)}</p>'


def facts(values: Settings, lanes: int) -> str:
    """Return as HTML what is exact: parameters, steps an epoch and in all, lanes."""
    an_epoch = -(-values["examples"] // values["batch_size"])
    words = [
        f"{an_epoch:,} {'step' if an_epoch == 1 else 'steps'} an epoch",
        f"{an_epoch * values['epochs']:,} steps",
        f"{lanes} {'lane' if lanes == 1 else 'lanes'}",
    ]
    if not settings.check(values):
        words.insert(0, f"{settings.n_parameters(values):,} parameters")
    return '<p class="tr-facts">' + "".join(f"<span>{each}</span>" for each in words) + "</p>"


def show(spec: TrainingSpec | None, *, edited: bool) -> None:
    """Draw the line about time and memory.

    Args:
        spec: what the form says; None where it cannot be trained as it is.
        edited: whether the person has changed the form since it was filled: then a probe begins by itself.
    """
    if spec is None:
        leave()
        return
    if edited or st.session_state.get(_ASKED) == estimates.matters(spec):
        estimates.PROBES.ask(spec, _who())
    else:
        leave()
    job = estimates.PROBES.look(spec)
    running = job is not None and job.state == "running"
    st.fragment(_line, run_every="1s" if running else None)(spec, running)


def leave() -> None:
    """Wait for no probe any more: one that nobody else waits for ends."""
    estimates.PROBES.drop(_who())


def _who() -> str:
    return st.session_state.setdefault(_WHO, uuid.uuid4().hex)


def _line(spec: TrainingSpec, ticking: bool) -> None:
    job = estimates.PROBES.look(spec)
    if ticking != (job is not None and job.state == "running"):
        st.rerun()  # mounts the line with a clock, or without
    with st.container(key="train-forecast", horizontal=True, gap="small", vertical_alignment="center"):
        if job is None:
            _button("Estimate time and memory", spec)
            st.html(
                '<p class="tr-lead">trains a few steps of this network here, for some seconds, on made-up examples</p>'
            )
        elif job.state == "failed":
            st.html(
                '<p class="tr-state" role="status">Time and memory are not known: '
                f"{escape(_ended(job.error))} It can be launched all the same.</p>"
            )
            _button("Try again", spec)
        else:
            st.html(_said(spec, job))


def _button(words: str, spec: TrainingSpec) -> None:
    st.button(plain(words), key="train-forecast-ask", on_click=_ask, args=(spec,))


def _ask(spec: TrainingSpec) -> None:
    st.session_state[_ASKED] = estimates.matters(spec)
    estimates.PROBES.ask(spec, _who(), again=True)


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _said(spec: TrainingSpec, job: Job) -> str:
    if job.measured is None:
        return (
            '<p class="tr-state" role="status">Time and memory: <span>a few steps are being measured, in the '
            "background …</span></p>"
        )
    found = estimates.estimate(spec, job.measured)
    head = f"<b>About {escape(spoken_range(*found.seconds))}</b> of training"
    if job.measured.memory is not None:
        head += f", <b>about {spoken_bytes(job.measured.memory)}</b> of memory"
    return f'<p class="tr-state" role="status">{head} <span>· {escape(basis(found))}</span></p>'
