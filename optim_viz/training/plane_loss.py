# pyright: basic
"""The loss of a network at many points of a plane through its parameters: θ(x, y) = origin + x first + y second.

    loss(θ) = mean cross-entropy over the examples + λ Σ w²        (λ of the run's L2 term; weights, not biases)

What a layer that is linear in its parameters (a linear layer, a convolution) makes of the network's input is linear in
x and y, so three passes through the first one serve every point:

    layer(input; θ(x, y)) = layer(input; origin) + x layer(input; first) + y layer(input; second)

Of a multilayer perceptron on images that saves most of the work, since most weights are in its first layer. The rest of
the network is evaluated for several points of a row at once (torch.func.vmap) as far as their values fit the cache. No
example is left out and nothing is rounded that a plain evaluation does not round.
"""

from __future__ import annotations

from typing import Final, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call, vmap

from optim_viz.planes.plane import Plane

_LINEAR: Final = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)
"""Layers whose output is linear in weight and bias together."""
_VALUES_AT_ONCE: Final = {"cpu": 300_000, "gpu": 50_000_000}
"""Outputs of the first layer that are held for several points at once."""
_MOST_VALUES: Final = 16_000_000
"""Outputs of the first layer that are kept for a block of examples; more examples come in several blocks."""

_ROWS: Final = 1000
"""Examples of a plain evaluation that go through the network at once."""

Named = dict[str, Tensor]


