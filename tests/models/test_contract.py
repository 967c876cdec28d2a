"""Every model of the registry is what it says: its layers, its size, its gradient, its initial weights."""

from __future__ import annotations

import itertools
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from optim_viz import models
from optim_viz.models import Model, Option

SHAPES = ((1, 8, 8), (3, 9, 12), (1, 28, 28))


def variants(model: Model) -> list[dict[str, Any]]:
    """The defaults, and for each option its every choice, or short lists, or its ends."""
    found: list[dict[str, Any]] = [{}]
    for option in model.options:
        if option.kind == "choice":
            found += [{option.name: choice} for choice in option.choices]
        elif option.kind == "wholes":
            found += [{option.name: [int(option.low) + each for each in range(length)]} for length in range(3)]
        else:
            found += [{option.name: option.low}]
    return found


def cases(shapes: tuple[tuple[int, ...], ...]) -> Any:
    """Every model in every variant, with examples of each shape and each with its own number of classes."""
    return pytest.mark.parametrize(
        ("model", "given", "shape", "classes"),
        [
            pytest.param(models.get(name), given, shape, classes, id=f"{name}-{given}-{shape}-{classes}")
            for name in models.names()
            for given in variants(models.get(name))
            for shape, classes in zip(shapes, (10, 3, 2), strict=False)
        ],
    )


def build(model: Model, given: dict[str, Any], shape: tuple[int, ...], classes: int, seed: int = 0) -> nn.Module:
    return model.build(model.complete(given), shape, classes, seed).double()


@cases(SHAPES)
def test_layers_and_parameters_are_those_of_the_module(
    model: Model, given: dict[str, Any], shape: tuple[int, ...], classes: int
) -> None:
    network = build(model, given, shape, classes)
    own = {name: sum(p.numel() for p in part.parameters(recurse=False)) for name, part in network.named_modules()}
    own = {name: size for name, size in own.items() if size}
    assert tuple(own) == model.layers(given, shape, classes)
    assert dict(own) == dict(model.layer_sizes(model.complete(given), shape, classes))
    assert sum(param.numel() for param in network.parameters()) == model.n_parameters(given, shape, classes)


