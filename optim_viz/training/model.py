# pyright: basic
"""A fully connected network with its gradient written out, so that a step builds no autograd graph.

    a_0 = x,   z_l = a_{l-1} W_l^T + b_l,   a_l = φ(z_l),   loss = -mean_i log p[i, y_i],   p = softmax(z_L)
    d_L = (p - onehot(y)) / rows,   d_{l-1} = (d_l W_l) φ'(z_{l-1})
    ∇W_l = d_l^T a_{l-1},   ∇b_l = Σ_i d_l[i]

Labels come as the slope of the loss in log p, -onehot(y) / rows: times log p they sum to the loss, and log softmax's
own gradient makes d_L of them. Both lie transposed in memory, (10, rows), where a softmax is ten times as fast.

φ is the activation of the hidden layers. The L2 term is the optimizer's business (see `stepper`). φ' comes from the
very functions that autograd calls. Rows may come in several parts; their gradients add up.

He initialisation: W_l ~ N(0, 2 / fan_in), b_l = 0 (He, Zhang, Ren, Sun, ICCV 2015).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from optim_viz.comparison import TrainingSpec
from optim_viz.training import products, sparse_rows
from optim_viz.training.sparse_rows import Rows, SparseRows

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


@dataclass(frozen=True)
class ModelSpec:
    """A fully connected network.

    Attributes:
        widths: units of each hidden layer; () is logistic regression.
        activation: of every hidden layer.
        inputs: of one example.
        classes: outputs.
    """

    widths: tuple[int, ...] = (256, 256)
    activation: str = "relu"
    inputs: int = 784
    classes: int = 10

    @classmethod
    def of(cls, spec: TrainingSpec) -> ModelSpec:
        """Return the network of a comparison; ValueError where it is not fully connected."""
        if spec.model not in ("mlp", "logistic"):
            raise ValueError(f"the engine trains fully connected networks, not {spec.model}")
        options = {"widths": (), "activation": "relu"} | dict(spec.options)
        return cls(**options, inputs=math.prod(spec.data.input_shape), classes=spec.data.classes)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer, input and output included."""
        return (self.inputs, *self.widths, self.classes)


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
        self._last_weight, self._last_bias = params[-2], params[-1][:, None]
        self._fused_relu = spec.activation == "relu"
        self._forward = _FORWARD.get(spec.activation)
        self._backward = _BACKWARD[spec.activation]
        self._keeps_z = spec.activation == "softplus"

    def logits(self, x: Tensor) -> Tensor:
        """Return z_L, (rows, 10), for x (rows, 784)."""
        return self._run(x)[0].T

    def _run(self, x: Rows) -> tuple[Tensor, list[Rows], list[Tensor]]:
        """Return z_L^T, the input of each layer, and what each hidden layer's derivative needs."""
        inputs: list[Rows] = [x]
        kept: list[Tensor] = []
        for layer in range(len(self._layers) - 1):
            z = self._affine(layer, inputs[-1])
            a = z if self._forward is None else self._forward(z)
            kept.append(z if self._keeps_z else a)
            inputs.append(a)
        *_, last = inputs
        if not isinstance(last, Tensor):
            raise TypeError("a network without a hidden layer takes whole batches")
        return torch.addmm(self._last_bias, self._last_weight, last.T), inputs, kept

    def _affine(self, layer: int, x: Rows) -> Tensor:
        _, weight, bias, product = self._layers[layer]
        if isinstance(x, SparseRows):
            return sparse_rows.affine(x, weight, bias, self._fused_relu)
        return product.affine(x, weight, bias, self._fused_relu)

    def gradient(self, x: Rows, slopes: Tensor, add: bool = False) -> Tensor:
        """Work the gradient of the mean loss of a batch into `self.grads`.

        Args:
            x: (rows, 784); `SparseRows` where there is a hidden layer and its weight is stored transposed.
            slopes: (rows, 10), -onehot(y) / batch size.
            add: add to the gradient that is there: further parts of one batch.

        Returns:
            log p, (10, rows), for `losses`.
        """
        z, inputs, kept = self._run(x)
        log_p = torch.log_softmax(z, 0)
        delta = _aten._log_softmax_backward_data.default(slopes.T, log_p, 0, log_p.dtype).T
        for layer in range(len(self._layers) - 1, -1, -1):
            index, weight, _, product = self._layers[layer]
            self._put(index, self._weight_gradient(layer, delta, inputs[layer]), add)
            self._put(index + 1, delta.sum(0), add)
            if layer:
                delta = self._backward(product.input_gradient(delta, weight), kept[layer - 1])
        return log_p

    def _weight_gradient(self, layer: int, delta: Tensor, x: Rows) -> Tensor:
        if isinstance(x, SparseRows):
            return sparse_rows.weight_gradient(delta, x)
        return self._layers[layer][3].weight_gradient(delta, x)

    def losses(self, outputs: list[Tensor], slopes: list[Tensor]) -> Tensor:
        """Return the loss of each step, (steps,), from what `gradient` returned and took."""
        if len({len(each) for each in slopes}) > 1:
            return torch.stack([(log_p.T * slope).sum() for log_p, slope in zip(outputs, slopes, strict=True)])
        return (torch.stack(outputs).mT * torch.stack(slopes)).sum((1, 2))

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
