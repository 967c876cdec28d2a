"""Probes in the background: one process at a time, cancelled when nobody waits for it any more, results kept.

A probe trains a few steps of a comparison in a process that gives way to all others (`optim_viz.training.probe`).
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal, cast

from optim_viz import launchers, outside
from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.lanes import lane_texts
from optim_viz.estimates.estimate import Measured, matters

COMMAND: Final = (sys.executable, "-P", "-m", "optim_viz.training.probe")
LIMIT_SECONDS: Final = 90.0
"""Of one probe; the process ends itself then, whatever became of this one."""
DELAY_SECONDS: Final = 1.0
"""A probe starts when a form has stood still for so long."""
_POLL_SECONDS: Final = 0.1
_KEPT: Final = 256


class ProbeFailed(Exception):
    """A probe measured nothing; the message says why."""


class ProbeCancelled(Exception):
    """Nobody waits for the probe any more."""


def measure(spec: TrainingSpec, cancelled: threading.Event | None = None) -> Measured:
    """Measure what a comparison takes, in a process of its own, and wait for it.

    Args:
        spec: what would be trained. Its data set is not read: the probe makes up examples of its shape.
        cancelled: ends the process when it is set.

    Raises:
        ProbeFailed: it could not be measured.
        ProbeCancelled: `cancelled` was set.
    """
    if find_spec("torch") is None:
        raise ProbeFailed("training needs torch, which is not installed: pip install 'optim_viz[train]'")
    classes = list(outside.named_in(lane_texts(spec.lanes)))
    given = json.dumps({"spec": spec.to_dict(), "classes": classes, "folder": str(Path.cwd()), "limit": LIMIT_SECONDS})
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=launchers.environment(),
        )
    except OSError as error:
        raise ProbeFailed(f"its process cannot be started: {error}") from error
    with process:
        out, err = _answer(process, given, cancelled or threading.Event())
    return _read(out, err, process.returncode)


def _answer(process: subprocess.Popen[str], given: str, cancelled: threading.Event) -> tuple[str, str]:
    """Hand over the question and wait for the answer; kills the process where nobody waits for it."""
    question: str | None = given
    while True:
        try:
            return process.communicate(question, timeout=_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            question = None  # what was sent is not sent again
            if cancelled.is_set():
                process.kill()
                process.communicate()
                raise ProbeCancelled from None


def _read(out: str, err: str, code: int) -> Measured:
    """Return what a probe's last line says."""
    lines = out.strip().splitlines()
    try:
        answer = cast("dict[str, Any]", json.loads(lines[-1]))
    except (IndexError, ValueError):
        last = (err.strip().splitlines() or [f"exit code {code}"])[-1]
        raise ProbeFailed(f"its process ended without a result ({last[:300]})") from None
    if "error" in answer:
        raise ProbeFailed(str(answer["error"]))
    return Measured.from_dict(answer)


@dataclass
class Job:
    """A probe as it stands.

    Attributes:
        key: of what it measures; see `estimate.matters`.
        state: how it stands. A cancelled one is forgotten.
        measured: once it is done.
        error: why it failed; "" where it did not.
    """

    key: str
    state: Literal["running", "done", "failed"] = "running"
    measured: Measured | None = None
    error: str = ""
    cancelled: threading.Event = field(default_factory=threading.Event)


class Probes:
    """The probes of one process, for all its visitors."""

    def __init__(
        self,
        measure: Callable[[TrainingSpec, threading.Event], Measured] = measure,
        delay: float = DELAY_SECONDS,
    ) -> None:
        """Begin without any.

        Args:
            measure: what measures; see `measure`.
            delay: seconds from a question to the start of its process.
        """
        self._measure, self._delay = measure, delay
        self._jobs: OrderedDict[str, Job] = OrderedDict()  # the one asked for last at the end
        self._asked: dict[str, str] = {}  # who -> the key that they wait for
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # held by the probe that is being worked on

    def look(self, spec: TrainingSpec) -> Job | None:
        """Return the probe of a comparison, finished or not; None where nobody has asked for it. Starts nothing."""
        with self._lock:
            return self._jobs.get(matters(spec))

    def keep(self, spec: TrainingSpec, measured: Measured) -> None:
        """Keep a result that was had elsewhere."""
        with self._lock:
            self._jobs[matters(spec)] = Job(matters(spec), "done", measured)

    def ask(self, spec: TrainingSpec, who: str, *, again: bool = False) -> Job:
        """Ask for a probe, and no longer for the one that was asked for before.

        Args:
            spec: what would be trained.
            who: asks; of each one question stands at a time.
            again: whether one that failed is tried again.
        """
        key = matters(spec)
        with self._lock:
            self._drop(who, unless=key)
            self._asked[who] = key
            job = self._jobs.get(key)
            if job is None or (again and job.state == "failed"):
                job = self._jobs[key] = Job(key)
                threading.Thread(target=self._work, args=(job, spec), name="measures a step", daemon=True).start()
            self._jobs.move_to_end(key)
            self._forget()
        return job

    def drop(self, who: str) -> None:
        """Ask for nothing any more."""
        with self._lock:
            self._drop(who)

    def _drop(self, who: str, unless: str = "") -> None:
        key = self._asked.get(who)
        if key is None or key == unless:
            return
        del self._asked[who]
        job = self._jobs.get(key)
        if job is not None and job.state == "running" and key not in self._asked.values():
            job.cancelled.set()
            del self._jobs[key]

    def _forget(self) -> None:
        """Keep the latest results alone; what is being worked on stays."""
        for key in [key for key, job in self._jobs.items() if job.state != "running"][
            : max(0, len(self._jobs) - _KEPT)
        ]:
            del self._jobs[key]

    def _work(self, job: Job, spec: TrainingSpec) -> None:
        if job.cancelled.wait(self._delay):
            return
        with self._turn:
            if job.cancelled.is_set():
                return
            try:
                job.measured = self._measure(spec, job.cancelled)
                job.state = "done"
            except ProbeCancelled:
                return
            except Exception as error:  # a thread of its own has nobody else to say it to
                job.error = str(error) or type(error).__name__
                job.state = "failed"


PROBES: Final = Probes()
"""Those of this process."""
