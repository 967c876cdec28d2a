"""What a loss plane is drawn of: the form, and the settings that come of it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final, cast

import streamlit as st

from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.lanes import lane_words
from optim_viz.pages.plain_text import plain
from optim_viz.planes import jobs
from optim_viz.planes.settings import EXAMPLES, RESOLUTIONS, Kind, PlaneSettings
from optim_viz.planes.snapshots import Point
from optim_viz.run_store import Run, RunStore
from optim_viz.run_store.own_runs import OwnRuns

KINDS: Final[dict[Kind, str]] = {
    "paths": "Plane of the paths",
    "line": "Line between two ends",
    "random": "Random directions",
}
_WORDS: Final[dict[Kind, str]] = {
    "paths": "The plane that all kept points of the chosen lanes lie nearest to.",
    "line": "From the first chosen lane's end to the last one's; with one lane, from its start to its end.",
    "random": "Around the first chosen lane's end, along two random directions with the scale of the network's filters "
    "(a filter is what one unit takes in; biases stay).",
}
TROUBLE: Final = "train_plane_trouble"


def running(store: Path, run_id: int) -> bool:
    """Whether any plane of a run is being worked on, on screen or not."""
    for one in jobs.numbers(store, run_id):
        with contextlib.suppress(ValueError):  # a plane that cannot be read says so where it is shown
            if jobs.look(store, run_id, one).state == "running":
                return True
    return False


def form(store: RunStore, run: Run, points: dict[int, list[int]]) -> None:
    """Draw the form of a run's next plane."""
    titles = [lane.title for lane in lane_words(run.lanes)]
    key = f"train-plane-{run.id}"
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        kind = st.selectbox("Plane", list(KINDS), format_func=KINDS.__getitem__, key=f"{key}-kind", width=216)
        resolution = st.selectbox(
            "Points", RESOLUTIONS, index=1, format_func=lambda n: f"{n} × {n}", key=f"{key}-resolution", width=120
        )
        offered = [each for each in EXAMPLES if each <= _examples(run)] or [_examples(run)]
        examples = st.selectbox(
            "Training examples",
            offered,
            index=min(2, len(offered) - 1),
            format_func=lambda n: f"first {n:,}",
            key=f"{key}-examples",
            width=152,
        )
        st.button(
            "Draw the plane",
            key=f"{key}-begin",
            on_click=_begin,
            args=(store, run, points, kind, int(resolution), int(examples)),
        )
    st.session_state.setdefault(f"{key}-lanes", list(points))
    st.pills(
        "Lanes",
        list(points),
        selection_mode="multi",
        format_func=[plain(title) for title in titles].__getitem__,
        key=f"{key}-lanes",
    )
    counts = sorted({len(steps) for steps in points.values()})
    kept = " to ".join(str(count) for count in (counts if len(counts) < 2 else (counts[0], counts[-1])))
    st.html(
        f'<p class="tr-lead">{escape(_WORDS[kind])} {int(resolution) ** 2:,} evaluations of the network on '
        f"{int(examples):,} examples, in the background. Kept: {kept} points a lane.</p>"
    )


def _examples(run: Run) -> int:
    """Return how many training examples a run has."""
    return TrainingSpec.from_dict(run.spec).n_examples


def _begin(store: RunStore, run: Run, points: dict[int, list[int]], kind: Kind, resolution: int, examples: int) -> None:
    """Ask for the plane that the form describes."""
    picked = cast("list[int]", st.session_state.get(f"train-plane-{run.id}-lanes") or [])
    lanes = [lane for lane in picked if lane in points]
    try:
        settings = wanted(points, lanes, kind, resolution, examples)
        if isinstance(store, OwnRuns) and any(running(store.path, each.id) for each in store.list_runs() if each.own):
            raise ValueError("a plane of yours is being worked out: here a visitor has one at a time")
        st.session_state[number_key(run)] = jobs.begin(store.path, run.id, settings)
    except (ValueError, OSError) as error:
        st.session_state[TROUBLE] = f"the plane cannot be drawn: {error}"


def wanted(
    points: dict[int, list[int]], lanes: Sequence[int], kind: Kind, resolution: int, examples: int
) -> PlaneSettings:
    """Return the settings of a plane of some lanes.

    Args:
        points: kept steps by lane.
        lanes: those that are chosen, in the order in which they were.
        kind: of plane.
        resolution: points along each side.
        examples: training examples.

    Raises:
        ValueError: no lane is chosen.
    """
    if not lanes:
        raise ValueError("choose at least one lane")
    drawn = tuple((lane, step) for lane in sorted(lanes) for step in points[lane])
    ends: list[Point] = [(lane, points[lane][-1]) for lane in lanes]
    chosen: tuple[Point, ...] = drawn
    if kind == "random":
        chosen = (ends[0],)
    elif kind == "line":
        chosen = (ends[0], ends[-1]) if len(ends) > 1 else ((lanes[0], points[lanes[0]][0]), ends[0])
    return PlaneSettings(kind, chosen, drawn, resolution, examples)


def number_key(run: Run) -> str:
    """Return where the number of the plane on screen is kept."""
    return f"train-plane-{run.id}-number"
