# pyright: basic
"""A lane whose optimizer is an outside class: what it refuses, and how it fails, ends this lane and no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import torch
from torch import Tensor, nn

from optim_viz.comparison import events
from optim_viz.comparison.lanes import outside_class
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.datasets import Data
from optim_viz.outside import Refused
from optim_viz.outside.refusal import said
from optim_viz.training.lane import LaneFailed, LaneTrainer, Part
from optim_viz.training.outside_class import OutsideOptimizer, turn, words_of
from optim_viz.training.outside_trial import Trial, find_class, why_not_resumed


class OutsideLaneTrainer(LaneTrainer):
    """Trains one lane's network with an optimizer of a class that others wrote."""

    def __init__(self, index: int, spec: TrainingSpec, data: Data) -> None:
        """Build the network, and find out how the class trains it; a refusal is this lane's failure."""
        self._own: OutsideOptimizer | None = None
        self._made = 0  # steps, those of the present stretch included
        self._kept = ""  # why a run could not go on from a checkpoint; "" where it can
        self._notes: list[events.Event] = []
        super().__init__(index, spec, data)

    def make_optimizer(self, data: Data) -> Any:
        """Find the class, its way, and whether a checkpoint holds all that it keeps."""
        name, arguments = outside_class(self.lane)
        spec = self._spec
        trial = Trial(self.network, data.train_x, data.train_y, spec.total_steps, spec.n_examples, spec.seed)
        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # so few examples gain nothing by more, and lose much where the machine is busy
        try:
            kind, way, known = find_class(name, arguments, trial)
            self._kept = why_not_resumed(kind, way, known, trial)
            with turn(spec.seed, 0):
                self._own = OutsideOptimizer(kind, way, known, self.network)
        except Refused as refused:
            self.fail(refused.reason)
        except Exception as error:  # a third party's code may raise anything
            self.fail(f"it cannot be built: {said(error)}")
        else:
            more = {key: value for key, value in known.items() if key not in arguments}
            self._remark("way", words_of(self._own, more))
            self._remark("resume", self._kept and f"a run that is resumed cannot go on with this class: {self._kept}")
        finally:
            torch.set_num_threads(threads)
        return self._own

    def begin_step(self, number: int) -> None:
        """Set the learning rate of a step, and remember how many there were before it."""
        self._made = number - 1
        super().begin_step(number)

    def take_step(self, parts: Iterable[Part], size: int) -> Tensor:
        """Make one step on a batch; returns its loss, (1,).

        Args:
            parts: of the batch.
            size: its examples.

        Raises:
            LaneFailed: the class did not make it; `failure` says why.
        """
        own = self._own
        if own is None:
            raise LaneFailed
        if own.way.closure:
            parts = list(parts)
        loss = self._evaluated(parts, size, own.way.graph)
        if self.recorder is not None and self.recorder.due(self._made + 1):
            self.recorder.see_gradient()

        def evaluate() -> Tensor:
            with torch.enable_grad():
                again = self._evaluated(parts, size, own.way.graph)
                return again + self._penalty().detach() if self._spec.l2 else again

        try:
            with turn(self._spec.seed, self._made + 1):
                own.step(evaluate)
        except Exception as error:
            where = "" if bool(torch.isfinite(loss)) else f", where the loss is {loss.item():g}"
            self.fail(f"step {self._made + 1}{where}: {said(error)}")
            raise LaneFailed from error
        return loss.reshape(1)

    def _evaluated(self, parts: Iterable[Part], size: int, graph: bool) -> Tensor:
        """Work out the gradient of the whole loss, L2 term included; returns the loss without it."""
        for param in self.params:
            param.grad = None
        total = torch.zeros((), dtype=self.params[0].dtype, device=self.params[0].device)
        for x, y in parts:
            loss = nn.functional.cross_entropy(self.network(x), y, reduction="sum") / size
            loss.backward(create_graph=graph)
            total += loss.detach()
        if self._spec.l2 and graph:
            self._penalty().backward(create_graph=True)
        elif self._spec.l2:
            self.add_l2()
        return total

    def _penalty(self) -> Tensor:
        """Return λ Σ w²."""
        return self._spec.l2 * torch.stack([weight.square().sum() for weight in self._weights]).sum()

    def evaluate(self, data: Data, rows: int, stop: Callable[[], bool]) -> events.Epoch | events.MidEpochTest | None:
        """Test the lane with the parameters that the class means to be tested."""
        if self._own is None:
            return None
        try:
            with self._own.tested():
                return super().evaluate(data, rows, stop)
        except Exception as error:
            self.fail(f"the test after step {self.step}: {said(error)}")
            return None

    def fail(self, reason: str) -> None:
        """End this lane; what its optimizer holds is given back."""
        self._own = self.optimizer = self.recorder = None
        self.failure = reason
        self._remark("failed", reason)

    def _remark(self, kind: Literal["way", "resume", "failed"], text: str) -> None:
        """Have a sentence told of this lane, if there is any."""
        if text:
            self._notes.append(events.Note(self.index, self._made, kind, text))

    def news(self) -> list[events.Event]:
        """Return what there is to say of the lane since this was asked last."""
        found, self._notes = self._notes, []
        return found

    def state(self) -> dict[str, Any]:
        """Return what decides how the lane goes on; of one that cannot, its reason."""
        if self.failure or self._kept:
            return {"step": self.step, "failure": self.failure or f"the run was stopped, and {self._kept}"}
        return super().state()

    def load(self, state: dict[str, Any]) -> None:
        """Go back to what `state` returned; a lane that had not made a step begins anew."""
        if "failure" not in state:
            if not self.failure:
                super().load(state)
        elif state["step"]:
            self.step = self._made = int(state["step"])
            self.fail(state["failure"])

    def load_optimizer(self, state: dict[str, Any]) -> None:
        """Give the class's optimizer back what it kept, to the bit."""
        self.optimizer.load_state_dict(state)
