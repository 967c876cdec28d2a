"""Batches by their non-zero pixels: the same products, the same training, each batch's lists made once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import Event, Step
from optim_viz.comparison.lanes import torch_optimizer
from optim_viz.training import batches, engine, machine, sparse_rows
from optim_viz.training.machine import shares_sparse_rows
from optim_viz.training.mnist import Mnist
from optim_viz.training.model import ModelSpec, Network, init_params
from optim_viz.training.sparse_rows import SparseRows, affine, sparse, weight_gradient
from tests.training.engine import usual_loop

LANES = ("sgd,lr=0.1", "rmsprop,lr=0.001", "adagrad,lr=0.02", "adam,lr=0.002", "adamw,lr=0.002,weight_decay=0.1")


def make(**values: Any) -> TrainingSpec:
    base = {"lanes": LANES, "widths": [64, 16], "batch_size": 64, "examples": 300, "epochs": 3, "device": "cpu"}
    return TrainingSpec.from_dict({**base, **values})


@given(
    rows=st.integers(1, 20),
    fan_in=st.integers(1, 30),
    fan_out=st.sampled_from([1, 3, 16, 33]),
    density=st.sampled_from([0.0, 0.2, 1.0]),  # rows and columns without any entry, and full ones
    double=st.booleans(),
    seed=st.integers(0, 2**31),
)
def test_the_products_are_those_of_the_whole_matrix(
    rows: int, fan_in: int, fan_out: int, density: float, double: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    dtype = torch.float64 if double else torch.float32

    def draw(*shape: int) -> Tensor:
        return torch.tensor(rng.standard_normal(shape), dtype=dtype)

    x = draw(rows, fan_in) * torch.tensor(rng.random((rows, fan_in)) < density)
    weight, bias, delta = draw(fan_in, fan_out).T, draw(fan_out), draw(rows, fan_out)
    lists = sparse(x)
    torch.testing.assert_close(affine(lists, weight, bias, False), x @ weight.T + bias)
    torch.testing.assert_close(affine(lists, weight, bias, True), (x @ weight.T + bias).relu())
    gradient = weight_gradient(delta, lists)
    torch.testing.assert_close(gradient, delta.T @ x)
    assert gradient.stride() == weight.stride()


@pytest.mark.parametrize("activation", ["relu", "tanh", "softplus"])
def test_the_gradient_by_lists_is_that_of_autograd(few: Mnist, activation: str) -> None:
    spec = ModelSpec(widths=(20, 12), activation=activation)
    model = usual_loop.network(list(spec.sizes), activation, 3, torch.float64)
    expected = nn.functional.cross_entropy(model(few.train_x[:50]), few.train_y[:50])
    expected.backward()
    params = init_params(spec, 3, dtype=torch.float64)
    params[0] = params[0].T.contiguous().T
    own = Network(spec, params, 50)
    slopes = -nn.functional.one_hot(few.train_y[:50], 10).double() / 50
    (loss,) = own.losses([own.gradient(sparse(few.train_x[:50]), slopes)], [slopes]).tolist()
    assert math.isclose(loss, expected.item(), rel_tol=1e-12)
    for mine, param in zip(own.grads, model.parameters(), strict=True):
        assert param.grad is not None
        torch.testing.assert_close(mine, param.grad, rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(own.logits(few.test_x), model(few.test_x).detach())


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[SparseRows]:
    """Lanes with one thread each, as two cores have them; what lists are made."""
    made: list[SparseRows] = []

    def noted(x: Tensor) -> SparseRows:
        made.append(sparse_rows.sparse(x))
        return made[-1]

    monkeypatch.setattr(engine, "share_threads", lambda *_: (2, 1))
    monkeypatch.setattr(machine, "has_fbgemm", lambda: True)
    monkeypatch.setattr(batches, "sparse", noted)
    return made


@pytest.mark.parametrize("l2", [0.0, 1e-2])
def test_lanes_that_share_lists_train_as_in_the_usual_loop(few: Mnist, made: list[SparseRows], l2: float) -> None:
    spec, told = make(l2=l2), list[Event]()
    params = engine.train(spec, data=few, on_event=told.append)
    assert len(made) == spec.total_steps == 15, "five lanes, each batch listed once"
    for lane, mine in enumerate(params):
        name, options = torch_optimizer(spec.lanes[lane])
        expected, theirs, _ = usual_loop.train(few, name, options, widths=(64, 16), l2=l2, epochs=3, examples=300)
        found = [event.loss for event in told if isinstance(event, Step) and event.lane == lane]
        np.testing.assert_allclose(found, expected, rtol=1e-7)
        for one, other in zip(mine, theirs, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-8)


def test_a_run_with_lists_can_go_on_without(
    few: Mnist, made: list[SparseRows], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine with more cores, say: weights and moments are saved in one layout and read into another."""
    spec = make(record=False)
    whole = engine.train(spec, data=few, on_event=lambda _: None)
    saved: list[engine.Checkpoint] = []
    engine.train(spec, data=few, on_event=lambda _: None, checkpoint=saved.append, checkpoint_seconds=0)
    state = next(each for each in saved if 0 < each.step < spec.total_steps)
    made.clear()
    monkeypatch.setattr(engine, "shares_sparse_rows", lambda *_: False)
    again = engine.train(spec, data=few, on_event=lambda _: None, resume=state)
    assert not made
    for lane, same in zip(whole, again, strict=True):
        for one, other in zip(lane, same, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-11)


def test_lists_are_made_where_they_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "has_fbgemm", lambda: True)
    assert shares_sparse_rows(make(), 1)
    assert not shares_sparse_rows(make(), 2), "more threads save less"
    assert not shares_sparse_rows(make(lanes=LANES[:2]), 1), "two lanes do not pay for the making"
    assert not shares_sparse_rows(make(widths=[]), 1), "there is no hidden layer"
    assert not shares_sparse_rows(make(widths=[32]), 1), "too little to save"
    assert not shares_sparse_rows(make(batch_size=8), 1)
    assert not shares_sparse_rows(make(batch_size=300), 1)
    monkeypatch.setattr(machine, "has_fbgemm", lambda: False)
    assert not shares_sparse_rows(make(), 1)
