"""Processes of this machine.

A process is known by its number, by when it started (the system hands out the numbers of dead processes again), and by
what the number counts in: the host, its boot, and the process namespace of a container.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psutil

from optim_viz.launchers.launcher import environment, machine

_START_TOLERANCE: Final = 1.5  # seconds: the boot is dated in whole ones, and no number comes again so soon


class Local:
    """Starts processes on this machine, each in a session of its own."""

    name = "local"
    elsewhere = False
    worker = "optim_viz.training.worker"

    def wanted(self) -> bool:
        """Return False: it is the one where no other is asked for."""
        return False

    def problem(self) -> str:
        """Return "": nothing is missing."""
        return ""

    def start(self, command: Sequence[str], log: Path) -> str:
        """Start a process; see `Launcher.start`.

        It has a session of its own, so neither a closed terminal nor a signal to our group reaches it. A thread waits
        for it for as long as we live, so that it never stays behind as a zombie; then the system's first process does.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                creationflags=flags,
                env=environment(),
            )
        handle = handle_of(process.pid)
        threading.Thread(target=process.wait, name=f"waits for {process.pid}", daemon=True).start()
        return handle

    def alive(self, handle: str) -> bool | None:
        """Return whether the process runs; None for one of another machine, boot or container."""
        if not _is_here(handle):
            return None
        try:
            return process_of(handle) is not None
        except psutil.Error:
            return None

    def stop(self, handle: str) -> None:
        """Kill the process if it runs on this machine."""
        try:
            process = process_of(handle)
            if process is not None:
                process.kill()
        except psutil.Error:
            return

    def own_handle(self) -> str:
        """Return the handle of this process."""
        return handle_of(os.getpid())


LAUNCHER = Local()


def process_of(handle: str) -> psutil.Process | None:
    """Return the process that a handle names; None where it is over, a zombie, or not of this machine.

    Raises:
        psutil.Error: the system does not let us look at it.
    """
    if not _is_here(handle):
        return None
    pid, start, _ = handle.split(" ", 2)
    try:
        process, found = _process(int(pid))
        if abs(found - float(start)) > _START_TOLERANCE:
            return None
        return None if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD) else process
    except psutil.NoSuchProcess:
        return None


def handle_of(pid: int) -> str:
    """Return the handle of a process of this machine."""
    try:
        start = _process(pid)[1]
    except psutil.Error:
        start = -1.0  # it is over already
    return f"{pid} {start:.2f} {machine()}"


def _is_here(handle: str) -> bool:
    """Whether a handle is of this machine, and well formed."""
    parts = handle.split(" ", 2)
    if len(parts) != 3 or parts[2] != machine():
        return False
    try:
        return int(parts[0]) > 0 and float(parts[1]) == float(parts[1])
    except ValueError:
        return False


def _process(pid: int) -> tuple[psutil.Process, float]:
    """Return a process and when it started, in seconds after the boot: by a clock that is never set."""
    boot = psutil.boot_time()  # first: older versions of psutil date processes by the boot that was asked for last
    process = psutil.Process(pid)
    if sys.platform == "win32":  # there the start is kept as the time of day, and no set clock changes it
        boot = 0.0
    return process, process.create_time() - boot
