"""What a full run store costs to open: 100 runs of 10,000 points, all timed in one run.

    python benchmarks/run_store.py

The points are written as a worker writes them, in batches; beside it the same points one transaction each. What a page
does is timed with the store full and with one run in it: opening the file, listing the runs with their results, drawing
a run of eight lanes, and the loss of 99 runs at once. Each reading time is the median of several; a curve that SQLite
thins is held against one read whole. The exit code is 1 if a claim does not hold.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from optim_viz.comparison import events  # noqa: E402
from optim_viz.run_store import RunStore  # noqa: E402

RUNS, POINTS, LANES, BATCH = 100, 10_000, 8, 1000
SPEC = {"lanes": ["adam"] * LANES, "epochs": 10}
LIST_SECONDS, DRAW_SECONDS, BATCHING = 0.1, 0.5, 3.0  # what is claimed


def seconds(work: Callable[[], object], rounds: int = 7) -> float:
    """Return the median time of a piece of work."""
    times: list[float] = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return median(times)


def steps(points: int, lanes: int) -> Iterator[events.Event]:
    """Yield the losses of a run whose lanes share `points`, with an epoch in every tenth."""
    yield events.Start(0, points // lanes, points // lanes // 10, 269_322, ("layer 1",), "cpu", "2.13.0")
    noise = np.random.default_rng(0).standard_normal(points)
    for index in range(points):
        lane, step = index % lanes, index // lanes + 1
        loss = 2.3 / step**0.5 + 0.1 * abs(float(noise[index]))
        yield events.Step(lane, step, 1, loss, loss)
        if step % (points // lanes // 10) == 0:
            yield events.Epoch(lane, step // (points // lanes // 10), step, loss, loss, 0.9, 1e5, 0.0)


def fill(store: RunStore, points: int, lanes: int) -> int:
    """Write one run in batches and return its number."""
    run_id = store.create(SPEC)
    store.request_cancel(run_id)  # nothing is to be trained here
    told = list(steps(points, lanes))
    for begin in range(0, len(told), BATCH):
        store.append(run_id, told[begin : begin + BATCH])
    return run_id


def listed(store: RunStore) -> None:
    """Do what the table of runs does."""
    store.list_runs()
    store.results()


def opened(path: Path) -> None:
    """Open the store and list it, as a page that is opened does."""
    store = RunStore(path)
    listed(store)
    store.close()


def main() -> int:
    """Print the claims; return 0 if all hold."""
    with tempfile.TemporaryDirectory() as folder:
        path, small_path = Path(folder) / "full" / "runs.sqlite3", Path(folder) / "small" / "runs.sqlite3"
        store, small = RunStore(path), RunStore(small_path)
        fill(small, POINTS, 1)
        begin = time.perf_counter()
        runs = [fill(store, POINTS, 1) for _ in range(RUNS - 1)]
        batched = (time.perf_counter() - begin) / (RUNS - 1)
        eight = fill(store, LANES * POINTS, LANES)
        single = list(steps(500, 1))
        begin = time.perf_counter()
        for event in single:
            store.append(eight, [event])
        one_by_one = (time.perf_counter() - begin) / len(single) * POINTS
        opening, opening_small = seconds(lambda: opened(path)), seconds(lambda: opened(small_path))
        listing, listing_small = seconds(lambda: listed(store)), seconds(lambda: listed(small))
        one = seconds(lambda: store.series(runs[0], 0, "loss", 2000))
        whole = seconds(lambda: store.series(runs[0], 0, "loss", POINTS))
        drawing = seconds(lambda: [store.series(eight, lane, "loss", 2000) for lane in range(LANES)])
        comparing = seconds(lambda: [store.series(run, 0, "loss", 500) for run in runs], rounds=3)
        size = path.stat().st_size / 2**20
    print(f"{RUNS} runs of {POINTS:,} points in {size:.0f} MiB, one of them with {LANES} lanes of as many")
    print(f"  writing 10,000 points: in batches {batched * 1e3:7.0f} ms   one by one {one_by_one * 1e3:7.0f} ms   "
          f"{one_by_one / batched:5.1f} x  (>= {BATCHING:g})")  # fmt: skip
    print(f"  open and list:         full {opening * 1e3:7.1f} ms   one run {opening_small * 1e3:7.1f} ms   "
          f"{opening / opening_small:5.1f} x  (<= {LIST_SECONDS * 1e3:g} ms)")  # fmt: skip
    print(f"  list again:            full {listing * 1e3:7.1f} ms   one run {listing_small * 1e3:7.1f} ms   "
          f"{listing / listing_small:5.1f} x")  # fmt: skip
    print(f"  a curve of 10,000:     thinned {one * 1e3:4.1f} ms   whole {whole * 1e3:9.1f} ms   {whole / one:5.1f} x")
    print(f"  the loss of {LANES} lanes of one run:       {drawing * 1e3:6.1f} ms  (<= {DRAW_SECONDS * 1e3:g} ms)")
    print(f"  the loss of {RUNS - 1} runs, 500 points each:  {comparing * 1e3:6.1f} ms")
    return 0 if opening <= LIST_SECONDS and drawing <= DRAW_SECONDS and one_by_one / batched >= BATCHING else 1


if __name__ == "__main__":
    sys.exit(main())
