"""The activations that models offer, and the option that chooses among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from optim_viz.models.option import Option

if TYPE_CHECKING:
    from torch import nn

_CLASSES: Final = {"relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid", "softplus": "Softplus"}

ACTIVATION: Final = Option(
    "activation",
    "Activation",
    "What each hidden unit applies to its sum.",
    "choice",
    default="relu",
    choices=tuple(_CLASSES),
)


def make_activation(name: str) -> nn.Module:
    """Return the module of one of the option's choices."""
    from torch import nn

    return getattr(nn, _CLASSES[name])()
