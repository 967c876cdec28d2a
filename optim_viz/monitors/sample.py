# pyright: basic
"""What a monitor sees: one lane right after a step, layer by layer, and the examples that it may try the network on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from optim_viz.update_rules import TorchState
from optim_viz.update_rules.update_rule import StabilityLimit

if TYPE_CHECKING:
    from torch import Tensor, nn

WHOLE: Final = ""
"""Under this name stands what belongs to all layers together."""


class Moment(NamedTuple):
    """A moment of one layer, corrected: m̂ = values · factor, v̂ likewise."""

    values: Tensor
    factor: float


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer, its weights and biases one after the other: every tensor is (parameters of the layer,).

    Attributes:
        before: θ before the step.
        update: θ after it less θ before it.
        grad: the gradient that the step took, the L2 term's and no decay's included.
        first: m̂ after the step; None where the optimizer keeps none.
        second: v̂ after the step; None likewise.
    """

    before: Tensor
    update: Tensor
    grad: Tensor
    first: Moment | None
    second: Moment | None


@dataclass(frozen=True, eq=False)
class Sample:
    """One lane right after a step.

    Attributes:
        step: its number, from 1.
        lr: its learning rate; None where the lane has none.
        state: what the lane's rule declares of its state in torch.
        stability: the rule's limit on a quadratic; None where there is none to state.
        layers: by name, from input to output.
        decay: what the rule's own weight_decay, where it acts as an L2 term, adds to the curvature.
        network: in evaluation mode, after the step.
        x: examples of the run's subset, (rows, *input shape).
        y: their classes, (rows,).
        l2: λ of the term λ Σ w² in the loss.
        seed: of the run.
    """

    step: int
    lr: float | None
    state: TorchState
    stability: StabilityLimit | None
    layers: Mapping[str, Layer]
    decay: float
    network: nn.Module
    x: Tensor
    y: Tensor
    l2: float
    seed: int


def norms(sample: Sample, values: Callable[[Layer], Tensor | None]) -> dict[str, Tensor]:
    """Return the Euclidean norm of `values` in each layer and in all; {} where a layer has none."""
    import torch

    found: dict[str, Tensor] = {}
    for name, layer in sample.layers.items():
        own = values(layer)
        if own is None:
            return {}
        found[name] = torch.linalg.vector_norm(own)
    return {WHOLE: torch.stack([*found.values()]).norm()} | found


def cosines(
    sample: Sample, one: Callable[[Layer], Tensor | None], other: Callable[[Layer], Tensor | None]
) -> dict[str, Tensor]:
    """Return the cosine of the angle between two vectors in each layer and in all; NaN where one of them is 0.

    {} where a layer lacks one of them.
    """
    import torch

    parts: dict[str, Tensor] = {}  # of each layer: a·b, |a|, |b|
    for name, layer in sample.layers.items():
        a, b = one(layer), other(layer)
        if a is None or b is None:
            return {}
        parts[name] = torch.stack([torch.dot(a, b), torch.linalg.vector_norm(a), torch.linalg.vector_norm(b)])
    table = torch.stack([*parts.values()])
    parts[WHOLE] = torch.stack([table[:, 0].sum(), table[:, 1].norm(), table[:, 2].norm()])
    return {name: dot / (a * b) for name, (dot, a, b) in parts.items()}
