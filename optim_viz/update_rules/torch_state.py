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
class TorchState:
    """Where the twin keeps what this rule's plots call the first and the second moment.

    Attributes:
        first: of the gradient; None where torch keeps none.
        second: of the squared gradient; None where torch keeps none.
        coupled_decay: torch's `weight_decay` adds weight_decay·θ to the gradient, as an L2 term does. False where it
            acts on the weights directly, or where there is none.
    """

    first: TorchMoment | None = None
    second: TorchMoment | None = None
    coupled_decay: bool = False
