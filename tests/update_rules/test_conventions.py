"""Where published results disagree: each rule in each of its conventions, against numbers computed elsewhere.

The numbers were computed in float64 with torch 2.13.0, optax 0.2.8 and the formulas of Keras 3.15.1's source; `diff` is
the largest coordinate difference of two paths over 20 steps in the valley x²/2 + 50 y² (κ = 100), from (-8, 1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import schedules
from optim_viz.trajectory import Trajectory
from optim_viz.update_rules import UpdateRule
from tests.update_rules.contract import assert_lines_hold
from tests.update_rules.quadratic import quadratic

WITH_CONVENTIONS = [rule for rule in map(optim_viz.optimizer, optim_viz.optimizers()) if rule.conventions]
CONSTANT = np.ones((12, 2))
VALLEY = quadratic(np.diag([1.0, 100.0]), (-8.0, 1.0))


def settings_of(name: str, title: str) -> dict[str, Any]:
    """Return the settings of the convention whose title holds a word."""
    rule = optim_viz.optimizer(name)
    (found,) = (each for each in rule.conventions if title in each.title)
    return rule.convention_settings(found)


def first(name: str, g: float, **given: Any) -> float:
    """Return the length of the first step against a gradient g > 0."""
    return -float(optim_viz.replay(name, [[g, g]], **given).theta[1, 0])


def valley(name: str, steps: int = 20, **given: Any) -> Trajectory:
    return optim_viz.rollout(VALLEY, name, steps=steps, **given)


# ---- the contract ----


@pytest.mark.parametrize("rule", WITH_CONVENTIONS, ids=lambda rule: rule.name)
def test_the_first_convention_is_what_the_defaults_do_and_torch_has_it(rule: UpdateRule) -> None:
    defaults = rule.complete({})
    assert rule.convention_settings(rule.conventions[0]) == {name: defaults[name] for name in rule.convention_names}
    assert len({each.title for each in rule.conventions}) == len(rule.conventions) >= 2
    assert len({each.short for each in rule.conventions}) == len(rule.conventions)
    every = [tuple(rule.convention_settings(each).values()) for each in rule.conventions]
    assert len(set(every)) == len(every), "two conventions are the same"
    assert rule.torch_kwargs(defaults) is not None
    for each in rule.conventions:
        assert each.sentence.endswith(".")
        rule.complete(each.settings)


@pytest.mark.parametrize("rule", WITH_CONVENTIONS, ids=lambda rule: rule.name)
def test_every_convention_goes_its_own_way_and_its_arithmetic_is_written_out(rule: UpdateRule) -> None:
    plan = schedules.get("step", step_size=5, gamma=0.1)
    grads = np.random.default_rng(5).normal(size=(20, 2))
    grads[0] = 10.0  # so that a maximum is not the newest value
    paths: list[np.ndarray] = []
    for convention in rule.conventions:
        given = rule.convention_settings(convention)
        given |= {name: value for name, value in {"momentum": 0.9, "eps": 0.01}.items() if name in rule.complete({})}
        run = optim_viz.replay(rule.name, grads, lr=0.01, schedule=plan, **given)
        assert_lines_hold(run, rule)
        assert all(not np.array_equal(run.theta, path) for path in paths)
        paths.append(run.theta)


# ---- SGD with momentum ----


def forms(**given: Any) -> dict[str, Trajectory]:
    names = {"torch": "torch", "Keras": "Keras", "mean": "mean"}
    return {
        key: optim_viz.replay("momentum", CONSTANT, lr=0.1, momentum=0.9, **settings_of("momentum", title), **given)
        for key, title in names.items()
    }


def test_momentum_under_a_constant_gradient() -> None:
    runs = forms()
    np.testing.assert_allclose(runs["torch"].theta[[1, 2, 3, 10], 0], [-0.1, -0.29, -0.561, -4.1381059609], rtol=1e-12)
    np.testing.assert_allclose(runs["Keras"].theta, runs["torch"].theta, rtol=1e-14)
    np.testing.assert_allclose(runs["mean"].theta[1:4, 0], [-0.01, -0.029, -0.0561], rtol=1e-12)
    damped = optim_viz.replay("momentum", CONSTANT, lr=0.1, momentum=0.9, dampening=0.9)
    np.testing.assert_allclose(damped.theta[[1, 2, 3, 10], 0], [-0.1, -0.2, -0.3, -1.0], rtol=1e-12)
    nesterov = optim_viz.replay("nesterov", CONSTANT, lr=0.1, momentum=0.9)
    np.testing.assert_allclose(nesterov.theta[[1, 2, 3, 10], 0], [-0.19, -0.461, -0.8049, -4.72429536481], rtol=1e-12)


@pytest.mark.parametrize(("title", "last"), [("torch", 1.0), ("Keras", 1.0), ("mean", 0.1)])
def test_momentums_terminal_step(title: str, last: float) -> None:
    """It is lr g / (1 - b) = 10 lr g at b = 0.9, and lr g of a mean."""
    run = optim_viz.replay("momentum", np.ones((1000, 2)), lr=0.1, momentum=0.9, **settings_of("momentum", title))
    np.testing.assert_allclose(-run.update[-1], last, rtol=1e-12)


def test_momentum_after_a_fall_of_lr_shows_where_lr_enters() -> None:
    runs = forms(schedule=schedules.get("step", step_size=10, gamma=0.1))
    np.testing.assert_allclose(
        runs["torch"].theta[10:, 0], [-4.1381059609, -4.206724901291, -4.2784819476429], rtol=1e-12
    )
    np.testing.assert_allclose(
        runs["Keras"].theta[10:, 0], [-4.1381059609, -4.73429536481, -5.280865828329], rtol=1e-12
    )


def test_lr_inside_is_polyaks_recursion_whatever_lr_does() -> None:
    """x_t = x_{t-1} - lr_t g + b (x_{t-1} - x_{t-2}), Polyak (1964), written out in plain floats."""
    plan = schedules.get("one_cycle")
    run = valley("momentum", 50, lr=0.01, schedule=plan, **settings_of("momentum", "papers"))
    x, before, path = -8.0, -8.0, [-8.0]
    for lr in run.lr.tolist():
        x, before = x - lr * x + 0.9 * (x - before), x
        path.append(x)
    np.testing.assert_allclose(run.theta[:, 0], path, rtol=1e-12, atol=1e-13)


def test_nesterovs_iterate_is_the_look_ahead_point_of_sutskevers() -> None:
    """Largest distances of torch's path on the valley, 20 steps: 8.9e-16 to θ + μv, 0.45 to θ."""
    mu, lr = 0.9, 0.005
    run = valley("nesterov", 20, lr=lr, momentum=mu)
    theta, v, hessian = np.array([-8.0, 1.0]), np.zeros(2), np.array([1.0, 100.0])
    ahead, plain = [theta + mu * v], [theta]
    for _ in range(20):
        v = mu * v - lr * hessian * (theta + mu * v)
        theta = theta + v
        ahead.append(theta + mu * v)
        plain.append(theta)
    np.testing.assert_allclose(run.theta, ahead, atol=2e-14)
    assert np.abs(run.theta - plain).max() == pytest.approx(0.45, rel=0.02)
    np.testing.assert_allclose(first("nesterov", 2.0, lr=0.1, momentum=mu), (1 + mu) * 0.1 * 2.0)
    np.testing.assert_allclose(
        valley("nesterov", 20, lr=lr, **settings_of("nesterov", "Keras")).theta, ahead, atol=2e-14
    )


