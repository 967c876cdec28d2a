"""What the arithmetic panel must say of an Adam lane, computed with the public API."""

from __future__ import annotations

import math

import optim_viz
from optim_viz.scenario import Scenario
from tests.browser.lab_page import LabPage

SHOWN = 6e-4  # the panel shows four significant digits


def adam_numbers(run: optim_viz.Trajectory, step: int) -> dict[str, tuple[list[float], list[float]]]:
    """Return, for the step that leads to `step` >= 1, each line's numbers in reading order, for x and for y."""
    hyper = {name: float(run.hyperparameters[name]) for name in ("lr", "beta1", "beta2", "eps")}
    pairs = (lines(run, step, 0, **hyper), lines(run, step, 1, **hyper))
    return {symbol: (pairs[0][symbol], pairs[1][symbol]) for symbol in pairs[0]}


def lines(
    run: optim_viz.Trajectory, step: int, axis: int, lr: float, beta1: float, beta2: float, eps: float
) -> dict[str, list[float]]:
    """Return the numbers of one coordinate."""
    now = {name: float(values[step - 1, axis]) for name, values in run.state.items()}
    before = {name: float(values[step - 2, axis]) if step > 1 else 0.0 for name, values in run.state.items()}
    gradient, update = float(run.grad[step - 1, axis]), float(run.update[step - 1, axis])
    return {
        "m": [beta1, before["m"], 1, beta1, gradient, now["m"]],
        "v": [beta2, before["v"], 1, beta2, gradient, now["v"]],
        "m̂": [now["m"], 1, beta1, now["m_hat"]],
        "v̂": [now["v"], 1, beta2, now["v_hat"]],
        "Δθ": [-lr, now["m_hat"], now["v_hat"], eps, update],
        "θ": [float(run.theta[step - 1, axis]), update, float(run.theta[step, axis])],
    }


def shown_run(scenario: Scenario, **changes: float) -> optim_viz.Trajectory:
    """Run the lane whose arithmetic a scenario shows, with some hyperparameters changed."""
    lane = scenario.lanes[scenario.lane]
    return optim_viz.rollout(
        scenario.surface_object(),
        lane.optimizer,
        start=scenario.start,
        steps=scenario.steps,
        noise=scenario.noise,
        seed=scenario.seed,
        **(dict(lane.hyperparameters) | changes),
    )


def assert_arithmetic(lab: LabPage, run: optim_viz.Trajectory, step: int) -> None:
    """Fail unless every number of the panel is the run's own, to the digits shown."""
    shown = lab.arithmetic()
    wanted = adam_numbers(run, step)
    assert list(shown) == list(wanted), "the panel's lines are not Adam's"
    for symbol, axes in wanted.items():
        for axis, true, told in zip("xy", axes, shown[symbol], strict=True):
            close = len(true) == len(told) and all(
                math.isclose(a, b, rel_tol=SHOWN, abs_tol=1e-300) for a, b in zip(true, told, strict=True)
            )
            assert close, f"step {step}, {symbol}, {axis}: the panel shows {told}, the run has {true}"
