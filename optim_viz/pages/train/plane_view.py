"""A finished loss plane: its figures, what is said of them, its table, and the way into the lab."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from optim_viz.figures.training import plane
from optim_viz.pages.save_table import save_buttons
from optim_viz.pages.train.look import duration, number, swatch, table
from optim_viz.planes import jobs
from optim_viz.planes.result import PlanePath, PlaneResult
from optim_viz.run_store import Run, RunStore
from optim_viz.run_store.visitors import plane_code
from optim_viz.scenario import MAX_STEPS, SPEEDS
from optim_viz.stage.plot import plot_message, show_plot

_PLAYED: Final = 300  # frames in which the lab plays a run


def show_result(store: RunStore, run: Run, result: PlaneResult) -> None:
    """Draw a plane that is done."""
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
