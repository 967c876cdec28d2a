"""What pages need of the training side, asked through its command line: they import nothing of `optim_viz.training`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from optim_viz.run_store.errors import StoreError
from optim_viz.run_store.processes import environment


def command(store: Path, *arguments: str) -> str:
    """Run `python -m optim_viz ARGUMENTS --store STORE` and return what it printed.

    For example `command(store.path, "script", "3")`, or `command(store.path, "train", "--detach", "--lane", "adam")`,
    which checks everything a person typed before a run is made, and returns the run's number.

    Raises:
        StoreError: it failed; the message is its own one line.
    """
    line = [sys.executable, "-P", "-m", "optim_viz", *arguments, "--store", str(store)]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", env=environment())  # noqa: S603
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or [f"it ended with exit code {done.returncode}"]
        raise StoreError(words[-1].removeprefix("optim_viz: "))
    return done.stdout
