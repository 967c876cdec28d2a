# pyright: basic
"""The gradient of a single example: vectors where the general network has matrices of one row.

At batch size 1 a step on the CPU takes some seventy microseconds, of which every call of torch is one or two. Vectors
need no views and no sums over rows, gradients are written where the last ones stood, and the losses of many steps are
worked out together.
"""

from __future__ import annotations

import torch
from torch import Tensor

from optim_viz.training.model import ModelSpec, Network
from optim_viz.training.sparse_rows import Rows, SparseRows


class OneExampleNetwork(Network):
    """A network that is trained with one example at a time, on the CPU; with more rows it is the general one."""

    def __init__(self, spec: ModelSpec, params: list[Tensor]) -> None:
        """Keep the views that the way back needs; parameters are used in place, as ever."""
        super().__init__(spec, params, 1)
        layers = list(zip(params[::2], params[1::2], strict=True))
        self._hidden, self._last = layers[:-1], layers[-1]
        self._way_back = [weight.t() for weight, _ in reversed(layers[1:])]
        self._pairs: list[tuple[Tensor, Tensor]] = []  # of the last example: each layer's delta and input, last first

    def gradient(self, x: Rows, slopes: Tensor, add: bool = False) -> Tensor:
        """Work out the gradient of the loss of one example; `complete` writes the weights' part into `self.grads`.

        Args:
            x: (784,).
            slopes: (10,), -onehot(y).
            add: False: there is only one part.

        Returns:
            z_L, (10,), for `losses`.

        Raises:
            ValueError: a part to be added, or lists: that would be a larger batch.
        """
        if add or isinstance(x, SparseRows):
            raise ValueError("one example is one part, a vector: there is nothing to add to")
        inputs: list[Tensor] = [x]
        kept: list[Tensor] = []
        for weight, bias in self._hidden:
            z = torch.addmv(bias, weight, x)
            x = z.relu_() if self._forward is None else self._forward(z)
            kept.append(z if self._keeps_z else x)
            inputs.append(x)
        weight, bias = self._last
        z = torch.addmv(bias, weight, x)
        delta = torch.softmax(z, 0).add_(slopes)
        self._pairs = pairs = [(delta, inputs.pop())]
        for transposed in self._way_back:
            delta = self._backward(torch.mv(transposed, delta), kept.pop())
            pairs.append((delta, inputs.pop()))
        return z

    def complete(self) -> None:
        """Write the gradient into `self.grads`, where the last one stood."""
        grads, index = self.grads, len(self.grads)
        for delta, x in self._pairs:
            index -= 2
            torch.outer(delta, x, out=grads[index])
            grads[index + 1] = delta

    def losses(self, outputs: list[Tensor], slopes: list[Tensor]) -> Tensor:
        """Return the loss of each step, (steps,), from what `gradient` returned and took."""
        return (torch.log_softmax(torch.stack(outputs), 1) * torch.stack(slopes)).sum(1)
