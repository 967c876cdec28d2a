"""The page "After Adam": its numbers against published ones, closed forms and an independent computation."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from optim_viz.experiments import angle, fair, muon, weight_decay


@pytest.mark.parametrize(
    ("rule", "losses", "rel"),
    [
        ("adam", (1.1e-11, 1.7e-3, 8.0e-2, 1.7e-1), 0.05),
        # Computed apart with another order of L and the step: 7.7e-11. Which it is depends on that convention; that it
        # is the same at every angle does not.
        ("soap", (6.855e-11,) * 4, 0.01),
        ("adagrad", (4.6e-12, 8.5e-5, 8.7e-3, 2.5e-2), 0.02),
        ("full_adagrad", (2.7e-12,) * 4, 0.01),
    ],
)
def test_what_turning_the_valley_costs(rule: str, losses: tuple[float, ...], rel: float) -> None:
    assert angle.dial(100.0, (0.0, 15.0, 30.0, 45.0))[rule] == pytest.approx(losses, rel=rel)


@pytest.mark.parametrize("degrees", [0.0, 20.0, 45.0, 70.0])
def test_the_ellipse_lies_along_the_valley(degrees: float) -> None:
    run = angle.runs(100.0, degrees)["full_adagrad"]
    longer, direction = angle.axes_of(run, 50)
    assert longer > 3
    # The first gradient, 100 times larger than the last ones, was 5° off the valley's wall.
    assert direction == pytest.approx(degrees, abs=7)
    points = angle.ellipse(run, 50, 1.6) - run.theta[50]
    lengths = np.hypot(*points.T)
    assert lengths.max() == pytest.approx(1.6, rel=1e-3)
    assert lengths.max() / lengths.min() == pytest.approx(longer, rel=0.02)


@pytest.mark.parametrize(
    ("name", "exact", "five"),
    [
        ("column", (0.995, 0.0995), (0.693, 0.0693)),
        ("diagonal", (1, 1), (0.702, 0.709)),
        ("symmetric", (1, 0), (0.9987, 0.0702)),
        ("rotation", (0.995, 0.0995), (1.1026, 0.1103)),
    ],
)
def test_one_gradient_in_four_matrices(name: str, exact: tuple[float, float], five: tuple[float, float]) -> None:
    (layout,) = (each for each in muon.LAYOUTS if each.name == name)
    matrix = layout.matrix(1.0, 0.1)
    assert layout.point(muon.exact(matrix)) == pytest.approx(exact, abs=5e-4)
    assert layout.point(muon.newton_schulz(matrix)[-1]) == pytest.approx(five, abs=6e-4)


@pytest.mark.parametrize("layout", muon.LAYOUTS, ids=lambda layout: layout.name)
def test_exact_muon_is_the_point_of_the_ball_furthest_along_the_gradient(layout: muon.Layout) -> None:
    ball = muon.unit_ball(layout)
    for x, y in np.random.default_rng(0).normal(size=(20, 2)):
        best = float((ball @ [x, y]).max())
        found = layout.point(muon.exact(layout.matrix(x, y)))
        assert float(found @ [x, y]) >= best - 1e-9
        assert np.linalg.norm(layout.matrix(*found), 2) == pytest.approx(1)


def test_muons_steps_are_torchs() -> None:
    matrix = np.random.default_rng(1).normal(size=(2, 2))
    param = torch.nn.Parameter(torch.zeros(2, 2))
    param.grad = torch.tensor(matrix, dtype=torch.float32)
    torch.optim.Muon([param], lr=1.0, momentum=0.0, nesterov=False, weight_decay=0.0).step()
    # torch's computes in bfloat16, of which a number has three digits at most.
    np.testing.assert_allclose(-param.detach().numpy(), muon.newton_schulz(matrix)[-1], atol=0.03)


def test_torchs_muon_refuses_a_vector() -> None:
    with pytest.raises(ValueError, match="2D"):
        torch.optim.Muon([torch.nn.Parameter(torch.zeros(2))], lr=1.0)


@pytest.mark.parametrize("ratio", [1.0, 10.0, 100.0])
def test_adamw_takes_the_same_share_off_every_weight(ratio: float) -> None:
    left, predicted = weight_decay.left(0.1, ratio), weight_decay.predicted(0.1)
    assert predicted[-1] == pytest.approx(0.999**2000)
    assert left["adamw"][-1] == pytest.approx([predicted[-1]] * 2, abs=0.01)
    assert left["adam"][-1, 0] == pytest.approx(predicted[-1], abs=0.01)
    # With gradients of ±G the L2 term is divided by G: what is left is about (1 - η λ / G)^t.
    assert left["adam"][-1, 1] == pytest.approx((1 - 0.001 / ratio) ** 2000, abs=0.03)


def test_the_fair_sweep() -> None:
    found = fair.scores("booth")
    assert set(found) == set(fair.RULES)
    for rule, score in found.items():
        assert score.low <= score.best <= score.high, rule
        assert score.best == score.losses[np.argmin(np.abs(np.log(fair.RATES / score.rate)))], rule
        assert score.best <= score.losses.min(), rule
        assert 0 < score.width < 6, rule
    # Booth's largest curvature is 18: gradient descent's best rate is below 2/18.
    assert found["sgd"].rate < 2 / 18
    assert np.isinf(found["sgd"].losses[-1])
