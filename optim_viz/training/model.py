# pyright: basic
"""A fully connected network with its gradient written out, so that a step builds no autograd graph.

    a_0 = x,   z_l = a_{l-1} W_l^T + b_l,   a_l = φ(z_l),   loss = -mean_i log softmax(z_L)[i, y_i]
    d_L = (softmax(z_L) - onehot(y)) / rows,   d_{l-1} = (d_l W_l) φ'(z_{l-1})
    ∇W_l = d_l^T a_{l-1},   ∇b_l = Σ_i d_l[i]

φ is the activation of the hidden layers. The L2 term is the optimizer's business (see `stepper`). φ' comes from the
very functions that autograd calls. Rows may come in several parts; their gradients add up.

He initialisation: W_l ~ N(0, 2 / fan_in), b_l = 0 (He, Zhang, Ren, Sun, ICCV 2015).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from optim_viz.training import products
from optim_viz.training.spec import ModelSpec

_aten = torch.ops.aten

_FORWARD: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": torch.nn.functional.softplus,
}
# (gradient of the output, kept tensor) -> gradient of the input; softplus keeps z, the others their output.
_BACKWARD: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "relu": lambda grad, out: _aten.threshold_backward.default(grad, out, 0),
    "tanh": _aten.tanh_backward.default,
    "sigmoid": _aten.sigmoid_backward.default,
    "softplus": lambda grad, z: _aten.softplus_backward.default(grad, z, 1, 20),
}


def init_params(
    spec: ModelSpec, seed: int, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
) -> list[Tensor]:
    """Draw the initial parameters: [W_1, b_1, W_2, b_2, ...], W_l (fan_out, fan_in), b_l (fan_out,).

    The draws come from NumPy's default_rng([seed, 0]) in float64, layer by layer, and are then rounded to `dtype`: the
    same on every device.
    """
    rng = np.random.default_rng([seed, 0])
    params: list[Tensor] = []
    for fan_in, fan_out in zip(spec.sizes, spec.sizes[1:], strict=False):
        weight = rng.standard_normal((fan_out, fan_in)) * np.sqrt(2 / fan_in)
        params += [torch.tensor(weight, dtype=dtype, device=device), torch.zeros(fan_out, dtype=dtype, device=device)]
    return params


class Network:
    """One lane's network: parameters and the gradient of the last call, lists in the order of `init_params`."""

    def __init__(self, spec: ModelSpec, params: list[Tensor], rows: int) -> None:
        """Choose how to multiply.

        Args:
            spec: sizes and activation.
            params: used in place, never copied.
            rows: of the usual batch; the products are chosen for it.
        """
        self.params = params
        self.grads: list[Tensor] = [torch.zeros_like(param) for param in params]
        self._layers = [
            (index, weight, params[index + 1], products.choose(weight, rows))
            for index, weight in enumerate(params)
            if weight.dim() == 2
        ]
        self._output = products.logits if rows > 1 else products.logits_of_one
        self._fused_relu = spec.activation == "relu"
        self._forward = _FORWARD.get(spec.activation)
        self._backward = _BACKWARD[spec.activation]
        self._keeps_z = spec.activation == "softplus"

    def logits(self, x: Tensor) -> Tensor:
        """Return z_L, (rows, 10), for x (rows, 784)."""
        return self._run(x)[0]

    def _run(self, x: Tensor) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        """Return z_L, the input of each layer, and what each hidden layer's derivative needs."""
        inputs, kept = [x], []
        for _, weight, bias, product in self._layers[:-1]:
            x = product.affine(x, weight, bias, self._fused_relu)
            if self._forward is not None:
                z, x = x, self._forward(x)
                kept.append(z if self._keeps_z else x)
            else:
                kept.append(x)
            inputs.append(x)
        _, weight, bias, _ = self._layers[-1]
        return self._output(x, weight, bias), inputs, kept

    def gradient(self, x: Tensor, targets: Tensor, scale: float, add: bool = False) -> Tensor:
        """Work the gradient of `scale` times the summed loss into `self.grads`.

        Args:
            x: (rows, 784).
            targets: (rows, 10), one-hot.
            scale: 1 / batch size.
            add: add to the gradient that is there: further parts of one batch.

        Returns:
            The summed log-likelihood, 0-d: the loss, unscaled and with its sign still to be turned.
        """
        z, inputs, kept = self._run(x)
        log_p = torch.log_softmax(z, 1)
        log_likelihood = (log_p * targets).sum()
        delta = log_p.exp_().sub_(targets)
        if scale != 1:
            delta.mul_(scale)
        for layer in range(len(self._layers) - 1, -1, -1):
            index, weight, _, product = self._layers[layer]
            self._put(index, product.weight_gradient(delta, inputs[layer]), add)
            self._put(index + 1, delta.sum(0) if len(delta) > 1 else delta[0], add)
            if layer:
                delta = self._backward(product.input_gradient(delta, weight), kept[layer - 1])
        return log_likelihood

    def complete(self) -> None:
        """Work out what `gradient` has put off: nothing here."""

    def _put(self, index: int, grad: Tensor, add: bool) -> None:
        if add:
            self.grads[index].add_(grad)
        else:
            self.grads[index] = grad


def cross_entropy_sum(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the summed cross-entropy, 0-d, of logits (rows, 10) and labels (rows,)."""
    return torch.nn.functional.cross_entropy(logits, labels, reduction="sum")
