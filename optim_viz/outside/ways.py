# pyright: basic, reportPrivateImportUsage=false
"""How to build an optimizer and step it: the ways that classes ask for, tried in turn on a small bowl.

Most take a list of parameters, look at `grad` and step. Others evaluate the loss themselves, want second derivatives, a
matrix, a module, or a flag in their parameter group. No class is known by its name: the first way in which one moves
the parameters is its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from optim_viz.outside.arguments import MEANINGS, MISSING, Arguments


class Way(NamedTuple):
    """One way to build an optimizer and to step it.

    Attributes:
        words: what is done, to follow "it runs ".
        shape: of the parameter that holds x and y.
        closure: `step` is given a function that evaluates loss and gradient.
        graph: the gradient can be differentiated again.
        module: the class is given the nn.Module, not its parameters.
        muon: the class is given parameter groups with use_muon.
        arguments: what it is given besides.
    """

    words: str
    shape: tuple[int, ...] = (2,)
    closure: bool = False
    graph: bool = False
    module: bool = False
    muon: bool = False
    arguments: Mapping[str, Any] = {}


def ways(kind: type, arguments: Arguments) -> Iterator[Way]:
    """Yield the ways to try, the plainest first."""
    plain = Way("as it is", module=arguments.first in ("model", "module"))
    closure, graph = {"words": "with a closure", "closure": True}, {"words": "with second derivatives", "graph": True}
    yield plain
    yield plain._replace(**closure)
    yield plain._replace(**graph)
    yield plain._replace(words="with use_muon in its parameter group", muon=True)
    yield plain._replace(words="on a matrix of 2 x 1 with use_muon in its group", muon=True, shape=(2, 1))
    exact = {each.name: torch.float64 for each in _defaults(kind) if isinstance(each.default, torch.dtype)}
    if exact:
        yield plain._replace(words="with its states in float64", arguments=exact)
    if any(each.name == "threshold" for each in arguments.rest):
        yield plain._replace(words="with a threshold that no weight exceeds", arguments={"threshold": 1e9})
    matrix = plain._replace(words="on a matrix of 2 x 1", shape=(2, 1))
    yield matrix
    yield matrix._replace(**closure | {"words": "on a matrix of 2 x 1, with a closure"})
    yield matrix._replace(**graph | {"words": "on a matrix of 2 x 1, with second derivatives"})


def _defaults(kind: type) -> list[inspect.Parameter]:
    return list(inspect.signature(kind).parameters.values())


def given(arguments: Arguments, steps: int, examples: int = 1) -> dict[str, Any]:
    """Return values for arguments without a default whose meaning is known."""
    return {
        each.name: MEANINGS[each.name](steps, examples)
        for each in arguments.rest
        if each.default is MISSING and each.name in MEANINGS
    }


def variable(start: tuple[float, float], way: Way) -> nn.Parameter:
    """Return the parameter that holds x and y, float64."""
    return nn.Parameter(torch.tensor(start, dtype=torch.float64).reshape(way.shape))


def holder(param: nn.Parameter) -> nn.Module:
    """Return a module whose one parameter is this one."""
    module = nn.Module()
    module.register_parameter("weight", param)
    return module


def build(kind: type, way: Way, params: Sequence[Tensor], module: nn.Module, arguments: Mapping[str, Any]) -> Any:
    """Make the optimizer, in training mode where it knows one (Schedule-Free steps in no other).

    Args:
        kind: its class.
        way: how it is built.
        params: what it trains; matrices among them are those that use_muon is for, all where there is none.
        module: that has them.
        arguments: of the class.
    """
    handed: Any = module if way.module else list(params)
    if way.muon:
        matrices = [param for param in params if param.dim() > 1] or list(params)
        others = [param for param in params if all(param is not each for each in matrices)]
        handed = [{"params": matrices, "use_muon": True}]
        handed += [{"params": others, "use_muon": False}] if others else []
    optimizer: Any = kind(handed, **{**arguments, **way.arguments})
    train = getattr(optimizer, "train", None)
    if callable(train):
        train()
    return optimizer
