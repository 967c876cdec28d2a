"""One message to the browser: all that shows a scenario, and whatever a request asks for beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, cast

import numpy as np

from optim_viz.scenario import (
    Problem,
    Scenario,
    convention_words,
    differences,
    format_lane,
    schedule_words,
    sentence,
)
from optim_viz.stage.apart import apart
from optim_viz.stage.asked import MAX_VALUES, more_values_than, read_aspect, read_items
from optim_viz.stage.charts import charts, computed, drawn, states_menu
from optim_viz.stage.gallery import gallery
from optim_viz.stage.in_time import OUTSIDE_SECONDS, asked_families, asked_strips, scenario_clouds
from optim_viz.stage.known_paths import known_paths
from optim_viz.stage.lane_run import LaneRun, RunSpec, lane_run, run_specs, surface_spec
from optim_viz.stage.outside_lanes import outside_lane_runs
from optim_viz.stage.packing import Block, pack
from optim_viz.stage.parity import parity
from optim_viz.stage.sections import catalog, outside_rules, surface_section
from optim_viz.stage.story_section import story_section
from optim_viz.stage.taken import KEY, taken
from optim_viz.turns import TURNS

PageMaker = Callable[[Scenario, bool, bool], tuple[bytes, int]]
"""Makes a page in one file of a scenario, with the runs of its sliders or without, with plotly.js (which 3D needs) or
without, and says how many sliders drag; see optim_viz.saved_page. A ValueError says why there is none."""

Drawer = Callable[[Scenario, Mapping[str, object]], tuple[dict[str, Any], bytes | None]]
"""Begins, follows and cancels the drawing of a scenario as a picture or a film; see optim_viz.render.jobs.answer."""

Part = tuple[dict[str, Any], dict[str, Block]]
"""Entries of a message's header, and its arrays by key."""


@dataclass(frozen=True)
class _Lanes:
    """Lanes with their runs: those of the scenario on screen, or those that are pinned in it."""

    scenario: Scenario
    specs: tuple[RunSpec, ...]
    runs: Sequence[LaneRun]


def message(
    fields: Mapping[str, object],
    scenario: Scenario,
    problems: Sequence[Problem],
    told: Mapping[str, Any],
    page: PageMaker | None = None,
    draw: Drawer | None = None,
) -> bytes:
    """Return the packed message.

    Args:
        fields: the request's; see `optim_viz.stage.answer`.
        scenario: what it shows.
        problems: what was wrong with what was asked for.
        told: further entries of its header.
        page: makes a page in one file; None where none is to be had.
        draw: draws pictures and films; None where none are to be had.
    """
    have = {key for key in islice(read_items(fields.get("have")), MAX_VALUES) if isinstance(key, str)}
    before = scenario.before()
    shown = _with_runs([scenario, *([before] if before else [])])
    seq = fields.get("seq")
    header: dict[str, Any] = {
        "seq": seq if isinstance(seq, int) else 0,
        "problems": [
            {"field": problem.field, "message": sentence(problem.message), "count": problem.count}
            for problem in problems
        ],
        **told,
    }
    offered = catalog(scenario.surface)
    if offered["key"] not in have:
        header["catalog"] = offered
    blocks: dict[str, Block] = {}
    for entries, arrays in (
        _beside(fields, shown[0]),
        _picture(fields, shown),
        _asked_about(fields, shown[0]),
        _files(fields, shown, page, draw),
    ):
        header |= entries
        blocks |= arrays
    TURNS.give_way()
    return pack(header, {key: block for key, block in blocks.items() if key not in have})


def _with_runs(scenarios: Sequence[Scenario]) -> list[_Lanes]:
    """Run the lanes of scenarios, the first of which says what is plotted."""
    plots = computed(scenarios[0].plots)
    specs = [run_specs(scenario) for scenario in scenarios]
    outside = outside_lane_runs([*chain(*specs)], plots, OUTSIDE_SECONDS)
    return [
        _Lanes(scenario, own, [outside.get(spec) or lane_run(spec, plots) for spec in own])
        for scenario, own in zip(scenarios, specs, strict=True)
    ]


def _beside(fields: Mapping[str, object], lanes: _Lanes) -> Part:
    """Return what the sliders and clouds of the lanes show, as much as there is time for."""
    scenario, specs = lanes.scenario, lanes.specs
    step = fields.get("step")
    plots = computed(scenario.plots)
    families = list(asked_families(fields.get("families"), specs, plots, step if isinstance(step, int) else 0))
    strips, all_strips = asked_strips(fields.get("strips"), specs)
    clouds, all_clouds = scenario_clouds(scenario, specs)
    blocks: dict[str, Block] = {}
    for _, _, item in families:
        blocks |= {item.key: item.block, **item.further, item.strip.key: item.strip.block}
    blocks |= {item.key: item.block for _, item in strips}
    blocks |= {item.key: item.block for item in clouds if item is not None}
    return {
        "families": [{"lane": lane, "fine": fine, **item.section} for lane, fine, item in families],
        "strips": [{"lane": lane, **item.section} for lane, item in strips],
        "strips_later": not all_strips,
        "clouds": [None if item is None else item.section for item in clouds],
        "clouds_later": not all_clouds,
    }, blocks


