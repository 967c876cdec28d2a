"""What training several runs at once gains: the same small runs one by one and side by side, in one run of this script.

    python benchmarks/pool.py [RUNS] [ROUNDS] [--device cpu]

Each run trains one lane on scikit-learn's digits (no download), as in a sweep: a process loads PyTorch once and goes on
with the next run, so there have to be many, for each process of the pool has to start. Timed is from the first launch
to the end of the last run, as the store dates it: who looks on looks twice a second, about as often as the app does,
for on two cores a keener eye takes time from the pool alone. The two ways take turns, so that what else the machine
does meets both; the ratio is that of the medians of the rounds. At the end it says whether the curves are the same to
the bit, and the load. The exit code is 1 if a claim does not hold.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from optim_viz.run_store import RunStore, pool  # noqa: E402

CLAIM, CORES = 1.7, 2
SPEC: dict[str, Any] = {"dataset": "digits", "widths": [32], "batch_size": 32, "epochs": 100}
SECONDS = 600.0  # after which a run that has not ended is given up


def timed(specs: list[dict[str, Any]], at_once: int | None, folder: Path) -> tuple[float, list[list[float]]]:
    """Return how long the runs take together, and the losses of each."""
    os.environ.pop(pool.VARIABLE, None)
    pool.set_at_once(at_once)
    store = RunStore(folder / "runs.sqlite3")
    begin, deadline = time.time(), time.monotonic() + SECONDS
    runs = [store.create(spec, cores=1) for spec in specs]
    store.advance()  # the workers start each other
    while any(run.active for run in store.list_runs()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not over after {SECONDS:.0f} s")
        time.sleep(0.5)
    ended = {run.id: run for run in store.list_runs()}
    for run in runs:
        if ended[run].state != "finished":
            raise RuntimeError(f"run {run} {ended[run].state}: {ended[run].message}")
    seconds = max(run.ended or 0.0 for run in ended.values()) - begin
    losses = [store.series(run, 0, "loss", 10**6).values.tolist() for run in runs]
    store.close()
    return seconds, losses


def main() -> int:
    """Print the claim; return 0 if it holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("runs", type=int, nargs="?", default=40)
    parser.add_argument("rounds", type=int, nargs="?", default=3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--at-once", type=int, default=None)
    given = parser.parse_args()
    specs = [SPEC | {"lanes": ["adam"], "seed": seed, "device": given.device} for seed in range(given.runs)]
    alone, together, same = [], [], True
    for number in range(given.rounds):
        with tempfile.TemporaryDirectory() as folder:
            one, losses = timed(specs, 1, Path(folder) / "one")
            many, others = timed(specs, given.at_once, Path(folder) / "many")
        alone.append(one)
        together.append(many)
        same = same and losses == others
        print(f"  round {number + 1}: one by one {one:6.1f} s   pool {many:6.1f} s   {one / many:4.2f} x   "
              f"load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
    ratio = median(alone) / median(together)
    cores = pool.cores()
    print(f"{given.runs} runs of one lane on {given.device}, {cores} cores: {ratio:.2f} x  (>= {CLAIM:g} on two)  "
          f"curves {'the same to the bit' if same else 'DIFFER'}")  # fmt: skip
    return 0 if same and (ratio >= CLAIM or cores < CORES) else 1


if __name__ == "__main__":
    sys.exit(main())