class PlaneLoss:
    """Evaluates one network on one plane."""

    def __init__(self, network: nn.Module, plane: Plane, x: Tensor, y: Tensor, l2: float = 0.0) -> None:
        """Prepare.

        Args:
            network: (rows, *input shape) -> logits; its own parameters are not used, only their shapes.
            plane: its vectors hold all parameters, in the network's order.
            x: examples, (n, *input shape), in the type and on the device of the network.
            y: classes, (n,).
            l2: λ.
        """
        self._network = network.eval()
        self._y = y
        vectors = (plane.origin, plane.first, plane.second)
        self._parts = [_named(network, vector, x) for vector in vectors]
        self._penalty = l2 * _quadratic(network, vectors)
        head, before, self._tail = _split(network)
        with torch.no_grad():
            self._x = before(x)
        self._head: nn.Module | None = head
        self._prefix = "" if head is None else next(name for name, each in network.named_children() if each is head)
        width = 1 if head is None else self._apply_head(self._parts[0], self._x[:1]).numel()
        self._block = max(1, _MOST_VALUES // width)
        kind = "cpu" if x.device.type == "cpu" else "gpu"
        self._points = max(1, _VALUES_AT_ONCE[kind] // max(1, width * min(len(y), self._block)))
        self._kept: list[tuple[Tensor, ...]] | None = None

    @torch.no_grad()
    def row(self, xs: NDArray[np.float64], y: float) -> NDArray[np.float64]:
        """Return the losses at points of one y, (P,) float64.

        Args:
            xs: (P,).
            y: their common second coordinate.
        """
        total = torch.zeros(len(xs), dtype=torch.float64)
        for begin in range(0, len(self._y), self._block):
            rows = slice(begin, begin + self._block)
            total += self._sums(xs, y, rows)
        penalty = self._penalty
        square = penalty[0, 0] + 2 * (xs * penalty[0, 1] + y * penalty[0, 2] + xs * y * penalty[1, 2])
        square += xs * xs * penalty[1, 1] + y * y * penalty[2, 2]
        return total.numpy() / len(self._y) + square

    def at(self, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the losses at any points, (P,)."""
        return np.array([self.row(np.array([x]), float(y))[0] for x, y in zip(xs, ys, strict=True)])

    def _sums(self, xs: NDArray[np.float64], y: float, rows: slice) -> Tensor:
        """Return the sum of the losses of some examples at each point."""
        origin, first, second = self._parts
        # of a whole row: origin + y second, which leaves one direction
        base = {name: torch.add(value, second[name], alpha=y) for name, value in origin.items() if self._in_tail(name)}
        slope = {name: value for name, value in first.items() if self._in_tail(name)}
        inputs, along = self._first_outputs(y, rows)
        parts = torch.tensor(xs).split(self._points)
        return torch.cat([self._tail_sums(part, base, slope, inputs, along, self._y[rows]) for part in parts])

    def _in_tail(self, name: str) -> bool:
        return self._head is None or not name.startswith(self._prefix + ".")

    def _first_outputs(self, y: float, rows: slice) -> tuple[Tensor, Tensor | None]:
        """Return what goes into the rest of the network at x = 0, and how it grows with x; None for not at all."""
        if self._head is None:
            return self._x[rows], None
        if self._kept is None or len(self._y) > self._block:
            self._kept = [tuple(self._apply_head(part, self._x[rows]) for part in self._parts)]
        at_origin, along_first, along_second = self._kept[0]
        return torch.add(at_origin, along_second, alpha=y), along_first

    def _apply_head(self, part: Named, x: Tensor) -> Tensor:
        start = len(self._prefix) + 1
        own = {name[start:]: value for name, value in part.items() if not self._in_tail(name)}
        return functional_call(cast(nn.Module, self._head), own, x)

    def _tail_sums(
        self, points: Tensor, base: Named, slope: Named, inputs: Tensor, along: Tensor | None, classes: Tensor
    ) -> Tensor:
        if len(points) == 1:  # vmap would only cost
            x = float(points)
            params = {name: torch.add(value, slope[name], alpha=x) for name, value in base.items()}
            logits = functional_call(
                self._tail, params, inputs if along is None else torch.add(inputs, along, alpha=x)
            )[None]
        else:
            xs = points.to(inputs)
            params = {name: value + _outer(xs, slope[name]) for name, value in base.items()}
            if along is None:
                logits = vmap(lambda p: functional_call(self._tail, p, inputs))(params)
            else:
                moved = inputs + _outer(xs, along)
                logits = vmap(lambda p, z: functional_call(self._tail, p, z))(params, moved)
        count, n, classes_count = logits.shape
        repeated = classes.expand(count, n).reshape(-1)
        losses = nn.functional.cross_entropy(logits.reshape(-1, classes_count), repeated, reduction="none")
        return losses.double().reshape(count, n).sum(1).cpu()


@torch.no_grad()
def network_loss(network: nn.Module, parameters: NDArray[np.float64], x: Tensor, y: Tensor, l2: float = 0.0) -> float:
    """Return the loss at given parameters by evaluating the network itself, which then has them.

    Args:
        network: as for `PlaneLoss`.
        parameters: (N,).
        x: examples.
        y: classes.
        l2: λ.
    """
    vector = torch.tensor(parameters).to(x.dtype).to(x.device)
    nn.utils.vector_to_parameters(vector, network.parameters())
    network.eval()
    total = 0.0
    for rows, classes in zip(x.split(_ROWS), y.split(_ROWS), strict=True):
        losses = nn.functional.cross_entropy(network(rows), classes, reduction="none")
        total += float(losses.double().sum())
    weights = [param for param in network.parameters() if param.dim() >= 2]
    return total / len(y) + l2 * sum(float(weight.double().square().sum()) for weight in weights)


def _outer(xs: Tensor, values: Tensor) -> Tensor:
    return xs.reshape(-1, *[1] * values.dim()) * values


def _named(network: nn.Module, vector: NDArray[np.float64], like: Tensor) -> Named:
    """Return the parameters that a vector holds, by name."""
    flat = torch.tensor(vector).to(like.dtype).to(like.device)
    found: Named = {}
    place = 0
    for name, param in network.named_parameters():
        found[name] = flat[place : place + param.numel()].reshape(param.shape)
        place += param.numel()
    return found


def _quadratic(network: nn.Module, vectors: tuple[NDArray[np.float64], ...]) -> NDArray[np.float64]:
    """Return the products of the vectors' weights with each other, 3 x 3: Σ w² is a quadratic in x and y."""
    weights = np.concatenate([np.full(param.numel(), param.dim() >= 2) for param in network.parameters()])
    return np.array([[float(one[weights] @ other[weights]) for other in vectors] for one in vectors])


def _split(network: nn.Module) -> tuple[nn.Module | None, nn.Module, nn.Module]:
    """Return the first layer with parameters where it is linear in them, what comes before, and the rest."""
    if not isinstance(network, nn.Sequential):
        return None, nn.Identity(), network
    children = list(network.named_children())
    first = next((i for i, (_, each) in enumerate(children) if next(each.parameters(), None) is not None), None)
    if first is None or not isinstance(children[first][1], _LINEAR):
        return None, nn.Identity(), network
    before, rest = nn.Sequential(*(each for _, each in children[:first])), nn.Sequential()
    for name, each in children[first + 1 :]:
        rest.add_module(name, each)
    return children[first][1], before, rest
