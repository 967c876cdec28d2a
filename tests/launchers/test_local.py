"""A process of this machine is its number and its start: neither a reused number nor a zombie passes for one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import psutil
import pytest

local: Any = import_module("optim_viz.launchers.local")
LAUNCHER, handle_of = local.LAUNCHER, local.handle_of


def test_we_are_alive_and_no_other_process_under_our_number() -> None:
    own = handle_of(os.getpid())
    assert LAUNCHER.own_handle() == own
    assert LAUNCHER.alive(own) is True
    pid, start, machine = own.split(" ", 2)
    assert LAUNCHER.alive(f"{pid} {float(start) - 10:.2f} {machine}") is False  # the number of one that died before
    assert LAUNCHER.alive(f"{2**22 + 1} {start} {machine}") is False  # beyond the largest process number
    assert LAUNCHER.alive(f"{pid} {start} {machine}x") is None


def test_a_process_that_took_the_number_over_is_spared() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
    pid, start, machine = handle_of(child.pid).split(" ", 2)
    LAUNCHER.stop(f"{pid} {float(start) - 10:.2f} {machine}")
    assert child.poll() is None
    LAUNCHER.stop(f"{pid} {start} {machine}")
    assert child.wait(5) == -9


def test_a_zombie_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    handle = handle_of(child.pid)
    deadline = time.monotonic() + 10
    while LAUNCHER.alive(handle) is not False:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert child.returncode is None  # not reaped: it is still in the process table
    child.wait()


@pytest.mark.parametrize("jump", [-10 * 365 * 86400.0, -3600.0, 3 * 86400.0])
def test_a_clock_that_is_set_changes_no_handle(monkeypatch: pytest.MonkeyPatch, jump: float) -> None:
    own = handle_of(os.getpid())
    boot, start = psutil.boot_time(), psutil.Process().create_time()
    monkeypatch.setattr(psutil, "boot_time", lambda: boot + jump)
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: start + jump)
    assert LAUNCHER.alive(own) is True
    assert handle_of(os.getpid()) == own


def test_a_process_that_may_not_be_looked_at_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    own = handle_of(os.getpid())

    def denied(self: psutil.Process) -> float:
        raise psutil.AccessDenied(self.pid)

    monkeypatch.setattr(psutil.Process, "create_time", denied)
    assert LAUNCHER.alive(own) is None
    LAUNCHER.stop(own)


def test_a_started_process_is_in_a_session_of_its_own_and_leaves_no_zombie(tmp_path: Path) -> None:
    log = tmp_path / "log"
    handle = LAUNCHER.start([sys.executable, "-c", "import os; print(os.getsid(0), os.getpid())"], log)
    pid = int(handle.split()[0])
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid):
        assert time.monotonic() < deadline, "it was never reaped"
        time.sleep(0.01)
    session, own = log.read_text().split()
    assert session == own == str(pid)
    assert session != str(os.getsid(0))


def test_another_boot_or_container_is_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    own = handle_of(os.getpid())
    monkeypatch.setattr(local, "machine", lambda: "host/another boot/pid:[1]")
    assert LAUNCHER.alive(own) is None
