"""Runs of outside optimizers for the app: queued, made in a worker process, kept by content.

One process serves all sessions, one run at a time: the lanes on screen first, then the stops of families, in turn among
those that ask, the stop nearest to the slider first. A family nobody has asked about for some seconds is forgotten, and
that cancels it. A class that takes too long for one run has its process ended, and the next run gets a new one.
"""

from __future__ import annotations

import atexit
import io
import logging
import os
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import psutil

from optim_viz import update_rules
from optim_viz.outside import OutsideRule, Refused
from optim_viz.stage.lane_run import RunSpec
from optim_viz.stage.outside_worker import as_request, read_frame, write_frame
from optim_viz.trajectory import Trajectory

Result = Trajectory | Refused

SECONDS_A_RUN: Final = 60.0
"""Longest time for one run; then its process is ended."""
STARTING: Final = 120.0
"""Longest time for a process to begin: torch and a package are imported."""
FORGET: Final = 3.0
"""Seconds after which a run or a family that nobody asks about any more is dropped from the queue."""
KEPT_BYTES: Final = 160_000_000

_LOG = logging.getLogger(__name__)


@dataclass
class _Family:
    """Stops that somebody waits for.

    Attributes:
        specs: the runs, nearest stop first.
        asked: when somebody asked last, as `time.monotonic` tells it.
    """

    specs: Sequence[RunSpec]
    asked: float = field(default_factory=time.monotonic)


