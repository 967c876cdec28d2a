"""What training on MNIST costs beside the usual ways to write it, all timed in one run, on the CPU.

    python benchmarks/mnist.py            every part
    python benchmarks/mnist.py a c        these parts only

    a   one epoch, batch size 128, Adam: ours / the plain in-memory autograd loop                 at most 1.00
        (beside it: the usual DataLoader loop, and the plain loop with torch's fused Adam)
    b   five optimizers side by side / five runs of ours, one after the other                     at most 0.85
    c   2,000 single examples, L2 term, from-scratch SGD and Adam / ours                          at least 4 and 5
        their losses in float64, largest difference (in float32 a rounding may grow without end)  at most 1e-9
        and the hand-written step on one example against our own plain engine                     at least 1.25
    d   recording / not recording                                                                 at most 1.10

Works that are compared take turns, and each ratio is the median of the rounds' ratios, so that a busy machine slows
both sides of it. The loops of (a) run with torch's own number of threads, the from-scratch loops of (c) with one, which
suits them best. Ours of (c) runs in a process of its own, prepared as the one that trains (which takes numbers below
1.2e-38 for 0). In (a) an epoch's training counts, without the test at its end. The exit code is 1 if a claim does not
hold. For GPUs see benchmarks/gpu.py.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from benchmarks._mnist_loops import (  # noqa: E402
    L2,
    FromScratchAdam,
    FromScratchSGD,
    data_loader_epoch,
    in_memory_epoch,
    single_examples,
)
from optim_viz import datasets  # noqa: E402
from optim_viz.comparison import TrainingSpec  # noqa: E402
from optim_viz.comparison.events import Epoch, Event, Step  # noqa: E402
from optim_viz.datasets import Data  # noqa: E402
from optim_viz.training import fast  # noqa: E402
from optim_viz.training.engine import train  # noqa: E402
from optim_viz.training.machine import flush_denormals  # noqa: E402

FIVE = ["sgd,lr=0.01", "momentum,lr=0.01", "adagrad,lr=0.01", "rmsprop,lr=0.001", "adam,lr=0.001"]
EXAMPLES = 2000
ROUNDS = 7


class Run:
    """One of our runs: its events, its seconds from call to return, and those of its epoch's training alone."""

    def __init__(self, data: Data, lanes: Sequence[str], **values: Any) -> None:
        spec = TrainingSpec.from_dict({"lanes": list(lanes), "dataset": "mnist", "model": "mlp", **values})
        self.events: list[Event] = []
        begin = time.perf_counter()
        train(spec, data=data, on_event=self.events.append)
        self.seconds = time.perf_counter() - begin
        (epoch, *_) = [event for event in self.events if isinstance(event, Epoch)]
        self.training = spec.n_examples / epoch.examples_per_second

    def losses(self) -> list[float]:
        """Every loss of the first lane."""
        return [event.loss for event in self.events if isinstance(event, Step) and event.lane == 0]


class Timed:
    """Seconds of works that took turns, for some rounds after a first one that warmed up."""

    def __init__(self, works: Sequence[Callable[[], float]], rounds: int = ROUNDS) -> None:
        for work in works:
            work()
        self.columns = list(zip(*([work() for work in works] for _ in range(rounds)), strict=True))
        self.seconds = [statistics.median(column) for column in self.columns]

    def ratio(self, one: int, other: int) -> float:
        """Return the median over the rounds of work number `one` / work number `other`."""
        return statistics.median(a / b for a, b in zip(self.columns[one], self.columns[other], strict=True))


def claim(text: str, value: float, holds: bool) -> bool:
    """Print one line; returns whether the claim holds."""
    print(f"  {text:<88} {value:7.2f}  {'holds' if holds else 'DOES NOT HOLD'}", flush=True)
    return holds


def part_a(data: Data) -> bool:
    """An epoch against the plain loops."""
    adam = FIVE[4:]
    timed = Timed(
        [
            lambda: Run(data, adam, record=False).training,
            lambda: in_memory_epoch(data),
            lambda: in_memory_epoch(data, fused=True),
            lambda: data_loader_epoch(data),
        ]
    )
    ours, plain, fused, loader = timed.seconds
    print(f"  (a) DataLoader loop {loader:.3f} s / ours {ours:.3f} s: {timed.ratio(3, 0):.2f}")
    print(f"  (a) ours {ours:.3f} s / plain in-memory loop, fused Adam {fused:.3f} s: {timed.ratio(0, 2):.2f}")
    text, ratio = f"(a) ours {ours:.3f} s / plain in-memory loop {plain:.3f} s  (<= 1.00)", timed.ratio(0, 1)
    return claim(text, ratio, ratio <= 1.0)