# ---- AdaGrad and RMSProp ----


def test_adagrads_first_step() -> None:
    assert first("adagrad", 0.1, lr=0.1) == pytest.approx(0.0999999999, rel=1e-12)
    keras = settings_of("adagrad", "Keras") | {"eps": 1e-7}
    assert first("adagrad", 0.1, lr=0.1, **keras) == pytest.approx(0.030151120752724598, rel=1e-14)


@pytest.mark.parametrize(("eps", "expected"), [("torch", 9.0909e-4), ("Keras", 3.16227766e-8), ("optax", 1.0e-7)])
def test_rmsprops_first_step_along_a_tiny_gradient(eps: str, expected: float) -> None:
    """A gradient of 1e-8, lr 0.001, and each library's own decay and eps: where eps stands makes a factor of 3e4."""
    given = {
        "torch": {"alpha": 0.99, "eps": 1e-8},
        "Keras": settings_of("rmsprop", "Keras") | {"alpha": 0.9, "eps": 1e-7},
        "optax": settings_of("rmsprop", "optax") | {"alpha": 0.9, "eps": 1e-8},
    }[eps]
    assert first("rmsprop", 1e-8, lr=0.001, **given) == pytest.approx(expected, rel=2e-5)


def test_rmsprop_that_starts_at_one() -> None:
    """TensorFlow 1: v_1 = α + (1 - α) g², so lr g / √(0.9 + 0.1 g² + ε), where torch's first step is lr / √(1 - α)."""
    given = settings_of("rmsprop", "timm")
    for g in (1e-3, 1.0, 50.0):
        expected = 0.01 * g / math.sqrt(0.9 + 0.1 * g * g + 1e-10)
        assert first("rmsprop", g, lr=0.01, alpha=0.9, eps=1e-10, **given) == pytest.approx(expected, rel=1e-13)


