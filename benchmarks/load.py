"""How the lab holds with many people in it: releases, memory, viewers of one training, and one who takes all there is.

    python benchmarks/load.py                        # every part, some 20 minutes
    python benchmarks/load.py fifty two-hundred --seconds 30
    python benchmarks/load.py viewers

A real server on this computer, and WebSockets that speak Streamlit's protocol; they share its cores, and what they take
themselves is printed. In the lab each opens the page and releases a slider every two seconds, to a value of its own, so
that nothing comes from a cache. Timed is from the release to the answer's data.

fifty, two-hundred   so many sessions: percentiles, memory a session, memory after they left. The caches that they share
                     (OPTIM_VIZ_CACHE_MB) are filled before. Who has left is forgotten after 5 s here, else after 120 s,
                     and so is what was cached, once nobody is there; both before and after are measured then.
viewers              25 people watch one run train, with all that the page asks for by itself
greedy               20 sessions alone, then beside one that asks without a pause for the largest scenarios, maps,
                     formulas made to be slow, and optimizer classes; the ratio of the 95th percentiles
freeze               50 sessions with and without the freeze of what is loaded once; the ratio of the medians

Each prints its claims. The exit code is 1 if one does not hold, or if a session got an error.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from benchmarks._greedy import Greedy  # noqa: E402
from benchmarks._visitors import Crowd, Measured, at_once, viewers, visitors  # noqa: E402
from optim_viz.run_store import RunStore  # noqa: E402
from tests.browser.lab_server import LabServer  # noqa: E402

SECONDS: Final = 180.0
RATIO_SECONDS: Final = 60.0
FORGOTTEN: Final = 5
AGAIN: Final = 30.0
"""Seconds for which as many come once more, which tells what stays of each crowd from what stays of the first."""
FILLING: Final = 1600
"""Releases after which the caches of runs are full."""
SESSION_MB, BACK, GREEDY, FREEZE = 5.0, 1.1, 2.0, 3.0
UNFROZEN: Final = """
import runpy, sys
import optim_viz.pages.memory as memory
memory.freeze_what_is_loaded = lambda: None
runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
"""
TRAINED: Final = {
    "lanes": ["sgd,lr=0.1", "momentum", "rmsprop", "adam", "adamw"],
    "dataset": "digits",
    "batch_size": 32,
    "epochs": 1000,
    "device": "cpu",
}


def claim(words: str, value: float, bar: float, unit: str) -> bool:
    """Print a claim, its figure and whether it holds; return that."""
    held = value <= bar
    print(f"  {words}: {value:.4g} {unit} (bar {bar:g}) {'ok' if held else 'MISSED'}", flush=True)
    return held


@contextmanager
def served(*, frozen: bool = True) -> Iterator[LabServer]:
    """Run a server with a folder of its own, and nobody in it but one who has left."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["OPTIM_VIZ_HOME"] = folder
        runner = ("-m", "streamlit") if frozen else ("-c", UNFROZEN)
        with LabServer(Path(folder) / "server.log", runner=runner) as server:
            asyncio.run(visitors(server.url, 1, 3.0))  # what a server loads once
            yield server


