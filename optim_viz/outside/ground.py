# pyright: basic, reportPrivateImportUsage=false
"""A surface as one run of a torch optimizer sees it: numbers of its own kernels, which autograd goes through, twice."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from optim_viz.surfaces import Surface

Array = NDArray[np.float64]


class Ground:
    """A surface as one run sees it: the full loss, and at each step the gradient of that step's draw and noise."""

    def __init__(self, surface: Surface, draws: NDArray[Any] | None, noise: Array | None) -> None:
        self.surface, self._draws, self._noise = surface, draws, noise
        self._full = surface.grad_unchecked
        self.t = 0
        self.seen = (math.nan, math.nan)

    def loss(self, x: np.float64, y: np.float64) -> float:
        """Return the full loss."""
        return float(self.surface.kernels.loss(x, y))  # pyright: ignore[reportArgumentType]

    def grad(self, x: np.float64, y: np.float64) -> tuple[float, float]:
        """Return the gradient that step `t` sees."""
        surface, draws = self.surface, self._draws
        # A surface of a person's own may ask torch for its gradient, and this is within a backward.
        with torch.enable_grad():
            parts = self._full(x, y) if draws is None else surface.sampled_grad(x, y, draws[self.t])  # pyright: ignore
        gx, gy = (float(part) for part in parts)
        if self._noise is not None:
            gx, gy = gx + float(self._noise[self.t, 0]), gy + float(self._noise[self.t, 1])
        self.seen = gx, gy
        return self.seen


class Loss(torch.autograd.Function):
    """f(x, y); its gradient is `_Gradient`, so that it can be differentiated twice."""

    @staticmethod
    def forward(ctx: Any, param: Tensor, ground: Ground) -> Tensor:
        """Return the loss, 0-d."""
        ctx.save_for_backward(param)
        ctx.ground = ground
        return param.new_tensor(ground.loss(*_place(param)))

    @staticmethod
    def backward(ctx: Any, *upstream: Any) -> Any:
        """Return its gradient, a function of the same point."""
        return upstream[0] * _Gradient.apply(*ctx.saved_tensors, ctx.ground), None


class _Gradient(torch.autograd.Function):
    """What a step sees at (x, y); its own gradient multiplies by the surface's exact Hessian."""

    @staticmethod
    def forward(ctx: Any, param: Tensor, ground: Ground) -> Tensor:
        ctx.save_for_backward(param)
        ctx.ground = ground
        return param.new_tensor(ground.grad(*_place(param))).view(param.shape)

    @staticmethod
    def backward(ctx: Any, *upstream: Any) -> Any:
        up = upstream[0]
        with torch.enable_grad():
            xx, xy, yy = (float(entry) for entry in ctx.ground.surface.hessian(*_place(ctx.saved_tensors[0])))
        return (up.new_tensor([[xx, xy], [xy, yy]]) @ up.reshape(2)).view(up.shape), None


def _place(param: Tensor) -> tuple[np.float64, np.float64]:
    x, y = param.detach().flatten().tolist()
    return np.float64(x), np.float64(y)