@cases(SHAPES[:2])
def test_logits_have_a_row_an_example_and_the_gradient_is_that_of_differences(
    model: Model, given: dict[str, Any], shape: tuple[int, ...], classes: int
) -> None:
    """Along random directions, in float64, away from the initial biases of 0, which may lie on the kink of a ReLU."""
    network = build(model, given, shape, classes)
    rng = np.random.default_rng(1)
    x, y = torch.from_numpy(rng.uniform(0, 1, (4, *shape))), torch.from_numpy(rng.integers(0, classes, 4))
    assert network(x).shape == (4, classes)
    params = list(network.parameters())
    with torch.no_grad():
        for param in params:
            param += 0.1 * torch.from_numpy(rng.standard_normal(tuple(param.shape)))

    def loss() -> Tensor:
        return nn.functional.cross_entropy(network(x), y)

    grads = torch.autograd.grad(loss(), params)
    for param, grad in zip(params, grads, strict=True):
        direction = torch.from_numpy(rng.standard_normal(tuple(param.shape)))
        step = 1e-8
        with torch.no_grad():
            param += step * direction
            above = float(loss())
            param -= 2 * step * direction
            below = float(loss())
            param += step * direction
        expected = (above - below) / (2 * step)
        assert float((grad * direction).sum()) == pytest.approx(expected, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", models.names())
def test_weights_depend_on_the_seed_alone_and_outputs_on_the_input_alone(name: str) -> None:
    model = models.get(name)
    torch.manual_seed(1)
    one = build(model, {}, (1, 8, 8), 10, seed=3)
    torch.manual_seed(2)
    same, other = build(model, {}, (1, 8, 8), 10, seed=3), build(model, {}, (1, 8, 8), 10, seed=4)
    x = torch.linspace(0, 1, 128, dtype=torch.float64).reshape(2, 1, 8, 8)
    with torch.no_grad():
        assert torch.equal(one(x), same(x))
        assert torch.equal(one.train()(x), one(x))
        assert not torch.equal(one(x), other(x))
        assert torch.equal(one(x)[:1], one(x[:1])) or torch.allclose(one(x)[:1], one(x[:1]), rtol=1e-12)


def test_he_initialisation_has_the_spread_of_the_paper() -> None:
    """Variance 2 / fan_in, bias 0: for a matrix and for a convolution, from one stream of draws."""
    from optim_viz.models.initial import he_initialise

    network = he_initialise(nn.Sequential(nn.Conv2d(4, 300, 3), nn.Flatten(), nn.Linear(300, 500)), 5)
    rng = np.random.default_rng([5, 0])
    for layer, shape, fan_in in ((network[0], (300, 4, 3, 3), 36), (network[2], (500, 300), 300)):
        assert isinstance(layer, nn.Conv2d | nn.Linear)
        np.testing.assert_array_equal(layer.weight.detach().numpy(), rng.standard_normal(shape) * np.sqrt(2 / fan_in))
        assert float(layer.weight.var().detach()) == pytest.approx(2 / fan_in, rel=0.05)
        assert layer.bias is not None
        assert not layer.bias.any()


@pytest.mark.parametrize(("model", "option"), [(m, o) for m in map(models.get, models.names()) for o in m.options])
def test_options_have_a_default_that_is_allowed_and_survive_text(model: Model, option: Option) -> None:
    assert model.complete({})[option.name] == option.check(option.default)
    for given in variants(model):
        value = model.complete(given)[option.name]
        assert option.parse(option.text(value)) == value
    assert option.title
    assert option.help.endswith(".")


@pytest.mark.parametrize("name", models.names())
def test_unknown_options_are_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"model {name} has no option 'nosuch'"):
        models.get(name).complete({"nosuch": 1})


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("wholes", 3, "units must be a list of whole numbers, not 3"),
        ("wholes", [1, 2, 3], "units may have at most 2 entries, not 3"),
        ("wholes", [1.5], r"units must be a whole number from 1 to 9, not 1\.5"),
        ("wholes", ["4"], "units must be a whole number from 1 to 9, not '4'"),
        ("wholes", [True], "units must be a whole number from 1 to 9, not True"),
        ("whole", 10, "units must be a whole number from 1 to 9, not 10"),
        ("whole", float("nan"), "units must be a whole number from 1 to 9, not nan"),
        ("number", float("inf"), "units must be a number from 1 to 9, not inf"),
        ("number", "2", "units must be a number from 1 to 9, not '2'"),
        ("choice", "c", "units must be one of a, b, not 'c'"),
    ],
)
def test_impossible_values_are_refused(kind: Any, value: object, message: str) -> None:
    option = Option("units", "Units", "Units.", kind, None, low=1, high=9, most=2, choices=("a", "b"))
    with pytest.raises(ValueError, match=message):
        option.check(value)


@pytest.mark.parametrize("kind", ["wholes", "whole", "number", "choice"])
@pytest.mark.parametrize("value", ["1" + "0" * 5000, "z" * 5000, ["x" * 5000], {"x" * 5000: 1}])
def test_no_message_repeats_a_long_value_whole(kind: Any, value: object) -> None:
    option = Option("units", "Units", "Units.", kind, None, low=1, high=9, most=2, choices=("a", "b"))
    with pytest.raises(ValueError, match="units must be") as caught:
        option.check(value)
    assert len(str(caught.value)) < 200
    with pytest.raises(ValueError, match="has no option") as caught:
        models.get(models.names()[0]).complete({str(value): 1})
    assert len(str(caught.value)) < 300


def test_lists_are_read_as_people_type_them() -> None:
    option = Option("units", "Units", "Units.", "wholes", (), low=1, high=900, most=3)
    for text, value in (("none", ()), ("", ()), ("256,256", (256, 256)), (" 8, 16 4 ", (8, 16, 4))):
        assert option.parse(text) == value
    with pytest.raises(ValueError, match="not 'wide'"):
        option.parse("256,wide")


def test_listing_models_needs_no_torch() -> None:
    listing = "[m.n_parameters({}, (1, 8, 8), 10) for m in map(models.get, models.names())]"
    code = f"import sys; from optim_viz import models; {listing}; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_folder_is_the_list() -> None:
    with pytest.raises(ValueError, match=f"unknown model 'nosuch'; known: {', '.join(models.names())}"):
        models.get("nosuch")
    for one, other in itertools.pairwise(map(models.get, models.names())):
        assert (one.rank, one.name) < (other.rank, other.name)
