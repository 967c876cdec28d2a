# pyright: basic
"""One step on one example, by vectors, for networks of linear layers on the CPU.

    a_0 = x,   z_l = W_l a_{l-1} + b_l,   a_l = φ(z_l),   p = softmax(z_L),   loss = -log p[y]
    d_L = p - onehot(y),   d_{l-1} = (W_l^T d_l) φ'(z_{l-1}),   ∇W_l = d_l a_{l-1}^T + 2 λ W_l,   ∇b_l = d_l

autograd would build a graph of matrices of one row; here gradients are written where the last ones stood. Plain SGD
steps layer by layer, W ← W - 2 lr λ W - lr d a^T, and needs no gradient in memory for it; SGD with momentum and Adam
are called by torch's functional form, which leaves out what `step()` does around the arithmetic (grouping, hooks).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim.adam import adam
from torch.optim.sgd import sgd

_ACTIVATIONS: Final[dict[type[nn.Module], tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]]] = {
    nn.ReLU: (torch.relu, torch.sign),
    nn.Tanh: (torch.tanh, lambda a: 1 - a * a),
    nn.Sigmoid: (torch.sigmoid, lambda a: a * (1 - a)),
    nn.Softplus: (nn.functional.softplus, lambda a: -torch.expm1(-a)),
}
"""φ, and its derivative as a function of a = φ(z), by the class of torch.nn."""


class _Layer(NamedTuple):
    """Parameters without autograd, their transposed weight, where their gradients stand, and what follows."""

    weight: Tensor
    bias: Tensor
    transposed: Tensor
    weight_grad: Tensor
    bias_grad: Tensor
    activation: Callable[[Tensor], Tensor] | None
    derivative: Callable[[Tensor], Tensor] | None


def single_example_step(network: nn.Module, optimizer: torch.optim.Optimizer, l2: float) -> SingleExampleStep | None:
    """Return what makes one step of the plain engine on one example, None where there is no faster way.

    Args:
        network: taken if it flattens its input and is linear layers with an activation between them.
        optimizer: of its parameters.
        l2: λ of the term λ Σ w².
    """
    layers = _layers(network)
    if not layers or layers[0].weight.device.type != "cpu":
        return None
    return SingleExampleStep(layers, optimizer, l2)


def _layers(network: nn.Module) -> list[_Layer]:
    """Return the layers of a network; [] where it is built in another way."""
    if not isinstance(network, nn.Sequential) or len(network) < 2 or repr(network[0]) != repr(nn.Flatten()):
        return []
    modules = list(network)[1:]
    linear, between = modules[::2], modules[1::2]
    if len(linear) != len(between) + 1 or not all(map(_known, between)):
        return []
    found: list[_Layer] = []
    for module, activation in zip(linear, [*between, None], strict=True):
        if type(module) is not nn.Linear or module.bias is None:
            return []
        weight, bias = module.weight.detach(), module.bias.detach()
        weight_grad = module.weight.grad = torch.zeros_like(weight)
        bias_grad = module.bias.grad = torch.zeros_like(bias)
        functions = (None, None) if activation is None else _ACTIVATIONS[type(activation)]
        found.append(_Layer(weight, bias, weight.t(), weight_grad, bias_grad, *functions))
    return found


def _known(activation: nn.Module) -> bool:
    """Whether an activation is one of ours, with torch's default settings."""
    return type(activation) in _ACTIVATIONS and repr(activation) == repr(type(activation)())


