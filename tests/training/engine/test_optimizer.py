"""Optimizers are made for their device, and their state goes from one kind of device to another."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor

from optim_viz.comparison import torch_optimizer
from optim_viz.scenario import parse_lane
from optim_viz.training import optimizer as module
from optim_viz.training.optimizer import fits_a_graph, implementation, load_state, make_optimizer
from tests.training.engine.test_rules import LANES

SHAPES = ((5, 4), (5,), (3, 5), (3,))


def draw(seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(*shape, generator=generator) for shape in SHAPES]


def step(made: torch.optim.Optimizer, seed: int) -> None:
    for param, grad in zip(made.param_groups[0]["params"], draw(seed), strict=True):
        param.grad = grad
    made.step()


def flags(made: torch.optim.Optimizer) -> dict[str, Any]:
    (group,) = made.param_groups
    return {name: group[name] for name in ("foreach", "fused", "capturable") if name in group}


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize(("here", "there"), [("cpu", "cuda"), ("cuda", "cpu"), ("cpu", "mps"), ("mps", "cpu")])
def test_a_state_goes_on_under_the_options_of_the_device_that_loads_it(
    monkeypatch: pytest.MonkeyPatch, lane: str, here: str, there: str
) -> None:
    """There is no GPU here, so that tensors stay; the options, and where they put the step count, are those of one."""
    kind, arguments = torch_optimizer(parse_lane(lane))
    made: dict[str, torch.optim.Optimizer] = {}
    for device in (here, there):
        how = implementation(getattr(torch.optim, kind), device)
        # torch refuses CUDA's options for parameters on the CPU when it makes the state, not when it loads one
        made[device] = getattr(torch.optim, kind)(draw(0), **arguments, **({} if device == "cuda" else how))
    plain = getattr(torch.optim, kind)(draw(0), **arguments)
    for number in (1, 2):
        step(plain, number)
    state = copy.deepcopy(plain.state_dict())
    for device in (here, there):
        how = implementation(getattr(torch.optim, kind), device)
        if device == "cuda":
            made[device].param_groups[0].update(how)
    state["param_groups"][0].update(flags(made[here]))
    before = flags(made[there])
    load_state(made[there], state)
    assert flags(made[there]) == before
    for param, other in zip(made[there].param_groups[0]["params"], plain.param_groups[0]["params"], strict=True):
        for key, value in plain.state[other].items():
            assert value is None or torch.equal(made[there].state[param][key], value)


@pytest.mark.parametrize("lane", LANES)
def test_what_can_be_captured_is(lane: str) -> None:
    """On CUDA each optimizer counts on the device, counts nothing, or steps outside the graph."""
    kind = getattr(torch.optim, torch_optimizer(parse_lane(lane))[0])
    how = implementation(kind, "cuda")
    made = make_optimizer(parse_lane(lane), draw(0))
    step(made, 1)
    made.param_groups[0].update(how)
    counts = any("step" in state for state in made.state.values())
    assert fits_a_graph(made) == (how.get("capturable", False) or not counts)


@pytest.mark.parametrize("lane", LANES)
def test_only_public_options_that_the_class_has_are_given(lane: str) -> None:
    kind = getattr(torch.optim, torch_optimizer(parse_lane(lane))[0])
    for device in ("cpu", "cuda", "mps"):
        assert set(implementation(kind, device)) <= set(module.inspect.signature(kind).parameters)
    assert implementation(kind, "mps") == {}