def part_b(data: Data) -> bool:
    """Side by side against one after the other."""
    timed = Timed([lambda: Run(data, FIVE).seconds, lambda: sum(Run(data, [lane]).seconds for lane in FIVE)], rounds=5)
    five, single = timed.seconds
    text, ratio = f"(b) five side by side {five:.3f} s / five single runs {single:.3f} s  (<= 0.85)", timed.ratio(0, 1)
    return claim(text, ratio, ratio <= 0.85)


def part_c(data: Data) -> bool:
    """Single examples against the from-scratch loops."""
    sgd = from_scratch("sgd,lr=0.01", lambda data: single_examples(data, FromScratchSGD, 0.01, EXAMPLES), data, 4)
    adam = from_scratch("adam,lr=0.001", lambda data: single_examples(data, FromScratchAdam, 0.001, EXAMPLES), data, 5)
    return sgd and adam


@cache
def mnist() -> Data:
    """Return MNIST."""
    return datasets.get("mnist").load()


def one_by_one(lane: str, plain: bool = False, dtype: torch.dtype = torch.float32) -> tuple[float, list[float]]:
    """Train a lane on single examples, `plain` without the hand-written step; returns its seconds and every loss."""
    quick = fast.single_example_step
    try:
        if plain:
            fast.single_example_step = lambda *_: None
        run = Run(mnist().to("cpu", dtype), [lane], l2=L2, batch_size=1, examples=EXAMPLES, record=False)
    finally:
        fast.single_example_step = quick
    return run.training, run.losses()


def from_scratch(lane: str, loop: Callable[[Data], tuple[float, list[float]]], data: Data, least: float) -> bool:
    """Compare one optimizer's loop with ours at batch size 1."""

    def scratch() -> float:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        seconds, _ = loop(data)
        torch.set_num_threads(threads)
        return seconds

    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, fresh, initializer=flush_denormals) as process:

        def ours(plain: bool) -> float:
            return process.submit(one_by_one, lane, plain).result()[0]

        timed = Timed([scratch, lambda: ours(False), lambda: ours(True)], rounds=5)
        _, found = process.submit(one_by_one, lane, dtype=torch.float64).result()
    usual, mine, engine = timed.seconds
    _, expected = loop(data.to("cpu", torch.float64))
    apart = max(abs(a - b) for a, b in zip(expected, found, strict=True))
    text = f"(c) {lane}: {EXAMPLES} single examples from scratch {usual:.3f} s / ours {mine:.3f} s  (>= {least:g})"
    results = [
        claim(text, timed.ratio(0, 1), timed.ratio(0, 1) >= least),
        claim(f"(c) {lane}: largest difference of two losses in float64, in 1e-9  (<= 1)", apart * 1e9, apart <= 1e-9),
    ]
    text = f"(c) {lane}: our plain engine {engine:.3f} s / the hand-written step {mine:.3f} s  (>= 1.25)"
    return all([*results, claim(text, timed.ratio(2, 1), timed.ratio(2, 1) >= 1.25)])


def part_d(data: Data) -> bool:
    """Recording against not recording, for one lane and for five."""
    results = [recording(data, FIVE[4:]), recording(data, FIVE)]
    return all(results)


def recording(data: Data, lanes: Sequence[str]) -> bool:
    """Compare runs of the same lanes with and without records of the optimizers' states."""
    timed = Timed([lambda: Run(data, lanes).seconds, lambda: Run(data, lanes, record=False).seconds])
    on, off = timed.seconds
    text = f"(d) lanes: {len(lanes)}, recording {on:.3f} s / not recording {off:.3f} s  (<= 1.10)"
    return claim(text, timed.ratio(0, 1), timed.ratio(0, 1) <= 1.10)


PARTS: dict[str, Callable[[Data], bool]] = {"a": part_a, "b": part_b, "c": part_c, "d": part_d}


def main() -> int:
    """Print the claims of the parts that were asked for; return 0 if all hold."""
    parts = sys.argv[1:] or [*PARTS]
    if [part for part in parts if part not in PARTS]:
        sys.exit(__doc__)
    data = mnist()
    print(f"MNIST, 784-256-256-10; torch {torch.__version__}, {torch.get_num_threads()} threads on the CPU")
    results = [PARTS[part](data) for part in parts]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
