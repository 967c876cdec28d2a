# pyright: basic
"""What the Maps page sends to the browser: the maps once, and the run of a cell each time one is pointed at.

Two components, so that pointing at cells does not send the maps again. Their JavaScript is one module, which hands a
cell from the maps to the card (assets/hosts/streamlit_maps.js).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import streamlit as st

from optim_viz.figures.loss_grid import loss_grid
from optim_viz.figures.map_colours import GREYS, RAMP, STATES, ColourScale, basin_colour, colour_scale, special
from optim_viz.figures.maps import MARGIN, Mark, map_figure
from optim_viz.figures.theme import LIGHT, THEMES
from optim_viz.maps import Axis, OutcomeMap, theory
from optim_viz.maps.outcome_map import METRICS
from optim_viz.scenario import Scenario
from optim_viz.stage.gallery import GRID, POINTS, shown
from optim_viz.stage.packing import Block, pack
from optim_viz.stage.plot import COLOURS, plot_message
from optim_viz.stage.registration import registered

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

HEIGHT: Final = 260
"""CSS pixels of a map."""
CARD: Final = "maps-run"
_LINES: Final = {
    "edge": "edge: runs grow beyond it",
    "critical": "critical damping, steepest direction: beyond it runs swing in it",
    "critical-flat": "critical damping, flattest direction",
    "optimum": "best in theory",
}


@dataclass(frozen=True, eq=False)
class ShownMap:
    """One map as the page shows it.

    Attributes:
        title: its optimizer.
        colour: index into the palette.
        found: the map.
        marks: where lanes stand.
    """

    title: str
    colour: int
    found: OutcomeMap
    marks: Sequence[Mark]


def show_maps(maps: Sequence[ShownMap], metric: str, *, key: str) -> None:
    """Show maps side by side on the running page."""
    _renderer()(key=key, data=maps_message(maps, metric, key=key), width="stretch", height="content")


def show_card(message: bytes, *, on_cell: Callable[[], None]) -> None:
    """Show the card of a run; a pointed-at cell arrives in `wanted_cell`."""
    _renderer()(
        key=CARD, data=message, default={"cell": None}, on_cell_change=on_cell, width="stretch", height="content"
    )


def wanted_cell() -> str:
    """Return the cell that the browser asked for last, "" before it asked."""
    state = cast("object", st.session_state.get(CARD))
    return str(cast("dict[str, object]", state).get("cell") or "") if isinstance(state, dict) else ""


def read_cell(text: str, maps: Sequence[OutcomeMap]) -> tuple[int, int, int] | None:
    """Return map, row and column of a cell written as "map,row,column"; None where there is none of it."""
    parts = text.split(",", 3)
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return None
    place, row, column = map(int, parts)
    if place >= len(maps) or row >= maps[place].loss.shape[0] or column >= maps[place].loss.shape[1]:
        return None
    return place, row, column


def _renderer() -> ComponentRenderer:
    return registered("maps", html='<div class="mp-root"></div>', js="hosts/streamlit_maps.js", css="maps.css")


def maps_message(maps: Sequence[ShownMap], metric: str, *, key: str) -> bytes:
    """Return what `show_maps` sends: figures, the numbers of each cell for its words, and what colours mean."""
    first = maps[0].found
    scale = colour_scale([each.found for each in maps], metric)
    minimum_known = first.surface.minimum is not None
    header: dict[str, Any] = {
        "maps": [_map(each, scale, f"{key}-{place}") for place, each in enumerate(maps)],
        "across": _axis(first.x),
        "up": _axis(first.y),
        "margin": MARGIN,
        "colours": json.loads(COLOURS),
        "known": minimum_known,
        "minima": len(first.surface.minima),
        "tolerance": first.tolerance,
        "states": {str(state): words for state, words in STATES.items()},
        "bar": None if metric == "where" else _bar(scale, minimum_known),
        "legend": _legend(maps, metric),
        "signs": _signs(maps, metric),
    }
    blocks = {
        str(place): Block(
            np.stack([each.found.gap, each.found.arrived, each.found.diverged_at, each.found.where]).astype(np.float64)
        )
        for place, each in enumerate(maps)
    }
    return pack(header, blocks)


def _map(each: ShownMap, scale: ColourScale, key: str) -> dict[str, Any]:
    found = each.found
    unused = [axis.title for axis in (found.x, found.y) if not found.uses(axis)]
    label = f"Map of {each.title}: {METRICS[scale.metric]} over {found.x.title} and {found.y.title}"  # type: ignore
    message = plot_message(map_figure(found, scale, each.marks), key=key, height=HEIGHT, label=label)
    return {
        "title": each.title,
        "colour": LIGHT.lanes[each.colour],
        "note": f"has no {' and no '.join(unused)}: it makes no difference" if unused else "",
        "theory": [{"kind": line.kind, "words": line.words} for line in theory(found)],
        "figure": json.loads(message),
    }


def _axis(axis: Axis) -> dict[str, Any]:
    short = axis.name if axis.name in ("lr", "x", "y") else axis.title
    return {"title": axis.title, "short": f"start {short}" if axis.kind == "start" else short, "values": axis.values}


def _bar(scale: ColourScale, known: bool) -> dict[str, Any]:
    if scale.metric == "steps":
        title = "Steps to tolerance"
    else:
        title = "Final loss above the minimum" if known else "Final loss"
        outside = [words for words, beyond in (("lower", scale.below), ("higher", scale.above)) if beyond]
        if outside:
            title += f" ({' and '.join(outside)} ones have the colour at the end)"
    return {"title": title, "ramp": RAMP, "ticks": scale.ticks()}


def _legend(maps: Sequence[ShownMap], metric: str) -> list[dict[str, str]]:
    """Name the colours without a number, as far as they occur."""
    seen = {int(state) for each in maps for state in np.unique(special(each.found, metric))}
    found: list[dict[str, str]] = []
    if metric == "where":
        minima = maps[0].found.surface.minima
        reached = sorted({int(place) for each in maps for place in np.unique(each.found.where) if place >= 0})
        found = [
            {
                "colour": basin_colour(place),
                "words": f"minimum{f' {place + 1}' if len(minima) > 1 else ''} at "
                f"({minima[place][0]:.4g}, {minima[place][1]:.4g})",
            }
            for place in reached
        ]
    words = STATES if metric != "steps" else STATES | {-1: "did not arrive"}
    return found + [
        {"colour": GREYS[state], "words": words[state]} for state in sorted(GREYS, reverse=True) if state in seen
    ]


def _signs(maps: Sequence[ShownMap], metric: str) -> list[dict[str, str]]:
    """Name the signs that are drawn over the maps."""
    lines = [line for each in maps for line in theory(each.found)]
    found: list[dict[str, str]] = []
    for kind, words in _LINES.items():
        same = [line for line in lines if line.kind == kind]
        if any(len(line.x) > 1 for line in same):
            found.append({"sign": "line" if kind == "optimum" else kind, "words": words})
        if any(len(line.x) == 1 for line in same):
            found.append({"sign": "star", "words": words})
    if any(each.marks for each in maps):
        found.append({"sign": "lane", "words": "present setting of a lane"})
    axes = {maps[0].found.x.kind, maps[0].found.y.kind}
    if axes == {"hyperparameter"} and metric != "where":
        found.append({"sign": "best", "words": "best cell of a map"})
    if axes == {"start"} and maps[0].found.surface.minima:
        found.append({"sign": "minimum", "words": "minimum"})
    return found


def card_message(cell: tuple[int, int, int], scenario: Scenario, title: str, setting: str, ending: str) -> bytes:
    """Return what the card shows of one run.

    Args:
        cell: map, row and column.
        scenario: the run as the lab would show it, with one lane.
        title: the optimizer.
        setting: the cell's values, in words.
        ending: how the run ended, in words.
    """
    lane, surface = scenario.lanes[0], scenario.surface_object()
    run = scenario.run(lane, surface)
    window = shown(scenario)
    header = {
        "run": {
            "cell": ",".join(map(str, cell)),
            "title": title,
            "setting": setting,
            "ending": ending,
            "href": f"./?{scenario.to_url(time=False)}",
            "colour": lane.colour,
            "marker": lane.marker,
            "window": window,
            "minima": surface.minima,
            "themes": {theme.mode: asdict(theme) for theme in THEMES.values()},
        }
    }
    ground = loss_grid(surface, window, GRID).z.astype(np.float32)
    taken = np.unique(np.linspace(0, run.steps, min(POINTS, run.steps + 1)).round().astype(int))
    with np.errstate(over="ignore"):  # beyond float32 it is infinite, which is as far out of the picture
        path = run.theta[taken].T[np.newaxis].astype(np.float32)
    return pack(header, {"ground": Block(ground), "paths": Block(path, ("x", "y"))})
