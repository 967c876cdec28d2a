"""Runs torch.optim beside a lane, in a process of its own: the server never imports torch, and nobody waits for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

from optim_viz import launchers
from optim_viz.scenario import Scenario

SECONDS = 120
"""A worker that takes longer is ended: 20 000 steps take a few."""

_KEPT = 64
_one = ThreadPoolExecutor(1, "parity")
_results: OrderedDict[str, Future[list[str]]] = OrderedDict()
_lock = Lock()


def parity(scenario: Scenario, lane: int) -> dict[str, Any]:
    """Ask for torch, and optax, beside a lane; returns at once.

    Args:
        scenario: whose lane it is.
        lane: its index.

    Returns:
        {"lane", "done": whether they have run, "told": a sentence for each library, or one that says that they run}.
        The next call with the same run goes on from there; 64 results are kept, and one worker runs at a time.
    """
    text = _alone(scenario, lane)
    with _lock:
        if text not in _results:
            _results[text] = _one.submit(_run, text)
            while len(_results) > _KEPT:
                _results.popitem(last=False)[1].cancel()
        _results.move_to_end(text)
        result = _results[text]
    done = result.done()
    return {"lane": lane, "done": done, "told": result.result() if done else ["Running torch.optim beside it …"]}


def _alone(scenario: Scenario, lane: int) -> str:
    """Write the scenario of one lane, with all that its run depends on and nothing else."""
    names = ("surface", "parameters", "formula", "domain", "start", "steps", "noise", "seed")
    fields: dict[str, Any] = {name: getattr(scenario, name) for name in names}
    return Scenario(**fields, lanes=(scenario.lanes[lane],)).to_json()


def _run(text: str) -> list[str]:
    """Run the worker; whatever happens to it is told."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "optim_viz.parity"],
            input=text,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=True,
            env={**launchers.environment(), "PYTHONIOENCODING": "utf-8"},
        )
        told: dict[str, str] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return [f"torch took longer than {SECONDS} seconds and was stopped; try fewer steps"]
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        said = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
        return [f"torch could not be run: {(str(said).strip().splitlines() or ['it said nothing'])[-1]}"]
    return list(told.values())