def told(words: str, found: Measured) -> None:
    """Print what was measured, and who took the processor."""
    p50, p95, p99 = np.percentile(found.waited, [50, 95, 99]) * 1e3
    print(
        f"{words}: {len(found.waited)} answers: p50 {p50:.0f} ms, p95 {p95:.0f}, p99 {p99:.0f}, "
        f"largest {max(found.waited) * 1e3:.0f}, {found.errors} errors; of one core the server took "
        f"{found.server:.0%} ({found.server * found.seconds / len(found.waited) * 1e3:.1f} ms an answer), the visitors "
        f"of this script {found.own:.0%}; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def p95(found: Measured) -> float:
    """Return the 95th percentile in ms."""
    return float(np.percentile(found.waited, 95)) * 1e3


def sessions(count: int, seconds: float, bar: float) -> bool:
    """Let so many people release sliders; tell whether times and memory are as claimed."""
    os.environ["STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL"] = str(FORGOTTEN)
    with served() as server:
        asyncio.run(at_once(server.url, FILLING))
        asyncio.run(leave())
        crowd = Crowd(server)
        found = asyncio.run(visitors(server.url, count, seconds, crowd))
        asyncio.run(leave())
        after = crowd.memory()
        asyncio.run(visitors(server.url, count, min(seconds, AGAIN)))
        asyncio.run(leave())
        again = crowd.memory()
    told(f"{count} sessions, {seconds:.0f} s", found)
    print(f"  memory {crowd.before:.0f} MB before, {crowd.there:.0f} with all, {after:.0f} after they left")
    print(f"  {again:.0f} MB after as many came and left once more: {again / after:.2f} of that ({BACK:g} is the bar)")
    held = [
        claim(f"95th percentile with {count} sessions", p95(found), bar, "ms"),
        claim("errors", found.errors, 0, ""),
        claim("memory a session", (crowd.there - crowd.before) / count, SESSION_MB, "MB"),
        claim("memory after they left over that before", after / crowd.before, BACK, ""),
    ]
    return all(held)


async def leave() -> None:
    """Wait until all who were here are forgotten, and what was cached for them."""
    await asyncio.sleep(6 * FORGOTTEN)


def watched(seconds: float) -> bool:
    """Let 25 people watch one run; tell whether its refreshes come as claimed."""
    with served() as server:
        store = RunStore(Path(os.environ["OPTIM_VIZ_HOME"]) / "runs.sqlite3")
        run = store.launch(TRAINED)
        try:
            while not store.get(run).step:  # the page shows more once it trains
                time.sleep(0.2)
            found = asyncio.run(viewers(server.url, run, 25, seconds, Crowd(server)))
            if (now := store.get(run)).state != "running":
                raise RuntimeError(f"the run was not in training all the time: {now.state} {now.message}")
        finally:
            store.request_cancel(run)
            while store.get(run).active:
                time.sleep(0.2)
            store.close()
    for every, part in found.items():
        told(f"25 viewers, what is asked for every {every:g} s", part)
    return all([claim("95th percentile of the refresh", p95(found[1.0]), 500, "ms")])


def beside_greedy(seconds: float) -> bool:
    """Let 20 people work alone, then beside a greedy one; tell whether they notice as little as claimed."""
    with served() as server:
        alone = asyncio.run(visitors(server.url, 20, seconds, Crowd(server)))
        told("20 sessions alone", alone)

        hungry = Greedy(server.url)
        try:
            time.sleep(3.0)
            found = asyncio.run(visitors(server.url, 20, seconds, Crowd(server)))
        finally:
            hungry.end()
        told("20 sessions beside a greedy one", found)
        print(f"  it had {', '.join(f'{count} {what}' for what, count in hungry.had.items())}")
    return claim("95th percentile over that alone", p95(found) / p95(alone), GREEDY, "x")


def freeze(seconds: float) -> bool:
    """Compare a server as shipped with one in which nothing is frozen."""
    medians: list[float] = []
    for words, frozen in (("as shipped", True), ("nothing frozen", False)):
        with served(frozen=frozen) as server:
            found = asyncio.run(visitors(server.url, 50, seconds, Crowd(server)))
        told(f"50 sessions, {words}", found)
        medians.append(float(np.median(found.waited)))
    ratio = medians[1] / medians[0]
    print(f"  the median without the freeze over that with it: {ratio:.1f} x (bar {FREEZE:g}, at least) ", end="")
    print("ok" if ratio >= FREEZE else "MISSED")
    return ratio >= FREEZE


PARTS: Final[dict[str, tuple[Callable[[float], bool], float]]] = {
    "fifty": (lambda seconds: sessions(50, seconds, 200), SECONDS),
    "two-hundred": (lambda seconds: sessions(200, seconds, 1000), SECONDS),
    "viewers": (watched, RATIO_SECONDS),
    "greedy": (beside_greedy, RATIO_SECONDS),
    "freeze": (freeze, 30.0),
}


def main() -> int:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="default: all")
    parser.add_argument("--seconds", type=float, help="of each part; default 180 for sessions, less for the others")
    asked = parser.parse_args()
    held = [PARTS[name][0](asked.seconds or PARTS[name][1]) for name in asked.part or PARTS]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
