# pyright: basic, reportPrivateImportUsage=false
"""Runs one torch optimizer on one surface, a step at a time, with autograd, and writes down all that it remembers."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from optim_viz.outside.arguments import MISSING, USUAL_LR, of_class
from optim_viz.outside.ground import Ground, Loss
from optim_viz.outside.memory import Memory
from optim_viz.outside.refusal import Refused, said
from optim_viz.outside.ways import Way, build, given, holder, variable, ways
from optim_viz.surfaces import Surface, parse

Array = NDArray[np.float64]


def use_one_thread() -> None:
    """Keep torch from taking more processors: tensors of two numbers gain nothing by them."""
    torch.set_num_threads(1)


class Path(NamedTuple):
    """One run of T steps; a run that leaves the finite numbers is NaN from there on.

    Attributes:
        theta: (T+1, 2).
        grad: (T, 2), the gradient that was evaluated last in each step.
        states: name -> (T, 2), what the optimizer keeps for the parameter, under its own names; a single number stands
            in both columns.
        shared: the names of those that were a single number at every step.
    """

    theta: Array
    grad: Array
    states: dict[str, Array]
    shared: frozenset[str]


def run(
    kind: type,
    arguments: Mapping[str, Any],
    surface: Surface,
    start: tuple[float, float],
    steps: int,
    *,
    draws: NDArray[Any] | None = None,
    noise: Array | None = None,
    seed: int = 0,
    factors: Array | None = None,
    name: str = "",
) -> Path:
    """Run an optimizer class.

    Args:
        kind: the class.
        arguments: its own arguments, besides what it trains.
        surface: where.
        start: (x, y).
        steps: T.
        draws: (T, ...), which examples each step draws; None where it sees the full gradient.
        noise: (T, 2), added to the gradient; None for none.
        seed: of torch's, NumPy's and Python's random numbers, for classes that draw some.
        factors: (T,), what the learning rate of every group is multiplied by at each step, as torch's schedulers do;
            None leaves it to the class.
        name: what a refusal calls the class.

    Returns:
        The run.

    Raises:
        Refused: the class cannot be built or stepped here.
    """
    title = name or kind.__name__
    taken = of_class(kind)
    known = given(taken, steps) | dict(arguments)
    for each in taken.rest:
        if each.default is MISSING and each.name not in known:
            how = f"optim_viz.rollout(surface, {kind.__name__}, {each.name}=...)"
            raise Refused(title, f"it needs {each.name}, which has no default; from Python: {how}")
    way = _way(kind, arguments, title)
    with _quiet(seed):
        return _run(kind, way, known, Ground(surface, draws, noise), start, steps, title, factors)


def _way(kind: type, arguments: Mapping[str, Any], title: str) -> Way:
    """Find the way of a class: with the options alone, and where there is none so, with all that is given."""
    options = tuple((name, value) for name, value in arguments.items() if not isinstance(value, float))
    try:
        return _found(kind, options, title)
    except Refused:
        everything = tuple(arguments.items())
        if everything == options:
            raise
        return _found(kind, everything, title)


def _found(kind: type, fixed: tuple[tuple[str, Any], ...], title: str) -> Way:
    try:
        return way_of(kind, fixed, title)
    except TypeError:  # an option that cannot be hashed
        return way_of.__wrapped__(kind, fixed, title)


_BOWL = "x**2 + 3*y**2 + x*y"
_FIRST, _PATIENCE = 3, 60
"""Steps in which most optimizers have moved, and those after which one is given up."""


@lru_cache(maxsize=512)
def way_of(kind: type, fixed: tuple[tuple[str, Any], ...], title: str) -> Way:
    """Find the first way in which a class moves the parameters.

    Args:
        kind: the class.
        fixed: its arguments that are no sliders.
        title: what a refusal calls it.

    Raises:
        Refused: there is none; the reason is the first one that was met.
    """
    taken = of_class(kind)
    usual = {each.name: USUAL_LR for each in taken.rest if each.name == "lr" and not isinstance(each.default, float)}
    reasons: list[str] = []
    bowl, start = parse(_BOWL), (1.5, 1.0)
    for way in ways(kind, taken):
        for steps in (_FIRST, _PATIENCE):
            try:
                with _quiet(0):
                    arguments = usual | given(taken, steps) | dict(fixed)
                    path = _run(kind, way, arguments, Ground(bowl, None, None), start, steps, title)
            except Refused as refused:
                reasons.append(refused.reason)
                break
            if not np.isfinite(path.theta[1]).all():
                reasons.append("its first step on a bowl leaves the finite numbers")
                break
            if (path.theta[1:] != start).any():
                return way
            if steps == _PATIENCE:
                reasons.append(f"{_PATIENCE} steps on a bowl do not move it")
    raise Refused(title, reasons[0])


@contextmanager
def _quiet(seed: int) -> Iterator[None]:
    """Seed every source of random numbers and put them back afterwards; let neither warnings nor NumPy speak."""
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 - what third-party classes draw from
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)  # noqa: NPY002


def _run(
    kind: type,
    way: Way,
    arguments: Mapping[str, Any],
    ground: Ground,
    start: tuple[float, float],
    steps: int,
    title: str,
    factors: Array | None = None,
) -> Path:
    param = variable(start, way)
    try:
        optimizer = build(kind, way, [param], holder(param), arguments)
    except Exception as error:
        raise Refused(title, f"it cannot be built: {said(error)}") from error

    def evaluate() -> Tensor:
        with torch.enable_grad():
            optimizer.zero_grad()
            loss = Loss.apply(param, ground)
            loss.backward(create_graph=way.graph)  # pyright: ignore[reportOptionalMemberAccess,reportAttributeAccessIssue]
        return loss  # pyright: ignore[reportReturnType]

    theta, grad = np.full((steps + 1, 2), np.nan), np.full((steps, 2), np.nan)
    theta[0] = start
    memory = Memory(steps)
    rates = [group.get("lr") for group in optimizer.param_groups]
    for ground.t in range(steps):
        if factors is not None:
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * float(factors[ground.t])
        try:
            evaluate()  # also before a closure: some look at the gradient first
            optimizer.step(*((evaluate,) if way.closure else ()))
        except Exception as error:
            if all(map(math.isfinite, ground.seen)):
                raise Refused(title, f"step {ground.t + 1} fails: {said(error)}") from error
            grad[ground.t] = ground.seen  # linear algebra refuses what is not finite: the run has diverged
            break
        grad[ground.t] = ground.seen
        theta[ground.t + 1] = param.detach().flatten().tolist()
        memory.note(ground.t, optimizer, param)
        if not np.isfinite(theta[ground.t + 1]).all():
            break
    return Path(theta, grad, memory.states(), memory.shared())
