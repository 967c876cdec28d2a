"""Training on MNIST as people usually write it: what benchmarks/mnist.py measures ours against."""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from optim_viz import models
from optim_viz.datasets import Data

L2 = 1e-4


def network(data: Data) -> nn.Module:
    """784-256-256-10, He initialisation, seed 0: the weights our runs start from, in the data's float type."""
    model = models.get("mlp")
    return model.build(model.complete({}), (1, 28, 28), 10, 0).to(data.train_x.dtype).to(data.train_x.device)


def data_loader_epoch(data: Data) -> float:
    """One epoch: DataLoader over a TensorDataset, batch size 128, shuffled, Adam; returns its seconds."""
    model = network(data)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_function = nn.CrossEntropyLoss()
    loader = DataLoader(TensorDataset(data.train_x, data.train_y), batch_size=128, shuffle=True)
    total = 0.0
    begin = time.perf_counter()
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_function(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return time.perf_counter() - begin


def in_memory_epoch(data: Data, *, fused: bool | None = None) -> float:
    """One epoch without a DataLoader: batches of 128 are rows of the tensor that holds the data; returns its seconds.

    Args:
        data: MNIST.
        fused: None for torch's default implementation of Adam.
    """
    model = network(data)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=fused)
    losses: list[float] = []
    begin = time.perf_counter()
    order = torch.from_numpy(np.random.default_rng([0, 1]).permutation(len(data.train_x))).to(data.train_x.device)
    for rows in order.split(128):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(data.train_x[rows]), data.train_y[rows])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return time.perf_counter() - begin


class FromScratchSGD:
    """θ ← θ - η g."""

    def __init__(self, params: list[Tensor], lr: float) -> None:
        self.params, self.lr = params, lr

    def step(self) -> None:
        with torch.no_grad():
            for param in self.params:
                param -= self.lr * param.grad  # pyright: ignore[reportOperatorIssue, reportOptionalOperand]


class FromScratchAdam:
    """The Adam paper's algorithm 1, written down line by line."""

    def __init__(self, params: list[Tensor], lr: float) -> None:
        self.params, self.lr, self.t = params, lr, 0
        self.m = [torch.zeros_like(param) for param in params]
        self.v = [torch.zeros_like(param) for param in params]

    def step(self) -> None:
        self.t += 1
        with torch.no_grad():
            for i, param in enumerate(self.params):
                grad = param.grad if param.grad is not None else torch.zeros_like(param)
                self.m[i] = 0.9 * self.m[i] + 0.1 * grad
                self.v[i] = 0.999 * self.v[i] + 0.001 * grad**2
                m_hat = self.m[i] / (1 - 0.9**self.t)
                v_hat = self.v[i] / (1 - 0.999**self.t)
                param -= self.lr * m_hat / (torch.sqrt(v_hat) + 1e-8)


def single_examples(
    data: Data, optimizer: type[FromScratchSGD | FromScratchAdam], lr: float, examples: int
) -> tuple[float, list[float]]:
    """One pass over single examples, L2 term in the loss; returns its seconds and every loss without the term."""
    model = network(data)
    params = list(model.parameters())
    stepper = optimizer([*params], lr)
    order = np.random.default_rng([0, 1]).permutation(examples).tolist()  # the order our runs take
    losses: list[float] = []
    begin = time.perf_counter()
    for i in order:
        for param in params:
            param.grad = None
        loss = nn.functional.cross_entropy(model(data.train_x[i : i + 1]), data.train_y[i : i + 1])
        penalty = L2 * sum((param**2).sum() for param in params if param.dim() == 2)
        (loss + penalty).backward()
        stepper.step()
        losses.append(loss.item())
    return time.perf_counter() - begin, losses
