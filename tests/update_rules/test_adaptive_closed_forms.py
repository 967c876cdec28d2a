"""The Adam family, RMSProp and AdaGrad against sequences of gradients whose outcome is known in closed form."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optim_viz

TRUTHS = json.loads((Path(__file__).parent.parent / "truths" / "closed_forms.json").read_text())
ADAM = TRUTHS["adam"]


def fed(optimizer: str, gradients: Any, **given: Any) -> optim_viz.Trajectory:
    """Replay one sequence of numbers as the gradient of both coordinates."""
    column = np.asarray(gradients, dtype=float)
    return optim_viz.replay(optimizer, np.stack([column, column], axis=1), **given)


@pytest.mark.parametrize("g", [30.0, 1.0, 1e-3, 1e-8, 1e-10, -7.0])
@pytest.mark.parametrize("name", ["adam", "amsgrad", "adamw"])
def test_the_first_step_of_adam_is_lr(name: str, g: float) -> None:
    run = fed(name, [g], lr=1e-3)
    assert run.update[0, 0] == pytest.approx(-1e-3 * g / (abs(g) + 1e-8), rel=1e-12)


@pytest.mark.parametrize(
    ("key", "name", "given"),
    [
        ("SGD lr.001", "sgd", {"lr": 1e-3}),
        ("momentum", "momentum", {"lr": 1e-3}),
        ("nesterov (1+b)lr g", "nesterov", {"lr": 1e-3}),
        ("Adagrad", "adagrad", {"lr": 0.1}),
        ("RMSprop a=.99 -> 10 lr", "rmsprop", {"lr": 0.1}),
        ("Adam", "adam", {"lr": 0.1}),
        ("AdamW wd.1", "adamw", {"lr": 0.1, "weight_decay": 0.1}),
    ],
)
def test_first_steps(key: str, name: str, given: dict[str, Any]) -> None:
    run = optim_viz.rollout("narrow_valley", name, start=(-8, 1), steps=1, **given)
    np.testing.assert_allclose(run.theta[1], TRUTHS["first_steps"][key], rtol=1e-13, atol=1e-14)


def test_under_a_constant_gradient_every_adam_step_is_lr() -> None:
    run = fed("adam", [5.0] * 1000, lr=1e-3)
    np.testing.assert_allclose(run.update, -1e-3 * 5 / (5 + 1e-8), rtol=1e-10)
    assert run.theta[1000, 0] == pytest.approx(-0.9999999980000, abs=1e-12)


def test_without_bias_correction_steps_overshoot_up_to_the_twelfth() -> None:
    run = fed("adam", [1.0] * 10_000, lr=1e-3, eps=0.0, bias_correction=False)
    ratio = -run.update[:, 0] / 1e-3
    t = np.arange(1, 10_001)
    np.testing.assert_allclose(ratio, (1 - 0.9**t) / np.sqrt(1 - 0.999**t), rtol=1e-9)
    assert int(ratio.argmax()) + 1 == 12
    assert ratio.max() == pytest.approx(6.56852025246924, rel=1e-11)
    for step, value in ADAM["no_bias_correction_constant_gradient_step_over_lr"].items():
        assert ratio[int(step) - 1] == pytest.approx(value, rel=1e-9)
    np.testing.assert_array_equal(run.state["m_hat"], run.state["m"])
    np.testing.assert_array_equal(run.state["v_hat"], run.state["v"])


def test_v_over_v_hat() -> None:
    run = fed("adam", [2.0] * 1000)
    for step, value in ADAM["v_over_vhat"].items():
        t = int(step) - 1
        assert run.state["v"][t, 0] / run.state["v_hat"][t, 0] == pytest.approx(value, rel=1e-12)


SEQUENCES = {
    "[30,-30,...]": [30.0, -30.0] * 50,
    "[30]*100": [30.0] * 100,
    "[0.2]*100": [0.2] * 100,
    "[5,-4,...]": [5.0, -4.0] * 50,
    "[0.5,-0.4,...] (scaled)": [0.5, -0.4] * 50,
}


@pytest.mark.parametrize("key", SEQUENCES)
def test_sequences(key: str) -> None:
    truth = ADAM["sequences_n100"][key]
    run = fed("adam", SEQUENCES[key], lr=1e-3)
    m, v, m_hat, v_hat = (run.state[name][99, 0] for name in ("m", "v", "m_hat", "v_hat"))
    for name, value in (("m", m), ("v", v), ("m_hat", m_hat), ("v_hat", v_hat)):
        assert value == pytest.approx(truth[name], rel=1e-11), name
    assert m_hat / math.sqrt(v_hat) == pytest.approx(truth["ratio"], rel=1e-11)
    assert m / math.sqrt(v) == pytest.approx(truth["ratio_biased"], rel=1e-11)
    assert run.theta[100, 0] == pytest.approx(truth["x_n"], rel=1e-11)


def test_the_mean_of_an_alternating_gradient() -> None:
    a, b, n = 0.5, 4.5, np.arange(1, 101)  # 5, -4, 5, ...
    sign = np.where(n % 2, 1.0, -1.0)
    expected = a * (1 - 0.9**n) + b * 0.1 * sign * (1 - (-0.9) ** n) / 1.9
    run = fed("adam", SEQUENCES["[5,-4,...]"])
    np.testing.assert_allclose(run.state["m"][:, 0], expected, rtol=1e-11)
    ratio = run.state["m_hat"][:, 0] / np.sqrt(run.state["v_hat"][:, 0])
    np.testing.assert_allclose(ratio[1::2], 0.05812504730135727, rtol=1e-10)  # for even n it does not depend on n
    for step in ("1", "3", "99"):
        assert ratio[int(step) - 1] == pytest.approx(ADAM["seq_n_small"][step]["alt54"], rel=1e-11)


@pytest.mark.parametrize("t", [1, 2, 10, 100, 1000, 10_000])
def test_a_gradient_that_comes_after_silence(t: int) -> None:
    run = fed("adam", [0.0] * (t - 1) + [1.0], lr=1e-3)
    exact = 1e-3 * 0.1 / math.sqrt(0.001) * math.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    assert -run.update[-1, 0] == pytest.approx(exact, rel=1e-6)  # eps is left out of the closed form
    assert -run.update[-1, 0] == pytest.approx(ADAM["sparse_impulse_step"][str(t)]["torch"], rel=1e-11)


def test_adams_step_is_not_bounded_by_the_papers_bound() -> None:
    after_silence = -fed("adam", [0.0] * 20_000 + [1.0] * 20, lr=1.0).update[20_000:, 0]
    assert int(after_silence.argmax()) + 1 == ADAM["zeros_then_ones"]["argmax_step"]
    assert after_silence.max() == pytest.approx(6.5685, rel=1e-4)
    growing = -fed("adam", [0.0] * 20_000 + list(1.11 ** np.arange(300.0)), lr=1.0).update[-1, 0]
    assert growing == pytest.approx(7.2702917999997, rel=1e-7)


def test_betas_of_zero_are_sign_descent() -> None:
    run = fed("adam", [3.0, -0.2, 50.0], lr=0.1, beta1=0.0, beta2=0.0, eps=0.0)
    np.testing.assert_allclose(run.update[:, 0], [-0.1, 0.1, -0.1], rtol=1e-15)


@pytest.mark.parametrize(("key", "correction"), [("torch", True), ("paper", False)])
def test_amsgrad_remembers_the_large_gradient(key: str, correction: bool) -> None:
    run = fed("amsgrad", [10.0] + [0.1] * 99, lr=1e-3, bias_correction=correction)
    for step, value in TRUTHS["amsgrad_g10_then_0.1"][key].items():
        assert run.theta[int(step), 0] == pytest.approx(value, rel=1e-11)
    assert (np.diff(run.state["v_max"][:, 0]) >= 0).all()


def test_weight_decay_decoupled_and_not() -> None:
    zeros = np.zeros((10, 2))
    decoupled = optim_viz.replay("adamw", zeros, theta0=(1, -2), lr=0.1, weight_decay=0.1)
    np.testing.assert_allclose(decoupled.theta[10], np.array([1, -2]) * (1 - 0.01) ** 10, rtol=1e-14)
    coupled = optim_viz.replay("adam", zeros, theta0=(1, 1), lr=0.1, weight_decay=0.1)
    assert coupled.theta[10, 0] == pytest.approx(0.07624925085091643, rel=1e-12)


@pytest.mark.parametrize("alpha", [0.9, 0.99])
def test_rmsprop_under_a_constant_gradient(alpha: float) -> None:
    run = fed("rmsprop", [2.0] * 1000, lr=1e-3, alpha=alpha)
    t = np.arange(1, 1001)
    np.testing.assert_allclose(-run.update[:, 0], 1e-3 / np.sqrt(1 - alpha**t), rtol=1e-6)
    for step, value in TRUTHS["rmsprop_constant_gradient_lr0.001"][str(alpha)].items():
        assert -run.update[int(step) - 1, 0] == pytest.approx(value["torch"], rel=1e-9)


def test_rmsprop_adds_eps_outside_the_root() -> None:
    run = fed("rmsprop", [1e-8], lr=1e-3, alpha=0.99)
    assert run.update[0, 0] == pytest.approx(-1e-3 * 1e-8 / (1e-9 + 1e-8), rel=1e-12)


def test_centered_rmsprop_explodes_under_a_constant_gradient() -> None:
    run = fed("rmsprop", [1.0] * 3000, lr=1e-3, centered=True)
    assert run.update[0, 0] == pytest.approx(-1e-3 / math.sqrt(0.99 * 0.01), rel=1e-6)
    assert np.nanmax(np.abs(run.update)) > 1e3 * 1e-3  # its variance goes to 0


def test_rmsprops_records_without_its_options() -> None:
    generator = np.random.default_rng(1)
    run = optim_viz.replay("rmsprop", generator.normal(size=(30, 2)))
    np.testing.assert_allclose(run.state["buffer"], run.grad / (np.sqrt(run.state["v"]) + 1e-8), rtol=1e-14)
    mean = np.zeros(2)
    for t in range(30):
        mean = 0.99 * mean + 0.01 * run.grad[t]
        np.testing.assert_allclose(run.state["grad_avg"][t], mean, rtol=1e-12)


def test_adagrad_under_a_constant_gradient() -> None:
    run = fed("adagrad", [3.0] * 10_000, lr=0.1)
    np.testing.assert_allclose(-run.update[:, 0], 0.1 / np.sqrt(np.arange(1, 10_001)), rtol=1e-9)
    assert run.theta[10_000, 0] == pytest.approx(TRUTHS["adagrad_constant_gradient_lr0.1"]["x10000"], rel=1e-9)


def test_adagrads_lr_decay_starts_with_the_second_step() -> None:
    run = fed("adagrad", [1.0] * 4, lr=0.1, lr_decay=1.0, eps=0.0)
    np.testing.assert_allclose(-run.update[:, 0], 0.1 / np.arange(1, 5) / np.sqrt(np.arange(1, 5)), rtol=1e-14)


def test_adam_without_momentum_is_not_rmsprop() -> None:
    adam, rmsprop = fed("adam", [1.0], lr=1.0, beta1=0.0), fed("rmsprop", [1.0], lr=1.0, alpha=0.999)
    assert adam.update[0, 0] == pytest.approx(-1.0)
    assert rmsprop.update[0, 0] == pytest.approx(-1 / math.sqrt(0.001), rel=1e-6)


# First steps from (-8, 1) with gradient (-8, 100), computed with torch.optim 2.13 on float64 parameters; torch keeps
# NAdam's product of momenta in float32 unless the default type is float64, which costs the last seven digits.
@pytest.mark.parametrize(
    ("name", "given", "place"),
    [
        ("nadam", {"lr": 0.1}, (-7.894354820998577, 0.8943548208770855)),
        ("radam", {"lr": 0.001}, (-7.992, 0.9)),
        ("adamax", {"lr": 0.1}, (-7.9, 0.9)),
        ("adadelta", {}, (-7.996837722586885, 0.9968377223414128)),
        ("rprop", {"lr": 0.1}, (-7.9, 0.9)),
        ("lion", {"lr": 0.1}, (-7.9, 0.9)),
    ],
)
def test_more_first_steps(name: str, given: dict[str, Any], place: tuple[float, float]) -> None:
    run = optim_viz.rollout("narrow_valley", name, start=(-8, 1), steps=1, **given)
    np.testing.assert_allclose(run.theta[1], place, rtol=1e-8)


def test_every_step_of_lion_is_lr() -> None:
    """Chen et al. (2023): without weight decay the update is a sign. Twenty steps of 0.1 from (-8, 1): (-6, -0.2)."""
    run = optim_viz.rollout("narrow_valley", "lion", start=(-8, 1), lr=0.1, steps=20)
    np.testing.assert_allclose(np.abs(run.update), 0.1, rtol=1e-13)
    np.testing.assert_allclose(run.theta[-1], [-6.0, -0.2], rtol=1e-12)


def test_radam_divides_from_the_sixth_step_on() -> None:
    """ρ_5 = 4.995998 and ρ_6 = 5.994164 at β₂ = 0.999; before, under a constant gradient, each step is lr·g."""
    run = fed("radam", [7.0] * 8, lr=1e-3)
    np.testing.assert_allclose(run.state["rho"][4:6, 0], [4.995998, 5.994164], atol=1e-6)
    np.testing.assert_allclose(run.update[:5, 0], -7e-3, rtol=1e-12)
    assert (np.abs(run.update[5:, 0]) < 1e-3).all()
    assert (run.state["r"][:5] == 0).all()
    assert (run.state["r"][5:] > 0).all()


def test_no_step_of_adamax_is_longer_than_lr_while_momentum_is_off() -> None:
    """Kingma and Ba (2015), section 7.1: |Δ_t| <= lr; with β₁ = 0, m̂ = g and u >= |g|."""
    gradients = np.random.default_rng(0).normal(size=500) * np.geomspace(1e-3, 1e3, 500)
    assert (np.abs(fed("adamax", gradients, lr=0.01, beta1=0.0).update) <= 0.01).all()


def test_rprop_grows_shrinks_and_rests() -> None:
    """Riedmiller and Braun (1993): factors 1.2 and 0.5; after a turn one step rests, and the next is not compared."""
    run = fed("rprop", [1.0, 5.0, 0.1, -3.0, -3.0, -3.0], lr=0.1)
    np.testing.assert_allclose(run.state["step_size"][:, 0], [0.1, 0.12, 0.144, 0.072, 0.072, 0.0864], rtol=1e-13)
    np.testing.assert_allclose(run.update[:, 0], [-0.1, -0.12, -0.144, 0.0, 0.072, 0.0864], rtol=1e-13, atol=1e-16)


def test_nadam_starts_with_half_its_momentum() -> None:
    """torch: the first step under any gradient is 1.0564517783553882 lr at the defaults."""
    run = fed("nadam", [3.0], lr=1.0)
    assert run.update[0, 0] == pytest.approx(-1.0564517783553882, rel=1e-7)  # eps / 3 below
