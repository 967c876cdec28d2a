"""What 1,000 runs in the queue cost: to list, filter, look after and cancel, in the store and on the Train page.

    python benchmarks/long_queue.py [RUNS]

One run trains, so nothing is started; the others wait, as after a large sweep. Each number is the 95th percentile of
many rounds in this one run, beside the same with 10 runs. The page is Streamlit's, in this process: a rerun is all that
a click costs on the server, the poll is what the list does every two seconds by itself. The exit code is 1 if a claim
does not hold.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from optim_viz.run_store import RunStore, pool, queue  # noqa: E402

RUNS, FEW, ROUNDS, PAGE_ROUNDS, LIMIT = 1000, 10, 40, 20, 0.3  # the last is what is claimed, in seconds
RATES = np.geomspace(1e-4, 1.0, 25)


def p95(work: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None) -> float:
    """Return the 95th percentile of the times that a piece of work takes."""
    times: list[float] = []
    for _ in range(rounds):
        before()
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return float(np.quantile(times, 0.95))


def fill(path: Path, runs: int) -> RunStore:
    """Make a store with one run that this process trains, as far as the store knows, and the rest in the queue."""
    store = RunStore(path)
    for number in range(runs):
        lane = f"{('adam', 'sgd', 'momentum')[number % 3]},lr={RATES[number % len(RATES)]:.3g}"
        store.create({"lanes": [lane], "seed": number, "dataset": "digits"}, name=f"sweep {number}", cores=1)
    if queue.claim_next(store.file, store.watch) is None:
        raise RuntimeError("the first run was not to be had")
    return store


def measured(path: Path, runs: int) -> dict[str, float]:
    """Return the 95th percentile of everything that is done with a queue."""
    store = fill(path, runs)
    found = {
        "advance": p95(store.advance, ROUNDS),
        "list": p95(store.list_runs, ROUNDS),
        "list with results": p95(lambda: (store.list_runs(), store.results()), ROUNDS),
        "filter by words": p95(lambda: [run for run in store.list_runs() if "momentum" in " ".join(run.lanes)], ROUNDS),
        "cancel all": p95(store.cancel_all, ROUNDS, before=lambda: queue_again(store)),
    }
    queue_again(store)
    return found | page(path.parent, store)


def queue_again(store: RunStore) -> None:
    """Put back into the queue what was cancelled."""
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET state = 'queued' WHERE state = 'cancelled'")
        connection.execute("UPDATE runs SET cancel = 0")


def page(home: Path, store: RunStore) -> dict[str, float]:
    """Return what the Train page takes of the server with this store."""
    from streamlit.testing.v1 import AppTest

    from optim_viz.pages.train import run_list

    os.environ["OPTIM_VIZ_HOME"] = str(home)
    app: Any = AppTest.from_file(str(ROOT / "optim_viz/pages/train/page.py"), default_timeout=120)
    app.run()
    polls: list[float] = []
    table = run_list._table

    def timed(*arguments: Any) -> None:
        begin = time.perf_counter()
        table(*arguments)
        polls.append(time.perf_counter() - begin)

    run_list._table = timed
    rerun = p95(app.run, PAGE_ROUNDS)
    filtered = app.query_params
    filtered["runs.find"] = "momentum"
    found = p95(app.run, PAGE_ROUNDS)
    run_list._table = table
    if app.exception:
        raise RuntimeError(app.exception[0].value)
    cancelling = p95(store.cancel_all, 5, before=lambda: queue_again(store))
    queue_again(store)
    return {
        "page: a rerun": rerun,
        "page: a rerun, filtered": found,
        "page: the list's poll": float(np.quantile(polls, 0.95)),
        "page: cancel all, then a rerun": cancelling + rerun,
    }


def main() -> int:
    """Print the claims; return 0 if all hold."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    os.environ[pool.VARIABLE] = "1"
    with tempfile.TemporaryDirectory() as folder:
        few = measured(Path(folder) / "few" / "runs.sqlite3", FEW)
        many = measured(Path(folder) / "many" / "runs.sqlite3", runs)
    print(f"{runs:,} runs, one of them training: 95th percentiles, beside {FEW} runs; load {os.getloadavg()[0]:.1f}")
    for name, seconds in many.items():
        print(f"  {name:<32} {seconds * 1e3:7.1f} ms   {few[name] * 1e3:7.1f} ms   (<= {LIMIT * 1e3:g} ms)")
    return 0 if max(many.values()) <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
