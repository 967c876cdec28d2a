# pyright: basic
"""The step of all lanes as one CUDA graph: some hundred small kernels for the price of one launch.

A graph replays fixed kernels on fixed memory, so the batch is copied into tensors that stay. The first batches run
uncaptured on a side stream, as PyTorch's documentation asks (they are real steps of the run: libraries choose their
kernels, the optimizers make their state); capturing executes nothing. Batches of another size, the last of an epoch,
run uncaptured as well; they work on the same parameters and state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from optim_viz.training.model import Network
from optim_viz.training.sparse_rows import Rows, SparseRows

Part = tuple[Rows, Tensor]
"""Pixels and slopes; see `Network.gradient`."""
Step = Callable[[Iterable[Part], int], Tensor]
"""(parts of one batch, its size) -> loss of each lane, (lanes,)."""
_WARM_UP_STEPS = 3


class GraphedStep:
    """Makes a step, by replaying a graph as soon as there is one."""

    def __init__(self, step: Step, networks: Sequence[Network], batch_size: int) -> None:
        """Wrap a step.

        Args:
            step: works on fixed parameters and optimizer state.
            networks: of the lanes; their `grads` are kept pointing at what the last step wrote.
            batch_size: the size that the graph is for.
        """
        self._eager = step
        self._networks = networks
        self._batch_size = batch_size
        self._warm = 0
        self._graph: torch.cuda.CUDAGraph | None = None
        self._batch: tuple[Tensor, ...] = ()
        self._losses = torch.empty(0)
        self._grads: list[list[Tensor]] = []

    def __call__(self, parts: Iterable[Part], size: int) -> Tensor:
        """Make one step; returns the losses in a tensor of their own."""
        if size != self._batch_size:
            return self._eager(parts, size)
        if self._graph is None:
            if self._warm < _WARM_UP_STEPS:
                self._warm += 1
                return self._aside(parts, size)
            self._graph = self._capture(*parts, size=size)
        for fixed, new in zip(self._batch, *parts, strict=True):
            fixed.copy_(new)
        self._graph.replay()
        for network, grads in zip(self._networks, self._grads, strict=True):
            network.grads[:] = grads
        return self._losses.clone()

    def _aside(self, parts: Iterable[Part], size: int) -> Tensor:
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            losses = self._eager(parts, size)
        torch.cuda.current_stream().wait_stream(stream)
        return losses

    def _capture(self, part: Part, size: int) -> torch.cuda.CUDAGraph:
        x, slopes = part
        if isinstance(x, SparseRows):
            raise TypeError("a graph has tensors of fixed sizes: it takes whole batches")
        x, slopes = self._batch = (x.clone(), slopes.clone())
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            self._losses = self._eager([(x, slopes)], size)
        self._grads = [list(network.grads) for network in self._networks]
        return graph
