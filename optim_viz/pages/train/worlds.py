"""One optimizer in two worlds: its moments on a 2D surface beside those inside the network, under one clock.

A class of somebody else's runs on the surface in the process that runs such classes for the lab; until its run is there
this part asks every second.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from optim_viz import surfaces
from optim_viz.comparison.events import Quantity
from optim_viz.comparison.lanes import is_outside, lane_words
from optim_viz.experiments import two_worlds as arithmetic
from optim_viz.experiments.two_worlds import Toy
from optim_viz.figures.training import worlds as figures
from optim_viz.figures.training.state import QUANTITIES
from optim_viz.outside import Refused
from optim_viz.pages import say
from optim_viz.pages.train.charts import LINE_POINTS
from optim_viz.pages.train.shared import shared
from optim_viz.pages.train.worlds_words import about_network, about_toy, label_of, look, look_at_class, without_toy
from optim_viz.run_store import Bands, Run, RunStore, StoreError
from optim_viz.scenario import MAX_STEPS, Lane, Scenario, lane_titles, parse_lane
from optim_viz.scenario.first_screen import first_screen
from optim_viz.stage.lane_run import RunSpec, run_specs
from optim_viz.stage.outside_lanes import standing_still
from optim_viz.stage.outside_runs import RUNS
from optim_viz.stage.worlds import WorldsNews, two_worlds, worlds_message

_OF_CLASSES: Final[tuple[Quantity, ...]] = ("m", "sqrt_v")
"""What of the state of a class of somebody else's is compared, where it is recorded; else the steps are."""
_EVERY: Final = 2.0
"""Seconds from one look at a run that trains to the next."""
_LEAD: Final = (
    '<h2 class="tr-title">Two worlds, one clock</h2><p class="tr-lead">The same optimizer with the same numbers, on a '
    "2D surface and inside your network: on the left each of the two coordinates, on the right the quantiles over all "
    "parameters of a layer.</p>"
)


@dataclass(frozen=True)
class Chosen:
    """What is compared.

    Attributes:
        surface: its name.
        index: of the lane in the run.
        lane: the lane itself.
        layer: of the network.
        quantities: that both worlds have.
    """

    surface: str
    index: int
    lane: Lane
    layer: str
    quantities: tuple[Quantity, ...]


def show(store: RunStore, run: Run) -> None:
    """Draw the section; nothing for a run that records no states, or whose lanes have nothing to compare."""
    if not comparable(run) or not run.layers or not run.total_steps or not run.spec.get("record", True):
        return
    ticking = _ticking(store, run)
    every = None if not ticking else (_EVERY if run.active else 1.0)
    st.fragment(_live, run_every=every)(store, run.id, ticking)


def comparable(run: Run) -> dict[int, Lane]:
    """Return those lanes of a run, by position, that keep a moment that is recorded, or are of an outside class."""
    found: dict[int, Lane] = {}
    for index, text in enumerate(run.lanes):
        try:
            lane = parse_lane(text, list(found.values()))
        except ValueError:
            continue  # of another version, or of a class that is not here
        if is_outside(lane) or arithmetic.first_moment(lane) or arithmetic.second_moment(lane):
            found[index] = lane
    return found


def _ticking(store: RunStore, run: Run) -> bool:
    """Whether something can change by itself: the run trains, or the toy's run is on its way."""
    try:
        return run.active or _toy_of(run, _chosen(store, run, comparable(run))) is None
    except StoreError:
        return run.active


def _live(store: RunStore, run_id: int, ticking: bool) -> None:
    try:
        run = store.get(run_id)
        lanes = comparable(run)
        chosen = _chosen(store, run, lanes)
        toy = _toy_of(run, chosen)
        what = ("worlds", chosen.surface, chosen.index, chosen.layer, type(toy).__name__)
        message = shared(run, store, what, lambda: _message(store, run, lanes, chosen, toy), _EVERY - 0.1)
    except StoreError as error:
        say.error(str(error))
        return
    if ticking != (run.active or toy is None):
        st.rerun()
    st.html(_LEAD)
    two_worlds(message, key=_key(run))


def _message(store: RunStore, run: Run, lanes: dict[int, Lane], chosen: Chosen, toy: Toy | Refused | None) -> bytes:
    bands: dict[Quantity, Bands] = {
        name: store.quantiles(run.id, chosen.index, name, chosen.layer, LINE_POINTS) for name in chosen.quantities
    }
    news = _news(run, lanes, chosen, toy, bands)
    words = lane_words(run.lanes)[chosen.index].title
    labels = {name: label_of(name, words, chosen.surface, chosen.layer) for name in news.figures}
    heights = dict.fromkeys(news.figures, figures.HEIGHT)
    if len(bands) > 1:
        heights["path"] = figures.PATH_HEIGHT
    return worlds_message(news, key=_key(run), heights=heights, labels=labels)


def _key(run: Run) -> str:
    return f"train-worlds-{run.id}"


def _quantities(store: RunStore, run: Run, index: int, lane: Lane) -> tuple[Quantity, ...]:
    """Name what is compared of a lane: its moments, as far as it has them; of a class without any, its steps."""
    if is_outside(lane):
        there = store.recorded(run.id, index)
        return tuple(name for name in _OF_CLASSES if name in there) or ("step",)
    declared = {"m_hat": arithmetic.first_moment(lane), "sqrt_v_hat": arithmetic.second_moment(lane)}
    return tuple(cast("Quantity", name) for name, moment in declared.items() if moment is not None)


