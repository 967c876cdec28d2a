"""Links of the lab: valid ones, mutated ones, and keys with values of anything, as text and as Streamlit gives them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, quote

from optim_viz.scenario import Scenario
from optim_viz.scenario.fields import NAMES, surface_of
from optim_viz.scenario.problem import MAX_PROBLEMS
from optim_viz.stage.answer import opened
from tests.fuzz import scenarios
from tests.fuzz.harness import Kind
from tests.fuzz.pieces import mutated, word

Query = str | dict[str, list[str]]
ALPHABET = "&=%,.:;-+0123456789eExyz_ /?#[]()<>'\"\\\0\u20ac\ud83d"
KEYS = (*NAMES, "lane", "pin", "pin_start", "pin_noise", "show", "k", "kappa", "embed", "lane.0", "LANE", "step")
VALUES = (
    "adam",
    "adam,lr=0.1",
    "sgd,lr=1e-3,hidden",
    "formula",
    "x*y",
    "overlay",
    "3d",
    "0,0",
    "-1,1,-1,1",
    "loss",
    "log",
)


def make(draw: Random) -> Query:
    """Draw a query."""
    way = draw.random()
    if way < 0.75:
        text = scenarios.scenario(draw).to_url()
        text = text if way < 0.1 else mutated(draw, text, ALPHABET, 6)
    else:
        pairs = [(draw.choice(KEYS) if draw.random() < 0.8 else word(draw)) for _ in range(draw.choice((1, 3, 9, 150)))]
        safe = [f"{key}={quote(word(draw, *VALUES), errors='replace')}" for key in pairs]
        text = "&".join(safe)
    if draw.random() < 0.3:
        return parse_qs(text, keep_blank_values=True, errors=draw.choice(("replace", "surrogateescape")))
    return text


def run(query: Query) -> str:
    """Open a link; what it describes is written as a link that describes the same, without a word."""
    kept = opened(query)
    assert_short(kept.problems)
    link = kept.scenario.to_url()
    again, problems = Scenario.from_url(link)
    assert again == kept.scenario, "the link that it writes describes another scenario"
    assert not problems, f"the link that it writes is told {problems}"
    assert not isinstance(query, str) or kept.problems == opened(query).problems, "told otherwise the second time"
    return "value with problems" if kept.problems else "value"


def assert_short(problems: object) -> None:
    """Hold a list of problems to what a person can read."""
    assert isinstance(problems, tuple)
    assert len(problems) <= MAX_PROBLEMS, len(problems)
    for each in problems:
        assert len(each.message) <= 1200, len(each.message)
        assert len(each.field) <= 80, len(each.field)


def ready(folder: Path) -> Callable[[Query], str]:
    """Load what the first link loads."""
    del folder
    run("surface=formula&formula=x*y")
    return run


KIND = Kind("links of the lab", 200, ready, make, surface_of.cache_clear)
