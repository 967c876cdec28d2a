"""Maps that a process of its own works out, so that no other visitor of this one waits."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Semaphore
from typing import Final
from urllib.parse import urlencode

from optim_viz import launchers
from optim_viz.pages.maps.frames import from_frame
from optim_viz.pages.maps.settings import MapSettings
from optim_viz.pages.maps.work import Result
from optim_viz.stage.outside_worker import read_frame

AT_ONCE: Final = 2
"""Processes; each computes on half of the processors, so more would only take memory."""
ASKED_EVERY: Final = 0.2
"""Seconds between two calls of `tick`, at most, whatever is worked out."""

_free = Semaphore(AT_ONCE)


class Ended(Exception):
    """The process is gone, or never began; the message says what to do. The settings may be well."""


def apart(settings: MapSettings, tick: Callable[[int], None]) -> Result:
    """Work out in another process what `work` does, with the same arguments and the same numbers.

    Raises:
        ValueError: the settings are not possible.
        Ended: the process cannot be started, or was ended.
    """
    with _turn(tick), _started() as process:
        try:
            return _followed(process, settings, tick)
        finally:
            process.kill()


def link(settings: MapSettings) -> str:
    """Return the link that tells the process what to work out."""
    return urlencode(settings.query(), doseq=True)


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "optim_viz.pages.maps.worker"]
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=launchers.environment()
        )
    except OSError as error:
        raise Ended(f"No process can be started for the maps ({error.strerror}): try again later") from error


def _followed(process: subprocess.Popen[bytes], settings: MapSettings, tick: Callable[[int], None]) -> Result:
    taken = 0
    try:
        if process.stdin is not None:
            process.stdin.write(link(settings).encode())
            process.stdin.close()
    except OSError:
        pass  # it has ended, which is told below
    while process.stdout is not None and (frame := read_frame(process.stdout)) is not None:  # pyright: ignore[reportArgumentType]
        header, body = frame
        if "refused" in header:
            raise ValueError(header["refused"])
        if body:
            return from_frame(settings, header, body)
        tick(header["taken"] - taken)
        taken = header["taken"]
    raise Ended(
        f"The process that works the maps out ended (exit code {process.wait()}; the server's log says more), perhaps "
        "for want of memory: try again, or choose fewer cells or optimizers"
    )


@contextmanager
def _turn(tick: Callable[[int], None]) -> Generator[None]:
    """Wait until another process may be started."""
    while not _free.acquire(timeout=ASKED_EVERY):
        tick(0)
    try:
        yield
    finally:
        _free.release()
