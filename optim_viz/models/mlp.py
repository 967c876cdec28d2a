# pyright: basic
"""A multilayer perceptron: fully connected layers with an activation between them.

    a_0 = x,   a_l = φ(a_{l-1} W_l^T + b_l),   logits = a_{L-1} W_L^T + b_L

φ is `activation`; `widths` are the units of the hidden layers, none of which leaves logistic regression. Initial
weights: He (see `initial`), whatever the activation, so that lanes that differ in it alone start from the same ones.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from optim_viz.models.activation import ACTIVATION, make_activation
from optim_viz.models.initial import he_initialise
from optim_viz.models.model import Model, Option, Settings, Shape

if TYPE_CHECKING:
    from torch import nn


def units(settings: Settings, input_shape: Shape, classes: int) -> tuple[int, ...]:
    """Return the units of every layer, input and output included."""
    return (math.prod(input_shape), *settings["widths"], classes)


def layer_sizes(settings: Settings, input_shape: Shape, classes: int) -> dict[str, int]:
    """Return each layer's number of parameters."""
    layers = enumerate(pairwise(units(settings, input_shape, classes)), 1)
    return {f"layer {number}": (fan_in + 1) * fan_out for number, (fan_in, fan_out) in layers}


def build(settings: Settings, input_shape: Shape, classes: int, seed: int) -> nn.Module:
    """Build the network; rows of any shape are flattened."""
    from torch import nn

    network = nn.Sequential()
    network.add_module("flatten", nn.Flatten())
    for number, (fan_in, fan_out) in enumerate(pairwise(units(settings, input_shape, classes)), 1):
        if number > 1:
            network.add_module(f"activation {number - 1}", make_activation(settings["activation"]))
        network.add_module(f"layer {number}", nn.Linear(fan_in, fan_out))
    return he_initialise(network, seed)


MODEL = Model(
    name="mlp",
    title="Multilayer perceptron",
    sentence="Fully connected layers with an activation between them.",
    options=(
        Option(
            "widths",
            "Hidden layers",
            "Units of each hidden layer, from input to output.",
            "wholes",
            default=(256, 256),
            low=1,
            high=4096,
            most=8,
        ),
        ACTIVATION,
    ),
    layer_sizes=layer_sizes,
    build=build,
    rank=0,
)
