# pyright: basic
"""The matrix products of a layer, by the fastest library at hand.

    affine:           x W^T + b, (rows, fan_out), rectified where asked
    weight_gradient:  d^T x,     (fan_out, fan_in)
    input_gradient:   d W,       (rows, fan_in)

with x (rows, fan_in), W (fan_out, fan_in), b (fan_out,), d (rows, fan_out), all of one float type.

On the CPU torch multiplies float32 by MKL, which on AMD processors stays with 256-bit vectors; oneDNN, which torch
carries as well, takes the 512-bit ones and is twice as fast there (784 x 256 at 128 rows on one Zen 5 core: 240 μs, not
490). Its linear layer serves all three products, since a transposed view costs next to nothing. Both libraries sum in
float32; they differ in the order of the sum. The choice depends on sizes and machine only, never on a timing, so that
runs repeat bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

_SMALLEST = 16
"""Below this size along any side oneDNN's fixed cost of about 12 μs is more than it saves."""


class Affine(Protocol):
    """x W^T + b, rectified where `relu`."""

    def __call__(self, x: Tensor, weight: Tensor, bias: Tensor, relu: bool) -> Tensor:
        """Multiply, add, rectify."""
        ...


class Products(NamedTuple):
    """The three products of one layer."""

    affine: Affine
    weight_gradient: Callable[[Tensor, Tensor], Tensor]  # (d, x)
    input_gradient: Callable[[Tensor, Tensor], Tensor]  # (d, W)


def choose(weight: Tensor, rows: int) -> Products:
    """Return the products for a layer with that weight and batches of so many rows."""
    large = min(rows, *weight.shape) >= _SMALLEST
    if weight.device.type == "cpu" and weight.dtype == torch.float32 and large and onednn_works():
        return Products(_onednn_affine, _onednn_weight_gradient, _onednn_input_gradient)
    if rows == 1:
        return Products(_affine, _outer, torch.mm)
    return Products(_affine, _weight_gradient, torch.mm)


@cache
def onednn_works() -> bool:
    """Whether this build of torch has oneDNN's linear layer, tried out once; it is not part of torch's public API."""
    if not torch.backends.mkldnn.is_available():
        return False
    x, weight, bias = torch.ones(16, 32), torch.ones(48, 32), torch.ones(48)
    try:
        return bool((_onednn_affine(x, weight, bias, True) == 33).all())
    except (AttributeError, RuntimeError, TypeError):
        return False


def _onednn_affine(x: Tensor, weight: Tensor, bias: Tensor, relu: bool) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "relu" if relu else "none", [], "")


def _onednn_weight_gradient(left: Tensor, right: Tensor) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise(left.T, right.T, None, "none", [], "")


def _onednn_input_gradient(left: Tensor, right: Tensor) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise(left, right.T, None, "none", [], "")


def _affine(x: Tensor, weight: Tensor, bias: Tensor, relu: bool) -> Tensor:
    out = torch.addmm(bias, x, weight.T)
    return out.relu_() if relu else out


def _weight_gradient(left: Tensor, right: Tensor) -> Tensor:
    return torch.mm(left.T, right)


def _outer(left: Tensor, right: Tensor) -> Tensor:
    return torch.mul(left.T, right)  # one row: every entry is one product
