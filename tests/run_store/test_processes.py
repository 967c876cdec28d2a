"""A process is its number and its start: neither a reused number nor a zombie passes for one that runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from optim_viz.run_store import processes


def wait_until(what: str, met: object, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def test_we_are_alive_and_nobody_else_under_our_number() -> None:
    start = processes.start_of(os.getpid())
    assert start
    assert processes.is_alive(os.getpid(), start)
    assert processes.is_alive(os.getpid(), start + "1") is False  # the number was given to another process
    assert processes.is_alive(2**22 + 1, start) is False  # beyond the largest process number
    assert processes.is_alive(os.getpid(), "") is None


def test_a_zombie_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    start = processes.start_of(child.pid)
    wait_until("the child never ended", lambda: processes.start_of(child.pid) == "")
    assert child.returncode is None  # not reaped: it is still in the process table
    assert processes.is_alive(child.pid, start or "1") is False
    child.wait()


def test_without_proc_the_answer_is_ps_or_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PROC", Path("/nonexistent"))
    start = processes.start_of(os.getpid())
    assert start is None or processes.is_alive(os.getpid(), start)
    assert processes.is_alive(os.getpid(), "another") in (None, False)
    assert processes.machine().count("/") == 2


def test_kill_spares_a_process_that_took_the_number_over() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    start = processes.start_of(child.pid)
    assert start
    processes.kill(child.pid, start + "1")
    assert child.poll() is None
    processes.kill(child.pid, start)
    assert child.wait(5) == -9
    assert child.stdin is not None
    child.stdin.close()


def test_a_started_process_is_in_a_session_of_its_own_and_leaves_no_zombie(tmp_path: Path) -> None:
    log = tmp_path / "new" / "log"
    pid = processes.start_detached([sys.executable, "-c", "import os; print(os.getsid(0), os.getpid())"], log)
    wait_until("it was never reaped", lambda: processes.start_of(pid) == "" and not _in_table(pid))
    session, own = log.read_text().split()
    assert session == own == str(pid)
    assert session != str(os.getsid(0))


def test_a_started_process_survives_its_parent(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = "import time; print('up', flush=True); time.sleep(60)"
    parent = (
        "import os, sys; from pathlib import Path; from optim_viz.run_store import processes;"
        f"print(processes.start_detached([sys.executable, '-c', {child!r}], Path({str(log)!r})), flush=True);"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", parent], capture_output=True, text=True, env=processes.environment())
    assert done.returncode == -9
    pid = int(done.stdout)
    wait_until("the child never came up", lambda: log.exists() and log.read_text() == "up\n")
    start = processes.start_of(pid)
    assert start
    processes.kill(pid, start)
    wait_until("the child was not killed", lambda: not processes.is_alive(pid, start))


def test_the_worker_finds_this_package_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "sqlite3.py").write_text("raise SystemExit('shadowed')")
    command = processes.worker_command(tmp_path / "runs.sqlite3")
    done = subprocess.run(command, cwd=tmp_path, env=processes.environment(), capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")  # an empty queue: nothing to do


def _in_table(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