def test_rmsprops_momentum_before_or_after_lr() -> None:
    """One form while lr stays; after it falls tenfold a velocity that holds lr keeps its speed."""
    plan = schedules.get("step", step_size=10, gamma=0.1)
    common = {"lr": 0.01, "alpha": 0.9, "momentum": 0.9}
    after, before = (
        optim_viz.replay("rmsprop", CONSTANT, schedule=plan, lr_inside=inside, **common) for inside in (False, True)
    )
    np.testing.assert_allclose(after.theta[:11], before.theta[:11], rtol=1e-13)
    assert abs(before.update[10, 0]) > 8 * abs(after.update[10, 0])
    np.testing.assert_allclose(
        before.update[10], 0.9 * before.update[9] - 0.001 / np.sqrt(before.state["v"][10]), rtol=1e-6
    )


def test_centered_rmsprops_first_step_is_ten_lr_and_grows() -> None:
    """It is lr / √(a (1 - a)) = 10.05 lr at a = 0.99; under a constant gradient single steps reach 1e7 lr."""
    assert first("rmsprop", 7.7, lr=0.001, centered=True) == pytest.approx(0.001 / math.sqrt(0.99 * 0.01), rel=1e-6)
    run = optim_viz.replay("rmsprop", np.full((4000, 2), 1.0), lr=0.001, centered=True)
    assert np.nanmax(np.abs(run.update)) / 0.001 == pytest.approx(1.19e7, rel=0.01)


# ---- the Adam family ----


@pytest.mark.parametrize(
    ("g", "torch", "keras"),
    [
        (1e-3, 9.99990000099999e-4, 9.968476908e-4),
        (1e-8, 5e-4, 3.15230918e-6),
        (1e-10, 9.900990099e-6, 3.16217766e-8),
    ],
)
def test_adams_first_step(g: float, torch: float, keras: float) -> None:
    assert first("adam", g) == pytest.approx(torch, rel=1e-9)
    given = settings_of("adam", "Keras") | {"eps": 1e-7}
    assert first("adam", g, **given) == pytest.approx(keras, rel=1e-9)
    assert first("adam", g, **given) == pytest.approx(0.001 * g / (g + 1e-7 / math.sqrt(0.001)), rel=1e-12)


def test_adams_efficient_form_is_the_papers() -> None:
    """lr_t = lr √(1 - b2^t) / (1 - b1^t), x -= lr_t m / (√v + eps_hat): written out in plain floats, 50 steps."""
    run = valley("adam", 50, lr=0.1, eps=1e-3, **settings_of("adam", "efficient"))
    x, m, v, path = -8.0, 0.0, 0.0, [-8.0]
    for t in range(1, 51):
        m, v = 0.9 * m + 0.1 * x, 0.999 * v + 0.001 * x * x
        x -= 0.1 * math.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (math.sqrt(v) + 1e-3)
        path.append(x)
    np.testing.assert_allclose(run.theta[:, 0], path, rtol=1e-12)
    inside = first("adam", 1e-3, eps=1e-6, **settings_of("adam", "eps_root"))
    assert inside == pytest.approx(0.001 * 1e-3 / math.sqrt(1e-6 + 1e-6), rel=1e-9)


@pytest.mark.parametrize("title", ["torch", "Keras", "eps_root"])
def test_adamws_places_of_eps_are_adams_and_the_decay_stands_apart(title: str) -> None:
    """Without decay the two are one rule; with it, each step takes lr * weight_decay of θ off beside it."""
    given = {"lr": 0.1, "eps": 0.01, **settings_of("adamw", title)}
    np.testing.assert_array_equal(
        valley("adamw", 50, weight_decay=0.0, **given).theta, valley("adam", 50, **given).theta
    )
    run = valley("adamw", 1, weight_decay=0.2, **given)
    without = valley("adam", 1, **given).update[0]
    np.testing.assert_allclose(run.update[0], without - 0.1 * 0.2 * np.array([-8.0, 1.0]), rtol=1e-13)


