"""The written-out gradient is autograd's."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor, nn

from optim_viz.training import products
from optim_viz.training.mnist import Mnist
from optim_viz.training.model import ModelSpec, Network, cross_entropy_sum, init_params
from optim_viz.training.one_example import OneExampleNetwork
from tests.training.engine.usual_loop import network

CASES = list(itertools.product(("relu", "tanh", "sigmoid", "softplus"), ((), (32,), (40, 24)), (1, 7, 64)))


def reference(spec: ModelSpec, x: Tensor, y: Tensor) -> tuple[float, list[Tensor]]:
    model = network(list(spec.sizes), spec.activation, 3, x.dtype)
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    return loss.item(), [param.grad for param in model.parameters() if param.grad is not None]


@pytest.mark.parametrize(("activation", "widths", "rows"), CASES)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_loss_and_gradient_are_those_of_autograd(
    few: Mnist, activation: str, widths: tuple[int, ...], rows: int, dtype: torch.dtype
) -> None:
    spec = ModelSpec(widths=widths, activation=activation)
    x, y = few.train_x[:rows].to(dtype), few.train_y[:rows]
    slopes = -nn.functional.one_hot(y, 10).to(dtype) / rows
    own = Network(spec, init_params(spec, 3, dtype=dtype), rows)
    loss = own.losses([own.gradient(x, slopes)], [slopes])
    expected, grads = reference(spec, x, y)
    tolerance = 1e-12 if dtype == torch.float64 else 2e-6
    assert math.isclose(float(loss), expected, rel_tol=tolerance)
    for mine, theirs in zip(own.grads, grads, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=tolerance, atol=tolerance)
    assert [grad.stride() for grad in own.grads] == [param.stride() for param in own.params]
    if rows == 1:
        one = OneExampleNetwork(spec, init_params(spec, 3, dtype=dtype))
        z = [one.gradient(x[0], slopes[0]) for _ in range(2)]  # the second is written where the first one stands
        one.complete()
        for each in one.losses(z, [slopes[0], slopes[0]]).tolist():
            assert math.isclose(each, expected, rel_tol=tolerance)
        for mine, theirs in zip(one.grads, grads, strict=True):
            torch.testing.assert_close(mine, theirs, rtol=tolerance, atol=tolerance)


def test_one_example_is_no_larger_batch(few: Mnist) -> None:
    spec = ModelSpec(widths=(4,))
    one = OneExampleNetwork(spec, init_params(spec, 0, dtype=few.train_x.dtype))
    slopes = -nn.functional.one_hot(few.train_y, 10).to(few.train_x.dtype)
    with pytest.raises(ValueError, match="one example is one part"):
        one.gradient(few.train_x[0], slopes[0], True)


def test_parts_of_a_batch_add_up(few: Mnist) -> None:
    spec = ModelSpec(widths=(20,))
    params = init_params(spec, 0, dtype=torch.float64)
    slopes = -nn.functional.one_hot(few.train_y, 10).double() / 300
    whole, parts = Network(spec, params, 300), Network(spec, params, 128)
    (loss,) = whole.losses([whole.gradient(few.train_x, slopes)], [slopes]).tolist()
    pieces = list(zip(few.train_x.split(128), slopes.split(128), strict=True))
    outputs = [parts.gradient(x, part, number > 0) for number, (x, part) in enumerate(pieces)]
    each = parts.losses(outputs, [part for _, part in pieces]).tolist()  # the last part is a smaller one
    assert len(each) == 3
    assert math.isclose(loss, sum(each), rel_tol=1e-12)
    for one, other in zip(whole.grads, parts.grads, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-14)


def test_he_initialisation_is_the_same_in_every_precision_and_starts_near_ln_10(mnist: Mnist) -> None:
    spec = ModelSpec()
    single, double = init_params(spec, 5), init_params(spec, 5, dtype=torch.float64)
    assert sum(param.numel() for param in single) == 269_322
    for one, other in zip(single, double, strict=True):
        assert torch.equal(one, other.float())
    for weight, bias in zip(single[::2], single[1::2], strict=True):
        assert math.isclose(float(weight.std()), math.sqrt(2 / weight.shape[1]), rel_tol=0.05)
        assert not bias.any()
    assert not torch.equal(single[0], init_params(spec, 6)[0])
    loss = float(cross_entropy_sum(Network(spec, single, 128).logits(mnist.test_x), mnist.test_y)) / 10_000
    assert abs(loss - math.log(10)) < 0.3


def test_the_fast_products_are_products(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = torch.Generator().manual_seed(0)
    x, weight, bias, delta = (
        torch.randn(*shape, generator=generator) for shape in ((48, 40), (32, 40), (32,), (48, 32))
    )
    for works in (products.onednn_works(), False):
        monkeypatch.setattr(products, "onednn_works", lambda works=works: works)
        own = products.choose(weight, 48)
        torch.testing.assert_close(own.affine(x, weight, bias, False), x @ weight.T + bias)
        torch.testing.assert_close(own.affine(x, weight, bias, True), (x @ weight.T + bias).relu())
        torch.testing.assert_close(own.weight_gradient(delta, x), delta.T @ x)
        torch.testing.assert_close(own.input_gradient(delta, weight), delta @ weight)


def test_without_onednn_torch_multiplies(monkeypatch: pytest.MonkeyPatch) -> None:
    products.onednn_works.cache_clear()
    monkeypatch.setattr(products.torch.backends.mkldnn, "is_available", lambda: False)
    assert not products.onednn_works()
    monkeypatch.undo()
    products.onednn_works.cache_clear()

    def missing(*arguments: object) -> Tensor:
        raise AttributeError("_linear_pointwise")

    monkeypatch.setattr(products, "_onednn_affine", missing)
    assert not products.onednn_works()
    products.onednn_works.cache_clear()
