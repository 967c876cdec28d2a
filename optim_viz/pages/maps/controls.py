"""What can be chosen on the page. The link holds every choice: a control changes the link, and the page follows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, cast

import streamlit as st

from optim_viz import surfaces, update_rules
from optim_viz.maps import METRICS, axis_names
from optim_viz.maps.axis import Axis
from optim_viz.pages.maps.jobs import Job
from optim_viz.pages.maps.settings import (
    ATTEMPTS,
    CELLS,
    EQUAL,
    MOST_MAPS,
    TOLERANCES,
    MapSettings,
    pairs,
    usual_pair,
)
from optim_viz.scenario import FORMULA, Lane, Scenario
from optim_viz.scenario.reader import as_float, number_text

_JOB: Final = "maps_job"
_AGAIN: Final = "maps_go_on"
_TROUBLES: Final = "maps_troubles"
Change = Callable[[MapSettings, Any], MapSettings]


def show(settings: MapSettings) -> None:
    """Draw the controls."""
    with st.container(key="maps-controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        _surface(settings)
        _optimizers(settings)
        _metric(settings)
        with st.popover("More", width="content"):
            _more(settings)
    _pairs(settings)


def troubles() -> list[str]:
    """Return, once, what was wrong with what was typed last."""
    return cast("list[str]", st.session_state.pop(_TROUBLES, []))


def keep(job: Job) -> None:
    """Remember this page's job, and end the one before it, which this page no longer waits for."""
    old = st.session_state.get(_JOB)
    if isinstance(old, Job) and old is not job:
        old.leave()
    st.session_state[_JOB] = job


def go_on() -> None:
    """Ask for a job that was cancelled."""
    st.session_state[_AGAIN] = True


def again() -> bool:
    """Tell, once, whether a cancelled job was asked for."""
    return bool(st.session_state.pop(_AGAIN, False))


def _changed(settings: MapSettings, key: str, change: Change) -> None:
    """Put a control's value into the link."""
    try:
        found = change(settings, st.session_state.get(key))
        found.axes()
    except ValueError as error:
        st.session_state[_TROUBLES] = [str(error)]
        return
    st.query_params.from_dict(found.query())


def _control(settings: MapSettings, name: str, value: object, change: Change) -> dict[str, Any]:
    """Return a widget's arguments; what it shows comes from the link, at every run."""
    key = f"maps-{name}"
    st.session_state[key] = value
    return {"key": key, "on_change": _changed, "args": (settings, key, change)}


def _surface(settings: MapSettings) -> None:
    names = [*surfaces.names()]
    if settings.scenario.surface == FORMULA:
        names.append(FORMULA)
    st.selectbox(
        "Surface",
        names,
        format_func=lambda name: "Your own formula" if name == FORMULA else surfaces.get(name).title,
        width=220,
        **_control(settings, "surface", settings.scenario.surface, _with_surface),
    )


def _with_surface(settings: MapSettings, name: str) -> MapSettings:
    old = settings.scenario
    found, _ = Scenario.from_dict({"surface": name, "steps": old.steps, "noise": old.noise, "seed": old.seed}, old)
    return _fitted(replace(settings, scenario=found, across_range=None, up_range=None))


def _fitted(settings: MapSettings) -> MapSettings:
    """Take other axes where the surface and the optimizers no longer have these, or none of them does."""
    ground, rules = settings.surface, settings.rules
    names = axis_names(ground, rules)
    if settings.across in names and settings.up in names:
        return settings
    across, up = usual_pair(ground, rules)
    return replace(settings, across=across, up=up, across_range=None, up_range=None)


def _optimizers(settings: MapSettings) -> None:
    chosen = list(dict.fromkeys(lane.optimizer for lane in settings.scenario.lanes))
    st.multiselect(
        "Optimizers",
        update_rules.names(),
        format_func=lambda name: update_rules.get(name).title,
        max_selections=MOST_MAPS,
        placeholder="Choose at least one",
        width="stretch",
        **_control(settings, "optimizers", chosen, _with_optimizers),
    )


def _with_optimizers(settings: MapSettings, names: list[str]) -> MapSettings:
    if not names:
        raise ValueError("A map needs one optimizer at least.")
    kept = settings.scenario.lanes
    lanes: list[Lane] = []
    for name in names:
        own = [lane for lane in kept if lane.optimizer == name]
        lanes += own or [_new(settings, name)]
    return _fitted(replace(settings, scenario=replace(settings.scenario, lanes=tuple(lanes))))


def _new(settings: MapSettings, name: str) -> Lane:
    """Return a lane with the rate that the surface suggests for its family."""
    rule = update_rules.get(name)
    rate = settings.surface.learning_rates.get(rule.family)
    return Lane(name, {} if rate is None else {"lr": rate})


