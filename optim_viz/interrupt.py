"""Ctrl-C while the command line is still loading ends it at once and quietly, with exit code 130.

An exception would not do: the extension modules of NumPy and others that load at that moment turn KeyboardInterrupt
into errors of their own, with tracebacks. So a signal handler ends the process, for as long as there is nothing to
undo. Importing this module installs it where the command line is what was started; the package does so before all else.
"""

from __future__ import annotations

import os
import signal
import sys


def _command_line_is_starting() -> bool:
    by_module = sys.argv[:1] == ["-m"] and "optim_viz" in sys.orig_argv  # how `python -m optim_viz` looks at first
    by_script = sys.argv[:1] != [] and sys.argv[0].endswith(("optim-viz", "optim-viz.exe"))
    return by_module or by_script


def as_usual() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again, now that all is loaded."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(number: int, frame: object) -> None:
    del number, frame
    os._exit(130)


if _command_line_is_starting() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, _end)
