# pyright: basic
"""Initial weights that are the same on every machine and in every version of torch.

He initialisation: W ~ N(0, 2 / fan_in), b = 0, where fan_in is the number of inputs of one output unit. It keeps the
spread of a rectified layer's output as large as that of its input.

Source: He, Zhang, Ren, Sun, Delving Deep into Rectifiers, ICCV 2015, equations 10 and 14.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from torch import nn

    Network = TypeVar("Network", bound=nn.Module)


def he_initialise(network: Network, seed: int) -> Network:
    """Draw the weights of every linear and convolutional layer anew, in place, and return the network in float64.

    The draws come from NumPy's default_rng([seed, 0]), layer by layer from input to output, in float64.

    Args:
        network: its parameters named weight, with two axes or more, are drawn; those named bias become 0.
        seed: 0 or more.
    """
    import torch

    rng = np.random.default_rng([seed, 0])
    network = network.double()
    with torch.no_grad():
        for name, param in network.named_parameters():
            kind = name.rpartition(".")[2]
            if kind == "weight" and param.dim() >= 2:
                fan_in = param[0].numel()
                param.copy_(torch.from_numpy(rng.standard_normal(tuple(param.shape)) * np.sqrt(2 / fan_in)))
            elif kind == "bias":
                param.zero_()
    return network
