"""A worker that is watched: it trains like any other, and each step it logs is noted at once in a file of ours.

    python witness.py FILE --store PATH

The note is a system call of its own, so it outlives a kill -9, and says what the store may at most have missed.
Checkpoints are taken ten times a second instead of every ten seconds, so that kills fall before, into and after them.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from optim_viz.training import worker

if __name__ == "__main__":
    notes = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    log = worker.Worker._on_event  # pyright: ignore[reportPrivateUsage]

    def log_and_note(self: worker.Worker, event: Any) -> None:
        log(self, event)
        if event.event == "step":
            os.write(notes, f"{time.time()!r} {event.lane} {event.step} {event.loss!r}\n".encode())

    worker.Worker._on_event = log_and_note  # pyright: ignore[reportPrivateUsage]
    worker.CHECKPOINT_SECONDS = 0.1
    sys.exit(worker.main())
