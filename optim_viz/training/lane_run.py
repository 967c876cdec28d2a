# pyright: basic
"""One lane in training: its network, its optimizer, and its own bookkeeping of losses."""

from __future__ import annotations

import math
from typing import Any, Final

import torch
from torch import Tensor

from optim_viz.comparison import events
from optim_viz.comparison.spec import LOSS_POINTS, TrainingSpec
from optim_viz.training.machine import step_work
from optim_viz.training.mnist import Mnist
from optim_viz.training.model import ModelSpec, Network, cross_entropy_sum
from optim_viz.training.one_example import OneExampleNetwork
from optim_viz.training.recorder import Recorder, default_spacing
from optim_viz.training.stepper import Stepper

SMOOTHING: Final = 0.98
"""How much of the smoothed loss stays at each step."""
WORK: Final = 2e9
"""Multiplications and additions between two looks at whether to stop: a tenth of a second on one slow core."""


def rows_at_once(spec: TrainingSpec) -> int:
    """Return how many rows go through the network at once: enough to be fast, few enough to stop soon."""
    return max(16, min(4096, int(WORK / (6 * spec.n_parameters))))


def stretch_steps(spec: TrainingSpec, lanes: int) -> int:
    """Return how many steps so many lanes take together between two turns of the engine."""
    return max(1, min(64, int(2 * WORK / (step_work(spec) * lanes))))


def takes_one_example(spec: TrainingSpec, data: Mnist) -> bool:
    """Whether lanes use the network for one example at a time: on the CPU, where calls are most of a small step."""
    return spec.batch_size == 1 and data.train_x.device.type == "cpu"


class LaneRun:
    """A lane and how far it got.

    Attributes:
        index: position among the lanes.
        step: updates made.
        tested: epochs whose test is made.
        network: parameters and gradients.
        stepper: the optimizer.
        recorder: looks into its state, None where nothing is to be recorded.
        seconds, examples: spent and seen in training since the epoch began (or a resume).
    """

    def __init__(self, index: int, spec: TrainingSpec, data: Mnist, initial: list[Tensor], sparse: bool) -> None:
        """Make the network and the optimizer.

        Args:
            index: of the lane.
            spec: the comparison.
            data: on the device that trains.
            initial: the initial parameters; copied.
            sparse: whether batches come as `SparseRows`, for which the first weight is stored transposed.
        """
        params = [param.clone() for param in initial]
        if sparse:
            params[0] = params[0].T.contiguous().T
        self.index = index
        self.step = 0
        self.tested = 0
        self.seconds = 0.0
        self.examples = 0
        self._spec = spec
        self.network = (
            OneExampleNetwork(ModelSpec.of(spec), params)
            if takes_one_example(spec, data)
            else Network(ModelSpec.of(spec), params, min(spec.batch_size, rows_at_once(spec)))
        )
        self.stepper = Stepper(spec.lanes[index], params, spec.l2)
        self._stride = math.ceil(spec.total_steps / LOSS_POINTS)
        self._loss_sum = 0.0
        self._average = 0.0  # of losses, exponential, still too small by `_weight`
        self._weight = 0.0
        self._diverged = False
        self._last = 0.0  # the newest loss, where thinning left it out
        self._thinned_out = False
        self._total_steps = spec.total_steps
        self.recorder: Recorder | None = None
        if spec.record:
            spacing = spec.record_every or default_spacing(spec, data.train_x.device.type)
            self.recorder = Recorder(index, spec.layers, self.stepper, spacing, spec.total_steps)

    @property
    def owes_test(self) -> bool:
        """Whether an epoch's last step is made but its test is not."""
        return self.step // self._spec.steps_per_epoch > self.tested

    def note(self, loss: float, examples: int) -> list[events.Event]:
        """Count one step whose mean loss over `examples` was `loss`; returns what to tell of it."""
        self.step += 1
        self.examples += examples
        self._loss_sum += loss * examples
        self._average += (1 - SMOOTHING) * (loss - self._average)
        self._weight += (1 - SMOOTHING) * (1 - self._weight)
        told: list[events.Event] = []
        if not self._diverged and not math.isfinite(loss):
            self._diverged = True
            told.append(events.Diverged(self.index, self.step, loss))
        self._thinned_out = self.step % self._stride != 0 and self.step not in (1, self._total_steps)
        if self._thinned_out:
            self._last = loss
        else:
            told.append(self._point(loss))
        return told

    def _point(self, loss: float) -> events.Step:
        epoch = (self.step - 1) // self._spec.steps_per_epoch + 1
        return events.Step(self.index, self.step, epoch, loss, self._average / self._weight)

    def last_point(self) -> list[events.Event]:
        """Return the newest loss where thinning had left it out: for a run that ends early."""
        return [self._point(self._last)] if self._thinned_out else []

    def evaluate(self, data: Mnist, stop: Any) -> events.Epoch | None:
        """Test the lane at the end of an epoch and begin the next one's counts; None where stopped meanwhile."""
        rows = rows_at_once(self._spec)
        loss, right = torch.zeros((), device=data.test_x.device, dtype=torch.float64), 0
        for x, y in zip(data.test_x.split(rows), data.test_y.split(rows), strict=True):
            if stop():
                return None
            logits = self.network.logits(x)
            loss += cross_entropy_sum(logits, y).to(torch.float64)
            right = right + (logits.argmax(1) == y).sum()
        weights = [param for param in self.network.params if param.dim() == 2]
        penalty = self._spec.l2 * sum(float(weight.square().sum()) for weight in weights)
        tested = len(data.test_y)
        event = events.Epoch(
            lane=self.index,
            epoch=self.tested + 1,
            step=self.step,
            train_loss=self._loss_sum / self._spec.n_examples,
            test_loss=float(loss) / tested,
            test_accuracy=float(right) / tested,
            examples_per_second=self.examples / self.seconds if self.seconds > 0 else 0.0,
            penalty=penalty,
        )
        self.tested += 1
        self._loss_sum, self.seconds, self.examples = 0.0, 0.0, 0
        return event

    def state(self) -> dict[str, Any]:
        """Return copies of everything that decides how the lane goes on, on the CPU."""
        return {
            "step": self.step,
            "tested": self.tested,
            "params": [param.detach().cpu().clone() for param in self.network.params],
            "optimizer": _copied(self.stepper.optimizer.state_dict()),
            "sums": [self._loss_sum, self._average, self._weight],
            "diverged": self._diverged,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Go back to what `state` returned."""
        self.step, self.tested = int(state["step"]), int(state["tested"])
        for param, saved in zip(self.network.params, state["params"], strict=True):
            param.copy_(saved)
        self.stepper.load(state["optimizer"])
        self._loss_sum, self._average, self._weight = state["sums"]
        self._diverged = bool(state["diverged"])


def _copied(value: Any) -> Any:
    """Copy nested lists and dictionaries of tensors to the CPU."""
    if isinstance(value, Tensor):
        return value.detach().cpu().clone()
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list | tuple) else value
