"""Sharpness: the largest eigenvalue of the Hessian of the training loss, and how much of it a step can bear.

On a quadratic, gradient descent falls in a direction of curvature h if lr h < 2. Networks are no quadratics, yet
full-batch gradient descent raises the sharpness until it is about 2/lr, where it settles: the edge of stability. Each
rule declares its own limit on a quadratic (`UpdateRule.stability`): 2/lr for gradient descent, (2 + 2 momentum)/lr for
the heavy ball, less what its weight decay adds to the curvature.

The loss is the mean over the run's subset, with the L2 term; Lanczos to 0.1 % (`lanczos`). Source: Cohen, Kaur, Li,
Kolter, Talwalkar, Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability, ICLR 2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from optim_viz.monitors.monitor import Monitor
from optim_viz.monitors.sample import WHOLE, Sample

if TYPE_CHECKING:
    from optim_viz.monitors.monitor import Number


def measure(sample: Sample) -> Mapping[str, Number]:
    """Return the largest eigenvalue of H."""
    from optim_viz.monitors.hessian import Hessian
    from optim_viz.monitors.lanczos import largest_eigenvalue, random_start

    hessian = Hessian(sample.network, sample.x, sample.y, l2=sample.l2)
    return {WHOLE: largest_eigenvalue(hessian, random_start(hessian.size, sample.seed, sample.x)).value}


def bound(sample: Sample) -> float | None:
    """Return the sharpness beyond which the rule diverges on a quadratic."""
    limit = sample.stability
    return None if limit is None or not sample.lr else limit.units / sample.lr - limit.added


MONITOR = Monitor(
    name="sharpness",
    title="Sharpness",
    help="Largest eigenvalue of the Hessian of the training loss. Dashed: the limit on a quadratic, 2/lr for gradient "
    "descent, (2 + 2·momentum)/lr for momentum.",
    panel="Curvature",
    order=40,
    measure=measure,
    lacking="nothing recorded",
    bound=bound,
    bound_title="limit",
    layered=False,
    costly=True,
    default=True,
)
