"""Calls a person's function the way it wants to be called: with arrays or point by point, with NumPy or with torch."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .kernels import Array

Function = Callable[[Any, Any], Any]


def loaded_torch() -> Any:
    """The torch module if somebody has imported it, else None; this package never imports it."""
    return sys.modules.get("torch")


class Caller:
    """A function of x and y with one or more numbers as its result.

    Attributes:
        tensors: Whether it wants torch tensors.
        whole: Whether it takes arrays and works elementwise.
    """

    def __init__(self, function: Function, name: str, outputs: int, points: Array) -> None:
        """Finds out how to call a function.

        Args:
            function: The function.
            name: What it is called in messages.
            outputs: How many numbers it returns.
            points: (n, 2), where to try it; the first is the start.

        Raises:
            TypeError: It cannot be called at any of the points, or does not return that many numbers.
        """
        self._function = function
        self._name = name
        self._outputs = outputs
        self.tensors = False
        self.whole = False
        x, y = points[0]
        try:
            self._point(x, y, strict=True)
        except Exception as error:
            self.tensors = loaded_torch() is not None
            try:
                self._point(x, y, strict=self.tensors)
            except Exception:
                self.tensors = False
            if not self.tensors and not isinstance(error, ArithmeticError | ValueError):
                wanted = "a number" if outputs == 1 else f"{outputs} numbers"
                raise TypeError(
                    f"{name}(x, y) must return {wanted}; at ({x:g}, {y:g}) it raises {type(error).__name__}: {error}"
                ) from error
        self.whole = self._works_on_arrays(*points.T)

    def _works_on_arrays(self, x: Array, y: Array) -> bool:
        try:
            together = self._array(x, y)
        except Exception:
            return False
        return bool(np.allclose(together, self._points(x, y), rtol=1e-9, atol=1e-12, equal_nan=True))

    def __call__(self, x: Array, y: Array) -> tuple[Array, ...]:
        """Calls the function.

        Args:
            x: First coordinates.
            y: Second coordinates, of the same shape.

        Returns:
            Its results, each float64 of that shape.
        """
        shape = np.shape(x)
        flat_x, flat_y = np.ravel(x), np.ravel(y)
        try:
            found = self._array(flat_x, flat_y) if self.whole and shape else self._points(flat_x, flat_y)
        except (ArithmeticError, ValueError):  # one point spoils all of them
            found = self._points(flat_x, flat_y)
        return tuple(row.reshape(shape)[()] for row in found)

    def _points(self, x: Array, y: Array) -> Array:
        """(outputs, n), called once a point."""
        found = np.empty((self._outputs, len(x)))
        for index, (px, py) in enumerate(zip(x, y, strict=True)):
            found[:, index] = self._point(px, py)
        return found

    def _point(self, x: np.float64, y: np.float64, *, strict: bool = False) -> Array:
        """(outputs,) at one point; NaN where the function has no value, unless an error is wanted then."""
        try:
            with np.errstate(all="ignore"):
                result = self._function(*self._given(x, y))
        except (ArithmeticError, ValueError):
            if strict:
                raise
            return np.full(self._outputs, np.nan)
        return self._numbers(result, ())

    def _array(self, x: Array, y: Array) -> Array:
        """(outputs, n), called once."""
        with np.errstate(all="ignore"):
            return self._numbers(self._function(*self._given(x, y)), x.shape)

    def _given(self, x: Any, y: Any) -> tuple[Any, Any]:
        torch = loaded_torch()
        if not self.tensors:
            return (x.copy(), y.copy()) if np.ndim(x) else (x, y)
        return torch.tensor(np.asarray(x)), torch.tensor(np.asarray(y))

    def _numbers(self, result: Any, shape: tuple[int, ...]) -> Array:
        """The results as float64, (outputs, *shape)."""
        rows: Sequence[Any] = [result] if self._outputs == 1 else list(result)
        if len(rows) != self._outputs:
            raise TypeError(f"{len(rows)} results instead of {self._outputs}")
        plain = [_plain(row) for row in rows]
        if any(row.shape not in (shape, ()) for row in plain):
            raise TypeError(f"a result of shape {plain[0].shape} instead of {shape}")
        return np.stack([np.broadcast_to(row, shape) for row in plain])


def _plain(value: Any) -> Array:
    """A number, array or tensor as float64; what is not real becomes NaN."""
    array: Any = np.asarray(value.detach().cpu().numpy() if hasattr(value, "detach") else value)
    if np.iscomplexobj(array):
        array = np.where(array.imag == 0.0, array.real, np.nan)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{type(value).__name__} is no number")
    return array.astype(np.float64)
