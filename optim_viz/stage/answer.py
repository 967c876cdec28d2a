"""Answers the browser: a request and the last good scenario in, one packed message and the new last good one out.

A request is {"seq": int, "scenario": {...} or null, "families": [{"lane": int, "hyperparameter": str, "fine": bool}],
"strips": [{"lane": int, "hyperparameter": str}], "step": int, "have": [keys], "query": str, "aspect": float, "parity":
int, "page": {"drag": bool, "plotly": bool}, "drawing": {...}, "take": {...}} with the step on screen, the keys of the
arrays that the browser holds, the link to what it shows, the width by height of its picture of the surface, the lane
beside which torch is to be run, what a page in one file is to hold (the runs of its sliders, plotly.js), what is to be
drawn as a picture or a film, and the file or script that is wished for (`optim_viz.stage.taken`). It comes from
outside, so nothing in it is trusted and nothing in it raises.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from optim_viz import stories
from optim_viz.scenario import Problem, Scenario
from optim_viz.stage.asked import MAX_VALUES, more_values_than
from optim_viz.stage.message import Drawer, PageMaker, message
from optim_viz.stage.story_section import known_story

Pages = Sequence[tuple[str, str]]
"""Title and path of the app's other pages, which the stage links to."""

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
    page: PageMaker | None = None,
    draw: Drawer | None = None,
) -> tuple[bytes, Kept]:
    """Return the message for a request (None: the page opens), and what to keep.

    Args:
        request: see above.
        kept: what the last answer returned to keep.
        pages: the app's other pages.
        sections: the Paper page's sections that the stage links to, slug to address.
        page_runs: how often the whole page has run, which is told as it is.
        page: makes a page in one file of a scenario; None where none is to be had.
        draw: draws pictures and films; None where none are to be had.

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
        return message(fields, wanted.scenario, wanted.problems, told, page, draw), wanted
    except Exception as error:
        _LOG.exception("a request of the lab could not be answered")
        problem = Problem("lab", _excuse(error))
    fields = {name: fields[name] for name in ("seq", "have", "aspect") if name in fields}
    fallback = Kept(kept.scenario if request is not None else Scenario.default(), (problem,))
    try:
        return message(fields, fallback.scenario, fallback.problems, told), fallback
    except Exception:
        _LOG.exception("the lab's last picture could not be drawn again")
        fallback = Kept(Scenario.default(), (problem,))
        return message(fields, fallback.scenario, fallback.problems, told), fallback


def _wanted(fields: Mapping[str, object], kept: Kept) -> Kept:
    if fields.get("scenario") is None:
        return kept
    raw = fields["scenario"]
    if more_values_than(MAX_VALUES, raw):
        return Kept(kept.scenario, (Problem("scenario", f"a scenario of more than {MAX_VALUES} values is not read"),))
    return Kept(*known_story(*Scenario.from_dict(raw, kept.scenario)))


def _excuse(error: Exception) -> str:
    if isinstance(error, ValueError):
        return f"this cannot be shown: {error}"[:300]
    return "this cannot be shown because of a fault in the lab (the server's log says which); the last picture stays"
