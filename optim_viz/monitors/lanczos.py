# pyright: basic
"""The largest eigenvalue of a symmetric matrix that is known by its products with vectors.

Lanczos: q_1 = b/|b|,   β_k q_{k+1} = A q_k - α_k q_k - β_{k-1} q_{k-1},   α_k = q_k·A q_k.

The largest eigenvalue θ of the tridiagonal matrix of α and β is the estimate, and with s its eigenvector's last entry
β_k |s| is the norm of the residual A y - θ y: some eigenvalue of A lies no further from θ. Without orthogonalising
again, rounding lets eigenvalues that were found appear once more, which moves no estimate of the largest one (Paige).

Sources: Lanczos (1950); Paige, Computational Variants of the Lanczos Method for the Eigenproblem (1972); Golub and Van
Loan, Matrix Computations, section 10.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

TOLERANCE: Final = 1e-3
"""Of the residual, relative to the eigenvalue: the eigenvalue itself is as a rule far closer."""
MOST_PRODUCTS: Final = 200
_CHECK_EVERY: Final = 4


class NotConverged(RuntimeError):
    """The residual is still too large, or a product is not finite; the message says how large."""


@dataclass(frozen=True)
class Eigenvalue:
    """The estimate, how many products it took, and the norm of its residual."""

    value: float
    products: int
    residual: float


def largest_eigenvalue(
    product: Callable[[Tensor], Tensor], start: Tensor, *, tolerance: float = TOLERANCE, most: int = MOST_PRODUCTS
) -> Eigenvalue:
    """Estimate the largest (not the largest in magnitude) eigenvalue.

    Args:
        product: v -> A v, both (n,), A symmetric.
        start: (n,), not 0; with a random one the largest eigenvalue is missed with probability 0.
        tolerance: the residual at which to stop, relative to the eigenvalue's magnitude.
        most: products at most.

    Raises:
        NotConverged: not within `most` products, or a product was not finite.
    """
    alphas: list[float] = []
    betas: list[float] = []
    vector, before = start / start.norm(), start.new_zeros(start.shape)
    value = residual = math.nan
    for count in range(1, most + 1):
        image = product(vector)
        alphas.append(float(image @ vector))
        image = image - alphas[-1] * vector - (betas[-1] if betas else 0.0) * before
        beta = float(image.norm())
        if not (math.isfinite(alphas[-1]) and math.isfinite(beta)):
            raise NotConverged(f"product {count} of the Hessian with a vector is not finite")
        values, vectors = np.linalg.eigh(np.diag(alphas) + np.diag(betas, 1) + np.diag(betas, -1))
        value, residual = float(values[-1]), beta * abs(float(vectors[-1, -1]))
        if (
            (residual <= tolerance * abs(value) and count >= 3)
            or beta <= 1e-14 * abs(values).max()
            or count == len(start)
        ):
            return Eigenvalue(value, count, residual)
        betas.append(beta)
        vector, before = image / beta, vector
    raise NotConverged(
        f"the largest eigenvalue is not known to {tolerance:.1%} after {most} products: it is about {value:.4g}, and "
        f"the residual {residual:.2g}"
    )


def random_start(size: int, seed: int, like: Tensor) -> Tensor:
    """Draw a vector (size,) from NumPy's default_rng([seed, 0, 2]), in the float type and on the device of `like`."""
    import torch

    drawn = np.random.default_rng([seed, 0, 2]).standard_normal(size)
    return torch.from_numpy(drawn).to(like.dtype).to(like.device)
