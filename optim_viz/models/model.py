"""The contract of a model: what it is called, what can be set, its layers, and a function that builds an nn.Module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from optim_viz.models.option import Option
from optim_viz.surfaces import shown

if TYPE_CHECKING:
    from torch import nn

Shape = tuple[int, ...]
"""The shape of one example, e.g. (1, 28, 28) for a grey image: channels, rows, columns."""
Settings = Mapping[str, Any]
"""A value for each of the model's options, as `Model.complete` returns them."""


@dataclass(frozen=True)
class Model:
    """A family of networks that classify.

    Attributes:
        name: the file's name; key in links, specs and the command line.
        title: name on screen.
        sentence: one sentence that says what it is.
        options: what can be set, in the order of forms.
        layer_sizes: (settings, input shape, classes) -> layer's name -> its number of parameters (weights and biases
            together), from input to output. The names are those of the built module's sub-modules. ValueError where
            the network cannot take such examples.
        build: (settings, input shape, classes, seed) -> the network: (rows, *input shape) -> logits (rows, classes).
            Its initial weights depend on its arguments alone. They may be float64: training rounds them to its own
            type. In training mode, too, the output must depend on the input alone (no dropout), for a run that goes on
            from a checkpoint has to repeat it.
        rank: place in menus; ties are ordered by name.
        operations: (settings, input shape, classes) -> multiplications and additions of the forward pass for one
            example, those of matrix products and convolutions. None where each weight is used once an example, as
            in linear layers: then they are about twice the parameters.
    """

    name: str
    title: str
    sentence: str
    options: tuple[Option, ...]
    layer_sizes: Callable[[Settings, Shape, int], Mapping[str, int]]
    build: Callable[[Settings, Shape, int, int], nn.Module]
    rank: int = 100
    operations: Callable[[Settings, Shape, int], int] | None = None

    def complete(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Check settings and add the defaults of those not given, in the order of `options`.

        Raises:
            ValueError: an unknown name (the message lists the known ones) or an impossible value.
        """
        known = {option.name: option for option in self.options}
        for name in given:
            if name not in known:
                has = f"it has {', '.join(known)}" if known else "it has none"
                raise ValueError(f"model {self.name} has no option {shown(name)}; {has}")
        return {name: option.check(given.get(name, option.default)) for name, option in known.items()}

    def layers(self, given: Mapping[str, object], input_shape: Shape, classes: int) -> tuple[str, ...]:
        """Return the names of the layers, from input to output; `given` as in `complete`, ValueError likewise."""
        return tuple(self.layer_sizes(self.complete(given), input_shape, classes))

    def n_parameters(self, given: Mapping[str, object], input_shape: Shape, classes: int) -> int:
        """Return the number of weights and biases together; `given` as in `complete`, ValueError likewise."""
        return sum(self.layer_sizes(self.complete(given), input_shape, classes).values())

    def work(self, given: Mapping[str, object], input_shape: Shape, classes: int) -> int:
        """Return the operations of a training step for one example: three times those of the forward pass."""
        settings = self.complete(given)
        if self.operations is None:
            return 6 * self.n_parameters(settings, input_shape, classes)
        return 3 * self.operations(settings, input_shape, classes)
