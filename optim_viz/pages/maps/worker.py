"""The process that works large maps out for the app: `python -m optim_viz.pages.maps.worker`.

It reads a link of the Maps page on its standard input, and writes frames to its standard output: several times a second
how many steps are taken, at the end the result, or why there is none. It leaves the processors to whoever answers
people, and ends when nobody reads.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import BinaryIO
from urllib.parse import parse_qs

from optim_viz import surfaces
from optim_viz.launchers import stand_back
from optim_viz.maps import compute
from optim_viz.pages.maps.apart import ASKED_EVERY, link
from optim_viz.pages.maps.frames import as_frame
from optim_viz.pages.maps.settings import read
from optim_viz.pages.maps.work import work
from optim_viz.scenario import few
from optim_viz.stage.outside_worker import write_frame


class Told:
    """What has been taken, told from a thread of its own: some parts of the work have no ticks."""

    def __init__(self, answers: BinaryIO) -> None:
        """Begin."""
        self._answers, self._taken = answers, 0
        self._lock, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)
        self._thread.start()

    def tick(self, steps: int) -> None:
        """Count."""
        with self._lock:
            self._taken += steps

    def end(self) -> None:
        """Tell no more."""
        self._over.set()
        self._thread.join()

    def _tell(self) -> None:
        while not self._over.wait(ASKED_EVERY / 2):
            try:
                write_frame(self._answers, {"taken": self._taken})
            except OSError:
                os._exit(1)  # whoever asked is gone


def main() -> None:
    """Answer the one request."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what is printed is no answer
    stand_back()
    compute.threads = max(1, compute.threads // 2)
    surfaces.register_handed_on()
    asked = sys.stdin.buffer.read().decode()
    settings, problems = read(parse_qs(asked, keep_blank_values=True))
    told = Told(answers)
    try:
        if link(settings) != asked:  # read as something else; what else is said of a link the page has said already
            raise ValueError("; ".join(few(problems)))
        result = work(settings, told.tick)
    except ValueError as error:
        told.end()
        write_frame(answers, {"refused": str(error)})
        return
    told.end()
    write_frame(answers, *as_frame(result))


if __name__ == "__main__":
    main()