def _picture(fields: Mapping[str, object], shown: Sequence[_Lanes]) -> Part:
    """Return the surface, the runs and all that says what they are."""
    scenario, runs = shown[0].scenario, shown[0].runs
    every = [run for lanes in shown for run in lanes.runs]
    plots = drawn(scenario.plots, {name for run in runs for name in run.curves})
    ground = surface_spec(scenario)
    surface, grid = surface_section(
        ground, scenario.zoom, read_aspect(fields.get("aspect")), fill=scenario.axes == "fill"
    )
    paths, path_blocks = known_paths(ground.surface(), scenario.steps)
    return {
        "scenario": scenario.to_dict(),
        "query": scenario.to_url(time=False),
        "surface": surface,
        "story": story_section(scenario),
        "charts": charts(plots, {name for run in every for name in run.states.paired}),
        "states": states_menu([run.states for run in runs], scenario.plots),
        "lanes": _lanes(shown[0]),
        "pinned": [lane for lanes in shown[1:] for lane in _lanes(lanes)],
        "paths": paths,
        "outside": outside_rules(spec.optimizer for lanes in shown for spec in lanes.specs),
    }, {str(surface["key"]): grid, **path_blocks, **{run.key: run.block for run in every}}


def _lanes(lanes: _Lanes) -> list[dict[str, Any]]:
    scenario = lanes.scenario
    return [
        {
            "title": title,
            "convention": convention,
            "differs": differs,
            "schedule": plan,
            "apart": distance,
            "text": text,
            **_lane(spec, run),
        }
        for title, convention, differs, plan, distance, text, spec, run in zip(
            scenario.titles(),
            convention_words(scenario.lanes),
            _differences(scenario),
            schedule_words(scenario.lanes),
            apart(lanes.specs, lanes.runs),
            _lane_texts(scenario),
            lanes.specs,
            lanes.runs,
            strict=True,
        )
    ]


def _differences(scenario: Scenario) -> list[list[dict[str, str]]]:
    """Return the hyperparameters that each lane's title names, so that it can follow a slider that is dragged."""
    return [[{"name": each.name, "short": each.short} for each in found] for found in differences(scenario.lanes)]


def _lane_texts(scenario: Scenario) -> list[str]:
    """Return each lane as a link has it, the looks that a reader of the link would give it left out."""
    return [format_lane(lane, scenario.lanes[:position]) for position, lane in enumerate(scenario.lanes)]


def _lane(spec: RunSpec, run: LaneRun) -> dict[str, Any]:
    return {
        "key": run.key,
        "optimizer": spec.optimizer,
        "diverged_at": run.diverged_at,
        "divergence": run.divergence,
        "arrived": run.arrived,
        "limit": run.limit,
        "lines": run.lines,
        "recorded": run.recorded,
        "curves": run.curves,
        "note": run.note,
        "waiting": run.waiting,
    }


def _asked_about(fields: Mapping[str, object], lanes: _Lanes) -> Part:
    """Return what came of running torch beside a lane, and the gallery of stories, where they are asked for."""
    header: dict[str, Any] = {}
    beside = fields.get("parity")
    if isinstance(beside, int) and not isinstance(beside, bool) and 0 <= beside < len(lanes.specs):
        header["parity"] = parity(lanes.scenario, beside)
    if fields.get("gallery") is not True:
        return header, {}
    shelf = gallery()
    return {**header, "gallery": shelf.section}, dict(shelf.blocks)


def _files(fields: Mapping[str, object], shown: Sequence[_Lanes], page: PageMaker | None, draw: Drawer | None) -> Part:
    """Return what is taken away: a page in one file, a picture or a film, a table or a script."""
    scenario = shown[0].scenario
    header: dict[str, Any] = {}
    blocks: dict[str, Block] = {}
    if page is not None and isinstance(fields.get("page"), Mapping):
        drag, plotly = (cast("Mapping[str, object]", fields["page"]).get(name) is True for name in ("drag", "plotly"))
        content, draggable = page(scenario, drag, plotly)
        header["page"] = {"key": "page", "drag": drag, "plotly": plotly, "draggable": draggable}
        blocks["page"] = Block(np.frombuffer(content, np.uint8))
    if draw is not None and isinstance(fields.get("drawing"), Mapping):
        header["drawing"], drawn_file = _drawing(cast("Mapping[str, object]", fields["drawing"]), scenario, draw)
        if drawn_file is not None:
            blocks["drawing"] = Block(np.frombuffer(drawn_file, np.uint8))
    step = fields.get("step")
    specs = [spec for lanes in shown for spec in lanes.specs]
    wish = taken(scenario, fields.get("take"), specs, step if isinstance(step, int) else scenario.steps)
    if wish is not None:
        header["taken"] = wish[0]
        blocks |= {} if wish[1] is None else {KEY: wish[1]}
    return header, blocks


def _drawing(asked: Mapping[str, object], scenario: Scenario, draw: Drawer) -> tuple[dict[str, Any], bytes | None]:
    """Draw what is on screen: the request brings it, since view, zoom and the like belong to the browser."""
    raw = asked.get("scenario", {})
    if more_values_than(MAX_VALUES, raw):
        return {"state": "failed", "error": f"a scenario of more than {MAX_VALUES} values is not read"}, None
    return draw(Scenario.from_dict(raw, scenario)[0], asked)
