"""Every kind of random input, some hundred cases of each; `python -m tests.fuzz` runs as many as wanted."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fuzz import harness

SEED = 0


@pytest.mark.parametrize("name", harness.names())
def test_each_input_gives_a_value_or_the_documented_error(name: str, tmp_path: Path) -> None:
    kind = harness.get(name)
    found = harness.fuzz(kind, tmp_path, SEED, range(kind.share))
    assert not found.failures
    assert sum(found.outcomes.values()) == kind.share
    assert len(found.outcomes) > 1, f"all cases end alike: {found.outcomes}"


def test_a_case_depends_on_its_seed_and_its_number_alone() -> None:
    for name in harness.names():
        kind = harness.get(name)
        first, again, other, seed = (repr(harness.case(kind, *place)) for place in ((1, 7), (1, 7), (1, 8), (2, 7)))
        assert first == again
        assert len({first, other, seed}) == 3, name


def _shell(text: str) -> str:
    subprocess.run([sys.executable, "-c", ""], check=True)
    return text


def _typed_code(text: str) -> str:
    exec(text, {})  # noqa: S102 - what no input may bring about
    return text


def _elsewhere(text: str) -> str:
    (Path.cwd().parent / "outside").write_text(text)
    return text


def _busy(text: str) -> str:
    until = time.thread_time() + harness.CPU_SECONDS * 1.2
    while time.thread_time() < until:
        pass
    return text


def _large(text: str) -> str:
    return str(len(text.encode() * (2 * harness.MEMORY)))


def _raises(text: str) -> str:
    raise KeyError(text)


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (_shell, "subprocess.Popen"),
        (_typed_code, "exec of <string>"),
        (_elsewhere, "writes "),
        (_busy, "s of CPU, more than"),
        (_large, "MemoryError"),
        (_raises, "KeyError (test_fuzz.py, _raises)"),
    ],
)
def test_what_no_input_may_bring_about_is_seen(deed: object, words: str, tmp_path: Path) -> None:
    """The fuzzers can fail: code, processes, files elsewhere, long work, much memory and other errors are noticed."""
    home = tmp_path / "home"
    home.mkdir()
    kind = replace(harness.get("sequences"), ready=lambda folder: deed, make=lambda draw: "1")  # pyright: ignore[reportArgumentType]
    found = harness.fuzz(kind, home, SEED, range(1))
    assert any(words in failure for failure in found.failures), found.failures


def test_the_command_prints_figures(check: Callable[..., str]) -> None:
    told = check(sys.executable, "-m", "tests.fuzz", "sequences", "--cases", "50", "--seed", "3")
    assert told.startswith("sequences: seed 3: 50 cases; ms of CPU a case: median ")
