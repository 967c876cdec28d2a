"""The paper's experiments that fit a small computer: what is trained, and how a finished run is kept.

The presets say what is trained, as the training page's links do; the curves are made from them by
docs/make_paper_curves.py, so what a link trains is what a curve shows.

Source of the settings: Kingma, Ba (2015), section 6.1 (logistic regression, batches of 128) and 6.2 (two hidden layers
of 1000 ReLUs, batches of 128). The others ask what is left of its findings in a smaller network, with other
activations, and one example at a time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

SIX = ("sgd,lr=0.01", "momentum,lr=0.01", "nesterov,lr=0.01", "adagrad", "rmsprop,lr=0.001", "adam")
SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Experiment:
    """One comparison.

    Attributes:
        title: for the reader.
        lanes: as a link writes them; `optim_viz.scenario.parse_lane` reads them.
        settings: what differs from the training page's defaults, by its names.
    """

    title: str
    lanes: tuple[str, ...]
    settings: Mapping[str, str | int] = field(default_factory=dict[str, str | int])

    def link(self) -> str:
        """Return the query, without "?", that sets the training page up for this."""
        return urlencode([*(("lane", lane) for lane in self.lanes), *self.settings.items()], safe=",=")


EXPERIMENTS: Mapping[str, Experiment] = {
    "logistic": Experiment("Logistic regression", SIX, {"widths": "none"}),
    "relu": Experiment("256–256, ReLU", SIX),
    "tanh": Experiment("256–256, tanh", SIX, {"activation": "tanh"}),
    "sigmoid": Experiment("256–256, sigmoid", SIX, {"activation": "sigmoid"}),
    "softplus": Experiment("256–256, softplus", SIX, {"activation": "softplus"}),
    "paper": Experiment("1000–1000, ReLU (the paper's)", SIX[2:], {"widths": "1000,1000"}),
    "single": Experiment("One example at a time", (SIX[0], SIX[5]), {"batch_size": 1, "examples": 10_000}),
}
"""Every one trains for one epoch. Learning rates are the usual ones, not tuned."""


@dataclass(frozen=True)
class LaneResult:
    """One lane of a finished comparison.

    Attributes:
        lane: as in the preset.
        loss: smoothed training loss at each of the run's `steps`, with the first seed.
        test_accuracy: after the epoch, 0 to 1, one for each seed.
        test_loss: mean cross-entropy over the test images, one for each seed.
    """

    lane: str
    loss: tuple[float, ...]
    test_accuracy: tuple[float, ...]
    test_loss: tuple[float, ...]

    @property
    def optimizer(self) -> str:
        """Name of its rule."""
        return self.lane.partition(",")[0]

    @property
    def accuracy(self) -> float:
        """Mean test accuracy over the seeds."""
        return sum(self.test_accuracy) / len(self.test_accuracy)


@dataclass(frozen=True)
class FinishedRun:
    """A finished comparison.

    Attributes:
        steps: at which the losses are kept; 1 is the untrained network's.
        parameters: weights and biases of one network.
        results: one a lane.
    """

    steps: tuple[int, ...]
    parameters: int
    results: tuple[LaneResult, ...]

    def ahead_of(self, optimizer: str) -> tuple[LaneResult, ...]:
        """Return the curves with a higher mean test accuracy than an optimizer's, the best first."""
        bar = next(curve.accuracy for curve in self.results if curve.optimizer == optimizer)
        return tuple(sorted((each for each in self.results if each.accuracy > bar), key=lambda each: -each.accuracy))


def write(path: Path, finished: Mapping[str, FinishedRun], made: str) -> None:
    """Keep finished comparisons in a file, with a sentence on how they were made."""
    runs = {
        name: {
            "steps": run.steps,
            "parameters": run.parameters,
            "curves": [
                {
                    "lane": curve.lane,
                    "loss": [float(f"{loss:.4g}") for loss in curve.loss],
                    "test_accuracy": curve.test_accuracy,
                    "test_loss": [float(f"{loss:.4g}") for loss in curve.test_loss],
                }
                for curve in run.results
            ],
        }
        for name, run in finished.items()
    }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(run, separators=(',', ':'))}" for name, run in runs.items())
    path.write_text(
        f'{{\n"made": {json.dumps(made, ensure_ascii=False)},\n"runs": {{\n{lines}\n}}\n}}\n', encoding="utf-8"
    )


def read(path: Path) -> tuple[dict[str, FinishedRun], str]:
    """Return the finished comparisons in a file, and how they were made."""
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {name: _finished(run) for name, run in kept["runs"].items()}, kept["made"]


def _finished(run: Mapping[str, Any]) -> FinishedRun:
    curves = tuple(
        LaneResult(each["lane"], tuple(each["loss"]), tuple(each["test_accuracy"]), tuple(each["test_loss"]))
        for each in run["curves"]
    )
    return FinishedRun(tuple(run["steps"]), run["parameters"], curves)
