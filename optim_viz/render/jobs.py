"""Pictures and films for people in the lab: each drawn by a process of its own, with progress, and ended when left.

Drawing keeps the interpreter busy for seconds, so a thread of the server would hold up every other visitor.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Literal, cast

from optim_viz import launchers, render
from optim_viz.render.files import missing
from optim_viz.scenario import Scenario
from optim_viz.scenario.reader import as_float

State = Literal["waiting", "running", "done", "failed", "cancelled"]

AT_ONCE: Final = 2
MOST: Final = 16
"""Jobs that wait, run or hold a file that was not fetched; whoever asks for more is told to wait."""
LEFT_ALONE: Final = 90.0
"""Seconds after which a job that nobody asks for ends, and its file is dropped: a tab in the background asks seldom."""
MOST_FRAMES: Final = 1200
_PATIENCE: Final = 3.0  # seconds
_EXCUSE: Final = "the process that draws has failed; the server's log says how"

_workers = ThreadPoolExecutor(AT_ONCE, "render")
_jobs: dict[str, Job] = {}
_lock = threading.Lock()


class Job:
    """One picture or film."""

    def __init__(self, order: dict[str, Any], kind: str) -> None:
        """Put it behind those that wait."""
        self.kind = kind
        self.state: State = "waiting"
        self.error = ""
        self.done, self.of = 0, 1
        self.content: bytes | None = None
        self._asked = time.monotonic()
        self._process: subprocess.Popen[str] | None = None
        self._order = order
        self._future = _workers.submit(self._work)

    @property
    def left(self) -> bool:
        """Nobody has asked for it for long."""
        return time.monotonic() - self._asked > LEFT_ALONE

    def told(self) -> dict[str, Any]:
        """Return how it stands."""
        self._asked = time.monotonic()
        return {"state": self.state, "done": self.done, "of": self.of, "error": self.error, "kind": self.kind}

    def cancel(self) -> None:
        """End it now; what is half done is removed."""
        self.state, self.content = "cancelled", None
        self._future.cancel()
        process = self._process
        if process is not None and process.poll() is None:
            _end(process)

    def _work(self) -> None:
        if self.state == "cancelled":
            return
        self.state = "running"
        try:
            with tempfile.TemporaryDirectory(prefix="optim_viz_render_", ignore_cleanup_errors=True) as folder:
                path = Path(folder) / f"drawn.{self.kind}"
                refused = self._drawn({**self._order, "path": str(path)})
                if self.state == "running" and not refused:
                    self.content = path.read_bytes()
        except OSError as error:
            refused = f"the file could not be made: {error.strerror or error}"
        if self.state == "running":
            self.state, self.error = ("failed", refused) if refused else ("done", "")

    def _drawn(self, order: dict[str, Any]) -> str:
        """Run the process to its end; return why there is no file, "" where there is one."""
        refused = ""
        command = [sys.executable, "-P", "-m", "optim_viz.render"]
        with subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=launchers.environment()
        ) as process:
            self._process = process
            if self.state == "cancelled":  # between being taken and being started
                _end(process)
            try:
                cast("Any", process.stdin).write(json.dumps(order))
                cast("Any", process.stdin).close()
            except BrokenPipeError:
                return _EXCUSE
            for line in cast("Any", process.stdout):
                told: dict[str, Any] = json.loads(line)
                refused = str(told.get("refused", ""))
                if "done" in told:
                    self.done, self.of = int(told["done"]), int(told["of"])
                if self.left:
                    self.cancel()
        return refused or (_EXCUSE if process.returncode else "")


def _end(process: subprocess.Popen[str]) -> None:
    """Ask a process to remove what is half done and leave; end it where it does not."""
    process.terminate()
    insist = threading.Timer(_PATIENCE, process.kill)
    insist.daemon = True
    insist.start()


def answer(scenario: Scenario, asked: Mapping[str, object]) -> tuple[dict[str, Any], bytes | None]:
    """Answer what the lab asks for; nothing in it is trusted, and nothing in it raises.

    Args:
        scenario: what is on screen.
        asked: {"start": options}, {"follow": token} or {"cancel": token}; {} asks which formats there are. The options
            are "kind", "look" with the fields of `Look`, and for a film "fps", "first", "last" and "loop".

    Returns:
        {"missing": format -> what must be installed, "" for nothing} and, of a job, "token", "state" ("waiting",
        "running", "done", "failed", "cancelled"), "done" and "of" in frames, "error" and "kind"; and the file, once.
    """
    told: dict[str, Any] = {"missing": {kind: missing(kind) for kind in (*render.PICTURES, *render.FILMS)}}
    try:
        if isinstance(asked.get("start"), Mapping):
            token, job = _started(scenario, cast("Mapping[str, object]", asked["start"]))
        else:
            token = str(asked.get("follow") or asked.get("cancel") or "")
            job = _jobs.get(token)
            if job is None:
                gone = (
                    {
                        "state": "failed",
                        "error": "the server has it no longer (it was started anew, or nobody asked): begin again",
                    }
                    if token
                    else {}
                )
                return {**told, "token": token, **gone}, None
    except (ValueError, TypeError) as error:
        return {**told, "token": "", "state": "failed", "error": str(error)}, None
    if asked.get("cancel"):
        job.cancel()
    section, content = {**told, "token": token, **job.told()}, job.content
    if job.state in ("done", "failed", "cancelled"):
        with _lock:
            _jobs.pop(token, None)
    return section, content


def _started(scenario: Scenario, options: Mapping[str, object]) -> tuple[str, Job]:
    """Check what is asked for, and begin.

    Raises:
        ValueError: something in it is wrong, or there is too much to do already.
    """
    kind = str(options.get("kind"))[:8]
    film = render.kind_of(f"drawn.{kind}") in render.FILMS
    if missing(kind):
        raise ValueError(f"a .{kind} file needs {missing(kind)}: pip install 'optim_viz[render]'")
    look = _look(options.get("look"))
    render.Look(**look)
    order: dict[str, Any] = {"scenario": scenario.to_dict(), "look": look, "step": scenario.time, "film": None}
    if film:
        order["film"] = _film(scenario, options)
    token = secrets.token_urlsafe(16)
    with _lock:
        for old in [each for each, job in _jobs.items() if job.left]:
            _jobs.pop(old).cancel()
        if len(_jobs) >= MOST:
            raise ValueError(f"{MOST} pictures and films are being made already: try again in a minute")
        job = _jobs[token] = Job(order, kind)
    return token, job


def _look(raw: object) -> dict[str, Any]:
    given = cast("Mapping[str, object]", raw if isinstance(raw, Mapping) else {})
    look: dict[str, Any] = {name: str(given[name])[:20] for name in ("theme", "size", "view") if given.get(name)}
    if isinstance(given.get("parts"), list):
        look["parts"] = tuple(str(part)[:20] for part in cast("list[object]", given["parts"])[: len(render.PARTS)])
    return look


def _film(scenario: Scenario, options: Mapping[str, object]) -> dict[str, Any]:
    numbers: dict[str, float] = {}
    for name, usual in (("fps", 30.0), ("first", 0.0), ("last", float(scenario.steps))):
        value = as_float(options.get(name, usual))
        if value is None or not abs(value) < 1e9 or (name != "fps" and value != int(value)):
            raise ValueError(f"{name} must be a {'number' if name == 'fps' else 'whole number'}")
        numbers[name] = value
    if not 1 <= numbers["fps"] <= 120:
        raise ValueError(f"fps = {numbers['fps']:g} is outside 1 to 120 frames a second")
    first, last = int(numbers["first"]), int(numbers["last"])
    frames = len(render.frame_steps(scenario, first, last))
    if frames > MOST_FRAMES:
        raise ValueError(f"{frames} frames are more than {MOST_FRAMES}")
    return {"fps": numbers["fps"], "first": first, "last": last, "loop": options.get("loop") is not False}
