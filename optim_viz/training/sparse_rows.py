# pyright: basic
"""A batch as the lists of its pixels that are not 0, and the first layer's products by them.

Four fifths of MNIST's pixels are 0, and what is multiplied by 0 need not be multiplied. With x (rows, fan_in) sparse,

    affine:           z[i] = Σ_j x[i, j] W[:, j] + b      a weighted sum of columns of W for each row
    weight_gradient:  ∇W[:, j] = Σ_i x[i, j] d[i]         a weighted sum of rows of d for each pixel

which are what torch's embedding_bag is made for. Both need W^T's rows side by side: a weight that is stored transposed.
Making the lists costs as much as one lane saves with them, so they pay where lanes share a batch.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Bags(NamedTuple):
    """Weighted sums of the rows of a table: which rows, where the list of each sum begins and ends, the weights."""

    indices: Tensor
    offsets: Tensor
    weights: Tensor

    def sums(self, table: Tensor) -> Tensor:
        """Return the sums, (lists, width), for a table (entries, width)."""
        return torch.embedding_bag(table, self.indices, self.offsets, False, 0, False, self.weights, True)[0]


class SparseRows(NamedTuple):
    """A batch x (rows, fan_in) by its non-zero entries: of each row, and of each column."""

    by_row: Bags
    by_column: Bags


Rows = Tensor | SparseRows
"""A batch x (rows, fan_in), whole or by its lists."""


def sparse(x: Tensor) -> SparseRows:
    """List the non-zero entries of x, a matrix on the CPU."""
    array = x.numpy()
    return SparseRows(_bags(array), _bags(np.ascontiguousarray(array.T)))


def affine(x: SparseRows, weight: Tensor, bias: Tensor, relu: bool) -> Tensor:
    """Return x W^T + b, (rows, fan_out), rectified where asked; W (fan_out, fan_in) is stored transposed."""
    out = x.by_row.sums(weight.T).add_(bias)
    return out.relu_() if relu else out


def weight_gradient(delta: Tensor, x: SparseRows) -> Tensor:
    """Return d^T x, (fan_out, fan_in), stored transposed as the weight is, for d (rows, fan_out)."""
    return x.by_column.sums(delta).T


def _bags(array: np.ndarray) -> Bags:
    columns, ends = _numbers(*array.shape)
    places = np.flatnonzero(array != 0)
    offsets = np.searchsorted(places, ends).astype(np.int32)
    return Bags(
        torch.from_numpy(columns[places]), torch.from_numpy(offsets), torch.from_numpy(array.reshape(-1)[places])
    )


@lru_cache(maxsize=8)
def _numbers(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the column of each entry, counted through a matrix, and where its rows begin and end."""
    return np.tile(np.arange(columns, dtype=np.int32), rows), np.arange(rows + 1) * columns
