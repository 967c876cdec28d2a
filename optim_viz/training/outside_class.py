# pyright: basic, reportPrivateImportUsage=false
"""An outside optimizer class at work on a network: how it is built, what it does in a step, what a checkpoint needs.

No class is known by its name. The ways of `optim_viz.outside.ways` are tried in turn on a copy of the network and a few
examples, and the first that moves it is taken; so is found out whether its state, written down and read back, goes on
to the same bits. A class that takes matrices alone gets the network's, and AdamW trains what is left.

Classes draw from torch's, NumPy's and Python's random numbers, which all threads share: classes therefore step one
after the other, and each step begins with seeds that follow from the run's seed and the step's number.
"""

from __future__ import annotations

import copy
import io
import random
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from optim_viz.outside import Refused, load
from optim_viz.outside.arguments import MISSING, USUAL_LR, of_class
from optim_viz.outside.refusal import one_line
from optim_viz.outside.ways import Way, build, given, ways
from optim_viz.training import outside_state

Evaluate = Callable[[], Tensor]
"""Works out loss and gradient anew at the present parameters; returns the loss."""

_LOCK: Final = threading.Lock()
_FIRST, _PATIENCE = 3, 60
"""Steps in which most optimizers have moved, and those after which one is given up."""
_UNTIL_KEPT: Final = 6
"""Steps before its state is written down and read back, to see whether it goes on."""
_ROWS: Final = 16
"""Examples that a class is tried on."""
_REST_LR: Final = 1e-3
"""AdamW's rate for what a class does not take, where the lane has no lr."""


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


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put random numbers back when a run ends, and let classes speak no warnings meanwhile."""
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 - what third-party classes draw from
    with torch.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)  # noqa: NPY002


@contextmanager
def turn(seed: int, step: int) -> Iterator[None]:
    """Let one class step alone, with random numbers that follow from the run's seed and the step's number."""
    (number,) = np.random.SeedSequence([seed, step]).generate_state(1).tolist()
    with _LOCK:
        torch.manual_seed(number)
        random.seed(number)
        np.random.seed(number)  # noqa: NPY002
        yield


class OutsideOptimizer:
    """An optimizer of a class that others wrote, on the parameters of one network.

    Attributes:
        way: how it is built and stepped.
        optimizer: of the class.
        rest: AdamW for the parameters that the class does not take; None where it takes all.
    """

    def __init__(self, kind: type, way: Way, arguments: Mapping[str, Any], network: nn.Module) -> None:
        """Build it; whatever the class raises is raised."""
        params = list(network.parameters())
        self.way = way
        self._params = params
        taken = [param for param in params if param.dim() == 2] if matrices_alone(way) else params
        others = [param for param in params if all(param is not each for each in taken)]
        self.optimizer: Any = build(kind, way, taken, network, arguments)
        lr = arguments.get("lr", _REST_LR)
        self.rest = torch.optim.AdamW(others, lr=lr, weight_decay=0.0) if others else None

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """The parameter groups, those of AdamW last."""
        return [*self.optimizer.param_groups, *(self.rest.param_groups if self.rest is not None else ())]

    @property
    def state(self) -> Mapping[Tensor, Any]:
        """What the class keeps for each parameter."""
        return self.optimizer.state

    @property
    def has_modes(self) -> bool:
        """Whether other parameters are tested than are trained."""
        return all(callable(getattr(self.optimizer, name, None)) for name in ("eval", "train"))

    def step(self, evaluate: Evaluate) -> None:
        """Make one step; the parameters have their gradients."""
        self.optimizer.step(*((evaluate,) if self.way.closure else ()))
        if self.rest is not None:
            self.rest.step()

    @contextmanager
    def tested(self) -> Iterator[None]:
        """Show the parameters that are to be tested with, where the class has a mode for it, and put them back."""
        if not self.has_modes:
            yield
            return
        kept = [param.detach().clone() for param in self._params]
        self.optimizer.eval()
        try:
            yield
        finally:
            self.optimizer.train()
            with torch.no_grad():  # going there and back would round
                for param, value in zip(self._params, kept, strict=True):
                    param.copy_(value)

    def state_dict(self) -> dict[str, Any]:
        """Return copies, on the CPU, of all that decides how it goes on.

        Raises:
            TypeError: the class keeps something that is neither a tensor nor a plain value.
        """
        rest = None if self.rest is None else outside_state.pack(self.rest, self._params)
        return {"own": outside_state.pack(self.optimizer, self._params), "rest": rest}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go back to what `state_dict` returned."""
        outside_state.unpack(self.optimizer, self._params, state["own"])
        if self.rest is not None:
            outside_state.unpack(self.rest, self._params, state["rest"])


def matrices_alone(way: Way) -> bool:
    """Whether a class is given the network's matrices and nothing else."""
    return len(way.shape) == 2 and not way.muon


def words_of(own: OutsideOptimizer, given_too: Mapping[str, Any]) -> str:
    """Say how a class is run where that is not as any other; "" elsewhere.

    Args:
        own: its optimizer.
        given_too: arguments that it was given beside those of the lane.
    """
    way, said = own.way, list[str]()
    if way.module:
        said.append("it is given the whole module")
    if way.closure:
        said.append("it evaluates each batch itself, as often as it asks for")
    if way.graph:
        said.append("its gradients can be differentiated again")
    if way.muon:
        said.append("its parameter groups say use_muon for weights and not for biases")
    if own.rest is not None:
        others = sum(param.numel() for group in own.rest.param_groups for param in group["params"])
        said.append(f"it takes matrices alone, and AdamW at its lr trains the other {others:,} parameters")
    if own.has_modes:
        said.append("it is tested in its eval mode")
    said += [f"{name} = {value}" for name, value in {**given_too, **way.arguments}.items()]
    return "; ".join(said)


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


def said(error: Exception) -> str:
    """Return what an exception says, with its kind, in one line."""
    return f"{type(error).__name__}: {one_line(error)}"


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
