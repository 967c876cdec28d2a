"""Makes the page: the opening message, the families of the sliders in sight, and the program that shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from optim_viz import update_rules
from optim_viz.byte_cache import ByteCache
from optim_viz.outside import OutsideRule
from optim_viz.saved_page.document import document
from optim_viz.saved_page.program import packed, packed_program
from optim_viz.scenario import Lane, Problem, Scenario, few, format_lane
from optim_viz.stage.answer import Kept, answer, opened
from optim_viz.stage.assets_folder import asset_hash
from optim_viz.stage.charts import computed
from optim_viz.stage.families import EXACT_STEPS, family
from optim_viz.stage.lane_run import run_specs, surface_spec
from optim_viz.stage.outside_lanes import wait_for_outside
from optim_viz.stage.packing import Block, pack

LAB: Final = "http://127.0.0.1:8501/"
"""Where `optim-viz app` serves the full lab on the reader's own computer."""

MOST_BYTES: Final = 64_000_000
"""Of the sliders' runs before they are packed, to less than half of it; five lanes of 300 steps take 10 MB."""


_CACHE = ByteCache(40_000_000)
"""Of pages: the one that a dialog speaks of is asked for again with and without its sliders, and by others."""


@dataclass(frozen=True)
class Saved:
    """A page in one file.

    Attributes:
        html: the file's text.
        draggable: how many sliders can be dragged in it.
        problems: what of the link or the scenario was wrong, in sentences; the rest of it was taken.
    """

    html: str
    draggable: int
    problems: tuple[str, ...] = ()

    @property
    def nbytes(self) -> int:
        """Return the bytes that its text takes."""
        return len(self.html)


@dataclass(frozen=True)
class Parts:
    """What a page holds of one scenario.

    Attributes:
        title: who runs where.
        opening: Python's message to a page that opens, packed.
        families: the message with the sliders' runs, packed.
        draggable: how many sliders can be dragged.
        plotly: whether it needs plotly.js.
        scenario: what it shows.
        problems: as `Saved` has them.
    """

    title: str
    opening: str
    families: str
    draggable: int
    plotly: bool
    scenario: Scenario
    problems: tuple[str, ...]


def page_of(link: str | Scenario, *, drag: bool = True, plotly: bool | None = None, lab: str = LAB) -> str:
    """Return `saved(...)`'s text alone."""
    return saved(link, drag=drag, plotly=plotly, lab=lab).html


def saved(link: str | Scenario, *, drag: bool = True, plotly: bool | None = None, lab: str = LAB) -> Saved:
    """Return a scenario of the lab as a page in one file.

    Args:
        link: a link of the lab, its query alone, or a scenario.
        drag: whether the runs at the stops of the sliders in sight are inside, too: of built-in optimizers, and of runs
            of up to 1,000 steps.
        plotly: whether plotly.js is inside, 2 MB that 3D needs; None where the scenario is seen in 3D. Without it a
            scenario in 3D is seen from above.
        lab: address of a full lab, which the page links to for what is not inside.

    Raises:
        ValueError: `lab` is no address of the web, or the sliders' runs take more than MOST_BYTES.
    """
    checked_lab(lab)
    key = link if isinstance(link, str) else link.to_json()
    return _CACHE.call(_saved, key, isinstance(link, Scenario), drag, plotly, lab, asset_hash())


def checked_lab(lab: str) -> str:
    """Return the address of a full lab.

    Raises:
        ValueError: it is no address of the web.
    """
    if not lab.startswith(("http://", "https://")):
        raise ValueError(f'the address of a full lab starts with "http://" or "https://", not as in "{lab}"')
    return lab


def _saved(text: str, is_scenario: bool, drag: bool, plotly: bool | None, lab: str, program: str) -> Saved:
    """Make a page of a link, or of a scenario's JSON; `program` names the content of what it carries."""
    del program
    made = parts(Scenario.from_json(text)[0] if is_scenario else text, drag=drag, plotly=plotly)
    inside = {"program": packed_program(plotly=made.plotly), "opening": made.opening, "families": made.families}
    return Saved(document(made.title, inside, lab), made.draggable, made.problems)