class OutsideRuns:
    """The queue, the worker process and the runs that are kept."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-m", "optim_viz.stage.outside_worker")) -> None:
        self._command = tuple(command)
        self.only_here: set[str] = set()  # surfaces that this process alone knows, by name
        self._changed = threading.Condition()
        self._lanes: OrderedDict[RunSpec, float] = OrderedDict()
        self._families: OrderedDict[object, _Family] = OrderedDict()
        self._done: OrderedDict[RunSpec, Result] = OrderedDict()
        self._bytes = 0
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def lane(self, spec: RunSpec, wait: float = 0.0) -> Result | None:
        """Return a run; None where it is not made after `wait` seconds: it is queued, and a later call may have it."""
        until = time.monotonic() + wait
        with self._changed:
            while True:
                found = self._kept(spec)
                if found is not None:
                    return found
                self._lanes[spec] = time.monotonic()
                self._wake()
                left = until - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return self._kept(spec)

    def family(self, key: object, specs: Sequence[RunSpec], wait: float = 0.0) -> list[Result | None]:
        """Return the runs of a family as far as they are made, in the order given; the others are queued.

        Args:
            key: names the family; asking again with it keeps it in the queue.
            specs: its runs, the most wanted first.
            wait: how long to wait for the first of those that are missing, in seconds.
        """
        until = time.monotonic() + wait
        with self._changed:
            self._families[key] = _Family(specs)
            self._wake()
            while True:
                found = [self._kept(spec) for spec in specs]
                left = until - time.monotonic()
                if left <= 0 or all(each is not None for each in found) or found[0] is not None:
                    return found
                self._changed.wait(left)

    def give(self, spec: RunSpec, run: Trajectory) -> None:
        """Take a run that was made elsewhere, so that it need not be made again."""
        with self._changed:
            if spec not in self._done:
                self._keep(spec, run)

    def close(self) -> None:
        """End the worker process; it begins again when it is needed."""
        with self._changed:
            self._lanes.clear()
            self._families.clear()
        self._end()

    def _kept(self, spec: RunSpec) -> Result | None:
        found = self._done.get(spec)
        if found is not None:
            self._done.move_to_end(spec)
        return found

    def _wake(self) -> None:
        """Let the thread go on; the lock is held."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="outside runs", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _next(self) -> RunSpec | None:
        """Take the next run; the lock is held."""
        late = time.monotonic() - FORGET
        for spec in [spec for spec, asked in self._lanes.items() if asked < late or spec in self._done]:
            del self._lanes[spec]
        if self._lanes:
            return next(iter(self._lanes))
        for key in [key for key, family in self._families.items() if family.asked < late]:
            del self._families[key]
        for key, family in list(self._families.items()):
            self._families.move_to_end(key)  # the others have their turn first
            spec = next((each for each in family.specs if each not in self._done), None)
            if spec is not None:
                return spec
            del self._families[key]
        return None

    def _work(self) -> None:
        while True:
            with self._changed:
                while (spec := self._next()) is None:
                    self._changed.wait()
            result = self._perform(spec)
            with self._changed:
                self._lanes.pop(spec, None)
                self._keep(spec, result)
                self._changed.notify_all()

    def _keep(self, spec: RunSpec, result: Result) -> None:
        self._done[spec] = result
        self._bytes += _size(result)
        while self._bytes > KEPT_BYTES and len(self._done) > 1:
            self._bytes -= _size(self._done.popitem(last=False)[1])

    def _perform(self, spec: RunSpec) -> Result:
        """Have one run made, in a process that is started where none is; here where only this process can make it."""
        if self._stays(spec):
            return _made_here(spec)
        try:
            process = self._process if self._process is not None and self._process.poll() is None else self._begin()
            return self._ask(process, spec)
        except _Lost as lost:
            self._end()
            return Refused(spec.optimizer, str(lost))
        except Exception as error:
            _LOG.exception("an outside optimizer could not be run")
            self._end()
            return Refused(spec.optimizer, f"its process failed: {type(error).__name__}")

    def _stays(self, spec: RunSpec) -> bool:
        rule = update_rules.get(spec.optimizer)
        return spec.surface.name in self.only_here or (isinstance(rule, OutsideRule) and rule.kind is not None)

    def _begin(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        atexit.register(process.kill)
        self._process = process
        if _answer(process, STARTING) is None:
            raise _Lost("the process that runs it did not begin; is torch installed? (pip install torch)")
        return process

    def _ask(self, process: subprocess.Popen[bytes], spec: RunSpec) -> Result:
        if process.stdin is None:
            raise _Lost("its process cannot be spoken to")
        try:
            write_frame(process.stdin, as_request(spec))  # pyright: ignore[reportArgumentType]
        except OSError as error:
            raise _Lost("its process ended") from error
        frame = _answer(process, SECONDS_A_RUN)
        if frame is None:
            raise _Lost(f"its process ended, or one run took longer than {SECONDS_A_RUN:.0f} seconds")
        header, body = frame
        return Refused(spec.optimizer, header["refused"]) if "refused" in header else _trajectory(spec, header, body)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        atexit.unregister(process.kill)
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


class _Lost(Exception):
    """The worker process gave no answer."""


def _made_here(spec: RunSpec) -> Result:
    """Make a run of a class or on a surface that stands in this program alone, such as a notebook's own."""
    try:
        return spec.run()
    except Refused as refused:
        return refused
    except Exception as error:  # a person's own code may raise anything, and the others go on
        return Refused(spec.optimizer, f"{type(error).__name__}: {error}"[:300])


def _answer(process: subprocess.Popen[bytes], seconds: float) -> tuple[dict[str, Any], bytes] | None:
    """Read one answer; None where the process ends first, or is ended because the time is over."""
    timer = threading.Timer(seconds, _kill, [process.pid])
    timer.daemon = True
    timer.start()
    try:
        return None if process.stdout is None else read_frame(process.stdout)  # pyright: ignore[reportArgumentType]
    finally:
        timer.cancel()


def _kill(number: int) -> None:
    """End a process with whatever it has started."""
    try:
        process = psutil.Process(number)
        for each in [*process.children(recursive=True), process]:
            each.kill()
    except psutil.Error:
        return


def _size(result: Result) -> int:
    if isinstance(result, Refused):
        return 0
    return sum(
        array.nbytes for array in (result.theta, result.loss, result.grad, result.update, *result.state.values())
    )


def _trajectory(spec: RunSpec, header: dict[str, Any], body: bytes) -> Trajectory:
    """Make the trajectory from what the worker sent."""
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        values = dict(arrays)
    states = {name: values[f"state.{place}"] for place, name in enumerate(header["states"])}
    return made(spec, {name: values[name] for name in ("theta", "loss", "grad", "update")}, states, header)


def made(spec: RunSpec, arrays: dict[str, Any], states: dict[str, Any], header: dict[str, Any]) -> Trajectory:
    """Return a trajectory of one run, with the rule that knows its states."""
    rule = update_rules.get(spec.optimizer)
    return Trajectory(
        **arrays,
        state=states,
        diverged_at=np.array(header["diverged_at"], dtype=np.int64),
        diverged_quantity=np.array(header["diverged_quantity"]),
        surface=spec.surface.surface(),
        rule=rule.with_states(tuple(states), header["shared"]) if isinstance(rule, OutsideRule) else rule,
        hyperparameters=dict(spec.hyperparameters),
        seed=spec.seed,
        noise=spec.noise,
        schedule=spec.plan(),
    )


RUNS: Final = OutsideRuns()
"""The one of this process."""
