"""The server's process is set up for many visitors: open files, turns of threads, garbage that goes."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import tomllib
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit import config, runtime
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import RuntimeState, app_session

from optim_viz import surfaces
from optim_viz.byte_cache import ByteCache
from optim_viz.pages import process

ROOT = Path(__file__).resolve().parents[2]


class Circle:
    """Refers to itself, so that only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def own_turns() -> Iterator[None]:
    """What the process of the tests has is there again afterwards."""
    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)
    surfaces.pause_with(None)
    gc.enable()


@pytest.mark.usefixtures("own_turns")
def test_garbage_goes_while_the_server_runs_and_not_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "TIDY_SECONDS", 0.01)
    monkeypatch.setattr(process, "allow_open_files", lambda: None)
    monkeypatch.setattr(process, "remember_theme", lambda: None)
    gc.disable()  # so that nobody else collects

    async def served() -> weakref.ref[Circle]:
        async with process.set_up(None):
            assert sys.getswitchinterval() == pytest.approx(process.TURN_SECONDS)
            gone = weakref.ref(Circle())
            for _ in range(1000):
                if gone() is None:
                    break
                await asyncio.sleep(0.01)
            assert gone() is None
        left = weakref.ref(Circle())
        await asyncio.sleep(0.1)
        return left

    assert asyncio.run(served())() is not None


@pytest.mark.usefixtures("own_turns")
def test_what_was_cached_goes_once_nobody_has_been_here_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "TIDY_SECONDS", 0.01)
    monkeypatch.setattr(process, "allow_open_files", lambda: None)
    monkeypatch.setattr(process, "remember_theme", lambda: None)
    asked: list[bool] = []
    comes_back_at, forgotten_after = 3, 5
    monkeypatch.setattr(process, "nobody_is_here", lambda: asked.append(len(asked) != comes_back_at) or asked[-1])
    monkeypatch.setattr(config, "get_option", lambda _name: process.TIDY_SECONDS * forgotten_after)
    cache = ByteCache(10_000)
    cache.call(str, 1)
    expired: list[int] = []
    kept = SimpleNamespace(expire=lambda: expired.append(len(asked)))
    storage = SimpleNamespace(_session_storage=SimpleNamespace(_cache=kept))
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(_session_mgr=storage))

    async def served() -> int:
        async with process.set_up(None):
            while len(cache):
                await asyncio.sleep(0.001)
            return len(asked)

    assert asyncio.run(served()) > comes_back_at + 1 + forgotten_after
    assert expired[0] > comes_back_at + 1 + forgotten_after


@pytest.mark.parametrize("state", RuntimeState)
def test_whether_anybody_is_here_is_what_streamlit_says(state: RuntimeState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(state=state))
    assert process.nobody_is_here() == (state.value == "NO_SESSIONS_CONNECTED")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_as_many_files_may_be_open_as_the_system_allows() -> None:
    """In a process of its own, which begins with as few as many systems allow."""
    code = (
        "import resource\nfrom optim_viz.pages.process import OPEN_FILES, allow_open_files\n"
        "most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))\n"
        "allow_open_files()\nnow = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "assert now[1] == most, now\n"
        "assert now[0] == (OPEN_FILES if most == resource.RLIM_INFINITY else min(most, OPEN_FILES)), now"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120)


def test_memory_is_given_back_where_there_is_a_way() -> None:
    process.returner()()


def test_what_is_said_of_the_theme_is_what_streamlit_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first time and the next; of a section without settings nothing is said, not even that it is there."""
    write = app_session._populate_theme_msg
    monkeypatch.setattr(app_session, "_populate_theme_msg", write)
    sections = ["theme", *(f"theme.{each.value}" for each in config.CustomThemeCategories)]
    monkeypatch.setattr(config, "get_options_for_section", _options)
    wanted = _said(write, sections)
    assert wanted.dark.primary_color
    process.remember_theme()
    assert app_session._populate_theme_msg is not write
    for _ in range(2):
        assert _said(app_session._populate_theme_msg, sections) == wanted
        assert _said(app_session._populate_theme_msg, sections).SerializeToString() == wanted.SerializeToString()


def _options(section: str) -> dict[str, Any]:
    """The shipped settings, as Streamlit hands them out."""
    found: Any = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    for part in section.split("."):
        found = found.get(part, {})
    return {name: value for name, value in found.items() if not isinstance(value, dict)}


def _said(write: Callable[..., None], sections: Sequence[str]) -> CustomThemeConfig:
    made = CustomThemeConfig()
    for section in sections:
        part = made
        for name in section.split(".")[1:]:
            part = getattr(part, name)
        write(part, section)
    return made
