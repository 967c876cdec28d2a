# pyright: basic, reportPrivateImportUsage=false
"""torch.optim's update of one lane, with as little around it as torch allows.

The optimizer is a real torch.optim one: it checks the arguments, makes the state, holds it and saves it. Its first step
is always `optimizer.step()`. On the CPU later ones call the very kernels that `step()` would, with the same arguments:
what is left out is Python (grouping tensors, hooks), which takes longer than a small step's arithmetic and keeps other
threads from theirs.

The L2 term λ Σ w² has the gradient 2 λ w. A coupled `weight_decay` of torch.optim adds weight_decay · w to the
gradient, so the term rides along in it for free: the weights form a group of their own with 2 λ more. Where a rule
declares no coupled decay (AdamW decouples it) the term is added to the gradient itself.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

import torch
from torch import Tensor

from optim_viz.comparison.lanes import torch_optimizer
from optim_viz.scenario import Lane


def _implementation(name: str, device: str) -> dict[str, Any]:
    """Return the arguments that choose the fastest of torch's implementations of one optimizer."""
    if device not in ("cpu", "cuda"):
        return {}
    known = signature(getattr(torch.optim, name)).parameters
    how: dict[str, Any] = {"fused": True} if "fused" in known else {"foreach": True} if "foreach" in known else {}
    if device == "cuda" and "capturable" in known:
        how["capturable"] = True  # the step count lives on the device, so that a CUDA graph can hold the step
    return how


class Stepper:
    """Steps the parameters of one lane.

    Attributes:
        params: what it steps, in the order of the gradients.
        optimizer: the torch.optim object with the state.
        lr: the lane's learning rate; None for an optimizer without one.
        state: where the optimizer keeps its moments.
        l2_in_decay: 2 λ where the L2 term rides along in `weight_decay`, else 0: by how much of w the gradients that
            `step` is given fall short of the whole loss's.
    """

    def __init__(self, lane: Lane, params: list[Tensor], l2: float) -> None:
        """Make the optimizer.

        Args:
            lane: optimizer and hyperparameters.
            params: [W_1, b_1, W_2, ...]; weights are the matrices.
            l2: λ.
        """
        name, arguments = torch_optimizer(lane)
        self.lr = float(arguments["lr"]) if "lr" in arguments else None
        self.state = lane.rule.torch_state(lane.hyperparameters)
        self._l2 = l2
        self._explicit_l2 = l2 > 0 and not self.state.coupled_decay
        self.l2_in_decay = 0.0 if self._explicit_l2 else 2 * l2
        device = params[0].device.type
        how = _implementation(name, device)
        groups: list[dict[str, Any]] = [{"params": params}]
        if l2 > 0 and not self._explicit_l2:
            weights = [param for param in params if param.dim() == 2]
            biases = [param for param in params if param.dim() == 1]
            groups = [{"params": weights, "weight_decay": arguments["weight_decay"] + 2 * l2}, {"params": biases}]
        self.params = params
        self.optimizer: torch.optim.Optimizer = getattr(torch.optim, name)(groups, **arguments, **how)
        self._position = {id(param): index for index, param in enumerate(params)}
        self._make_kernel = _KERNELS.get(name) if device == "cpu" else None
        self._kernels: list[tuple[list[int], Callable[[list[Tensor]], None]]] = []

    def step(self, grads: list[Tensor]) -> None:
        """Update the parameters by their gradients, lists in the same order."""
        if self._explicit_l2:
            for param, grad in zip(self.params, grads, strict=True):
                if param.dim() == 2:
                    grad.add_(param, alpha=2 * self._l2)
        if self._kernels:
            for places, kernel in self._kernels:
                kernel([grads[place] for place in places])
            return
        for param, grad in zip(self.params, grads, strict=True):
            if grad.stride() != param.stride():  # the fused kernels do not look, and would pair up wrong entries
                raise RuntimeError(f"a gradient is laid out as {grad.stride()}, its parameter as {param.stride()}")
            param.grad = grad
        self.optimizer.step()
        self._bind()

    def load(self, state: dict[str, Any]) -> None:
        """Take over the state of another optimizer of the same lane."""
        self.optimizer.load_state_dict(state)
        for param, own in self.optimizer.state.items():
            for key, value in own.items():
                if isinstance(value, Tensor) and value.shape == param.shape:
                    own[key] = torch.empty_like(param).copy_(value)  # laid out as the parameter, whoever saved it
        if state["state"]:
            self._bind()

    def _bind(self) -> None:
        """Tie the fused kernels to the state's tensors; they stay the same ones until a load."""
        if self._make_kernel is None:
            return
        self._kernels = [
            ([self._position[id(param)] for param in group["params"]], self._make_kernel(self.optimizer, group))
            for group in self.optimizer.param_groups
        ]


