"""Loss planes of a run: what to draw, how far it is, the picture with the paths, and the way into the lab.

The work is done by a process of its own (optim_viz.planes.jobs); this part looks at it once a second while it goes on.
A plane that is done is drawn once and kept.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlencode

import streamlit as st

from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.lanes import lane_words
from optim_viz.figures.training import plane
from optim_viz.pages import say
from optim_viz.pages.plain_text import plain
from optim_viz.pages.save_table import save_buttons
from optim_viz.pages.train.look import duration, number, swatch, table
from optim_viz.planes import jobs, snapshots
from optim_viz.planes.jobs import PlaneJob
from optim_viz.planes.result import PlanePath, PlaneResult
from optim_viz.planes.settings import EXAMPLES, RESOLUTIONS, Kind, PlaneSettings
from optim_viz.planes.snapshots import Point
from optim_viz.run_store import Run, RunStore
from optim_viz.run_store.folders import snapshots_folder
from optim_viz.run_store.own_runs import OwnRuns
from optim_viz.run_store.visitors import plane_code
from optim_viz.scenario import MAX_STEPS, SPEEDS
from optim_viz.stage.plot import plot_message, show_plot

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
_PLAYED: Final = 300  # frames in which the lab plays a run
_TROUBLE: Final = "train_plane_trouble"


def show(store: RunStore, run: Run) -> None:
    """Draw the section; nothing where a run has kept no points yet and trains on."""
    ticking = run.active or _running(store.path, run.id)
    st.fragment(_live, run_every="1s" if ticking else None)(store, run, ticking)


def _running(store: Path, run_id: int) -> bool:
    """Whether any plane of a run is being worked on, on screen or not."""
    for one in jobs.numbers(store, run_id):
        with contextlib.suppress(ValueError):  # a plane that cannot be read says so where it is shown
            if jobs.look(store, run_id, one).state == "running":
                return True
    return False


def _live(store: RunStore, run: Run, ticking: bool) -> None:
    points = _shared_points(store, run)
    if points:
        st.html(
            '<h2 class="tr-title">Loss plane</h2><p class="tr-lead">The loss of your network on a plane through its '
            "parameters, with the paths of the optimizers. The plane opens in the lab: there the same optimizers run "
            "as particles on it, beside the true paths.</p>"
        )
        if run.own:
            _form(store, run, points)
    elif why := _without(store, run):
        st.html(f'<h2 class="tr-title">Loss plane</h2><p class="tr-lead">{why}</p>')
    else:
        return
    trouble = st.session_state.pop(_TROUBLE, None)
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
    if ticking != (run.active or _running(store.path, run.id)):
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


# ---- what to draw ----


def _form(store: RunStore, run: Run, points: dict[int, list[int]]) -> None:
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
        if isinstance(store, OwnRuns) and any(_running(store.path, each.id) for each in store.list_runs() if each.own):
            raise ValueError("a plane of yours is being worked out: here a visitor has one at a time")
        st.session_state[_number_key(run)] = jobs.begin(store.path, run.id, settings)
    except (ValueError, OSError) as error:
        st.session_state[_TROUBLE] = f"the plane cannot be drawn: {error}"


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


# ---- a plane ----


def _number_key(run: Run) -> str:
    return f"train-plane-{run.id}-number"


def _chosen(store: RunStore, run: Run) -> int | None:
    """Return the plane on screen: the newest until another is chosen."""
    numbers = jobs.numbers(store.path, run.id)
    if not numbers:
        return None
    key = _number_key(run)
    if st.session_state.get(key) not in numbers:
        st.session_state[key] = numbers[-1]
    if len(numbers) > 1:
        st.segmented_control("Planes of this run", numbers, key=key, required=True)
    return cast("int", st.session_state[key])


def _show_job(store: RunStore, run: Run, job: PlaneJob) -> None:
    if job.result is not None:
        _show_result(store, run, job.result)
        return
    done = f"{job.rows} of {job.settings.resolution} rows"
    if job.state == "running":
        st.progress(job.progress, text=f"{KINDS[job.settings.kind]}: {done}")
        if run.own:
            st.button("Cancel the plane", on_click=jobs.cancel, args=(store.path, run.id, job.number))
        return
    words = {"cancelled": "Cancelled", "stopped": "Its process ended without a word", "failed": "Failed"}[job.state]
    message = f"{words}: {done} are kept." if not job.error else f"{words}: {job.error}"
    (say.error if job.state == "failed" else say.info)(message)
    if run.own:
        st.button("Go on with the plane", on_click=_resume, args=(store, run, job.number))


def _resume(store: RunStore, run: Run, plane_number: int) -> None:
    try:
        jobs.resume(store.path, run.id, plane_number)
    except OSError as error:
        st.session_state[_TROUBLE] = f"the plane's process cannot be started: {error}"


def _show_result(store: RunStore, run: Run, result: PlaneResult) -> None:
    href = escape(lab_link(run, result))
    st.html(
        f'<p class="tr-lead" role="status">{escape(_told(result))}</p>'
        f'<p class="tr-action"><a class="tr-button" href="{href}" target="_self">Open the plane in the lab</a></p>'
    )
    key = f"train-plane-{run.id}-{result.number}"
    for name, message in _messages(str(store.path), key, result.run, result.number).items():
        show_plot(message, key=f"{key}-{name}")
    st.html(_table(result))
    save_buttons(result.table, f"{result.name}_grid", "Save the grid as")
    save_buttons(result.paths_table, f"{result.name}_paths", "Save the paths as")


@lru_cache(maxsize=8)
def _messages(store: str, key: str, run_id: int, plane_number: int) -> dict[str, str]:
    """Return what draws a finished plane, which never changes."""
    result = jobs.look(Path(store), run_id, plane_number).result
    if result is None:
        raise ValueError("the plane is not done")
    titles = ", ".join(path.title for path in result.paths)
    found: dict[str, str] = {}
    if result.settings.kind == "line":
        label = f"Loss along the line between two ends: {number(float(result.grid.min()))} at its lowest"
        found["line"] = plot_message(
            plane.line_figure(result), key=f"{key}-line", height=plane.LINE_HEIGHT, label=label
        )
    label = f"Loss of the network on a plane, with the paths of {titles}"
    found["plane"] = plot_message(plane.plane_figure(result), key=f"{key}-plane", height=plane.HEIGHT, label=label)
    return found


def _told(result: PlaneResult) -> str:
    """Say what is seen and how far it can be believed."""
    parts: list[str] = []
    if result.explained is not None:
        first, second = result.explained
        parts.append(f"The two directions explain {first:.0%} and {second:.1%} of how the kept points are spread.")
    elif result.settings.kind == "line":
        parts.append(f"The two ends are {result.scale:.4g} apart.")
    else:
        parts.append(
            f"The window reaches {result.scale:.4g} to each side, the length of a direction with the filters' scale. "
            "Random directions show next to nothing of a path: see its distances."
        )
    off = result.error
    parts.append(
        f"The surface misses the network's loss by {off.median:.2g} in the median and {off.largest:.2g} at most, at "
        f"{off.points} points between those of the grid, where the loss spans {off.span:.3g}."
    )
    size = result.settings.resolution
    parts.append(
        f"{size} × {size} points, first {result.settings.examples:,} training examples, worked out in "
        f"{duration(result.seconds)}."
    )
    return " ".join(parts)


def _table(result: PlaneResult) -> str:
    head = ("Lane", "Kept points", "Way from its start", "Distance from the plane", "Loss at its end", "on the plane")
    body = [_row(result, path) for path in result.paths]
    return table(head, body, "Paths beside the plane", texts=1)


def _row(result: PlaneResult, path: PlanePath) -> list[str]:
    below = float(result.surface().loss(path.x[-1], path.y[-1]))
    away, way = max(path.distance), path.length[-1]
    return [
        f"{swatch(path.colour, path.marker)} {escape(path.title)}",
        f"{len(path.steps)} <span class=tr-muted>to step {path.steps[-1]:,}</span>",
        number(way),
        f"{number(path.distance[-1])} <span class=tr-muted>at its end, at most {number(away)}</span>",
        number(path.loss[-1]),
        number(below),
    ]


def lab_link(run: Run, result: PlaneResult) -> str:
    """Return the address of the lab with a plane, the same optimizers at the same settings, and as many steps.

    The picture is filled: a picture at equal scale may reach beyond the window, where nothing was evaluated.
    """
    steps = max(1, min(MAX_STEPS, max(path.steps[-1] for path in result.paths)))
    speed = next((speed for speed in SPEEDS if speed >= steps / _PLAYED), SPEEDS[-1])
    x, y = result.start
    code = plane_code(run.key, result.number)
    surface = f"{result.name}_{code}" if code else result.name
    pairs = [("surface", surface), ("start", f"{x!r},{y!r}"), ("steps", str(steps)), ("noise", "0")]
    pairs += [("lane", run.lanes[path.lane]) for path in result.paths]
    return "./?" + urlencode([*pairs, ("speed", f"{speed:g}"), ("axes", "fill")], safe=",=.")
