"""The Maps page: every cell is a whole run, several optimizers side by side on one colour scale.

    /maps                                     which rate suits which condition number, for four optimizers
    /maps?surface=...&lane=...&lane=...       the surface and the optimizers of the lab; where its lanes stand is marked
    /maps?...&across=lr&up=beta1&metric=steps the axes and what colours tell; see settings.py

The work goes on in a thread, a large map's in a process (jobs.py), so that a map of minutes keeps nobody waiting; the
page asks how far it is.
"""

from __future__ import annotations

import streamlit as st

from optim_viz.pages import say
from optim_viz.pages.maps import controls, fair, jobs, run
from optim_viz.pages.maps.look import CSS
from optim_viz.pages.maps.settings import MapSettings, read
from optim_viz.pages.site_header import site_header

# Seconds that the page waits before it shows how far the work is.
_SOON = 0.8


def _page() -> None:
    st.html(CSS)
    site_header("Maps")
    st.html(
        '<div class="mp-head"><h1 class="mp-title">Maps</h1><p class="mp-lead">Every cell is a whole run, and its '
        "colour says how that run ended. Point at a cell to see its path; click to open it in the lab.</p></div>"
    )
    settings, problems = read({name: st.query_params.get_all(name) for name in st.query_params})
    say.warnings((*problems, *controls.troubles()))
    controls.show(settings)
    begun = jobs.begun(settings)
    if begun is not None and begun.state in ("cancelled", "lost") and not controls.again():
        _stopped(begun)
        return
    job = jobs.job(settings)
    controls.keep(job)
    if not job.wait(_SOON):
        _wait(settings)
    elif job.result is not None:
        run.show(settings, job.result)
        fair.show(settings, job.result)
    elif job.state == "lost":
        _stopped(job)
    elif job.error:
        say.error(job.error)


@st.fragment(run_every=0.4)
def _wait(settings: MapSettings) -> None:
    """Say how far the work is, until it is over."""
    job = jobs.begun(settings)
    if job is None or job.state != "running":
        st.rerun()
    done = job.progress
    left, right = st.columns([6, 1], vertical_alignment="center")
    with left:
        st.progress(done, text=f"{done:.0%} of {job.total:,} steps")
    with right:
        st.button("Cancel", key="maps-cancel", on_click=job.cancel, width="stretch")


def _stopped(job: jobs.Job) -> None:
    if job.state == "lost":
        say.error(job.error)
    else:
        say.info("Cancelled. Choose fewer cells, fewer steps or fewer optimizers, or go on.")
    st.button("Work it out", key="maps-again", on_click=controls.go_on)


_page()
