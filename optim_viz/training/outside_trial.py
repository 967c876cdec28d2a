# pyright: basic, reportPrivateImportUsage=false
"""What an outside optimizer class can do, found out on a copy of the network and a few examples.

No class is known by its name. The ways of `optim_viz.outside.ways` are tried in turn, and the first that moves the
network is taken; so is found out whether its state, written down and read back, goes on to the same bits. A class that
takes matrices alone gets the network's, and AdamW trains what is left.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor, nn

from optim_viz.outside import Refused, load
from optim_viz.outside.arguments import MISSING, USUAL_LR, of_class
from optim_viz.outside.refusal import said
from optim_viz.outside.ways import Way, given, ways
from optim_viz.training.outside_class import OutsideOptimizer, turn

_FIRST, _PATIENCE = 3, 60
"""Steps in which most optimizers have moved, and those after which one is given up."""
_UNTIL_KEPT: Final = 6
"""Steps before its state is written down and read back, to see whether it goes on."""
_ROWS: Final = 16
"""Examples that a class is tried on."""


class Trial(NamedTuple):
    """What a class is tried on.

    Attributes:
        network: with the weights that the run starts from; copies of it are trained.
        x, y: a few examples.
        steps, examples: of the run.
        seed: of the run.
    """

    network: nn.Module
    x: Tensor
    y: Tensor
    steps: int
    examples: int
    seed: int


def find_class(name: str, arguments: Mapping[str, Any], trial: Trial) -> tuple[type, Way, dict[str, Any]]:
    """Import a known class and find the way in which it trains a network.

    Args:
        name: "package.module:Class".
        arguments: of the lane.
        trial: what it is tried on.

    Returns:
        The class, its way, and all arguments.

    Raises:
        Refused: it cannot be imported or built, or there is no way; the reason is the first one that was met.
    """
    kind = load(name)
    taken = of_class(kind)
    known = given(taken, trial.steps, trial.examples) | dict(arguments)
    for each in taken.rest:
        if each.default is MISSING and each.name not in known:
            raise Refused(name, f"it needs {each.name}, which has no default and which no lane can give")
    usual = {each.name: USUAL_LR for each in taken.rest if each.name == "lr" and not isinstance(each.default, float)}
    options = usual | {key: value for key, value in known.items() if not isinstance(value, float)}
    try:
        return kind, _found(name, kind, options, trial), known
    except Refused:
        if options == known:
            raise
        return kind, _found(name, kind, known, trial), known


def _found(name: str, kind: type, arguments: Mapping[str, Any], trial: Trial) -> Way:
    reasons: list[str] = []
    for way in ways(kind, of_class(kind)):
        for steps in (_FIRST, _PATIENCE):
            network = copy.deepcopy(trial.network)
            try:
                _train(OutsideOptimizer(kind, way, arguments, network), network, trial, 0, steps)
            except Exception as error:  # whatever a third party's code raises is the reason
                reasons.append(said(error))
                break
            moved, finite = _moved(network, trial.network)
            if moved and not finite:
                reasons.append(f"its first {steps} steps leave the finite numbers")
                break
            if moved:
                return way
            if steps == _PATIENCE:
                reasons.append(f"{_PATIENCE} steps do not move the network")
    raise Refused(name, reasons[0])


def _moved(network: nn.Module, before: nn.Module) -> tuple[bool, bool]:
    """Tell whether any parameter differs, and whether all are finite."""
    pairs = list(zip(network.parameters(), before.parameters(), strict=True))
    moved = any(not torch.equal(one, other) for one, other in pairs)
    return moved, all(bool(torch.isfinite(one).all()) for one, _ in pairs)


def _train(own: OutsideOptimizer, network: nn.Module, trial: Trial, first: int, last: int) -> None:
    """Make steps `first` + 1 to `last` on the trial's examples."""
    x, y = trial.x[:_ROWS], trial.y[:_ROWS]

    def evaluate() -> Tensor:
        with torch.enable_grad():
            for param in network.parameters():
                param.grad = None
            loss = nn.functional.cross_entropy(network(x), y)
            loss.backward(create_graph=own.way.graph)
        return loss.detach()

    for number in range(first + 1, last + 1):
        with turn(trial.seed, number):
            evaluate()
            own.step(evaluate)


def why_not_resumed(kind: type, way: Way, arguments: Mapping[str, Any], trial: Trial) -> str:
    """Try whether a run of a class goes on from a checkpoint to the same bits; "" where it does, else the reason."""
    network = copy.deepcopy(trial.network)
    try:
        own = OutsideOptimizer(kind, way, arguments, network)
        _train(own, network, trial, 0, _UNTIL_KEPT)
        written = io.BytesIO()
        torch.save(own.state_dict(), written)
        written.seek(0)
        kept = torch.load(written, map_location="cpu", weights_only=True)
        other = copy.deepcopy(trial.network)
        again = OutsideOptimizer(kind, way, arguments, other)
        other.load_state_dict(network.state_dict())
        again.load_state_dict(kept)
        for each, trained in ((own, network), (again, other)):
            _train(each, trained, trial, _UNTIL_KEPT, _UNTIL_KEPT + _FIRST)
    except Exception as error:
        return f"what it keeps cannot be written down and read back ({said(error)})"
    pairs = zip(network.parameters(), other.parameters(), strict=True)
    same = all(torch.equal(one.nan_to_num(), two.nan_to_num()) for one, two in pairs)
    return "" if same else "it keeps more than its state, so that it would go on otherwise"
