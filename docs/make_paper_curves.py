"""Make the training curves that section 10 of the paper page shows.

Run `python docs/make_paper_curves.py` after changing a preset of `optim_viz.experiments.mnist_runs`. It trains each
on MNIST, on the CPU, for one epoch with each of the seeds, and writes optim_viz/pages/paper/data/mnist_runs.json. That
takes some minutes on two cores.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from optim_viz import datasets  # noqa: E402
from optim_viz.comparison.events import Epoch, Event, Step  # noqa: E402
from optim_viz.comparison.spec import TrainingSpec  # noqa: E402
from optim_viz.datasets import Data  # noqa: E402
from optim_viz.experiments.mnist_runs import EXPERIMENTS, SEEDS, Experiment, FinishedRun, LaneResult, write  # noqa: E402
from optim_viz.training.engine import train  # noqa: E402

TARGET = ROOT / "optim_viz" / "pages" / "paper" / "data" / "mnist_runs.json"
POINTS = 60


def main() -> None:
    """Train everything and write the file."""
    data = datasets.get("mnist").load()
    finished: dict[str, FinishedRun] = {}
    for name, preset in EXPERIMENTS.items():
        finished[name] = comparison(preset, data)
        print(name, {curve.optimizer: round(curve.accuracy, 4) for curve in finished[name].results}, flush=True)
    seeds = ", ".join(map(str, SEEDS))
    made = (
        f"Trained by this project with torch {torch.__version__.partition('+')[0]} on a CPU: real MNIST, one epoch, "
        f"seeds {seeds}; made by docs/make_paper_curves.py"
    )
    write(TARGET, finished, made)
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")


def comparison(preset: Experiment, data: Data) -> FinishedRun:
    """Train one preset with every seed."""
    steps: list[int] = []
    losses: list[list[float]] = []
    ends: list[list[Epoch]] = []
    spec = _spec(preset, SEEDS[0])
    for seed in SEEDS:
        events: list[Event] = []
        train(_spec(preset, seed), data=data, on_event=events.append)
        ends.append(sorted((each for each in events if isinstance(each, Epoch)), key=lambda each: each.lane))
        if seed == SEEDS[0]:
            steps = _kept(spec.total_steps)
            smoothed = {(each.lane, each.step): each.smoothed for each in events if isinstance(each, Step)}
            steps = [step for step in steps if (0, step) in smoothed]
            losses = [[smoothed[lane, step] for step in steps] for lane in range(len(preset.lanes))]
    curves = tuple(
        LaneResult(
            lane,
            tuple(losses[index]),
            tuple(end[index].test_accuracy for end in ends),
            tuple(end[index].test_loss for end in ends),
        )
        for index, lane in enumerate(preset.lanes)
    )
    return FinishedRun(tuple(steps), spec.n_parameters, curves)


def _spec(preset: Experiment, seed: int) -> TrainingSpec:
    given: dict[str, object] = {**preset.settings, "lanes": list(preset.lanes), "seed": seed, "record": False}
    if "widths" in given:
        text = str(given["widths"])
        given["widths"] = [] if text == "none" else [int(width) for width in text.split(",")]
    return TrainingSpec.from_dict(given)


def _kept(total: int) -> list[int]:
    """Return steps evenly spread on a logarithmic axis, the first and the last included."""
    spread = {round(math.exp(math.log(total) * index / (POINTS - 1))) for index in range(POINTS)}
    return sorted(spread)


if __name__ == "__main__":
    main()