def test_adamws_first_steps_along_a_small_gradient_in_keras() -> None:
    """A gradient of 1e-8, lr 0.001, Keras' eps of 1e-7: as Adam's, 3.15230918e-6, where torch's is 5e-4."""
    given = settings_of("adamw", "Keras") | {"eps": 1e-7}
    assert first("adamw", 1e-8, **given) == pytest.approx(3.15230918e-6, rel=1e-8)
    assert first("adamw", 1e-8) == pytest.approx(5e-4, rel=1e-9)
    x, m, v = -8.0, 0.0, 0.0
    for t in range(1, 51):
        m, v = 0.9 * m + 0.1 * x, 0.999 * v + 0.001 * x * x
        step = math.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (math.sqrt(v) + 1e-3)
        x -= 0.1 * step + 0.1 * 0.05 * x
    run = valley("adamw", 50, lr=0.1, eps=1e-3, weight_decay=0.05, **settings_of("adamw", "efficient"))
    assert run.theta[-1, 0] == pytest.approx(x, rel=1e-12)


def test_weight_decay_without_a_gradient() -> None:
    """With lr 0.1, weight_decay 0.1, 10 steps from 1: (1 - 0.01)^10 decoupled, an Adam step of an L2 term else."""
    given: dict[str, Any] = {"theta0": (1.0, 1.0), "lr": 0.1, "weight_decay": 0.1}
    assert optim_viz.replay("adamw", np.zeros((10, 2)), **given).theta[-1, 0] == pytest.approx(
        0.9043820750088043, rel=1e-14
    )
    assert optim_viz.replay("adam", np.zeros((10, 2)), **given).theta[-1, 0] == pytest.approx(
        0.07624925085091643, rel=1e-10
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("torch", [-1.0e-3, -1.6771645e-3, -4.3638719e-3, -1.25375048e-2]),
        ("paper", [-3.16227756e-3, -6.0399501e-3, -2.16992135e-2, -6.00825177e-2]),
        ("optax", [-1.0e-3, -1.47894737e-3, -2.66053246e-3, -3.97948705e-3]),
    ],
)
def test_amsgrads_three_algorithms(title: str, expected: list[float]) -> None:
    """A gradient of 10, then 0.1 for 99 steps, lr 0.001: x after 1, 2, 10 and 100 steps."""
    grads = np.full((100, 2), 0.1)
    grads[0] = 10.0
    run = optim_viz.replay("amsgrad", grads, lr=0.001, **settings_of("amsgrad", title))
    np.testing.assert_allclose(run.theta[[1, 2, 10, 100], 0], expected, rtol=2e-8)


def test_nadams_momentum_grows_fast_slowly_or_not_at_all() -> None:
    assert first("nadam", 3.0, lr=1.0, eps=0.0) == pytest.approx(1.0564517783553882, rel=1e-13)
    torch, optax = (valley("nadam", lr=0.1, **settings_of("nadam", title)) for title in ("torch", "optax"))
    # torch kept its product of betas in float32.
    np.testing.assert_allclose(torch.theta[20], [-6.350750792494577, -0.029280777532048524], rtol=1e-7)
    np.testing.assert_allclose(optax.theta[1], [-7.852631579131579, 0.8526315789621053], rtol=1e-12)
    np.testing.assert_allclose(optax.theta[20], [-5.962005099831509, -0.208667281432935], rtol=1e-9)
    assert np.abs(torch.theta - optax.theta).max() == pytest.approx(0.38874569266306835, rel=1e-7)
    # Keras: 0.96^t without the factor 0.004, so μ_1 = 0.9 (1 - 0.48) and μ_2 = 0.9 (1 - 0.4608).
    mu, after = 0.9 * (1 - 0.5 * 0.96), 0.9 * (1 - 0.5 * 0.96**2)
    expected = 0.1 * (after * 0.1 / (1 - mu * after) + (1 - mu) / (1 - mu))
    assert first("nadam", 3.0, lr=0.1, eps=0.0, **settings_of("nadam", "Keras")) == pytest.approx(expected, rel=1e-12)


def test_radam_begins_to_adapt_at_the_sixth_step() -> None:
    """With b2 = 0.999 ρ_5 = 4.995998 and ρ_6 = 5.994164: for t = 1..5 a step is lr m̂."""
    run = optim_viz.replay("radam", np.full((8, 2), 4.0), lr=0.1)
    np.testing.assert_allclose(-run.update[:5], 0.4, rtol=1e-12)
    assert abs(run.update[5, 0]) < 0.1


