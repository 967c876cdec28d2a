"""What training on MNIST costs beside the usual ways to write it, all timed in one run.

    python benchmarks/mnist.py            every part
    python benchmarks/mnist.py a c        these parts only

    a   one epoch, batch size 128, Adam: the usual DataLoader loop / ours                         at least 4
    b   five optimizers in lockstep / five runs of ours, one after the other                      at most 0.85
    c   2,000 single examples, L2 term, from-scratch SGD and Adam / ours, equal losses to 1e-4    at least 5 and 7
    d   recording / not recording                                                                 at most 1.10
    e   a to d on CUDA; CUDA against the CPU; five optimizers, one epoch                          at most 0.5 s

Two things that are compared take turns, and each ratio is that of medians, so that a busy machine slows both. The usual
loop of (a) runs with torch's own number of threads, the from-scratch loops of (c) with one, which suits them best. Ours
of (c) runs in a process of its own, prepared as the one that trains (which takes numbers below 1.2e-38 for 0). In (a)
an epoch's training counts, without the test at its end; beside it stands what its matrix products and updates cost
alone, for they bound the ratio from above on the CPU. The exit code is 1 if a claim does not hold.
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
    bare_epoch,
    data_loader_epoch,
    single_examples,
)
from optim_viz.comparison import TrainingSpec  # noqa: E402
from optim_viz.comparison.events import Epoch, Event, Step  # noqa: E402
from optim_viz.training.engine import train  # noqa: E402
from optim_viz.training.machine import take_tiny_for_zero  # noqa: E402
from optim_viz.training.mnist import Mnist, load_mnist  # noqa: E402

FIVE = ["sgd,lr=0.01", "momentum,lr=0.01", "adagrad,lr=0.01", "rmsprop,lr=0.001", "adam,lr=0.001"]
EXAMPLES = 2000
ROUNDS = 7


class Run:
    """One of our runs: its events, its seconds from call to return, and those of its epoch's training alone."""

    def __init__(self, data: Mnist, lanes: Sequence[str], **values: Any) -> None:
        spec = TrainingSpec.from_dict({"lanes": list(lanes), **values})
        self.events: list[Event] = []
        begin = time.perf_counter()
        train(spec, data=data, on_event=self.events.append)
        if data.train_x.is_cuda:
            torch.cuda.synchronize()
        self.seconds = time.perf_counter() - begin
        (epoch, *_) = [event for event in self.events if isinstance(event, Epoch)]
        self.training = spec.n_examples / epoch.examples_per_second

    def losses(self) -> list[float]:
        """Every loss of the first lane."""
        return [event.loss for event in self.events if isinstance(event, Step) and event.lane == 0]


def medians(works: Sequence[Callable[[], float]], rounds: int = ROUNDS) -> list[float]:
    """Let the works take turns, for some rounds after a first one that warms up; returns each one's median seconds."""
    for work in works:
        work()
    table = [[work() for work in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*table, strict=True)]


def claim(text: str, value: float, holds: bool) -> bool:
    """Print one line; returns whether the claim holds."""
    print(f"  {text:<78} {value:7.2f}  {'holds' if holds else 'DOES NOT HOLD'}", flush=True)
    return holds


def part_a(data: Mnist) -> bool:
    """An epoch against the usual loop."""
    adam = FIVE[4:]
    usual, ours, bare = medians(
        [lambda: data_loader_epoch(data), lambda: Run(data, adam, record=False).training, lambda: bare_epoch(data)]
    )
    print(f"  (a) of ours, matrix products and updates alone {bare:.3f} s: were all else free, {usual / bare:.2f}")
    return claim(f"(a) DataLoader loop {usual:.3f} s / ours {ours:.3f} s  (>= 4)", usual / ours, usual / ours >= 4)


def part_b(data: Mnist) -> bool:
    """Lockstep against one after the other."""
    five, single = medians(
        [lambda: Run(data, FIVE).seconds, lambda: sum(Run(data, [lane]).seconds for lane in FIVE)], rounds=5
    )
    text = f"(b) five in lockstep {five:.3f} s / five single runs {single:.3f} s  (<= 0.85)"
    return claim(text, five / single, five / single <= 0.85)


