"""Which process is which: a number alone is not enough, because the system hands out the numbers of dead ones again.

A process is known by its machine (host, boot, and the namespace its number counts in), its number, and when it started.
"""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
_STATE, _START = 0, 19  # of the fields of /proc/PID/stat that follow the name
_DEAD_STATES: Final = ("Z", "X", "x")


def machine() -> str:
    """Return what a process number is unique within: host, boot and process namespace."""
    parts = [platform.node()]
    for read in (
        lambda: (PROC / "sys/kernel/random/boot_id").read_text().strip(),
        lambda: os.readlink(PROC / "self/ns/pid"),
    ):
        try:
            parts.append(read())
        except OSError:
            parts.append("")
    return "/".join(parts)


def start_of(pid: int) -> str | None:
    """Return when a process started, as a text to compare; "" for a dead one, None where this cannot be found out."""
    if (PROC / "self/stat").exists():
        try:
            fields = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        except OSError:
            return None
        return "" if fields[_STATE] in _DEAD_STATES else fields[_START]
    if os.name != "posix":
        return None
    command = ["ps", "-o", "state=,lstart=", "-p", str(pid)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})  # noqa: S603
    except OSError:
        return None
    state, _, start = done.stdout.strip().partition(" ")
    return "" if not state or state.startswith("Z") else start.strip()


def is_alive(pid: int, start: str) -> bool | None:
    """Whether the process `pid` that started at `start` still runs; None where this cannot be found out."""
    found = start_of(pid)
    return None if found is None or not start else found == start


def kill(pid: int, start: str) -> None:
    """End the process at once, if it is still the one that started at `start`."""
    if is_alive(pid, start):
        try:
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        except (ProcessLookupError, PermissionError):
            return


def worker_command(store: Path) -> list[str]:
    """Return the command of a process that trains the next run in the queue. -P: no stray file shadows a module."""
    return [sys.executable, "-P", "-m", "optim_viz.training.worker", "--store", str(store)]


def environment() -> dict[str, str]:
    """Return an environment in which Python finds this package, installed or not."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def start_detached(command: list[str], log: Path) -> int:
    """Start a process that outlives this one and whatever started it; return its number.

    It has a session of its own, so neither a closed terminal nor a signal to our group reaches it. A thread waits for
    it for as long as we live, so that it never stays behind as a zombie; after that the system's first process does.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            creationflags=flags,
            env=environment(),
        )
    threading.Thread(target=process.wait, name=f"waits for {process.pid}", daemon=True).start()
    return process.pid
