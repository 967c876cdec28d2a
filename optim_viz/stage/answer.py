"""Answers the browser: a request and the last good scenario in, one packed message and the new last good one out.

A request is {"seq": int, "scenario": {...} or null, "families": [{"lane": int, "hyperparameter": str, "fine": bool}],
"strips": [{"lane": int, "hyperparameter": str}], "step": int, "have": [keys], "query": str, "aspect": float, "parity":
int} with the step on screen, the keys of the arrays that the browser holds, the link to what it shows, the width by
height of its picture of the surface, and the lane beside which torch is to be run. It comes from outside, so nothing in
it is trusted and nothing in it raises.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from optim_viz import stories
from optim_viz.scenario import Problem, Scenario, convention_words, differences, format_lane, schedule_words
from optim_viz.scenario.reader import as_float
from optim_viz.stage.apart import apart
from optim_viz.stage.charts import charts, computed, drawn, states_menu
from optim_viz.stage.clouds import LaneCloud, lane_cloud
from optim_viz.stage.families import Family, family
from optim_viz.stage.gallery import gallery
from optim_viz.stage.known_paths import known_paths
from optim_viz.stage.lane_run import LaneRun, RunSpec, lane_run, run_specs, surface_spec
from optim_viz.stage.outside_lanes import is_outside, outside_family, outside_lane_runs
from optim_viz.stage.packing import Block, pack
from optim_viz.stage.parity import parity
from optim_viz.stage.sections import catalog, outside_rules, surface_section
from optim_viz.stage.story_section import known_story, story_section
from optim_viz.stage.strips import Strip, strip

Pages = Sequence[tuple[str, str]]
"""Title and path of the app's other pages, which the stage links to."""

MAX_FAMILIES = 4
"""Families sent in one message: at 1000 steps four of Adam's are 33 MB, and there they are largest."""

MAX_STRIPS = 64
"""Strips read of one request; eight lanes with all their sliders have fewer."""

STRIP_SECONDS = 0.06
"""Work on strips gives way after this long, so that a release behind it does not wait; the browser asks for the rest
again."""

CLOUD_SECONDS = 0.06
"""Work on clouds gives way after this long, for the same reason."""

OUTSIDE_SECONDS = 0.4
"""How long an answer waits for runs of outside optimizers; the browser asks again for what is missing then."""

