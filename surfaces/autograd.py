# pyright: basic
"""Derivatives by torch's autograd, of a function that takes torch tensors. Torch is given, never imported."""

import warnings
from typing import Any

import numpy as np

from .calls import Caller, Function, loaded_torch
from .differences import slopes
from .kernels import Array


class Autograd:
    """Gradient and Hessian of a loss."""

    def __init__(self, loss: Function, *, whole: bool) -> None:
        """Keeps the loss.

        Args:
            loss: ``(x, y) -> f``, with tensors.
            whole: Whether it takes arrays and works elementwise.
        """
        self._loss = loss
        self._whole = whole
        self._torch = loaded_torch()

    def grad(self, x: Array, y: Array) -> tuple[Array, Array]:
        """The gradient, as :mod:`surfaces.kernels` says."""
        gx, gy = self._called(self._first, 2, x, y)
        return gx, gy

    def hessian(self, x: Array, y: Array) -> tuple[Array, Array, Array]:
        """The second derivatives, as :mod:`surfaces.kernels` says."""
        hxx, hxy, hyy = self._called(self._second, 3, x, y)
        return hxx, hxy, hyy

    def _called(self, function: Any, outputs: int, x: Array, y: Array) -> list[Array]:
        shape = np.shape(x)
        flat_x, flat_y = np.ravel(x), np.ravel(y)
        if self._whole and shape:
            found = function(flat_x, flat_y)
        else:
            found = np.empty((outputs, len(flat_x)))
            for index, (px, py) in enumerate(zip(flat_x, flat_y, strict=True)):
                found[:, index] = function(px, py)
        return [row.reshape(shape)[()] for row in found]

    def _first(self, x: Any, y: Any) -> Array:
        variables = self._variables(x, y)
        return self._numbers(self._slopes(self._loss(*variables), variables), x)

    def _second(self, x: Any, y: Any) -> Array:
        variables = self._variables(x, y)
        gx, gy = self._slopes(self._loss(*variables), variables)
        hxx, hxy = self._slopes(gx, variables)
        return self._numbers((hxx, hxy, self._slopes(gy, variables)[1]), x)

    def _variables(self, x: Any, y: Any) -> tuple[Any, Any]:
        return tuple(self._torch.tensor(np.asarray(z, dtype=np.float64), requires_grad=True) for z in (x, y))

    def _slopes(self, value: Any, variables: tuple[Any, Any]) -> tuple[Any, ...]:
        """The derivatives of a tensor's sum; zeros where it does not depend on a variable."""
        if not value.requires_grad:
            return tuple(self._torch.zeros_like(variable) for variable in variables)
        return self._torch.autograd.grad(
            value.sum(), variables, create_graph=True, allow_unused=True, materialize_grads=True
        )

    def _numbers(self, found: Any, x: Any) -> Array:
        return np.stack([np.broadcast_to(part.detach().cpu().numpy(), np.shape(x)) for part in found])


def autograd_of(loss: Function, caller: Caller, points: Array) -> Autograd | None:
    """Finds out whether autograd works for a function.

    It is believed only where it agrees with differences: ``x**2 + math.sin(y)`` takes a tensor and returns one, but
    loses y on the way.

    Args:
        loss: The function.
        caller: How to call it.
        points: (n, 2), where to try it.

    Returns:
        Its derivatives, or None where torch is not loaded, the function does not take tensors, or they disagree.
    """
    if loaded_torch() is None:
        return None
    x, y = points.T
    found = Autograd(loss, whole=caller.whole)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # torch warns where a tensor is turned into a number
        try:
            ours = np.array(found.grad(x, y))
        except Exception:  # whatever a function that does not take tensors raises
            return None
        theirs = np.array(slopes(lambda x, y: caller(x, y)[0], x, y))
    compared = np.isfinite(theirs).all(axis=0)
    ours, theirs = ours[:, compared], theirs[:, compared]
    size = 1.0 + np.abs(theirs).max(initial=0.0)
    close = np.allclose(ours, theirs, rtol=1e-4, atol=1e-6 * size)
    return found if compared.any() and close else None
