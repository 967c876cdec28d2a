"""What a rule declares about the state of its torch twin, as plain data and functions of plain numbers.

Training records what torch.optim holds; this says where in there the rule's moments are, so that nothing has to know
an optimizer by its name. Nothing here imports torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def uncorrected(step: int) -> float:
    """Divide a moment by 1 at every step."""
    del step
    return 1.0


@dataclass(frozen=True)
class TorchMoment:
    """One moment of a parameter: (state[key] - state[minus_square_of]²) / divisor(step).

    Attributes:
        key: of the tensor in `optimizer.state[param]`.
        divisor: (step, counted from 1) -> the positive number that corrects it, such as 1 - beta1**step.
        minus_square_of: key of a mean whose square is subtracted first (centred RMSProp); None where nothing is.
        rooted: a second moment that is already in units of the gradient, not of its square (Adamax's maximum).
    """

    key: str
    divisor: Callable[[int], float] = uncorrected
    minus_square_of: str | None = None
    rooted: bool = False


@dataclass(frozen=True)
class Preconditioner:
    """What a rule divides by: θ ← θ - lr P⁻¹ u, with u a sum or mean of gradients and P diagonal.

        P = lr_divisor(step) · mean_divisor(step) · (√v̂ + eps)

    On a quadratic with P held fixed, runs diverge where the largest eigenvalue of P⁻¹H is above units / lr.

    Attributes:
        eps: added to √v̂.
        units: of the limit; 38 for Adam with beta1 = 0.9.
        words: the formula of `units`, to be followed by "/lr".
        mean_divisor: (step, from 1) -> what u still has to be divided by: Adam's 1 - beta1**step, for torch keeps m.
        lr_divisor: (step, from 1) -> what the rule itself divides lr by: Adagrad's 1 + (step - 1) lr_decay.
    """

    eps: float
    units: float
    words: str
    mean_divisor: Callable[[int], float] = uncorrected
    lr_divisor: Callable[[int], float] = uncorrected


def mean_preconditioner(beta1: float, eps: float) -> Preconditioner:
    """Declare that a rule divides a mean of gradients, m ← beta1 m + (1 - beta1) g, which is corrected: Adam.

    P = (1 - beta1^t) (√v̂ + eps), and the limit is (2 + 2 beta1) / ((1 - beta1) lr), 38/lr with beta1 = 0.9. Source:
    Cohen, Ghorbani, Krishnan, Agarwal, Medapati, Badura, Suo, Cardoze, Nado, Dahl, Gilmer, Adaptive Gradient Methods at
    the Edge of Stability (2022), arXiv 2207.14484.
    """
    units, words = (2 + 2 * beta1) / (1 - beta1), "(2 + 2·beta1)/(1 − beta1)"
    return Preconditioner(eps, units, words, mean_divisor=lambda step: 1 - beta1**step)


@dataclass(frozen=True)
class TorchState:
    """Where the twin keeps what this rule's plots call the first and the second moment.

    Attributes:
        first: of the gradient; None where torch keeps none.
        second: of the squared gradient; None where torch keeps none.
        coupled_decay: torch's `weight_decay` adds weight_decay·θ to the gradient, as an L2 term does. False where it
            acts on the weights directly, or where there is none.
        preconditioner: what a step divides by; None where it divides by nothing, or in another way.
    """

    first: TorchMoment | None = None
    second: TorchMoment | None = None
    coupled_decay: bool = False
    preconditioner: Preconditioner | None = None
