"""Showing how a run goes: a progress bar in a terminal, plain lines or JSON elsewhere."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, TextIO

from optim_viz.comparison.lanes import titles_of_texts
from optim_viz.run_store import RunStore
from optim_viz.run_store.live_events import live_events
from optim_viz.run_store.runs import Run

Events = list[dict[str, Any]]
Show = Callable[[Run, Events], None]
_BAR: Final = 24
_LINES: Final = 10  # between two epochs, where what was printed stays


def watch(store: RunStore, run_id: int, *, as_json: bool = False, out: TextIO = sys.stdout) -> Run:
    """Show a run until it is over, and return it as it ended. Interrupting this leaves the run alone."""
    show: Show = _json(out) if as_json else _bar(out) if out.isatty() else _lines(out)
    run = store.get(run_id)
    for run, events in live_events(store, run_id):
        show(run, events)
        out.flush()
    return run


def _json(out: TextIO) -> Show:
    """One object a line."""

    def show(run: Run, events: Events) -> None:
        del run
        for event in events:
            out.write(json.dumps(event, allow_nan=False, ensure_ascii=False) + "\n")

    return show


def _lines(out: TextIO) -> Show:
    """A line for each epoch of a lane, and some on the way."""
    said = {"message": "", "line": -1.0}
    last: dict[int, dict[str, Any]] = {}

    def show(run: Run, events: Events) -> None:
        if run.active and _waiting(run) and _waiting(run) != said["message"]:
            said["message"] = _waiting(run)
            out.write(f"run {run.id}: {said['message']}\n")
        for event in events:
            if event["event"] == "step":
                last[event["lane"]] = event
            else:
                out.write(_sentence(run, event) + "\n")
        share = int(run.progress * _LINES * max(1, run.spec.get("epochs", 1)))
        if last and share != said["line"] and run.state == "running":
            said["line"] = share
            out.write(f"run {run.id}: {_progress(run)}, {_losses(run, last)}\n")

    return show


def _bar(out: TextIO) -> Show:
    """One line drawn over again and again, with a line for each epoch of a lane above it."""
    last: dict[int, dict[str, Any]] = {}
    done, rest = ("█", "░") if _can_write(out, "█░") else ("#", ".")

    def show(run: Run, events: Events) -> None:
        out.write("\r\x1b[K")
        for event in events:
            if event["event"] == "step":
                last[event["lane"]] = event
            else:
                out.write(_sentence(run, event) + "\n")
        if run.active:
            full = round(run.progress * _BAR)
            line = f"{done * full}{rest * (_BAR - full)} {_waiting(run) or _progress(run)}  {_losses(run, last)}"
            out.write(line[: shutil.get_terminal_size().columns - 1])

    return show


def _can_write(out: TextIO, signs: str) -> bool:
    """Whether a stream's encoding has these signs."""
    try:
        signs.encode(out.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _waiting(run: Run) -> str:
    """Return what the run is doing before its first step, "" from then on."""
    return "queued" if run.state == "queued" else run.message if run.trained_since is None else ""


def _progress(run: Run) -> str:
    left = run.seconds_left()
    rest = "" if left is None else f", {int(left) // 60}:{int(left) % 60:02d} left"
    return f"{run.progress:4.0%}, step {run.step:,} of {run.total_steps or 0:,}{rest}"


def _losses(run: Run, last: Mapping[int, Mapping[str, Any]]) -> str:
    return "  ".join(f"{_title(run, lane)} {_number(last[lane]['smoothed'])}" for lane in sorted(last))


def _sentence(run: Run, event: Mapping[str, Any]) -> str:
    lane = f"{_title(run, event['lane'])}: "
    accuracy = event.get("test_accuracy")
    score = "" if accuracy is None else f", test accuracy {accuracy:.2%}, test loss {_number(event['test_loss'])}"
    if event["event"] == "start":
        parameters = f"{event['n_parameters']:,} parameters on {event['device']}"
        return f"{lane}{run.lanes[event['lane']]}, {parameters}, from step {event['step']:,}"
    if event["event"] == "epoch":
        speed = event["examples_per_second"]
        rate = "" if speed is None else f", {speed:,.0f} examples/s"
        return f"{lane}epoch {event['epoch']}, training loss {_number(event['loss'])}{score}{rate}"
    return f"{lane}{run.state}{score}"


def _title(run: Run, lane: int) -> str:
    return titles_of_texts(run.lanes)[lane]


def _number(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.4f}"
