"""A quadratic surface whose gradient is two products and a sum: what rounds is the optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np

from surfaces.kernels import Kernels, filled
from surfaces.surface import Surface


def quadratic(matrix: np.ndarray, start: tuple[float, float]) -> Surface:
    """Make θᵀ A θ / 2 for a symmetric A."""
    (a, b), (_, c) = np.asarray(matrix, dtype=np.float64)
    kernels = Kernels(
        loss=lambda x, y: 0.5 * (a * x * x + 2 * b * x * y + c * y * y),
        grad=lambda x, y: (a * x + b * y, b * x + c * y),
        hessian=lambda x, y: (filled(a, x), filled(b, x), filled(c, x)),
        quadratic=True,
    )
    facts: dict[str, Any] = {"domain": ((-9.0, 9.0), (-9.0, 9.0)), "minima": ((0.0, 0.0),), "minimum": 0.0}
    words: dict[str, Any] = {"title": "Quadratic", "source": "a test", "note": "", "text": ""}
    return Surface("quadratic", start=start, build=lambda: kernels, **facts, **words)
