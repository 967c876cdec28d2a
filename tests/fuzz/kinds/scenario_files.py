"""Scenario files: valid ones with damage in their values or in their text, and JSON of anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

from optim_viz.scenario import Scenario
from optim_viz.scenario.fields import surface_of
from tests.fuzz import scenarios
from tests.fuzz.harness import Kind
from tests.fuzz.kinds.links import assert_short
from tests.fuzz.pieces import damaged, mutated, value

ALPHABET = '{}[]":,0123456789eE.+-\\u/ntfalsernul \0\n'


def make(draw: Random) -> str:
    """Draw a file's text."""
    way = draw.random()
    if way < 0.2:
        return json.dumps(value(draw, 5))
    if way < 0.25:
        return draw.choice(("[", '{"a":')) * draw.choice((10, 3000, 15_000))
    if way < 0.3:
        return json.dumps(
            {"lanes": [{"optimizer": "adam"}], **{f"k{n}": n for n in range(draw.choice((5, 900, 5000)))}}
        )
    given = scenarios.scenario(draw).to_dict()
    for _ in range(draw.randrange(6)):
        given = damaged(draw, given)
    text = json.dumps(given)
    return mutated(draw, text, ALPHABET) if way < 0.6 else text


def run(text: str) -> str:
    """Read a file; what it describes is written as a file that describes the same."""
    found, problems = Scenario.from_json(text)
    assert_short(problems)
    again, more = Scenario.from_json(found.to_json())
    assert again == found, "the file that it writes describes another scenario"
    assert not more, f"the file that it writes is told {more}"
    return "value with problems" if problems else "value"


def ready(folder: Path) -> Callable[[str], str]:
    """Load what the first file loads."""
    del folder
    run(Scenario.default().to_json())
    return run


KIND = Kind("scenario files", 200, ready, make, surface_of.cache_clear)
