from __future__ import annotations

import pytest

from optim_viz.experiments import particle
from optim_viz.experiments.particle import Particle


def test_a_constant_gradient_gives_the_known_places() -> None:
    run = particle.slope(Particle(lr=0.1, momentum=0.9), 200)
    assert run.theta[[1, 2, 3, 10], 0] == pytest.approx([-0.1, -0.29, -0.561, -4.1381059609], rel=1e-12)
    assert particle.speed(run)[-1] == pytest.approx(0.9999999992944879, rel=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.99])
def test_the_terminal_speed_is_lr_over_one_minus_momentum(momentum: float) -> None:
    body = Particle(lr=0.05, momentum=momentum)
    assert particle.speed(particle.slope(body, 4000))[-1] == pytest.approx(0.05 / (1 - momentum), rel=1e-9)
    assert -particle.push(body, 4000).theta[-1, 0] == pytest.approx(body.terminal_speed, rel=1e-9)


def test_without_momentum_there_is_no_mass_and_the_first_step_is_at_full_speed() -> None:
    body = Particle(lr=0.05, momentum=0.0)
    assert body.mass == 0
    assert particle.steps_to_terminal(particle.slope(body, 10), body) == 1


def test_the_terminal_speed_may_not_be_reached() -> None:
    body = Particle(lr=0.05, momentum=0.99)
    assert particle.steps_to_terminal(particle.slope(body, 100), body) is None
    assert particle.steps_to_terminal(particle.slope(body, 500), body) == 459  # 0.99**459 < 0.01 <= 0.99**458


def test_mass_and_friction_give_back_lr_and_momentum() -> None:
    body = Particle(lr=0.02, momentum=0.7)
    assert body.mass / (body.mass + body.friction) == pytest.approx(0.7)
    assert 1 / (body.mass + body.friction) == pytest.approx(0.02)


def test_critical_damping() -> None:
    body = Particle(lr=0.01, momentum=0.81)
    assert body.critical_momentum(1.0) == pytest.approx(0.81)
    run = particle.valley(body, 200)
    left = run.theta[:, 0] / run.theta[0, 0]
    assert left[[1, 2, 10, 100]] == pytest.approx([0.99, 0.972, 0.6973568802, 2.9217538776346293e-4], rel=1e-10)
    assert not particle.overshoots(run)
    assert particle.overshoots(particle.valley(Particle(lr=0.01, momentum=0.9), 500))
