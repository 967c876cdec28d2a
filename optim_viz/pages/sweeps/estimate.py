"""How long a sweep will take: going by what was trained before, or by a short probe of one of its runs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from html import escape
from typing import Final

import streamlit as st

from optim_viz import estimates
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.spec import network_of
from optim_viz.estimates.words import spoken_range
from optim_viz.pages import say
from optim_viz.pages.train.look import duration
from optim_viz.run_store import Run, RunStore, StoreError
from optim_viz.sweeps import Sweep
from optim_viz.sweeps.plan import Point

_WHO: Final = "sweeps_estimate_who"


@dataclass(frozen=True)
class Estimate:
    """Seconds of all runs one after the other, and the number of the run that says so."""

    seconds: float
    run: int


def seconds(store: RunStore, plan: Sweep) -> Estimate | None:
    """Return an estimate from the newest finished run of the same network on the same data; None where there is none.

    A run with the sweep's batch size comes before others; where there is none of it, the time of a step is taken to be
    the same. What a process takes to start is in it, spread over the runs as it was.

    Raises:
        StoreError: the store cannot be read.
    """
    wanted = _one(plan).to_dict()
    network = network_of(wanted)
    known = [run for run in store.list_runs() if _counts(run) and network_of(run.spec) == network]
    if not known:
        return None
    best = next((run for run in known if run.spec.get("batch_size") == wanted["batch_size"]), known[0])
    each = best.seconds_trained() / ((best.total_steps or 1) * max(1, len(best.lanes)))
    return Estimate(each * plan.steps, best.id)


def _counts(run: Run) -> bool:
    return run.state == "finished" and run.seconds_trained() > 0 and run.step == run.total_steps


def _one(plan: Sweep) -> TrainingSpec:
    """Return the sweep's first run."""
    return plan.spec(Point(0, plan.lr.first, plan.batch_sizes[0], plan.seeds[0]))


def show(store: RunStore, plan: Sweep) -> None:
    """Draw the line about time."""
    job = estimates.PROBES.look(_one(plan))
    running = job is not None and job.state == "running"
    st.fragment(_line, run_every="1s" if running else None)(store, plan, running)


def _line(store: RunStore, plan: Sweep, ticking: bool) -> None:
    job = estimates.PROBES.look(_one(plan))
    if ticking != (job is not None and job.state == "running"):
        st.rerun()  # mounts the line with a clock, or without
    try:
        found = seconds(store, plan)
    except StoreError as error:
        say.error(str(error))
        return
    with st.container(key="sweeps-estimate", horizontal=True, gap="small", vertical_alignment="center"):
        if found is not None:
            words = f"about {duration(found.seconds)} of training, one run after the other, going by run {found.run}"
        elif job is None:
            st.button("Estimate the time", key="sweeps-estimate-ask", on_click=_ask, args=(plan,))
            words = "trains a few steps of this network here, for some seconds, on made-up examples"
        elif job.measured is not None:
            low, high = estimates.estimate(_one(plan), job.measured).seconds
            times = plan.steps / _one(plan).total_steps
            words = f"about {spoken_range(low * times, high * times)} of training, one run after the other (measured)"
        elif job.state == "failed":
            words = f"the time is not known: {job.error}"
        else:
            words = "measuring a few steps …"
        st.html(f'<p class="tr-lead" role="status">{escape(words)}</p>')


def _ask(plan: Sweep) -> None:
    who = st.session_state.setdefault(_WHO, uuid.uuid4().hex)
    estimates.PROBES.ask(_one(plan), who, again=True)
