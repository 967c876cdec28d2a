"""Training on MNIST as people usually write it: what benchmarks/mnist.py measures ours against."""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from optim_viz.scenario import parse_lane
from optim_viz.training import products
from optim_viz.training.mnist import Mnist
from optim_viz.training.model import ModelSpec, init_params
from optim_viz.training.stepper import Stepper

L2 = 1e-4


def network(device: torch.device) -> nn.Sequential:
    """784-256-256-10, He initialisation, seed 0: the weights our runs start from."""
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)).to(device)
    with torch.no_grad():
        for own, param in zip(model.parameters(), init_params(ModelSpec(), 0, device), strict=True):
            own.copy_(param)
    return model


def data_loader_epoch(data: Mnist) -> float:
    """One epoch: DataLoader over a TensorDataset, batch size 128, shuffled, Adam; returns its seconds."""
    device = data.train_x.device
    model = network(device)
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


def bare_epoch(data: Mnist) -> float:
    """An epoch's matrix products and Adam's updates, by the fastest of torch's kernels we know, and nothing else.

    The same numbers over and over: no picking of rows, no softmax, no activation, no sums. Returns its seconds.
    """
    params = init_params(ModelSpec(), 0, data.train_x.device)
    stepper = Stepper(parse_lane("adam,lr=0.001"), params, 0.0)
    x, steps = data.train_x[:128].contiguous(), -(-len(data.train_x) // 128)
    layers = [
        (weight, bias, products.choose(weight, 128)) for weight, bias in zip(params[::2], params[1::2], strict=True)
    ]
    deltas = [torch.full((128, len(bias)), 1e-3, device=x.device) for _, bias, _ in layers]
    ones = [torch.ones_like(bias) for _, bias, _ in layers]
    begin = time.perf_counter()
    for _ in range(steps):
        inputs = [x]
        for weight, bias, product in layers:
            inputs.append(product.affine(inputs[-1], weight, bias, True))
        grads: list[Tensor] = []
        for (_, _, product), delta, below, one in zip(layers, deltas, inputs[:-1], ones, strict=True):
            grads += [product.weight_gradient(delta, below), one]
        for (weight, _, product), delta in zip(layers[1:], deltas[1:], strict=True):
            product.input_gradient(delta, weight)
        stepper.step(grads)
    if data.train_x.is_cuda:
        torch.cuda.synchronize()
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
    data: Mnist, optimizer: type[FromScratchSGD | FromScratchAdam], lr: float, examples: int
) -> tuple[float, list[float]]:
    """One pass over single examples, L2 term in the loss; returns its seconds and every loss without the term."""
    model = network(data.train_x.device)
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
