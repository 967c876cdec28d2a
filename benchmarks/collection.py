"""What Python's garbage collection costs a request of the lab, before and after what is loaded is frozen, in one run.

    python benchmarks/collection.py

Streamlit collects garbage after each request. Timed are the collection alone, and the server's own work for a release
of a slider with the collection after it: the median of several, in a process that has the lab and Streamlit loaded.
The exit code is 1 if a claim does not hold.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

import streamlit  # noqa: E402, F401 - what the server has in memory

from optim_viz.pages.memory import freeze_what_is_loaded  # noqa: E402
from optim_viz.stage.answer import answer, opened  # noqa: E402

COLLECTION, REQUEST = 20.0, 3.0  # what is claimed: so many times as fast
ROUNDS = 15


def seconds(work: Callable[[int], object]) -> float:
    """Return the median time of a piece of work, which is given the number of its round."""
    times: list[float] = []
    for number in range(ROUNDS):
        begin = time.perf_counter()
        work(number)
        times.append(time.perf_counter() - begin)
    return median(times)


def main() -> int:
    """Measure, print, and say whether the claims hold."""
    kept = opened({})
    scenario = kept.scenario.to_dict()
    seq = 0

    def request(number: int) -> None:
        nonlocal seq
        seq += 1
        lanes = [dict(lane) for lane in scenario["lanes"]]  # pyright: ignore
        lanes[0]["hyperparameters"] = {"lr": 0.001 + 0.00001 * seq}  # a run that no cache holds
        answer({"seq": seq, "scenario": scenario | {"lanes": lanes}, "families": [], "have": []}, kept, ())
        gc.collect()

    request(0)
    before = seconds(lambda _: gc.collect()), seconds(request)
    freeze_what_is_loaded()
    after = seconds(lambda _: gc.collect()), seconds(request)
    print(f"frozen objects                {gc.get_freeze_count():,}")
    held = True
    for name, old, new, bar in zip(("collection", "request"), before, after, (COLLECTION, REQUEST), strict=True):
        ratio = old / new
        held &= ratio >= bar
        print(f"{name:<12} {old * 1e3:7.2f} ms, frozen {new * 1e3:7.2f} ms: {ratio:6.1f}x (claimed {bar:g}x)")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
