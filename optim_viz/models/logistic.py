# pyright: basic
"""Multinomial logistic regression: logits = x W^T + b. With the cross-entropy loss it is convex in W and b."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from optim_viz.models.initial import he_initialise
from optim_viz.models.model import Model, Settings, Shape

if TYPE_CHECKING:
    from torch import nn


def layer_sizes(settings: Settings, input_shape: Shape, classes: int) -> dict[str, int]:
    """Return the one layer's number of parameters."""
    del settings
    return {"layer 1": (math.prod(input_shape) + 1) * classes}


def build(settings: Settings, input_shape: Shape, classes: int, seed: int) -> nn.Module:
    """Build the network; rows of any shape are flattened."""
    del settings
    from torch import nn

    network = nn.Sequential()
    network.add_module("flatten", nn.Flatten())
    network.add_module("layer 1", nn.Linear(math.prod(input_shape), classes))
    return he_initialise(network, seed)


MODEL = Model(
    name="logistic",
    title="Logistic regression",
    sentence="One linear layer: the loss is convex, so that every optimizer heads for the same minimum.",
    options=(),
    layer_sizes=layer_sizes,
    build=build,
    rank=10,
)
