"""What monitors cost a run, with and without taking turns in one process, on the CPU.

    python benchmarks/monitors.py

    one lane (Adam) and five lanes on MNIST, batch size 128, an epoch: with every record and monitor at its default
    spacing / without any                                                                         at most 1.15
    beside it: what one sample of each monitor takes, and of the sharpness, on 512 examples

Sharpness is off by default: a run that asks for it (setting Sharpness) pays what is printed last, each time. Each ratio
is the median of the rounds' ratios, so that a busy machine slows both sides of it. The exit code is 1 if a claim does
not hold.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from benchmarks.mnist import FIVE, Run, Timed, claim, mnist  # noqa: E402
from optim_viz.comparison.events import MonitorReport  # noqa: E402

MOST = 1.15


def cost(lanes: list[str]) -> bool:
    """Compare runs of the same lanes with and without."""
    data = mnist()
    timed = Timed([lambda: Run(data, lanes).seconds, lambda: Run(data, lanes, record=False).seconds])
    on, off = timed.seconds
    text = f"lanes: {len(lanes)}, with monitors {on:.3f} s / without {off:.3f} s  (<= {MOST})"
    return claim(text, timed.ratio(0, 1), timed.ratio(0, 1) <= MOST)


def each() -> None:
    """Print what one sample of each monitor takes in Adam's lane."""
    run = Run(mnist(), FIVE[4:], sharpness=3)
    step = run.training / 469
    for report in {event.monitor: event for event in run.events if isinstance(event, MonitorReport)}.values():
        seconds = report.seconds / report.samples
        print(f"  {report.monitor:<26} {1000 * seconds:9.2f} ms a sample, {seconds / step:8.1f} steps")


def main() -> int:
    """Print the claims; return 0 if all hold."""
    print(f"MNIST, 784-256-256-10; torch {torch.__version__}, {torch.get_num_threads()} threads on the CPU")
    each()
    return 0 if all([cost(FIVE[4:]), cost(FIVE)]) else 1


if __name__ == "__main__":
    sys.exit(main())
