"""What steps the parameters is torch.optim, to the bit."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor

from optim_viz.comparison.lanes import torch_optimizer
from optim_viz.scenario import parse_lane
from optim_viz.training.stepper import Stepper

LANES = (
    "sgd,lr=0.1",
    "sgd,lr=0.1,weight_decay=0.1",
    "momentum,lr=0.1",
    "momentum,lr=0.1,momentum=0",
    "momentum,lr=0.1,dampening=0.5,weight_decay=0.01",
    "nesterov,lr=0.1",
    "adagrad,lr=0.1",
    "adagrad,lr=0.1,lr_decay=0.1,weight_decay=0.1",
    "rmsprop,lr=0.01",
    "rmsprop,lr=0.01,centered=true,momentum=0.5,weight_decay=0.1",
    "adam,lr=0.01",
    "adam,lr=0.01,weight_decay=0.1,beta1=0.5",
    "adamw,lr=0.01,weight_decay=0.1",
    "amsgrad,lr=0.01",
)
SHAPES = ((40, 30), (40,), (10, 40), (10,))
STEPS = 25


def draw(seed: int, dtype: torch.dtype) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(*shape, generator=generator, dtype=torch.float64).to(dtype) for shape in SHAPES]


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_update_is_that_of_torch_optim_bit_for_bit(lane: str, dtype: torch.dtype) -> None:
    name, arguments = torch_optimizer(parse_lane(lane))
    mine, theirs = draw(0, dtype), draw(0, dtype)
    stepper = Stepper(parse_lane(lane), mine, 0.0)
    how = {"foreach": True} if name == "RMSprop" else {"fused": True}
    optimizer = getattr(torch.optim, name)(theirs, **arguments, **how)
    for step in range(STEPS):
        grads = draw(step + 1, dtype)
        stepper.step([grad.clone() for grad in grads])
        for param, grad in zip(theirs, grads, strict=True):
            param.grad = grad
        optimizer.step()
    for one, other in zip(mine, theirs, strict=True):
        assert torch.equal(one, other)
    for one, other in zip(mine, theirs, strict=True):
        state = optimizer.state[other]
        assert stepper.optimizer.state[one].keys() == state.keys()
        for key, value in state.items():
            assert value is None or torch.equal(stepper.optimizer.state[one][key], value)


@pytest.mark.parametrize("lane", LANES)
def test_the_l2_term_counts_in_the_gradient_of_weights_alone(lane: str) -> None:
    """Against plain torch.optim (no fused kernel) that is given the gradient of the whole loss."""
    name, arguments = torch_optimizer(parse_lane(lane))
    l2 = 0.05
    mine, theirs = draw(0, torch.float64), draw(0, torch.float64)
    stepper = Stepper(parse_lane(lane), mine, l2)
    optimizer = getattr(torch.optim, name)(theirs, **arguments, foreach=False)
    for step in range(STEPS):
        grads = draw(step + 1, torch.float64)
        stepper.step([grad.clone() for grad in grads])
        for param, grad in zip(theirs, grads, strict=True):
            param.grad = grad + 2 * l2 * param if param.dim() == 2 else grad
        optimizer.step()
    for one, other in zip(mine, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_a_loaded_state_goes_on_to_the_same_bits(lane: str, l2: float) -> None:
    mine, theirs = draw(0, torch.float32), draw(0, torch.float32)
    one, other = Stepper(parse_lane(lane), mine, l2), Stepper(parse_lane(lane), theirs, l2)
    for step in range(10):
        if step in (0, 5):  # a fresh optimizer in place of the old one, before its first step, too
            state = other.optimizer.state_dict()
            other = Stepper(parse_lane(lane), theirs, l2)
            other.load(state)
        for stepper in (one, other):
            stepper.step(draw(step + 1, torch.float32))
    for param, same in zip(mine, theirs, strict=True):
        assert torch.equal(param, same)


def test_a_gradient_in_another_layout_is_refused() -> None:
    """The fused kernels take entries in the order of memory: they would pair up wrong ones and say nothing."""
    params = draw(0, torch.float32)
    params[0] = params[0].T.contiguous().T
    with pytest.raises(RuntimeError, match=r"laid out as \(30, 1\), its parameter as \(1, 40\)"):
        Stepper(parse_lane("adam"), params, 0.0).step(draw(1, torch.float32))


@pytest.mark.parametrize("lane", LANES)
def test_a_state_is_laid_out_as_the_parameters_that_load_it(lane: str) -> None:
    params = draw(0, torch.float64)
    one = Stepper(parse_lane(lane), params, 0.0)
    one.step(draw(1, torch.float64))
    turned = [param.clone() for param in params]
    turned[0] = turned[0].T.contiguous().T
    other = Stepper(parse_lane(lane), turned, 0.0)
    other.load(copy.deepcopy(one.optimizer.state_dict()))
    for step in (2, 3):
        grads = draw(step, torch.float64)
        one.step([grad.clone() for grad in grads])
        other.step([grads[0].T.contiguous().T, *grads[1:]])
    for param, same in zip(params, turned, strict=True):
        torch.testing.assert_close(param, same, rtol=1e-14, atol=1e-15)
