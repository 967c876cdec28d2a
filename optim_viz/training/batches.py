# pyright: basic
"""The batches of a comparison. No DataLoader: rows are picked out of the one tensor that holds the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from optim_viz.training.cuda_graph import Part
from optim_viz.training.lane_run import rows_at_once, takes_one_example
from optim_viz.training.mnist import Mnist
from optim_viz.training.spec import CLASSES, TrainingSpec

_GATHER_ROWS = 256
"""Small batches are picked in blocks of this many rows: one call for many steps, and the block still fits the cache."""


class Batches:
    """The batches of every epoch, the same for every lane.

    Epoch e (from 1) goes through the examples in the order of NumPy's default_rng([seed, e]).permutation.
    """

    def __init__(self, spec: TrainingSpec, data: Mnist) -> None:
        """Take the first `spec.n_examples` examples of the data."""
        self._x = data.train_x
        self._targets = torch.nn.functional.one_hot(data.train_y, CLASSES).to(data.train_x.dtype)
        self._spec = spec
        self._rows = rows_at_once(spec)
        self._vectors = takes_one_example(spec, data)
        self.order = lru_cache(maxsize=2)(self._order)

    def _order(self, epoch: int) -> Tensor:
        order = np.random.default_rng([self._spec.seed, epoch]).permutation(self._spec.n_examples)
        return torch.tensor(order, device=self._x.device)

    def parts(self, epoch: int, first: int, last: int) -> Iterator[tuple[Iterable[Part], int]]:
        """Yield batches `first` to `last` (from 0, exclusive) of an epoch, each as its parts and its size.

        A batch that the network takes at once is one part, x (rows, 784) and one-hot targets (rows, 10), or vectors for
        a network that takes one example; the parts of a larger one are picked while they are used.
        """
        size = self._spec.batch_size
        block = max(1, _GATHER_ROWS // size)
        for begin in range(first, last, block):
            rows = self.order(epoch)[begin * size : min(begin + block, last) * size]
            if size > self._rows:
                yield map(self._pick, rows.split(self._rows)), len(rows)
            else:
                x, targets = self._pick(rows)
                if self._vectors:
                    yield from (([part], 1) for part in zip(x.unbind(), targets.unbind(), strict=True))
                    continue
                for part in zip(x.split(size), targets.split(size), strict=True):
                    yield [part], len(part[0])

    def _pick(self, rows: Tensor) -> Part:
        return self._x.index_select(0, rows), self._targets.index_select(0, rows)
