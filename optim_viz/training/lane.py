# pyright: basic
"""One lane in training: its network and its optimizer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor, nn

from optim_viz.comparison import events
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.datasets import Data
from optim_viz.training.losses import LossAccount
from optim_viz.training.monitoring import Monitoring
from optim_viz.training.optimizer import load_state, make_optimizer
from optim_viz.training.rates import Factors, Rates
from optim_viz.training.recorder import Recorder

Part = tuple[Tensor, Tensor]
"""Some examples of a batch: x (rows, *input shape) and the classes y (rows,)."""
CLOCK_POINTS: Final = 400
"""How often in a run a lane says how long it has trained, at most."""


class Snapshot(NamedTuple):
    """The parameters of a lane after a step, one after the other, (N,), on the CPU."""

    lane: int
    step: int
    parameters: Tensor


class Stopped(Exception):
    """The run was asked to stop inside a batch; that batch leaves no trace."""


class LaneFailed(Exception):
    """A lane's optimizer cannot train on; `LaneTrainer.failure` says why."""


class LaneTrainer:
    """Trains one lane's network, a batch at a time.

    Attributes:
        index: position among the lanes.
        step: updates made.
        tested: epochs whose test at their end is made.
        network: the module that is trained.
        params: its parameters; `grad` of each is that of the last step.
        optimizer: torch's.
        lane: what it runs.
        failure: why it trains no further, "" while it does.
        recorder: reads the optimizer's state, None where nothing is to be recorded.
        seconds, examples: spent and seen in training since the epoch began (or a resume).
        trained: seconds spent in training since the run began, over all its processes.
        kept_steps: steps after which the parameters are put into `snapshots`.
        snapshots: those that nobody has taken yet.
    """

    def __init__(self, index: int, spec: TrainingSpec, data: Data) -> None:
        """Build the network with the weights that all lanes start from, and its optimizer.

        Args:
            index: of the lane.
            spec: the comparison.
            data: on the device that trains, in the float type that the network computes in.
        """
        self.index = index
        self.step = 0
        self.tested = 0
        self.seconds = 0.0
        self.trained = 0.0
        self.examples = 0
        self.kept_steps: frozenset[int] = frozenset()
        self.snapshots: list[Snapshot] = []
        self._spec = spec
        self._test_steps = spec.test_steps
        self._tested_at = 0  # the step of the latest test
        self._clock_at = 0  # the step of the latest word on the time
        self.network = make_network(spec, data)
        self.params: list[Tensor] = list(self.network.parameters())
        self._weights = [param for param in self.params if param.dim() >= 2]
        self.lane = spec.lanes[index]
        self.failure = ""
        self.recorder: Recorder | None = None
        self.optimizer: Any = self.make_optimizer(data)
        self._rates = None
        self._factors = None if self.lane.schedule is None else Factors(self.lane.schedule, spec.total_steps)
        if self._factors is not None and self.optimizer is not None:
            self._rates = Rates(self._factors, self.optimizer)
        self._losses = LossAccount(index, spec)
        if spec.record and self.optimizer is not None:
            spacing = spec.record_spacing(data.train_x.device.type)
            self.recorder = Recorder(
                *(index, self.lane, self.network, self.optimizer, spacing, spec.total_steps),
                Monitoring(index, spec, data),
                l2=spec.l2,
                seed=spec.seed,
                factors=self._factors,
            )

    @property
    def _monitoring(self) -> Monitoring | None:
        return None if self.recorder is None else self.recorder.monitoring

    def make_optimizer(self, data: Data) -> Any:
        """Make what steps the lane's parameters, for the device of the data."""
        del data
        return make_optimizer(self.lane, self.params)

    @property
    def scheduled(self) -> bool:
        """Whether the learning rate changes over the run."""
        return self._factors is not None

    @property
    def done(self) -> bool:
        """Whether every step and every test is made, or none can be made any more."""
        return bool(self.failure) or (self.step == self._spec.total_steps and not self.owes_test)

    def begin_step(self, number: int) -> None:
        """Set the learning rate of a step, counted from 1."""
        if self._rates is not None:
            self._rates.set(number)

    def news(self) -> list[events.Event]:
        """Return what there is to say of the lane since this was asked last: of torch's own optimizers nothing."""
        return []

    @property
    def owes_test(self) -> bool:
        """Whether a test is due after the steps made so far, and not made yet."""
        if self.failure:
            return False
        within = self.step % self._spec.steps_per_epoch or self._spec.steps_per_epoch
        return self.step > self._tested_at and within in self._test_steps

    def gradient(self, x: Tensor, y: Tensor, size: int, *, add: bool = False) -> Tensor:
        """Work out the gradient of some examples' share in their batch's mean cross-entropy; returns that share, 0-d.

        Args:
            x: (rows, *input shape).
            y: (rows,).
            size: examples of the whole batch.
            add: add to the gradient that is there: further parts of one batch.
        """
        if not add:
            for param in self.params:
                param.grad = None
        loss = nn.functional.cross_entropy(self.network(x), y, reduction="sum") / size
        loss.backward()
        return loss.detach()

    @torch.no_grad()
    def update(self) -> None:
        """Add the gradient of the L2 term, and let the optimizer step."""
        self.add_l2()
        self.optimizer.step()

    @torch.no_grad()
    def add_l2(self) -> None:
        """Add the gradient of the L2 term λ Σ w², 2 λ w, for weights but not biases."""
        if self._spec.l2:
            for weight in self._weights:
                if weight.grad is not None:
                    weight.grad.add_(weight, alpha=2 * self._spec.l2)

    def keep(self, step: int) -> None:
        """Put the parameters into `snapshots` where that is due after this step."""
        if step in self.kept_steps:
            values = nn.utils.parameters_to_vector(self.network.parameters()).detach()
            self.snapshots.append(Snapshot(self.index, step, values.cpu()))

    def note(self, loss: float, examples: int) -> list[events.Event]:
        """Count one step whose mean loss over `examples` was `loss`; returns the events of it."""
        self.step += 1
        self.examples += examples
        found = self._losses.note(self.step, loss, examples)
        return found if self._losses.thinned_out else found + self._rate_point()

    def _rate_point(self) -> list[events.Event]:
        """Return the learning rate of the step just noted, where the run has schedules."""
        lr = self.lane.hyperparameters.get("lr")
        if not self._spec.has_schedule or lr is None:
            return []
        factor = 1.0 if self._factors is None else self._factors(self.step)
        return [events.LearningRate(self.index, self.step, float(lr) * factor)]

    def clock(self, seconds: float) -> list[events.Event]:
        """Count time spent in steps; returns events of it, and of what monitors took, some hundred times a run."""
        self.seconds += seconds
        self.trained += seconds
        total = self._spec.total_steps
        if self.step - self._clock_at < total / CLOCK_POINTS and self.step < total:
            return []
        self._clock_at = self.step
        found: list[events.Event] = [events.Clock(self.index, self.step, self.trained)]
        return found + self._monitoring.reports() if self._monitoring is not None else found

    def last_point(self) -> list[events.Event]:
        """Return the newest loss where thinning had left it out: for a run that ends early."""
        return [self._losses.point(self.step), *self._rate_point()] if self._losses.thinned_out else []

    @torch.no_grad()
    def evaluate(self, data: Data, rows: int, stop: Callable[[], bool]) -> events.Epoch | events.MidEpochTest | None:
        """Test the lane; at the end of an epoch, begin the next one's counts. None where stopped meanwhile."""
        losses: list[Tensor] = []
        right: list[Tensor] = []
        self.network.eval()
        for x, y in zip(data.test_x.split(rows), data.test_y.split(rows), strict=True):
            if stop():
                break
            logits = self.network(x)
            losses.append(nn.functional.cross_entropy(logits, y, reduction="sum"))
            right.append((logits.argmax(1) == y).sum())
        self.network.train()
        if len(losses) < math.ceil(len(data.test_y) / rows):
            return None
        self._tested_at = self.step
        test_loss = math.fsum(torch.stack(losses).tolist()) / len(data.test_y)
        test_accuracy = sum(torch.stack(right).tolist()) / len(data.test_y)
        if self.step % self._spec.steps_per_epoch:
            return events.MidEpochTest(self.index, self.tested + 1, self.step, test_loss, test_accuracy)
        return self._end_epoch(test_loss, test_accuracy)

    def _end_epoch(self, test_loss: float, test_accuracy: float) -> events.Epoch:
        event = events.Epoch(
            lane=self.index,
            epoch=self.tested + 1,
            step=self.step,
            train_loss=self._losses.end_epoch() / self._spec.n_examples,
            test_loss=test_loss,
            test_accuracy=test_accuracy,
            examples_per_second=self.examples / self.seconds if self.seconds > 0 else 0.0,
            penalty=self._spec.l2 * sum(float(weight.square().sum()) for weight in self._weights),
        )
        self.tested += 1
        self.seconds, self.examples = 0.0, 0
        return event

    def state(self) -> dict[str, Any]:
        """Return copies of everything that decides how the lane goes on, on the CPU."""
        return {
            "step": self.step,
            "tested": self.tested,
            "tested_at": self._tested_at,
            "trained": self.trained,
            "network": _copied(dict(self.network.state_dict())),
            "optimizer": _copied(self.optimizer.state_dict()),
            "sums": self._losses.sums(),
            "diverged": self._losses.diverged,
            "monitors": {} if self._monitoring is None else self._monitoring.state(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Go back to what `state` returned."""
        self.step, self.tested = int(state["step"]), int(state["tested"])
        # An older version tested at the ends of epochs alone, and kept no time.
        self._tested_at = int(state.get("tested_at", self.tested * self._spec.steps_per_epoch))
        self.trained = float(state.get("trained", 0.0))
        self._clock_at = self.step
        self.network.load_state_dict(state["network"])
        self.load_optimizer(state["optimizer"])
        self._losses.load(state["sums"], diverged=bool(state["diverged"]))
        if self._monitoring is not None:
            self._monitoring.load(state.get("monitors", {}))  # an older version kept none

    def load_optimizer(self, state: dict[str, Any]) -> None:
        """Give the optimizer back what its `state_dict` returned."""
        load_state(self.optimizer, state)


def make_network(spec: TrainingSpec, data: Data) -> nn.Module:
    """Build the network of a comparison, on the data's device and in its float type."""
    network = spec.network.build(spec.options, spec.data.input_shape, spec.data.classes, spec.seed)
    return network.to(data.train_x.dtype).to(data.train_x.device)  # rounded first: not every device has float64


def _copied(value: Any) -> Any:
    """Copy nested lists and dictionaries of tensors to the CPU."""
    if isinstance(value, Tensor):
        return value.detach().cpu().clone()
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list | tuple) else value
