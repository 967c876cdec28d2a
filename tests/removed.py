"""Tests that are about an entry whose file was taken away from its registry.

A registry's entry is one file, so taking the file away must break no other test. Most tests choose what they need
through the registries. Those that are about one entry (a closed form of Adam, a number of MNIST) have nothing to test
without it: one that fails is skipped and says why; one that needs a browser is skipped at once, for it would wait long.
What still passes counts as passed, and as long as every file is there nothing here acts.

What was there once is known from git, and for optimizers from their golden values too.
"""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, cast

import pytest

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
REGISTRIES = {
    "optim_viz/update_rules": "optimizer",
    "surfaces/catalog": "surface",
    "optim_viz/diagnostics": "diagnostic",
    "optim_viz/schedules": "schedule",
    "optim_viz/monitors": "monitor",
    "optim_viz/stories": "story",
    "optim_viz/sweeps/presets": "preset",
    "optim_viz/models": "model",
    "optim_viz/datasets": "data set",
    "optim_viz/launchers": "launcher",
    "optim_viz/pages/paper/sections": "section",
    "optim_viz/pages/after/sections": "section",
}
"""The folders whose files are entries, and what an entry is called."""


@cache
def removed() -> dict[str, str]:
    """Return the names of the entries that are gone, each with its registry's folder."""
    golden = [f"optim_viz/update_rules/{path.stem}.py" for path in (TESTS / "truths/golden").glob("*.json")]
    files = [Path(file) for file in (*golden, *_deleted()) if not (ROOT / file).exists()]
    return {path.stem: path.parent.as_posix() for path in files if path.parent.as_posix() in REGISTRIES}


def _deleted() -> list[str]:
    """Return the files that git knows and that were deleted: now, or in a commit; none where there is no git."""
    git = shutil.which("git")
    if git is None:
        return []
    found: list[str] = []
    for command in ("ls-files --deleted", "log --diff-filter=D --name-only --format="):
        asked = [git, *command.split(), "--", *REGISTRIES]
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
        found += done.stdout.split() if done.returncode == 0 else []
    return found


def reason(item: pytest.Item, report: pytest.TestReport | None = None) -> str | None:
    """Return why a test has nothing to test, None where no entry that it is about is gone.

    Args:
        item: the test.
        report: how it failed, None where it has not run.
    """
    return _first(about(item), _words) or (_first(_told(report), _messages) if report else None)


def reason_of_file(report: pytest.CollectReport) -> str | None:
    """Return why a file of tests that could not be imported has nothing to test."""
    return _first(_told(report), _messages)


def _told(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Return all that a failure prints, without the colours of a terminal."""
    return re.sub("\x1b\\[[0-9;]*m", "", "\n".join([str(report.longrepr), *(text for _, text in report.sections)]))


def _first(text: str, pattern: Callable[[str, str], str]) -> str | None:
    """Return the sentence about the first entry that is gone and that a text is about."""
    for name, folder in removed().items():
        if re.search(pattern(name, folder), text, re.IGNORECASE):
            return f"the {REGISTRIES[folder]} {name} was removed"
    return None


def _words(name: str, folder: str) -> str:
    """Match an entry as code and texts name it: "booth", "Goldstein-Price"; a section by its number, slug or keys."""
    del folder
    section = re.fullmatch(r"(([as])0?(\d+))_(\w+)", name)
    names = (section[1], section[4]) if section else (name,)
    keys = rf"|(?<![a-z]){section[2]}{section[3]}[-.]" if section else ""  # "a4-decays", "a4.angle"
    return rf"(?<![a-z])({'|'.join(each.replace('_', '[ _-]?') for each in names)})(?![a-z]){keys}"


def _messages(name: str, folder: str) -> str:
    """Match what is said of a name that is not known, and of a file that is not there."""
    quoted = rf".?['\"]{name}['\"]"
    return (
        rf"unknown {REGISTRIES[folder]} {quoted}|no (surface|plot) is called {quoted}"
        rf"|must be one of .* not {quoted}|invalid choice: {quoted}"
        rf"|cannot import name {quoted}|{folder.rpartition('/')[2]}[./]{name}\b"
    )


def about(item: pytest.Item) -> str:
    """Return what a test is made of: its name, code, parameters, fixtures, and what these use of the tests."""
    found = {0: item.nodeid}
    if isinstance(item, pytest.Function):
        for each in item.callspec.params.values() if hasattr(item, "callspec") else ():
            _follow(each, found)
        for group in item._fixtureinfo.name2fixturedefs.values():  # pyright: ignore[reportPrivateUsage]
            for fixture in group:
                _follow(fixture.func, found)
        hypothesis: Any = getattr(item.function, "hypothesis", None)
        _follow(hypothesis.inner_test if hypothesis else item.function, found)
    return "\n".join(found.values())


def _follow(thing: Any, found: dict[int, str]) -> None:
    """Collect the source of a function or class of the tests and of what it uses; of plain data, how it prints."""
    thing = inspect.unwrap(thing) if callable(thing) else thing
    if id(thing) in found:
        return
    if _is_plain(thing):
        found[id(thing)] = repr(thing)
    elif isinstance(thing, FunctionType | type) and _is_ours(thing):
        found[id(thing)] = inspect.getsource(thing)
        for function in [thing] if isinstance(thing, FunctionType) else vars(thing).values():
            if isinstance(function, FunctionType):
                for used in _used_by(inspect.unwrap(function)):
                    _follow(used, found)


def _is_plain(thing: object) -> bool:
    if isinstance(thing, dict):
        return all(map(_is_plain, cast("dict[object, object]", thing))) and all(
            map(_is_plain, cast("dict[object, object]", thing).values())
        )
    if isinstance(thing, list | tuple | set | frozenset):
        return all(map(_is_plain, cast("list[object]", thing)))
    return isinstance(thing, str | int | float | Path | None)


def _used_by(function: FunctionType) -> Iterator[object]:
    """Yield the values of the global names in a function's code, and of the tests' files that it takes names from."""
    names = set(_names(function.__code__))
    for name in names & set(function.__globals__):
        value = function.__globals__[name]
        yield value
        if isinstance(value, ModuleType) and _is_ours(value):
            yield from (vars(value)[each] for each in names & set(vars(value)))


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def _is_ours(thing: Any) -> bool:
    """Tell whether something is written in the folder of the tests."""
    try:
        return Path(inspect.getfile(thing)).is_relative_to(TESTS)
    except TypeError:  # built in
        return False
