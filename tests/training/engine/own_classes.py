# ruff: noqa: NPY002 - the legacy random numbers are what third-party classes draw from
"""Optimizer classes of a person's own, each with something that training has to cope with."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch


class Plain(torch.optim.Optimizer):
    """Gradient descent."""

    def __init__(self, params: Any, lr: float = 0.05) -> None:
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        for group in self.param_groups:
            for param in group["params"]:
                param.sub_(group["lr"] * self.change(param))

    def change(self, param: Any) -> Any:
        return param.grad


class Drawing(Plain):
    """Draws from all three sources of random numbers."""

    def change(self, param: Any) -> Any:
        return param.grad + 0.01 * (torch.randn_like(param) + random.gauss() + np.random.normal())


class Keeping(Plain):
    """Keeps what torch's own load_state_dict would turn into floats, and numbers and the parameters in attributes."""

    def __init__(self, params: Any, lr: float = 0.05) -> None:
        super().__init__(params, lr)
        self.counts = {"steps": 0, "seen": (1, [2.5])}
        self.all = list(self.param_groups[0]["params"])

    def change(self, param: Any) -> Any:
        state = self.state[param]
        state["mask"] = ~state.get("mask", torch.zeros_like(param, dtype=torch.bool))
        state["small"] = state.get("small", torch.zeros_like(param, dtype=torch.int8)) + 1
        state["past"] = [*state.get("past", []), param.grad.clone()][-2:]
        self.counts["steps"] += 1
        past = sum(state["past"])
        return torch.where(state["mask"], past, param.grad) + 1e-3 * (state["small"] + self.counts["steps"])


class Forgetting(Plain):
    """Counts in an object that no checkpoint can hold."""

    class Counter:
        count = 0

    def __init__(self, params: Any, lr: float = 0.05) -> None:
        super().__init__(params, lr)
        self.counter = Forgetting.Counter()

    def change(self, param: Any) -> Any:
        self.counter.count += 1
        return param.grad * (1 + 0.1 * self.counter.count)


class Late(Plain):
    """Fails at its fifth step."""

    def change(self, param: Any) -> Any:
        state = self.state[param]
        state["count"] = state.get("count", 0) + 1
        if state["count"] == 30:
            raise KeyError("lost\nits count")
        return param.grad


class Taking(Plain):
    """Takes the gradients away, as some do to save memory."""

    def change(self, param: Any) -> Any:
        grad, param.grad = param.grad, None
        return grad


class Evaluating(Plain):
    """Evaluates the batch itself, and steps as far as the loss there says."""

    def step(self, closure: Any = None) -> None:
        loss = closure().detach()
        with torch.no_grad():
            for param in self.param_groups[0]["params"]:
                param.sub_(self.param_groups[0]["lr"] * loss * param.grad)


class Curved(Plain):
    """Divides by the root of a row sum of squared second derivatives along the gradient: needs them."""

    def step(self, closure: Any = None) -> None:
        params = [param for group in self.param_groups for param in group["params"]]
        grads = [param.grad for param in params]
        along = torch.autograd.grad(grads, params, [grad.detach() for grad in grads], retain_graph=True)
        with torch.no_grad():
            for param, grad, second in zip(params, grads, along, strict=True):
                param.sub_(self.param_groups[0]["lr"] * grad.detach() / (1 + second.square().sum().sqrt()))
        for param in params:
            param.grad = param.grad.detach()


class Averaged(Plain):
    """Trains where it is tested nowhere near: `eval` shows half of the parameters, and going back rounds."""

    def eval(self) -> None:
        self._scale(1 / 3)

    def train(self) -> None:
        if getattr(self, "away", False):
            self._scale(3.0)

    @torch.no_grad()
    def _scale(self, factor: float) -> None:
        self.away = factor < 1
        for param in self.param_groups[0]["params"]:
            param.mul_(factor)


class Needy(Plain):
    """Wants what no lane can give."""

    def __init__(self, params: Any, wanted: Any, lr: float = 0.05) -> None:
        super().__init__(params, lr)
