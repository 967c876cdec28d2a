"""The maps, and beside them the run that is pointed at."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from optim_viz.figures.maps import Mark
from optim_viz.figures.theme import LIGHT
from optim_viz.maps import OutcomeMap, maps_table
from optim_viz.pages.maps.jobs import Result
from optim_viz.pages.maps.settings import MapSettings
from optim_viz.pages.save_table import save_buttons
from optim_viz.scenario import Lane, Scenario
from optim_viz.stage.maps import STATES, ShownMap, card_message, read_cell, show_card, show_maps, wanted_cell


def show(settings: MapSettings, result: Result) -> None:
    """Show the maps and the card."""
    with st.container(key="maps-body"):
        with st.container(key="maps-main"):
            show_maps(_shown(settings, result.maps), settings.metric, key="maps")
            by_title = dict(zip(settings.titles(), result.maps, strict=True))
            save_buttons(partial(maps_table, by_title), "maps", "Save all cells as")
        with st.container(key="maps-aside"):
            _card(settings, result.maps)


def _shown(settings: MapSettings, maps: list[OutcomeMap]) -> list[ShownMap]:
    return [
        ShownMap(title, lane.colour, found, _marks(settings, lane, found))
        for title, lane, found in zip(settings.titles(), settings.lanes(), maps, strict=True)
    ]


def _marks(settings: MapSettings, lane: Lane, found: OutcomeMap) -> list[Mark]:
    """Return where the lanes of a map stand: nothing where an axis makes no difference to them."""
    if not (found.uses(found.x) and found.uses(found.y)):
        return []
    scenario = settings.scenario
    marks: list[Mark] = []
    for each in settings.marked(lane):
        here: dict[str, Any] = {**dict(zip("xy", scenario.start, strict=True)), **scenario.parameters}
        here |= each.hyperparameters
        marks.append(
            Mark(float(here[found.x.name]), float(here[found.y.name]), each.rule.title, LIGHT.lanes[each.colour])
        )
    return marks


@st.fragment
def _card(settings: MapSettings, maps: list[OutcomeMap]) -> None:
    """Answer with the run of the cell that is pointed at; the best of the first map until one is."""
    best = maps[0].best() or (0, 0)
    cell = place, row, column = read_cell(wanted_cell(), maps) or (0, best[0], best[1])
    found = maps[place]
    title = settings.titles()[place]
    words = _value(found, row, column)
    message = card_message(
        cell, scenario_of(settings, found, place, row, column), title, words, _ending(found, row, column)
    )
    show_card(message, on_cell=lambda: None)


def scenario_of(settings: MapSettings, found: OutcomeMap, place: int, row: int, column: int) -> Scenario:
    """Return a cell's run as the lab shows it: its own setting, one lane, in the lane's colours."""
    setting, lane = found.setting(row, column), settings.lanes()[place]
    whole = {each.name for each in found.surface.parameters if each.integer}
    parameters = {
        name: int(value) if name in whole else value
        for name, value in {**settings.scenario.parameters, **setting["surface"]}.items()
    }
    own = replace(lane, hyperparameters=setting["hyperparameters"], visible=True)
    return replace(
        settings.scenario,
        parameters=parameters,
        start=setting["start"],
        lanes=(own,),
        lane=0,
        time=None,
        zoom=None,
        story="",
    )


def _value(found: OutcomeMap, row: int, column: int) -> str:
    parts: list[str] = []
    for axis, place in ((found.x, column), (found.y, row)):
        name = axis.name if axis.name == "lr" else axis.title
        parts.append(f"{name} {axis.values[place]:.4g}")
    return ", ".join(parts)


def _ending(found: OutcomeMap, row: int, column: int) -> str:
    """Say how a run ended, as the browser does for the cells that are pointed at."""
    if found.diverged_at[row, column] >= 0:
        return f"diverged at step {found.diverged_at[row, column]}"
    known = found.surface.minimum is not None
    loss = f"{found.gap[row, column]:.3g} above the minimum" if known else f"loss {found.gap[row, column]:.4g}"
    if found.arrived[row, column] >= 0:
        return f"{loss}; first within {found.tolerance:g} at step {found.arrived[row, column]}"
    return f"{loss}; {STATES[int(found.where[row, column])]}" if known else loss
