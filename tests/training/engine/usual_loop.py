"""The yardstick: the same training the usual way, by torch.nn, autograd and plain torch.optim."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from optim_viz.datasets import Data

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "softplus": nn.Softplus}


def network(sizes: list[int], activation: str, seed: int, dtype: torch.dtype) -> nn.Sequential:
    """He initialisation from NumPy's default_rng([seed, 0]), layer by layer."""
    rng = np.random.default_rng([seed, 0])
    layers: list[nn.Module] = [nn.Flatten()]
    for fan_in, fan_out in itertools.pairwise(sizes):
        layer = nn.Linear(fan_in, fan_out, dtype=dtype)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(rng.normal(0, 1, (fan_out, fan_in)) * (2 / fan_in) ** 0.5))
            layer.bias.zero_()
        layers += [layer, ACTIVATIONS[activation]()]
    return nn.Sequential(*layers[:-1])


def train(
    data: Data,
    optimizer: str,
    options: dict[str, Any],
    *,
    widths: tuple[int, ...] = (32, 16),
    activation: str = "relu",
    l2: float = 0.0,
    epochs: int = 1,
    batch_size: int = 64,
    seed: int = 0,
    examples: int,
    schedule: Callable[[torch.optim.Optimizer], Any] | None = None,
) -> tuple[list[float], list[Tensor], torch.optim.Optimizer]:
    """Return the loss of every step (without the L2 term), the trained parameters and the optimizer.

    `optimizer` is the name of one of torch.optim, and `schedule` makes torch's scheduler of it.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # such small matrices are slower on several
    model = network([784, *widths, 10], activation, seed, data.train_x.dtype)
    made: torch.optim.Optimizer = getattr(torch.optim, optimizer)(model.parameters(), **options)
    scheduler = None if schedule is None else schedule(made)
    losses: list[float] = []
    for epoch in range(1, epochs + 1):
        order = torch.from_numpy(np.random.default_rng([seed, epoch]).permutation(examples))
        for rows in order.split(batch_size):
            made.zero_grad()
            loss = nn.functional.cross_entropy(model(data.train_x[rows]), data.train_y[rows])
            penalty = sum((weight**2).sum() for weight in model.parameters() if weight.dim() == 2)
            (loss + l2 * penalty).backward()
            made.step()
            if scheduler is not None:
                scheduler.step()
            losses.append(loss.item())
    torch.set_num_threads(threads)
    return losses, [param.detach() for param in model.parameters()], made
