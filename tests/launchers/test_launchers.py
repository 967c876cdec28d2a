"""The contract of every launcher: what it starts lives on, is known again, and is ended; nothing else is."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from optim_viz import launchers
from optim_viz.launchers import Launcher

SLEEPS = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(100)"]
ENDS = [sys.executable, "-c", "print('done')"]


@pytest.fixture(params=launchers.names())
def launcher(request: pytest.FixtureRequest) -> Launcher:
    return launchers.get(request.param)


def soon(met: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not met() and time.monotonic() < deadline:
        time.sleep(0.02)
    return met()


def said(log: Path) -> str:
    return log.read_text() if log.exists() else ""


def test_what_is_started_is_alive_until_it_is_stopped(launcher: Launcher, tmp_path: Path) -> None:
    log = tmp_path / "new" / "log"
    handle = launcher.start(SLEEPS, log)
    assert soon(lambda: said(log) == "up\n")
    assert launcher.alive(handle) is True
    launcher.stop(handle)
    assert soon(lambda: launcher.alive(handle) is False)
    launcher.stop(handle)  # a second time changes nothing
    assert launcher.alive(handle) is False


def test_what_ends_by_itself_is_dead_and_its_words_are_kept(launcher: Launcher, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    handle = launcher.start(ENDS, log)
    assert soon(lambda: launcher.alive(handle) is False)
    assert log.read_text() == "before\ndone\n"
    launcher.stop(handle)


def test_two_processes_are_told_apart(launcher: Launcher, tmp_path: Path) -> None:
    first, second = (launcher.start(SLEEPS, tmp_path / name) for name in ("a", "b"))
    assert first != second
    launcher.stop(first)
    assert soon(lambda: launcher.alive(first) is False)
    assert launcher.alive(second) is True
    launcher.stop(second)
    assert soon(lambda: launcher.alive(second) is False)


def test_a_started_process_knows_its_own_handle(launcher: Launcher, tmp_path: Path) -> None:
    log = tmp_path / "log"
    own = f"from optim_viz import launchers; print(launchers.get({launcher.name!r}).own_handle(), flush=True)"
    handle = launcher.start([sys.executable, "-c", own + "; import time; time.sleep(100)"], log)
    assert soon(lambda: said(log).endswith("\n"))
    assert launcher.alive(said(log).rstrip("\n")) is True
    launcher.stop(said(log).rstrip("\n"))
    assert soon(lambda: launcher.alive(handle) is False)


def test_a_started_process_outlives_the_one_that_started_it(launcher: Launcher, tmp_path: Path) -> None:
    log = tmp_path / "log"
    parent = (
        "import os; from pathlib import Path; from optim_viz import launchers;"
        f"print(launchers.get({launcher.name!r}).start({SLEEPS!r}, Path({str(log)!r})), flush=True);"
        "os.kill(os.getpid(), 9)"
    )
    environment = launchers.environment()
    done = subprocess.run([sys.executable, "-c", parent], capture_output=True, text=True, env=environment)
    assert done.returncode == -9
    handle = done.stdout.rstrip("\n")
    assert soon(lambda: said(log) == "up\n")
    assert launcher.alive(handle) is True
    launcher.stop(handle)
    assert soon(lambda: launcher.alive(handle) is False)


@pytest.mark.parametrize("handle", ["", "x", "1", "1 2", "a b c", "-5 1.0 here", "nan nan nan", "1 1.0 another/host"])
def test_a_handle_from_elsewhere_is_unknown_and_harmless(launcher: Launcher, handle: str) -> None:
    assert launcher.alive(handle) is None
    launcher.stop(handle)


def test_what_cannot_be_started_is_an_os_error(launcher: Launcher, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nonexistent"):
        launcher.start([str(tmp_path / "nonexistent")], tmp_path / "log")
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        launcher.start(ENDS, tmp_path / "file" / "log")


def test_an_unknown_launcher_is_named() -> None:
    with pytest.raises(ValueError, match=r"unknown launcher 'cloud'; known: .*local"):
        launchers.get("cloud")