def parts(link: str | Scenario, *, drag: bool = True, plotly: bool | None = None) -> Parts:
    """Return what a page holds of a scenario, as in `saved`; runs of outside classes are waited for.

    Raises:
        ValueError: the sliders' runs take more than MOST_BYTES.
    """
    kept = _opened(link)
    solid = kept.scenario.view == "3d"
    if solid and plotly is False:
        kept = replace(kept, scenario=replace(kept.scenario, view="overlay"))
    wait_for_outside(run_specs(kept.scenario))
    first, shown = answer(None, kept)
    scenario = shown.scenario
    sections, blocks = _families(scenario) if drag else ([], {})
    families = packed(pack({"families": sections}, blocks))
    needed = solid if plotly is None else plotly
    return Parts(title_of(scenario), packed(first), families, len(sections), needed, scenario, _told(shown))


def problems_of(link: str | Scenario) -> tuple[str, ...]:
    """Return what of a link is wrong, as `Saved.problems` says it, before anything of its page is made."""
    return _told(_opened(link))


def _opened(link: str | Scenario) -> Kept:
    return Kept(link) if isinstance(link, Scenario) else opened(link.partition("#")[0].rpartition("?")[2])


def _told(kept: Kept) -> tuple[str, ...]:
    return tuple(few(Problem(each.field, f"{each.field}: {each.message}", each.count) for each in kept.problems))


def _families(scenario: Scenario) -> tuple[list[dict[str, Any]], dict[str, Block]]:
    """Return the families of all sliders in sight, with what a lane is called at each stop, and their arrays."""
    sections: list[dict[str, Any]] = []
    blocks: dict[str, Block] = {}
    if scenario.steps > EXACT_STEPS:
        return sections, blocks
    plots = computed(scenario.plots)
    for index, spec in enumerate(run_specs(scenario)):
        rule = update_rules.get(spec.optimizer)
        for each in () if isinstance(rule, OutsideRule) else rule.hyperparameters:
            if not each.primary or not scenario.lanes[index].visible:
                continue
            found = family(spec, each.name, plots)
            lanes = [_with(scenario, index, each.name, stop) for stop in each.stops()]
            sections.append(
                {
                    "lane": index,
                    "fine": None,
                    **found.section,
                    "titles": [list(one.titles()) for one in lanes],
                    "texts": [format_lane(one.lanes[index], one.lanes[:index]) for one in lanes],
                }
            )
            blocks |= {found.key: Block(folded(np.asarray(found.block.values, dtype=np.float64)), found.block.channels)}
            blocks |= {found.strip.key: found.strip.block}
            if sum(block.values.nbytes for block in blocks.values()) > MOST_BYTES:
                raise ValueError(
                    f"the runs of its sliders take more than {MOST_BYTES / 1e6:.0f} MB: take fewer steps than "
                    f"{scenario.steps} or fewer lanes, or save it without them"
                )
    return sections, blocks


def _with(scenario: Scenario, index: int, name: str, value: float | bool) -> Scenario:
    """Return the scenario with one hyperparameter of a lane changed."""
    lane: Lane = scenario.lanes[index]
    changed = replace(lane, hyperparameters={**lane.hyperparameters, name: value})
    return replace(scenario, lanes=(*scenario.lanes[:index], changed, *scenario.lanes[index + 1 :]))


def title_of(scenario: Scenario) -> str:
    """Say who runs where."""
    names = [title for title, lane in zip(scenario.titles(), scenario.lanes, strict=True) if lane.visible]
    who = ", ".join(names) if len(names) <= 3 else f"{len(names)} optimizers"
    return f"{who} on {surface_spec(scenario).surface().title}"


def folded(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return runs as float32, rewritten so that they pack to half the size; state/saved_lab.js unfolds them.

    Of the numbers' bit patterns, taken as uint32, the second differences along the steps (modulo 2^32), which are small
    where a curve is smooth; then first all lowest bytes, then all second ones, and so on. The result has the shape of
    `values`, (..., T + 1), and its bits mean nothing as numbers. What is too large for float32 becomes infinite.
    """
    with np.errstate(over="ignore"):
        narrow = np.ascontiguousarray(values, dtype="<f4")
    bits = narrow.view("<u4")
    for _ in range(2):
        bits = np.diff(bits, axis=-1, prepend=np.zeros_like(bits[..., :1]))
    planes = np.ascontiguousarray(bits.reshape(-1).view(np.uint8).reshape(-1, 4).T)
    return planes.reshape(-1).view("<f4").reshape(narrow.shape)
