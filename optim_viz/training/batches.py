# pyright: basic
"""The batches of a comparison. No DataLoader: rows are picked out of the one tensor that holds the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from optim_viz.comparison.spec import TrainingSpec
from optim_viz.training.cuda_graph import Part
from optim_viz.training.lane_run import rows_at_once, stretch_steps, takes_one_example
from optim_viz.training.made_once import MadeOnce
from optim_viz.training.mnist import Mnist
from optim_viz.training.sparse_rows import sparse

_GATHER_ROWS = 256
"""Small batches are picked in blocks of this many rows: one call for many steps, and the block still fits the cache."""


class Batches:
    """The batches of every epoch, the same for every lane.

    Epoch e (from 1) goes through the examples in the order of NumPy's default_rng([seed, e]).permutation.
    """

    def __init__(self, spec: TrainingSpec, data: Mnist, shared: bool = False) -> None:
        """Take the first `spec.n_examples` examples of the data.

        Args:
            spec: the comparison.
            data: pixels and labels.
            shared: hand out batches as `SparseRows`, each made once for all lanes.
        """
        self._x = data.train_x
        self._slopes = -torch.nn.functional.one_hot(data.train_y, spec.data.classes).to(data.train_x.dtype)
        self._spec = spec
        self._rows = rows_at_once(spec)
        self._vectors = takes_one_example(spec, data)
        self.order = lru_cache(maxsize=2)(self._order)
        # No lane is more than three stretches behind the first, which may make one batch ahead.
        self._shared = MadeOnce(self._sparse, spec.total_steps, 3 * stretch_steps(spec, 1) + 1) if shared else None

    def _order(self, epoch: int) -> Tensor:
        order = np.random.default_rng([self._spec.seed, epoch]).permutation(self._spec.n_examples)
        return torch.tensor(order, device=self._x.device)

    def parts(self, epoch: int, first: int, last: int) -> Iterator[tuple[Iterable[Part], int]]:
        """Yield batches `first` to `last` (from 0, exclusive) of an epoch, each as its parts and its size.

        A batch that the network takes at once is one part, x (rows, 784) and slopes (rows, 10), -onehot / batch size,
        or vectors for a network that takes one example; the parts of a larger one are picked while they are used.
        Shared batches have x as `SparseRows`.
        """
        size = self._spec.batch_size
        if self._shared is not None:
            before = (epoch - 1) * self._spec.steps_per_epoch
            for number in range(before + first, before + last):
                part = self._shared(number)
                yield [part], len(part[1])
            return
        block = max(1, _GATHER_ROWS // size)
        for begin in range(first, last, block):
            rows = self.order(epoch)[begin * size : min(begin + block, last) * size]
            if size > self._rows:
                yield (self._pick(part, len(rows)) for part in rows.split(self._rows)), len(rows)
            elif self._vectors:
                yield from (([part], 1) for part in zip(*map(Tensor.unbind, self._pick(rows, 1)), strict=True))
            else:
                x, slopes = self._x.index_select(0, rows), self._slopes.index_select(0, rows)
                for batch, own in zip(x.split(size), slopes.split(size), strict=True):
                    yield [(batch, own.div_(len(own)))], len(own)  # an epoch's last batch may be a smaller one

    def _pick(self, rows: Tensor, size: int) -> tuple[Tensor, Tensor]:
        """Pick rows of batches of a size."""
        return self._x.index_select(0, rows), self._slopes.index_select(0, rows).div_(size)

    def _sparse(self, step: int) -> Part:
        """Make the batch of a step, counted from 0 through all epochs."""
        epoch, number = divmod(step, self._spec.steps_per_epoch)
        size = self._spec.batch_size
        rows = self.order(epoch + 1)[number * size : (number + 1) * size]
        x, slopes = self._pick(rows, len(rows))
        return sparse(x), slopes
