# pyright: basic, reportPrivateImportUsage=false
"""Products of the Hessian of a loss with vectors, without the Hessian: H v = ∇(∇L · v), by autograd twice.

L is the mean cross-entropy over some examples plus λ Σ w² over the weights. Source: Pearlmutter, Fast Exact
Multiplication by the Hessian (1994).
"""

from __future__ import annotations

import copy
from typing import Final

import torch
from torch import Tensor, nn

ROWS: Final = 1024
"""Examples that go through the network at once."""


class Hessian:
    """The Hessian of a network's loss at its present parameters, in the order of `nn.Module.parameters`.

    Attributes:
        size: rows and columns.
    """

    def __init__(
        self, network: nn.Module, x: Tensor, y: Tensor, *, l2: float = 0.0, dtype: torch.dtype | None = None
    ) -> None:
        """Take the loss.

        Args:
            network: (rows, *input shape) -> logits (rows, classes); not changed.
            x: examples, (rows, *input shape).
            y: their classes, (rows,).
            l2: λ.
            dtype: torch.float64 computes on a copy in float64; None in the network's own float type.
        """
        if dtype is not None and dtype != x.dtype:
            network, x = copy.deepcopy(network).to(dtype), x.to(dtype)
        self._network, self._l2, self._count = network, l2, len(y)
        self._params = list(network.parameters())
        self._parts = list(zip(x.split(ROWS), y.split(ROWS), strict=True))
        self._kept: list[Tensor] | None = None
        self.size = sum(param.numel() for param in self._params)

    @torch.enable_grad()
    def __call__(self, vector: Tensor) -> Tensor:
        """Return H v.

        Args:
            vector: v, (size,).
        """
        shaped = [
            part.view_as(param)
            for part, param in zip(vector.split([param.numel() for param in self._params]), self._params, strict=True)
        ]
        total = torch.zeros_like(vector)
        for number in range(len(self._parts)):
            grads = self._gradient(number)
            products = torch.autograd.grad(
                grads, self._params, shaped, retain_graph=len(self._parts) == 1, materialize_grads=True
            )
            total += torch.cat([product.reshape(-1) for product in products])
        return total

    def _gradient(self, number: int) -> list[Tensor]:
        """Return the gradient of one part's share, to be differentiated again; a single part's graph is kept."""
        if self._kept is not None:
            return self._kept
        x, y = self._parts[number]
        loss = nn.functional.cross_entropy(self._network(x), y, reduction="sum") / self._count
        if self._l2 and number == 0:
            loss = loss + self._l2 * sum(param.square().sum() for param in self._params if param.dim() >= 2)
        grads = list(torch.autograd.grad(loss, self._params, create_graph=True, materialize_grads=True))
        if len(self._parts) == 1:
            self._kept = grads
        return grads
