# pyright: basic
"""The batches of a comparison. No DataLoader: rows are picked out of the one tensor that holds the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from optim_viz.comparison.spec import TrainingSpec
from optim_viz.datasets import Data
from optim_viz.training.lane import Part

_PICKED_ROWS = 256
"""Small batches are picked in blocks of this many rows: one call for many steps, and the block still fits the cache."""


class Batches:
    """The batches of every epoch, the same for every lane.

    Epoch e (from 1) goes through the examples in the order of NumPy's default_rng([seed, e]).permutation.
    """

    def __init__(self, spec: TrainingSpec, data: Data, rows_at_once: int) -> None:
        """Take the first `spec.n_examples` examples of the data.

        Args:
            spec: the comparison.
            data: examples and classes.
            rows_at_once: a larger batch comes in parts of so many rows.
        """
        self._x, self._y = data.train_x, data.train_y
        self._spec = spec
        self._rows = rows_at_once
        self.order = lru_cache(maxsize=2)(self._order)

    def _order(self, epoch: int) -> Tensor:
        order = np.random.default_rng([self._spec.seed, epoch]).permutation(self._spec.n_examples)
        return torch.tensor(order, device=self._x.device)

    def __call__(self, epoch: int, first: int, last: int) -> Iterator[tuple[Iterable[Part], int]]:
        """Yield batches `first` to `last` (from 0, exclusive) of an epoch, each as its parts and its size.

        A batch of at most `rows_at_once` rows is one part; the parts of a larger one are picked while they are used.
        """
        size = self._spec.batch_size
        block = max(1, _PICKED_ROWS // size)
        for begin in range(first, last, block):
            rows = self.order(epoch)[begin * size : min(begin + block, last) * size]
            if size > self._rows:
                yield (self._pick(part) for part in rows.split(self._rows)), len(rows)
                continue
            x, y = self._pick(rows)
            for part in zip(x.split(size), y.split(size), strict=True):
                yield [part], len(part[1])  # an epoch's last batch may be a smaller one

    def _pick(self, rows: Tensor) -> Part:
        return self._x.index_select(0, rows), self._y.index_select(0, rows)