def _states(optimizer: torch.optim.Optimizer, group: dict[str, Any], key: str) -> list[Tensor]:
    return [optimizer.state[param][key] for param in group["params"]]


def _sgd(optimizer: torch.optim.Optimizer, group: dict[str, Any]) -> Callable[[list[Tensor]], None]:
    params, buffers = group["params"], _states(optimizer, group, "momentum_buffer") if group["momentum"] else []
    options = {key: group[key] for key in ("weight_decay", "momentum", "lr", "dampening", "nesterov", "maximize")}
    return lambda grads: torch._fused_sgd_(params, grads, buffers, **options, is_first_step=False)


def _adam(
    optimizer: torch.optim.Optimizer, group: dict[str, Any], fused: Callable[..., None] = torch._fused_adam_
) -> Callable[[list[Tensor]], None]:
    params, steps = group["params"], _states(optimizer, group, "step")
    means, squares = _states(optimizer, group, "exp_avg"), _states(optimizer, group, "exp_avg_sq")
    maxima = _states(optimizer, group, "max_exp_avg_sq") if group["amsgrad"] else []
    options = {key: group[key] for key in ("amsgrad", "lr", "weight_decay", "eps", "maximize")}
    options |= {"beta1": group["betas"][0], "beta2": group["betas"][1]}

    def kernel(grads: list[Tensor]) -> None:
        torch._foreach_add_(steps, 1)
        fused(params, grads, means, squares, maxima, steps, **options)

    return kernel


def _adamw(optimizer: torch.optim.Optimizer, group: dict[str, Any]) -> Callable[[list[Tensor]], None]:
    return _adam(optimizer, group, torch._fused_adamw_)


def _adagrad(optimizer: torch.optim.Optimizer, group: dict[str, Any]) -> Callable[[list[Tensor]], None]:
    params, sums, steps = group["params"], _states(optimizer, group, "sum"), _states(optimizer, group, "step")
    options = {key: group[key] for key in ("lr", "lr_decay", "weight_decay", "eps", "maximize")}

    def kernel(grads: list[Tensor]) -> None:
        torch._foreach_add_(steps, 1)
        torch._fused_adagrad_(params, grads, sums, steps, **options)

    return kernel


def _rmsprop(optimizer: torch.optim.Optimizer, group: dict[str, Any]) -> Callable[[list[Tensor]], None]:
    """The calls of torch's own multi-tensor RMSprop, of which there is no fused one."""
    params, steps, squares = group["params"], _states(optimizer, group, "step"), _states(optimizer, group, "square_avg")
    means = _states(optimizer, group, "grad_avg") if group["centered"] else []
    buffers = _states(optimizer, group, "momentum_buffer") if group["momentum"] > 0 else []
    alpha, eps, lr, decay = group["alpha"], group["eps"], group["lr"], group["weight_decay"]

    def kernel(grads: list[Tensor]) -> None:
        torch._foreach_add_(steps, 1)
        if decay:
            grads = list(torch._foreach_add(grads, params, alpha=decay))
        torch._foreach_mul_(squares, alpha)
        torch._foreach_addcmul_(squares, grads, grads, value=1 - alpha)
        if means:
            torch._foreach_lerp_(means, grads, 1 - alpha)
            average = torch._foreach_addcmul(squares, means, means, value=-1)
            torch._foreach_sqrt_(average)
        else:
            average = torch._foreach_sqrt(squares)
        torch._foreach_add_(average, eps)
        if buffers:
            torch._foreach_mul_(buffers, group["momentum"])
            torch._foreach_addcdiv_(buffers, grads, average)
            torch._foreach_add_(params, buffers, alpha=-lr)
        else:
            torch._foreach_addcdiv_(params, grads, average, value=-lr)

    return kernel


_KERNELS = {"SGD": _sgd, "Adam": _adam, "AdamW": _adamw, "Adagrad": _adagrad, "RMSprop": _rmsprop}