def _chosen(store: RunStore, run: Run, lanes: dict[int, Lane]) -> Chosen:
    """Return what the person chose, else what the link says, else the usual: the last lane with most to compare."""
    state = cast("object", st.session_state.get(_key(run)))
    choice = cast("dict[str, object]", state).get("choice") if isinstance(state, dict) else None
    given = cast("dict[str, object]", choice) if isinstance(choice, dict) else {}
    asked = {name: given.get(name) or st.query_params.get(f"toy_{name}") for name in ("lane", "layer")}
    surface = given.get("surface") or st.query_params.get("toy")
    if surface not in surfaces.names():
        surface = first_screen().surface
    there = {index: _quantities(store, run, index, lane) for index, lane in lanes.items()}
    usual = max(there, key=lambda index: (len(there[index]), there[index] != ("step",), index))
    text = str(asked["lane"])
    index = int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) in lanes else usual
    layer = asked["layer"]
    layer = str(layer) if layer in run.layers else run.layers[0]
    return Chosen(str(surface), index, lanes[index], layer, there[index])


def _toy_of(run: Run, chosen: Chosen) -> Toy | Refused | None:
    """Return the run on the surface; of a class why there is none, or None where it is on its way."""
    if not is_outside(chosen.lane):
        return _toy(chosen.surface, run.lanes[chosen.index], run.total_steps or 1)
    found = RUNS.lane(_spec(run, chosen))
    return found if found is None or isinstance(found, Refused) else arithmetic.toy_of_class(found)


def _spec(run: Run, chosen: Chosen) -> RunSpec:
    """Return what the toy's run of a class depends on: it is the lab's run behind `lab_link`."""
    steps = min(run.total_steps or 1, MAX_STEPS)
    scenario, _ = Scenario.from_url(lab_link(run.lanes[chosen.index], chosen.surface, steps).partition("?")[2])
    return run_specs(scenario)[0]


@lru_cache(maxsize=32)
def _toy(surface: str, lane: str, steps: int) -> Toy:
    return arithmetic.run_toy(surfaces.get(surface), parse_lane(lane), steps)


def _news(
    run: Run, lanes: dict[int, Lane], chosen: Chosen, found: Toy | Refused | None, bands: dict[Quantity, Bands]
) -> WorldsNews:
    lane, ground, total = chosen.lane, surfaces.get(chosen.surface), run.total_steps or 1
    toy = found if isinstance(found, Toy) else Toy(standing_still(_spec(run, chosen)).theta, {})
    recorded = np.concatenate([each.steps for each in bands.values()])
    stops = arithmetic.clock_stops(total, recorded)
    within = np.minimum(stops, toy.steps)
    shared = {"colour": lane.colour, "total": total}
    drawn = {"path": figures.path_figure(ground, toy, lane.colour)}
    values: dict[str, np.ndarray] = {}
    reached = stops[stops <= toy.steps]
    for quantity, band in bands.items():
        if quantity in toy.held:
            own, plain_values = toy.held[quantity], toy.plain.get(quantity)
            values[quantity] = own[within - 1]
            uncorrected = None if plain_values is None else plain_values[reached - 1]
            drawn[f"toy.{quantity}"] = figures.toy_figure(
                reached, own[reached - 1], uncorrected, quantity=quantity, **shared
            )
        drawn[f"network.{quantity}"] = figures.network_figure(
            band,
            _plain_median(lane, quantity, band),
            quantity=quantity,
            lane=lane.rule.title,
            layer=chosen.layer,
            **shared,
        )
    titles = lane_titles(tuple(lanes.values()))
    return WorldsNews(
        chosen={"surface": chosen.surface, "lane": str(chosen.index), "layer": chosen.layer},
        surfaces={each: surfaces.get(each).title for each in surfaces.names()},
        lanes={str(each): title for each, title in zip(lanes, titles, strict=True)},
        layers=run.layers,
        colour=lane.colour,
        marker=lane.marker,
        titles={quantity: QUANTITIES[quantity] for quantity in bands},
        figures=drawn,
        stops=stops,
        toy_steps=toy.steps,
        place=toy.theta[within],
        toy=values,
        network={quantity: (band.steps, band.values) for quantity, band in bands.items()},
        words={
            "look": look_at_class(lane, chosen.quantities, toy) if is_outside(lane) else look(lane),
            "toy": about_toy(toy, total) if isinstance(found, Toy) else without_toy(lane, ground.title, found),
            "network": about_network(bands),
        },
        lab=lab_link(run.lanes[chosen.index], chosen.surface, toy.steps),
    )


def _plain_median(lane: Lane, quantity: str, bands: Bands) -> np.ndarray | None:
    """Return the network's median as it is without correction: the correction keeps the order, so it is exact."""
    root = quantity == "sqrt_v_hat"
    declared = arithmetic.second_moment(lane) if root else arithmetic.first_moment(lane)
    if declared is None or not len(bands.steps):
        return None
    return arithmetic.uncorrected(declared, bands.steps, bands.values[:, 2], root=root)


def lab_link(lane: str, surface: str, steps: int) -> str:
    """Return the address of the lab with the toy's run."""
    return "./?" + urlencode([("surface", surface), ("steps", str(steps)), ("noise", "0"), ("lane", lane)], safe=",=.")