MAX_VALUES = 5_000
"""Values, nested ones too, of a scenario that is read; eight lanes with all their settings have about 200."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """What stays between two requests.

    Attributes:
        scenario: the one on screen.
        problems: what was wrong with what was asked for when it came on screen.
    """

    scenario: Scenario
    problems: tuple[Problem, ...] = ()


def opened(query: str | Mapping[str, list[str]]) -> Kept:
    """Return what a fresh page shows for the query of its link: what it leaves out is that of the story it names."""
    scenario, problems = Scenario.from_url(query)
    if scenario.story in stories.names():
        scenario, problems = Scenario.from_url(query, stories.get(scenario.story).scenario)
    return Kept(*known_story(scenario, problems))


def answer(
    request: object,
    kept: Kept,
    pages: Pages = (),
    sections: Mapping[str, str] | None = None,
    *,
    page_runs: int = 0,
) -> tuple[bytes, Kept]:
    """Return the message for a request (None: the page opens), and what to keep.

    Args:
        request: see above.
        kept: what the last answer returned to keep.
        pages: the app's other pages.
        sections: the Paper page's sections that the stage links to, slug to address.
        page_runs: how often the whole page has run, which is told as it is.

    Whatever goes wrong on the way is logged, told to the person as a problem of the field "lab", and leaves the last
    good picture on screen; a page that opens has none, and shows the default.
    """
    told: dict[str, Any] = {
        "pages": [{"title": title, "path": path} for title, path in pages],
        "sections": dict(sections or {}),
        "page_runs": page_runs,
    }
    fields: Mapping[str, object] = {}
    if isinstance(request, Mapping):
        fields = cast("Mapping[str, object]", request)
    try:
        wanted = _wanted(fields, kept)
        return _message(fields, wanted, told), wanted
    except Exception as error:
        _LOG.exception("a request of the lab could not be answered")
        problem = Problem("lab", _excuse(error))
    fields = {name: fields[name] for name in ("seq", "have", "aspect") if name in fields}
    fallback = Kept(kept.scenario if request is not None else Scenario.default(), (problem,))
    try:
        return _message(fields, fallback, told), fallback
    except Exception:
        _LOG.exception("the lab's last picture could not be drawn again")
        fallback = Kept(Scenario.default(), (problem,))
        return _message(fields, fallback, told), fallback


def _wanted(fields: Mapping[str, object], kept: Kept) -> Kept:
    if fields.get("scenario") is None:
        return kept
    raw = fields["scenario"]
    if _more_values_than(MAX_VALUES, raw):
        return Kept(kept.scenario, (Problem("scenario", f"a scenario of more than {MAX_VALUES} values is not read"),))
    return Kept(*known_story(*Scenario.from_dict(raw, kept.scenario)))


def _more_values_than(most: int, raw: object) -> bool:
    """Tell whether nested lists and mappings hold more values than `most`; counting ends there."""
    waiting: list[object] = [raw]
    count = 0
    while waiting and count <= most:
        item = waiting.pop()
        inner: Iterable[object] = ()
        if isinstance(item, Mapping):
            inner = cast("Mapping[object, object]", item).values()
        elif isinstance(item, list | tuple):
            inner = cast("Sequence[object]", item)
        waiting += islice(inner, most + 1 - count)
        count += 1
    return count > most


def _excuse(error: Exception) -> str:
    if isinstance(error, ValueError):
        return f"this cannot be shown: {error}"[:300]
    return "this cannot be shown because of a fault in the lab (the server's log says which); the last picture stays"


def _message(fields: Mapping[str, object], kept: Kept, told: Mapping[str, Any]) -> bytes:
    scenario = kept.scenario
    have = {key for key in islice(_items(fields.get("have")), MAX_VALUES) if isinstance(key, str)}
    specs = run_specs(scenario)
    plots = computed(scenario.plots)
    before = scenario.before()
    pinned_specs = run_specs(before) if before else ()
    outside = outside_lane_runs((*specs, *pinned_specs), plots, OUTSIDE_SECONDS)
    runs = [outside.get(spec) or lane_run(spec, plots) for spec in specs]
    pinned_runs = [outside.get(spec) or lane_run(spec, plots) for spec in pinned_specs]
    shown = drawn(scenario.plots, {name for run in runs for name in run.curves})
    step = fields.get("step")
    families = list(_families(fields.get("families"), specs, plots, step if isinstance(step, int) else 0))
    strips, all_strips = _strips(fields.get("strips"), specs)
    clouds, all_clouds = _clouds(scenario, specs)
    surface, grid = surface_section(
        surface_spec(scenario), scenario.zoom, _aspect(fields.get("aspect")), fill=scenario.axes == "fill"
    )
    paths, path_blocks = known_paths(surface_spec(scenario).surface(), scenario.steps)
    seq = fields.get("seq")
    shelf = gallery() if fields.get("gallery") is True else None
    header: dict[str, Any] = {
        "seq": seq if isinstance(seq, int) else 0,
        "scenario": scenario.to_dict(),
        "query": scenario.to_url(time=False),
        "python": scenario.to_python(),
        "problems": [{"field": problem.field, "message": problem.message} for problem in kept.problems],
        "surface": surface,
        "story": story_section(scenario),
        "charts": charts(shown, {name for run in (*runs, *pinned_runs) for name in run.states.paired}),
        "states": states_menu([run.states for run in runs], scenario.plots),
        "lanes": _lanes(scenario, specs, runs),
        "pinned": _lanes(before, pinned_specs, pinned_runs) if before else [],
        "paths": paths,
        **told,
        "families": [{"lane": lane, "fine": fine, **item.section} for lane, fine, item in families],
        "strips": [{"lane": lane, **item.section} for lane, item in strips],
        "strips_later": not all_strips,
        "clouds": [None if item is None else item.section for item in clouds],
        "clouds_later": not all_clouds,
        "outside": outside_rules(spec.optimizer for spec in (*specs, *pinned_specs)),
    }
    if catalog()["key"] not in have:
        header["catalog"] = catalog()
    blocks: dict[str, Block] = {str(surface["key"]): grid} | path_blocks
    beside = fields.get("parity")
    if isinstance(beside, int) and not isinstance(beside, bool) and 0 <= beside < len(specs):
        header["parity"] = parity(scenario, beside)
    if shelf is not None:
        header["gallery"] = shelf.section
        blocks |= shelf.blocks
    blocks |= {run.key: run.block for run in (*runs, *pinned_runs)}
    for _, _, item in families:
        blocks |= {item.key: item.block, **item.further, item.strip.key: item.strip.block}
    blocks |= {item.key: item.block for _, item in strips}
    blocks |= {item.key: item.block for item in clouds if item is not None}
    return pack(header, {key: block for key, block in blocks.items() if key not in have})


def _lanes(scenario: Scenario, specs: Sequence[RunSpec], runs: Sequence[LaneRun]) -> list[dict[str, Any]]:
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
            apart(specs, runs),
            _lane_texts(scenario),
            specs,
            runs,
            strict=True,
        )
    ]


def _differences(scenario: Scenario) -> list[list[dict[str, str]]]:
    """Return the hyperparameters that each lane's title names, so that it can follow a slider that is dragged."""
    return [[{"name": each.name, "short": each.short} for each in found] for found in differences(scenario.lanes)]