def part_c(data: Mnist) -> bool:
    """Single examples against the from-scratch loops."""
    sgd = from_scratch(data, "sgd,lr=0.01", lambda: single_examples(data, FromScratchSGD, 0.01, EXAMPLES), 5)
    adam = from_scratch(data, "adam,lr=0.001", lambda: single_examples(data, FromScratchAdam, 0.001, EXAMPLES), 7)
    return sgd and adam


@cache
def loaded(device: str) -> Mnist:
    """Return MNIST on a device."""
    return load_mnist(device=torch.device(device))


def one_by_one(lane: str, device: str) -> tuple[float, list[float]]:
    """Train a lane on single examples; returns its seconds and every loss."""
    run = Run(loaded(device), [lane], l2=L2, batch_size=1, examples=EXAMPLES, record=False)
    return run.training, run.losses()


def from_scratch(data: Mnist, lane: str, loop: Callable[[], tuple[float, list[float]]], least: float) -> bool:
    """Compare one optimizer's loop with ours at batch size 1."""
    expected: list[float] = []
    found: list[float] = []

    def scratch() -> float:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        seconds, expected[:] = loop()
        torch.set_num_threads(threads)
        return seconds

    def ours() -> float:
        seconds, found[:] = process.submit(one_by_one, lane, data.train_x.device.type).result()
        return seconds

    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, fresh, initializer=take_tiny_for_zero) as process:
        usual, mine = medians([scratch, ours], rounds=5)
    apart = max(abs(a - b) for a, b in zip(expected, found, strict=True))
    text = f"(c) {lane}: {EXAMPLES} single examples from scratch {usual:.3f} s / ours {mine:.3f} s  (>= {least:g})"
    fast = claim(text, usual / mine, usual / mine >= least)
    return claim(f"(c) {lane}: largest difference of two losses, in 1e-4  (<= 1)", apart * 1e4, apart <= 1e-4) and fast


def part_d(data: Mnist) -> bool:
    """Recording against not recording, for one lane and for five."""
    return recording(data, FIVE[4:]) and recording(data, FIVE)


def recording(data: Mnist, lanes: Sequence[str]) -> bool:
    """Compare runs of the same lanes with and without looks into the optimizers' states."""
    on, off = medians([lambda: Run(data, lanes).seconds, lambda: Run(data, lanes, record=False).seconds])
    text = f"(d) lanes: {len(lanes)}, recording {on:.3f} s / not recording {off:.3f} s  (<= 1.10)"
    return claim(text, on / off, on / off <= 1.10)


PARTS: dict[str, Callable[[Mnist], bool]] = {"a": part_a, "b": part_b, "c": part_c, "d": part_d}


def part_e(data: Mnist, parts: Sequence[str]) -> bool:
    """All of it on CUDA, and CUDA against the CPU."""
    if not torch.cuda.is_available():
        print("  (e) no CUDA device is present: its figures are still to be taken")
        return True
    cuda = data.to("cuda")
    print(f"(e) on {torch.cuda.get_device_name()}")
    results = [PARTS[part](cuda) for part in parts]
    fast, slow = medians([lambda: Run(cuda, FIVE).seconds, lambda: Run(data, FIVE).seconds], rounds=3)
    claim(f"(e) five optimizers: CPU {slow:.3f} s / CUDA {fast:.3f} s", slow / fast, True)
    return claim("(e) five optimizers, one epoch, seconds  (<= 0.5)", fast, fast <= 0.5) and all(results)


def main() -> int:
    """Print the claims of the parts that were asked for; return 0 if all hold."""
    parts = sys.argv[1:] or [*PARTS, "e"]
    unknown = [part for part in parts if part not in (*PARTS, "e")]
    if unknown:
        sys.exit(__doc__)
    data = load_mnist()
    print(f"MNIST, 784-256-256-10; torch {torch.__version__}, {torch.get_num_threads()} threads on the CPU")
    results = [PARTS[part](data) if part in PARTS else part_e(data, [*PARTS]) for part in parts]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
