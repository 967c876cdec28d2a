"""Loss planes of a run: what to draw, how far it is, the picture with the paths, and the way into the lab.

The work is done by a process of its own (optim_viz.planes.jobs); this part looks at it once a second while it goes on.
A plane that is done is drawn once and kept.
"""

from __future__ import annotations

from time import monotonic
from typing import cast

import streamlit as st

from optim_viz.pages import say
from optim_viz.pages.train.look import duration
from optim_viz.pages.train.plane_form import KINDS, TROUBLE, form, number_key, running
from optim_viz.pages.train.plane_view import show_result
from optim_viz.planes import jobs, snapshots
from optim_viz.planes.jobs import PlaneJob
from optim_viz.run_store import Run, RunStore
from optim_viz.run_store.folders import snapshots_folder


def show(store: RunStore, run: Run) -> None:
    """Draw the section; nothing where a run has kept no points yet and trains on."""
    ticking = run.active or running(store.path, run.id)
    st.fragment(_live, run_every="1s" if ticking else None)(store, run, ticking)


def _live(store: RunStore, run: Run, ticking: bool) -> None:
    points = _shared_points(store, run)
    if points:
        st.html(
            '<h2 class="tr-title">Loss plane</h2><p class="tr-lead">The loss of your network on a plane through its '
            "parameters, with the paths of the optimizers. The plane opens in the lab: there the same optimizers run "
            "as particles on it, beside the true paths.</p>"
        )
        if run.own:
            form(store, run, points)
    elif why := _without(store, run):
        st.html(f'<h2 class="tr-title">Loss plane</h2><p class="tr-lead">{why}</p>')
    else:
        return
    trouble = st.session_state.pop(TROUBLE, None)
    if isinstance(trouble, str):
        say.error(trouble)
    chosen = _chosen(store, run)
    job = None
    if chosen is not None:
        try:
            job = jobs.look(store.path, run.id, chosen)
        except ValueError as error:
            say.error(str(error))
    # A plane that begins needs a clock, and one that ends needs none: a whole run of the page mounts the other kind.
    if ticking != (run.active or running(store.path, run.id)):
        st.rerun()
    if job is not None:
        _show_job(store, run, job)


def _without(store: RunStore, run: Run) -> str:
    """Say why a run has no parameters to lay planes through; "" where it is too early to say."""
    if snapshots.were_let_go(snapshots_folder(store.path, run.id)):
        return (
            f"The parameters that this run kept along its path have gone: all runs together keep "
            f"{snapshots.MOST_STORE_BYTES // 10**9} GB, and those of the oldest go first. Its finished planes stay."
        )
    lanes = max(1, len(run.lanes))
    if run.active or not run.total_steps or snapshots.kept_steps(run.total_steps, run.n_parameters or 1, lanes):
        return ""
    return (
        f"This run kept no parameters along its path: two points of {len(run.lanes)} lanes of "
        f"{run.n_parameters or 0:,} parameters take more than {snapshots.MOST_BYTES // 1_000_000} MB."
    )


def _shared_points(store: RunStore, run: Run) -> dict[int, list[int]]:
    """Return the kept steps of every lane that has two or more of them."""
    found: dict[int, list[int]] = {}
    for lane, step in snapshots.kept(snapshots_folder(store.path, run.id)):
        if lane < len(run.lanes):
            found.setdefault(lane, []).append(step)
    return {lane: steps for lane, steps in found.items() if len(steps) > 1}


def _chosen(store: RunStore, run: Run) -> int | None:
    """Return the plane on screen: the newest until another is chosen."""
    numbers = jobs.numbers(store.path, run.id)
    if not numbers:
        return None
    key = number_key(run)
    if st.session_state.get(key) not in numbers:
        st.session_state[key] = numbers[-1]
    if len(numbers) > 1:
        st.segmented_control("Planes of this run", numbers, key=key, required=True)
    return cast("int", st.session_state[key])


def _show_job(store: RunStore, run: Run, job: PlaneJob) -> None:
    if job.result is not None:
        show_result(store, run, job.result)
        return
    done = f"{job.rows} of {job.settings.resolution} rows"
    if job.state == "running":
        st.progress(job.progress, text=f"{KINDS[job.settings.kind]}: {done}{_left(run, job)}")
        if run.own:
            st.button("Cancel the plane", on_click=jobs.cancel, args=(store.path, run.id, job.number))
        return
    st.session_state.pop(_pace_key(run, job), None)  # what stood still has no pace
    words = {"cancelled": "Cancelled", "stopped": "Its process ended without a word", "failed": "Failed"}[job.state]
    message = f"{words}: {done} are kept." if not job.error else f"{words}: {job.error}"
    (say.error if job.state == "failed" else say.info)(message)
    if run.own:
        st.button("Go on with the plane", on_click=_resume, args=(store, run, job.number))


def _left(run: Run, job: PlaneJob) -> str:
    """Say how long the rest takes, at the pace since this page first saw a finished row; "" until there is one."""
    key, now = _pace_key(run, job), monotonic()
    first, since = cast("tuple[int, float]", st.session_state.setdefault(key, (job.rows, now)))
    if not first or job.rows < first:  # the first row comes after everything has been loaded
        st.session_state[key] = (job.rows, now)
        return ""
    if job.rows == first:
        return ""
    return f", about {duration((now - since) / (job.rows - first) * (job.settings.resolution - job.rows))} left"


def _pace_key(run: Run, job: PlaneJob) -> str:
    return f"train-plane-{run.id}-{job.number}-pace"


def _resume(store: RunStore, run: Run, plane_number: int) -> None:
    try:
        jobs.resume(store.path, run.id, plane_number)
    except OSError as error:
        st.session_state[TROUBLE] = f"the plane's process cannot be started: {error}"