def test_adamaxs_three_places_of_eps() -> None:
    """In torch max(b2 u, |g| + eps), Keras u + eps, the paper none; no step is longer than lr."""
    g, eps = 0.01, 0.1
    assert first("adamax", g, lr=0.002, eps=eps) == pytest.approx(0.002 * g / (g + eps), rel=1e-12)
    assert first("adamax", g, lr=0.002, eps=0.0) == pytest.approx(0.002, rel=1e-12)
    grads = np.array([[1.0, 1.0], [1e-3, 1e-3]])
    run = optim_viz.replay("adamax", grads, lr=0.002, eps=eps, **settings_of("adamax", "Keras"))
    np.testing.assert_allclose(run.state["u"][:, 0], [1.0, 0.999], rtol=1e-12)
    np.testing.assert_allclose(-run.update[1], 0.002 * run.state["m_hat"][1] / (0.999 + eps), rtol=1e-9)
    wild = optim_viz.replay("adamax", np.random.default_rng(0).normal(size=(500, 2)) ** 3, lr=0.002)
    assert np.abs(wild.update).max() <= 0.002 * (1 + 1e-9)


def test_adadelta_starts_slowly_and_lion_steps_by_lr() -> None:
    for g, eps, rho, lr in ((1e3, 1e-6, 0.9, 1.0), (0.5, 1e-7, 0.95, 0.001)):
        expected = lr * math.sqrt(eps) / math.sqrt((1 - rho) * g * g + eps) * g
        assert first("adadelta", g, lr=lr, eps=eps, rho=rho) == pytest.approx(expected, rel=1e-12)
    assert first("adadelta", 1e6) == pytest.approx(3.1623e-3, rel=1e-5)
    np.testing.assert_allclose(valley("lion", lr=0.1).theta[[1, 20]], [(-7.9, 0.9), (-6.0, -0.2)], rtol=1e-12)


FIRST_STEPS: Mapping[str, tuple[dict[str, Any], tuple[float, float]]] = {
    "sgd": ({"lr": 0.001}, (-7.992, 0.9)),
    "momentum": ({"lr": 0.001}, (-7.992, 0.9)),
    "nesterov": ({"lr": 0.001, "momentum": 0.9}, (-7.9848, 0.81)),
    "adagrad": ({"lr": 0.1}, (-7.90000000000125, 0.9000000000001)),
    "rmsprop": ({"lr": 0.1}, (-7.0000000125, 1.0000004158072784e-09)),
    "adam": ({"lr": 0.1}, (-7.900000000125, 0.90000000001)),
    "nadam": ({"lr": 0.1}, (-7.894354820998577, 0.8943548208770855)),
    "radam": ({"lr": 0.001}, (-7.992, 0.9)),
    "adamax": ({"lr": 0.1}, (-7.900000000125, 0.90000000001)),
    "adadelta": ({}, (-7.996837722586885, 0.9968377223414128)),
    "adamw": ({"lr": 0.1, "weight_decay": 0.1}, (-7.820000000125, 0.89000000001)),
}


@pytest.mark.parametrize("name", FIRST_STEPS)
def test_first_steps_in_the_valley(name: str) -> None:
    """From (-8, 1), where the gradient is (-8, 100)."""
    given, expected = FIRST_STEPS[name]
    rtol = 1e-8 if name == "nadam" else 1e-12  # torch kept NAdam's product of betas in float32
    np.testing.assert_allclose(valley(name, 1, **given).theta[1], expected, rtol=rtol, atol=1e-15)


OPTAX: Mapping[str, tuple[str, dict[str, Any], str, dict[str, Any], float, tuple[float, float]]] = {
    "AMSGrad": ("amsgrad", {"lr": 0.1}, "optax", {}, 0.22775678156565166, (-6.143728744027905, -0.08866014543883569)),
    "RMSprop": (
        *("rmsprop", {"lr": 0.01, "alpha": 0.9}, "optax", {}),
        *(5.059748175995082e-10, (-7.71588517138807, 0.7281632359130652)),
    ),
    "AdaGrad": (
        *("adagrad", {"lr": 0.5}, "optax", {"eps": 1e-7}),
        *(0.0007771288884663718, (-4.60052405655988, 1.1577912872818057e-05)),
    ),
    "NAdam": ("nadam", {"lr": 0.1}, "optax", {}, 0.38874569266306835, (-5.962005099831509, -0.208667281432935)),
}


@pytest.mark.parametrize("case", OPTAX)
def test_torchs_path_and_optaxs_are_as_far_apart_as_the_libraries_were(case: str) -> None:
    name, given, title, other, diff, last = OPTAX[case]
    torch, optax = valley(name, **given), valley(name, **given, **settings_of(name, title), **other)
    np.testing.assert_allclose(optax.theta[20], last, rtol=1e-9)
    assert np.abs(torch.theta - optax.theta).max() == pytest.approx(diff, rel=1e-4)
