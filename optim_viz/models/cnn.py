# pyright: basic
"""A small convolutional network for images, after LeNet.

Each entry of `channels` is one stage: a 3 x 3 convolution with padding 1 and that many output channels, the activation,
and a 2 x 2 max-pooling, which halves rows and columns (rounded down). One linear layer makes the logits. Initial
weights: He (see `initial`).

Source: LeCun, Bottou, Bengio, Haffner, Gradient-Based Learning Applied to Document Recognition, 1998, section II.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from optim_viz.models.activation import ACTIVATION, make_activation
from optim_viz.models.initial import he_initialise
from optim_viz.models.model import Model, Option, Settings, Shape

if TYPE_CHECKING:
    from torch import nn

_KERNEL = 3


def features(settings: Settings, input_shape: Shape) -> tuple[tuple[int, ...], int]:
    """Return the channels before and after every convolution, and the inputs of the linear layer.

    Raises:
        ValueError: the examples are no images (channels, rows, columns), or too small to be halved so often.
    """
    if len(input_shape) != 3:
        raise ValueError(f"model cnn needs images (channels, rows, columns), not examples of shape {input_shape}")
    channels = (input_shape[0], *settings["channels"])
    rows, columns = (size >> len(settings["channels"]) for size in input_shape[1:])
    if min(rows, columns) < 1:
        size, stages = f"{input_shape[1]} x {input_shape[2]}", len(settings["channels"])
        raise ValueError(f"channels may have fewer entries only: {stages} stages halve {size} pixels to nothing")
    return channels, channels[-1] * rows * columns


def layer_sizes(settings: Settings, input_shape: Shape, classes: int) -> dict[str, int]:
    """Return each layer's number of parameters."""
    channels, inputs = features(settings, input_shape)
    stages = enumerate(pairwise(channels), 1)
    sizes = {f"convolution {number}": (_KERNEL**2 * before + 1) * after for number, (before, after) in stages}
    return sizes | {"output": (inputs + 1) * classes}


def operations(settings: Settings, input_shape: Shape, classes: int) -> int:
    """Return the operations of the forward pass for one example: a kernel's weights count at every pixel."""
    channels, inputs = features(settings, input_shape)
    total, (rows, columns) = 2 * inputs * classes, input_shape[1:]
    for before, after in pairwise(channels):
        total += 2 * _KERNEL**2 * before * after * rows * columns
        rows, columns = rows // 2, columns // 2
    return total


def build(settings: Settings, input_shape: Shape, classes: int, seed: int) -> nn.Module:
    """Build the network."""
    from torch import nn

    channels, inputs = features(settings, input_shape)
    network = nn.Sequential()
    for number, (before, after) in enumerate(pairwise(channels), 1):
        network.add_module(f"convolution {number}", nn.Conv2d(before, after, _KERNEL, padding=_KERNEL // 2))
        network.add_module(f"activation {number}", make_activation(settings["activation"]))
        network.add_module(f"pooling {number}", nn.MaxPool2d(2))
    network.add_module("flatten", nn.Flatten())
    network.add_module("output", nn.Linear(inputs, classes))
    return he_initialise(network, seed)


MODEL = Model(
    name="cnn",
    title="Convolutional network",
    sentence="3 x 3 convolutions, each followed by 2 x 2 pooling, and one linear layer.",
    options=(
        Option(
            "channels",
            "Channels",
            "Output channels of each convolution, from input to output.",
            "wholes",
            default=(8, 16),
            low=1,
            high=256,
            most=4,
        ),
        ACTIVATION,
    ),
    layer_sizes=layer_sizes,
    build=build,
    rank=20,
    operations=operations,
)