def _metric(settings: MapSettings) -> None:
    known = settings.surface.minimum is not None
    st.segmented_control(
        "Colours tell",
        [name for name in METRICS if known or name != "steps"],
        format_func=lambda name: METRICS[name],
        required=True,
        width="content",
        **_control(settings, "metric", settings.metric, lambda old, value: replace(old, metric=value)),
    )


def _pairs(settings: MapSettings) -> None:
    known = pairs(settings.surface, settings.rules)
    here = (settings.across, settings.up)
    st.pills(
        "Axes",
        list(known),
        format_func=lambda pair: known[pair],
        label_visibility="collapsed",
        **_control(settings, "pair", here if here in known else None, _with_pair),
    )


def _with_pair(settings: MapSettings, pair: tuple[str, str] | None) -> MapSettings:
    if pair is None:
        return settings
    metric = settings.metric
    if pair == ("x", "y"):
        metric = "where"
    elif metric == "where":
        metric = "final_loss"
    return replace(settings, across=pair[0], up=pair[1], across_range=None, up_range=None, metric=metric)


def _more(settings: MapSettings) -> None:
    names = axis_names(settings.surface, settings.rules)
    axes = settings.axes()
    for side, title, axis in (("across", "Across", axes[0]), ("up", "Up", axes[1])):
        left, right = st.columns(2)
        with left:
            st.selectbox(
                title,
                list(names),
                format_func=lambda name: names[name],
                **_control(settings, side, axis.name, _with_axis(side)),
            )
        with right:
            st.text_input(
                f"{title}: from, to",
                **_control(settings, f"{side}-range", _ends(axis), _with_range(side)),
            )
    left, right = st.columns(2)
    scenario = settings.scenario
    with left:
        cells = sorted({*CELLS, settings.cells})
        st.selectbox(
            "Cells along a side",
            cells,
            **_control(settings, "cells", settings.cells, lambda old, value: replace(old, cells=value)),
        )
        st.text_input("Steps of a run", **_control(settings, "steps", str(scenario.steps), _with_scenario("steps")))
        start = ", ".join(map(number_text, scenario.start))
        st.text_input("Start x, y", **_control(settings, "start", start, _with_scenario("start")))
    with right:
        tolerances = sorted({*TOLERANCES, settings.tolerance}, reverse=True)
        st.selectbox(
            "Tolerance",
            tolerances,
            format_func=lambda value: f"{value:g}",
            help="A run has arrived once its loss is so near to the minimum.",
            **_control(settings, "tolerance", settings.tolerance, lambda old, value: replace(old, tolerance=value)),
        )
        st.text_input(
            "Gradient noise", **_control(settings, "noise", number_text(scenario.noise), _with_scenario("noise"))
        )
        st.text_input("Seed", **_control(settings, "seed", str(scenario.seed), _with_scenario("seed")))


def _ends(axis: Axis) -> str:
    return f"{number_text(axis.values[0])}, {number_text(axis.values[-1])}"


def _with_axis(side: str) -> Change:
    def change(settings: MapSettings, name: str) -> MapSettings:
        other = "up" if side == "across" else "across"
        changed = {side: name, f"{side}_range": None}
        if getattr(settings, other) == name:  # the two change places
            changed |= {other: getattr(settings, side), f"{other}_range": None}
        return replace(settings, **cast("dict[str, Any]", changed))

    return change


def _with_range(side: str) -> Change:
    def change(settings: MapSettings, text: str) -> MapSettings:
        parts = [part.strip() for part in text.split(",")]
        try:
            ends = None if parts == [""] else tuple(float(part) for part in parts)
        except ValueError:
            ends = ()
        if ends is not None and len(ends) != 2:
            raise ValueError(f"A range is two numbers with a comma, such as 0.001, 1, not “{text[:60]}”.")
        return replace(settings, **cast("dict[str, Any]", {f"{side}_range": ends}))

    return change


def _with_scenario(name: str) -> Change:
    def change(settings: MapSettings, text: str) -> MapSettings:
        scenario, problems = Scenario.from_dict({name: text}, settings.scenario)
        if problems:
            raise ValueError("; ".join(map(str, problems)))
        return replace(settings, scenario=scenario)

    return change


def fairness_controls(settings: MapSettings) -> None:
    """Draw what can be chosen of the fair comparison."""
    with st.container(key="maps-fair-controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Attempts each",
            sorted({*ATTEMPTS, settings.attempts}),
            width=140,
            **_control(settings, "attempts", settings.attempts, lambda old, value: replace(old, attempts=value)),
        )
        st.text_input("Equal lr", width=140, **_control(settings, "equal", number_text(settings.equal), _with_equal))


def _with_equal(settings: MapSettings, text: str) -> MapSettings:
    value = as_float(text)
    if value is None or not EQUAL[0] <= value <= EQUAL[1]:
        raise ValueError(
            f"The learning rate that all share is a number from {EQUAL[0]:g} to {EQUAL[1]:g}, not “{text[:60]}”."
        )
    return replace(settings, equal=value)