def _aspect(raw: object) -> float | None:
    """Return the picture's aspect, rounded so that a window that is resized a little asks for nothing new."""
    value = as_float(raw)
    return round(value, 2) if value is not None and 0.05 <= value <= 20 else None


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


def _families(
    raw: object, specs: Sequence[RunSpec], plots: tuple[str, ...], step: int
) -> Iterable[tuple[int, float | None, Family]]:
    """Yield the families asked for, each with its lane, and the value that it is fine around (None: it is not fine)."""
    for lane, name, fine in _sliders(raw, specs, MAX_FAMILIES):
        value = dict(specs[lane].hyperparameters)[name]
        if is_outside(specs[lane]):
            if not fine or not isinstance(value, bool):
                around = value if fine else None
                yield lane, around, outside_family(specs[lane], name, plots, step, OUTSIDE_SECONDS, fine=fine)
        elif not fine:
            yield lane, None, family(specs[lane], name, plots, step)
        elif not isinstance(value, bool):
            yield lane, value, family(specs[lane], name, plots, step, fine=True)


def _strips(raw: object, specs: Sequence[RunSpec]) -> tuple[list[tuple[int, Strip]], bool]:
    """Return the strips asked for, in their order, as many as there is time for, and whether that is all of them."""
    until, found = time.perf_counter() + STRIP_SECONDS, list[tuple[int, Strip]]()
    for lane, name, _ in _sliders(raw, specs, MAX_STRIPS):
        if isinstance(dict(specs[lane].hyperparameters)[name], bool):
            continue  # a switch has no track
        if is_outside(specs[lane]):
            continue  # its strips come with its families
        done = strip(specs[lane], name, until)
        if done is None:
            return found, False
        found.append((lane, done))
    return found, True


def _clouds(scenario: Scenario, specs: Sequence[RunSpec]) -> tuple[list[LaneCloud | None], bool]:
    """Return the cloud of each lane, None for one that has none (yet), and whether that is all of them."""
    found: list[LaneCloud | None] = [None] * len(specs)
    if scenario.cloud is None:
        return found, True
    until = time.perf_counter() + CLOUD_SECONDS
    for place, (lane, spec) in enumerate(zip(scenario.lanes, specs, strict=True)):
        if is_outside(spec) or not lane.visible:
            continue  # an outside class runs one start at a time, which takes too long
        found[place] = lane_cloud(spec, *scenario.cloud, until)
        if found[place] is None:
            return found, False
    return found, True


def _sliders(raw: object, specs: Sequence[RunSpec], most: int) -> Iterable[tuple[int, str, bool]]:
    """Yield lane and hyperparameter of the sliders asked about, and whether finely; one that is gone is left out."""
    for item in _items(raw)[:most]:
        if not isinstance(item, Mapping):
            continue
        asked = cast("Mapping[str, object]", item)
        lane, name = asked.get("lane"), asked.get("hyperparameter")
        if not isinstance(lane, int) or not isinstance(name, str) or not 0 <= lane < len(specs):
            continue
        if name in dict(specs[lane].hyperparameters):
            yield lane, name, asked.get("fine") is True


def _items(raw: object) -> list[object]:
    return cast("list[object]", raw) if isinstance(raw, list) else []