class SingleExampleStep:
    """Makes a step on one example.

    Attributes:
        keep_gradient: whether a step leaves the gradient of the whole loss, L2 term included, in the parameters'
            `grad`. Where nobody looks at it, plain SGD is faster without; the parameters are the same to the bit.
    """

    def __init__(self, layers: list[_Layer], optimizer: torch.optim.Optimizer, l2: float) -> None:
        """Take the layers of a network, the optimizer of their parameters, and λ."""
        self.keep_gradient = True
        self._layers, self._optimizer, self._decay = layers, optimizer, 2 * l2
        bias = layers[-1].bias
        self._onehot = torch.eye(len(bias), dtype=bias.dtype).unbind()
        self._plain = _is_plain_sgd(optimizer)
        self._group = optimizer.param_groups[0]
        self._update: Callable[[], object] = self._first_update

    def __call__(self, parts: Iterable[tuple[Tensor, Tensor]], size: int) -> Tensor:
        """Take [(x, y)], x (1, *input shape) and y (1,), and the size, 1; return the loss, (1,)."""
        ((x, y),) = parts
        label = int(y)
        a = x.view(-1)
        inputs: list[Tensor] = []
        for layer in self._layers:
            inputs.append(a)
            a = torch.addmv(layer.bias, layer.weight, a)
            if layer.activation is not None:
                a = layer.activation(a)
        log_p = torch.log_softmax(a, 0)
        self._backward(log_p.exp().sub_(self._onehot[label]), inputs)
        if not self._plain:
            self._update()
        return -log_p[label : label + 1]

    def _backward(self, delta: Tensor, inputs: list[Tensor]) -> None:
        """Write all gradients, or step at once, from the last layer's delta."""
        plain, lr = self._plain, self._group["lr"]  # read at each step: a schedule changes it
        for number in range(len(self._layers) - 1, -1, -1):
            layer, a, below = self._layers[number], inputs[number], delta
            derivative = self._layers[number - 1].derivative
            if number and derivative is not None:  # through the weight as it was before the step
                below = torch.mv(layer.transposed, delta).mul_(derivative(a))
            if not plain or self.keep_gradient:
                self._write_gradient(layer, delta, a)
            if plain:
                if self._decay:  # not by a factor 1 - 2 lr λ: rounded to float32 it would lose digits of λ
                    layer.weight.sub_(layer.weight, alpha=lr * self._decay)
                layer.weight.addr_(delta, a, alpha=-lr)
                layer.bias.add_(delta, alpha=-lr)
            delta = below

    def _write_gradient(self, layer: _Layer, delta: Tensor, a: Tensor) -> None:
        if self._decay:
            torch.addr(layer.weight, delta, a, beta=self._decay, out=layer.weight_grad)
        else:
            torch.outer(delta, a, out=layer.weight_grad)
        layer.bias_grad.copy_(delta)

    def _first_update(self) -> None:
        """Let the optimizer make its state; from then on its functional form steps."""
        self._optimizer.step()
        self._update = _functional(self._optimizer)


def _is_plain_sgd(optimizer: torch.optim.Optimizer) -> bool:
    """Whether a step is nothing but params - lr · grad."""
    (group,) = optimizer.param_groups
    return type(optimizer) is torch.optim.SGD and not (group["momentum"] or group["weight_decay"] or group["maximize"])


def _functional(optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    """Return what updates the parameters as `optimizer.step` does, from its second step on."""
    (group,) = optimizer.param_groups
    grads = [param.grad for param in group["params"]]
    params = [param.detach() for param in group["params"]]  # the same memory, and nothing for autograd to watch

    def held(key: str) -> list[Any]:
        return [optimizer.state[param][key] for param in group["params"]]

    if type(optimizer) is torch.optim.SGD:
        options = {key: group[key] for key in ("weight_decay", "momentum", "dampening", "nesterov", "maximize")}
        buffers: list[Any] = held("momentum_buffer") if group["momentum"] else [None] * len(params)
        return lambda: sgd(params, grads, buffers, fused=True, lr=group["lr"], **options)
    if type(optimizer) in (torch.optim.Adam, torch.optim.AdamW):
        options = {key: group[key] for key in ("amsgrad", "weight_decay", "eps", "maximize", "decoupled_weight_decay")}
        options |= {"beta1": group["betas"][0], "beta2": group["betas"][1]}
        moments = held("exp_avg"), held("exp_avg_sq"), held("max_exp_avg_sq") if group["amsgrad"] else []
        steps = held("step")
        return lambda: adam(params, grads, *moments, steps, fused=True, lr=group["lr"], **options)
    return optimizer.step
