"""What somebody takes away from the lab, made when it is asked for: a file of its numbers, or a script of its runs.

The browser asks with {"kind": "table", "name": "runs", "format": "csv"} or {"kind": "script", "name": "torch"}; the
answer names the wish, so that a late one is known for what it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import numpy as np

from optim_viz import tables
from optim_viz.exports import LEAST_COLUMNS, SCRIPTS, TABLES, offered, script
from optim_viz.outside import Refused
from optim_viz.scenario import Scenario
from optim_viz.stage.lane_run import RunSpec
from optim_viz.stage.outside_lanes import is_outside
from optim_viz.stage.outside_runs import RUNS
from optim_viz.stage.packing import Block
from optim_viz.trajectory import Trajectory

KEY: Final = "taken"
MAX_CELLS: Final = 4_000_000
"""Numbers of one table in one message; as CSV that many take about 80 MB."""
SECONDS: Final = 20.0
"""How long a file waits for the runs of outside classes."""
_FORMATS: Final = {
    "csv": "CSV, for a spreadsheet",
    "json": "JSON, with units and what each column means",
    "parquet": "Parquet, for pandas and large tables",
}


def menus() -> dict[str, Any]:
    """Return what there is to choose from, for the catalog."""
    return {
        "tables": [{"name": name, "title": each.title, "needs": each.needs} for name, each in TABLES.items()],
        "formats": [{"name": name, "title": _FORMATS[name]} for name in tables.usable()],
        "scripts": [{"name": name, "title": each.title, "help": each.sentence} for name, each in SCRIPTS.items()],
    }


def taken(
    scenario: Scenario, raw: object, specs: Sequence[RunSpec], step: int
) -> tuple[dict[str, Any], Block | None] | None:
    """Return the header's section and the bytes of what is wished for; None where nothing is.

    Args:
        scenario: what is on screen.
        raw: the wish, from outside.
        specs: of its lanes, then of its pinned runs.
        step: the one on screen, for the scoreboard.

    A wish that cannot be fulfilled is answered with the reason, as "problem".
    """
    if not isinstance(raw, Mapping):
        return None
    asked = {str(key): str(value)[:40] for key, value in list(cast("Mapping[object, object]", raw).items())[:4]}
    section: dict[str, Any] = {"wish": asked}
    try:
        name, media, content = _made(scenario, asked, specs, step)
    except (ValueError, ImportError) as error:
        return {**section, "problem": str(error)}, None
    section |= {"key": KEY, "file": name, "media": media}
    return section, Block(np.frombuffer(content, np.uint8))


def _made(scenario: Scenario, asked: Mapping[str, str], specs: Sequence[RunSpec], step: int) -> tuple[str, str, bytes]:
    """Return the file's name, its media type and its bytes."""
    name = asked.get("name", "")
    if asked.get("kind") == "script":
        text = script(scenario, name)
        return SCRIPTS[name].file, "text/plain", text.encode()
    form = asked.get("format", "")
    wanted = offered(name)
    _require_small(wanted.rows(scenario) * LEAST_COLUMNS, name)
    runs = _outside_runs(specs) if wanted.classes else {}
    found = wanted.make(scenario, runs, min(max(step, 0), scenario.steps))
    _require_small(len(found) * len(found.columns), name)
    content = tables.as_bytes(found, form)
    return f"optim_viz_{name}.{form}", tables.FORMATS[form][2], content


def _require_small(cells: int, name: str) -> None:
    """Refuse a table that is too large for a message."""
    if cells > MAX_CELLS:
        raise ValueError(
            f"This table has at least {cells:,} numbers, more than a page can hand over ({MAX_CELLS:,}). Take fewer "
            "steps, lanes or starts, or write it with the command: "
            f'optim-viz export "LINK" --table {name} --csv {name}.csv'
        )


def _outside_runs(specs: Sequence[RunSpec]) -> dict[int, Trajectory]:
    """Return the runs of outside classes, which other processes make, by their place.

    Raises:
        ValueError: one is not there in time, or its class cannot run.
    """
    found: dict[int, Trajectory] = {}
    for place, spec in enumerate(specs):
        if is_outside(spec):
            result = RUNS.lane(spec, SECONDS)
            if result is None or isinstance(result, Refused):
                reason = "its run is on its way; ask again in a moment" if result is None else result.reason
                raise ValueError(f"{spec.optimizer}: {reason}")
            found[place] = result
    return found
