"""The contract of a launcher: it starts a process that outlives us, knows it again by a text, and can end it."""

from __future__ import annotations

import contextlib
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

_PROC: Final = Path("/proc")


@runtime_checkable
class Launcher(Protocol):
    """Starts processes, here or on another machine.

    A handle is a text that names one process for good: not a later one that was given the same number. It is kept in
    the run store, so any process on any machine may ask about it.
    """

    @property
    def name(self) -> str:
        """The file's name; kept with each run."""
        ...

    @property
    def elsewhere(self) -> bool:
        """Whether runs train on other machines, as many as those have room for: they take no cores of this one."""
        ...

    @property
    def worker(self) -> str:
        """The module that is run as a process: it takes runs from the store, and is given --store and --launcher."""
        ...

    def wanted(self) -> bool:
        """Return whether this process's environment asks for this launcher, for every run that names none."""
        ...

    def problem(self) -> str:
        """Return one sentence that says what is missing and what to do, "" where runs can be started."""
        ...

    def start(self, command: Sequence[str], log: Path) -> str:
        """Start a process that lives on when this one ends, and return its handle.

        Args:
            command: program and arguments.
            log: file to which the process's output is appended; its folder is made where it is missing.

        Raises:
            OSError: the process cannot be started, or the log cannot be written.
        """
        ...

    def alive(self, handle: str) -> bool | None:
        """Return whether the process runs; None where that cannot be found out from here. Raises nothing."""
        ...

    def stop(self, handle: str) -> None:
        """End the process at once if it can be reached from here; one that is over, or is another, is left alone."""
        ...

    def own_handle(self) -> str:
        """Return the handle of the process that asks, which this launcher started."""
        ...


def environment() -> dict[str, str]:
    """Return the environment of a new process, in which Python finds this package, installed or not."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def stand_back() -> None:
    """Let other processes of the machine go first, above all those that answer people."""
    with contextlib.suppress(OSError):  # a system may allow none; then it is as any other process
        if os.name == "posix":
            os.nice(5)
        else:
            import psutil  # here, for the core needs it nowhere else

            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)


def machine() -> str:
    """Return what a process number is unique within: host, boot and process namespace."""
    parts = [platform.node()]
    for read in (
        lambda: (_PROC / "sys/kernel/random/boot_id").read_text().strip(),
        lambda: os.readlink(_PROC / "self/ns/pid"),
    ):
        try:
            parts.append(read())
        except OSError:
            parts.append("")
    return "/".join(parts)
