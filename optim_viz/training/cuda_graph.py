# pyright: basic
"""The step of all lanes as one CUDA graph: some hundred small kernels for the price of one launch.

A graph replays fixed kernels on fixed memory, so the batch is copied into tensors that stay. The first batches run
uncaptured on a side stream, as PyTorch's documentation asks (they are real steps of the run: libraries choose their
kernels, the optimizers make their state); capturing executes nothing. Batches of another size, the last of an epoch,
run uncaptured as well; they work on the same parameters and state. An optimizer that counts its steps on the CPU, or
whose learning rate changes (a graph holds the number), steps outside the graph, and where capturing fails the run goes
on uncaptured; each is said.

Source: PyTorch's notes on CUDA semantics, section "CUDA Graphs".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from optim_viz.training.lane import LaneTrainer, Part
from optim_viz.training.optimizer import fits_a_graph

Step = Callable[[Iterable[Part], int], Tensor]
"""(parts of one batch, its size) -> loss of each lane, (lanes,)."""
_WARM_UP_STEPS = 3


class GraphedStep:
    """Makes a step, by replaying a graph as soon as there is one."""

    def __init__(
        self, gradients: Step, lanes: Sequence[LaneTrainer], batch_size: int, say: Callable[[str], None]
    ) -> None:
        """Start without a graph.

        Args:
            gradients: works out the gradient of every lane.
            lanes: whose parameters, gradients and optimizer states stay where they are.
            batch_size: the size that the graph is for.
            say: given a sentence about what cannot be captured.
        """
        self._gradients, self._lanes, self._batch_size, self._say = gradients, lanes, batch_size, say
        self._warm = 0
        self._eager = False
        self._graph: torch.cuda.CUDAGraph | None = None
        self._batch: Part = (torch.empty(0), torch.empty(0))
        self._losses = torch.empty(0)
        self._grads: list[list[Tensor | None]] = []
        self._outside: list[LaneTrainer] = []

    def __call__(self, parts: Iterable[Part], size: int) -> Tensor:
        """Make one step; returns the losses in a tensor of their own."""
        if self._eager or size != self._batch_size:
            return self._step(parts, size, self._lanes)
        if self._graph is None:
            if self._warm < _WARM_UP_STEPS:
                self._warm += 1
                return self._aside(parts, size)
            parts = list(parts)
            if not self._captured(*parts):
                return self._step(parts, size, self._lanes)
        for x, y in parts:
            self._batch[0].copy_(x)
            self._batch[1].copy_(y)
        self._replay()
        return self._losses.clone()

    def _step(self, parts: Iterable[Part], size: int, stepping: Sequence[LaneTrainer]) -> Tensor:
        losses = self._gradients(parts, size)
        for lane in stepping:
            lane.update()
        return losses

    def _aside(self, parts: Iterable[Part], size: int) -> Tensor:
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            losses = self._step(parts, size, self._lanes)
        torch.cuda.current_stream().wait_stream(stream)
        return losses

    def _captured(self, part: Part) -> bool:
        """Capture the graph; False, and a sentence, where that cannot be done."""
        self._batch = (part[0].clone(), part[1].clone())
        counting = [lane for lane in self._lanes if not fits_a_graph(lane.optimizer)]
        scheduled = [lane for lane in self._lanes if lane.scheduled and lane not in counting]
        self._outside = counting + scheduled
        inside = [lane for lane in self._lanes if lane not in self._outside]
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):  # other threads may use CUDA meanwhile
                self._losses = self._step([self._batch], self._batch_size, inside)
        except RuntimeError as error:
            self._eager = True
            reason = str(error).strip().partition("\n")[0]
            self._say(f"the step could not be captured as a CUDA graph and runs uncaptured, which is slower: {reason}")
            return False
        self._graph = graph
        self._grads = [[param.grad for param in lane.params] for lane in self._lanes]
        for lanes, reason in ((counting, "it counts its steps on the CPU"), (scheduled, "its learning rate changes")):
            if lanes:
                kinds = ", ".join(type(lane.optimizer).__name__ for lane in lanes)
                self._say(f"{kinds} steps outside the CUDA graph: {reason}")
        return True

    def _replay(self) -> None:
        if self._graph is None:
            raise RuntimeError("there is no graph to replay")
        self._graph.replay()
        for lane, grads in zip(self._lanes, self._grads, strict=True):  # a batch of another size had its own
            for param, grad in zip(lane.params, grads, strict=True):
                param.grad = grad
        for lane in self._outside:
            lane.update()
