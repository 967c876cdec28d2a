# pyright: basic, reportPrivateImportUsage=false
"""An optimizer of an outside class at work on a network: how it is stepped, tested and kept in a checkpoint.

Classes draw from torch's, NumPy's and Python's random numbers, which all threads share: classes therefore step one
after the other, and each step begins with seeds that follow from the run's seed and the step's number.
"""

from __future__ import annotations

import random
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from optim_viz.outside.ways import Way, build
from optim_viz.training import outside_state

Evaluate = Callable[[], Tensor]
"""Works out loss and gradient anew at the present parameters; returns the loss."""

_LOCK: Final = threading.Lock()
_REST_LR: Final = 1e-3
"""AdamW's rate for what a class does not take, where the lane has no lr."""


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
