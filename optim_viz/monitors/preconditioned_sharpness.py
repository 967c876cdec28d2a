"""Sharpness as an adaptive rule feels it: the largest eigenvalue of P⁻¹H, with P what the rule divides by.

For Adam P_t = (1 - β₁^t) (√(v_t / (1 - β₂^t)) + ε), diagonal; the factor 1 - β₁^t stands for the correction of m. With
P held fixed, Adam on a quadratic diverges where λ(P⁻¹H) > (2 + 2β₁)/((1 - β₁) lr), 38/lr with β₁ = 0.9. Full-batch
Adam on a network raises it until it is about that: the adaptive edge of stability. P⁻¹H has the eigenvalues of
P^(-1/2) H P^(-1/2), which is symmetric. Each rule declares its own P and limit (`TorchState.preconditioner`); an L2
term of the rule's own (weight_decay) is added to H.

The loss is that of `sharpness`; P is that of the step that was just made. Source: Cohen, Ghorbani, Krishnan, Agarwal,
Medapati, Badura, Suo, Cardoze, Nado, Dahl, Gilmer, Adaptive Gradient Methods at the Edge of Stability (2022).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from optim_viz.monitors.monitor import Monitor
from optim_viz.monitors.sample import WHOLE, Sample

if TYPE_CHECKING:
    from torch import Tensor

    from optim_viz.monitors.monitor import Number


def divisor(sample: Sample) -> Tensor | None:
    """Return the diagonal of P in the order of the layers, (parameters,); None where the rule divides by nothing."""
    import torch

    divides = sample.state.preconditioner
    if divides is None:
        return None
    found: list[Tensor] = []
    for layer in sample.layers.values():
        if layer.second is None:
            return None
        found.append((layer.second.values * layer.second.factor).sqrt_().add_(divides.eps))
    return torch.cat(found) * (divides.mean_divisor(sample.step) * divides.lr_divisor(sample.step))


def measure(sample: Sample) -> Mapping[str, Number]:
    """Return the largest eigenvalue of P⁻¹H."""
    from optim_viz.monitors.hessian import Hessian
    from optim_viz.monitors.lanczos import largest_eigenvalue, random_start

    diagonal = divisor(sample)
    if diagonal is None:
        return {}
    scale = diagonal.rsqrt()
    hessian = Hessian(sample.network, sample.x, sample.y, l2=sample.l2)

    def product(vector: Tensor) -> Tensor:
        return scale * (hessian(scale * vector) + sample.decay * (scale * vector))

    return {WHOLE: largest_eigenvalue(product, random_start(hessian.size, sample.seed, sample.x)).value}


def bound(sample: Sample) -> float | None:
    """Return the limit, such as 38/lr."""
    divides = sample.state.preconditioner
    return None if divides is None or not sample.lr else divides.units / sample.lr


MONITOR = Monitor(
    name="preconditioned_sharpness",
    title="Preconditioned sharpness",
    help="Largest eigenvalue of P⁻¹H, with P = (1 − β₁^t)(√v̂ + ε) for Adam. Dashed: the limit on a quadratic, "
    "(2 + 2β₁)/((1 − β₁) lr), which is 38/lr with β₁ = 0.9.",
    panel="Curvature",
    order=41,
    measure=measure,
    lacking="no division by √v̂ + ε",
    bound=bound,
    bound_title="limit",
    layered=False,
    costly=True,
    default=True,
)
