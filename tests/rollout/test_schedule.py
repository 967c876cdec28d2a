"""Runs whose learning rate moves: torch.optim under torch's own scheduler, step by step, and what a run says of it."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import optim_viz
from optim_viz import schedules
from optim_viz.rollout.endings import endings
from optim_viz.surfaces import get
from optim_viz.update_rules import UpdateRule
from tests.truths.twin import Twin

STEPS = 40
PLANS = [
    schedules.get("step", step_size=10, gamma=0.3),
    schedules.get("cosine", final=0.1),
    schedules.get("warmup", total_iters=15),
    schedules.get("one_cycle"),
]
RULES = [optim_viz.optimizer(name) for name in optim_viz.optimizers()]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_a_path_is_that_of_the_twin_under_torchs_scheduler(rule: UpdateRule, plan: schedules.Schedule) -> None:
    grads = np.random.default_rng(3).normal(size=(STEPS, 2)) + 0.5
    given = {each.name: 0.1 for each in rule.hyperparameters if each.name == "weight_decay"}
    run = optim_viz.replay(rule.name, grads, theta0=(1.0, -2.0), schedule=plan, **given)
    twin, path = Twin(rule, given, (1.0, -2.0), plan, STEPS), [np.array([1.0, -2.0])]
    for grad in grads:
        twin.step(grad)
        path.append(twin.theta)
    np.testing.assert_allclose(run.theta, path, rtol=1e-10, atol=1e-12)


def test_torch_keeps_lr_out_of_the_buffer_and_the_numbers_show_it() -> None:
    """A gradient of 1, momentum 0.9, lr 0.1 for 10 steps and then 0.01: torch.optim.SGD under StepLR, in float64."""
    plan = schedules.get("step", step_size=10, gamma=0.1)
    run = optim_viz.replay("momentum", np.ones((12, 2)), lr=0.1, momentum=0.9, schedule=plan)
    np.testing.assert_allclose(run.theta[10:, 0], [-4.1381059609, -4.206724901291, -4.2784819476429], rtol=1e-12)


def test_the_trajectory_holds_the_rate_of_each_step() -> None:
    run = optim_viz.rollout("booth", "sgd", lr=[[0.1], [0.2]], seed=[1, 2, 3], steps=4, schedule="inverse_sqrt")
    assert run.lr.shape == (2, 3, 4)
    np.testing.assert_allclose(run.lr[1, 2], 0.2 / np.sqrt([1, 2, 3, 4]))
    assert not run.lr.flags.writeable
    np.testing.assert_array_equal(run[1, 2].lr, run.lr[1, 2])
    np.testing.assert_allclose(run.update, -run.lr[..., np.newaxis] * run.grad, atol=1e-15)
    still = optim_viz.rollout("booth", "sgd", lr=0.1, steps=4)
    assert still.schedule is None
    assert still.lr.tolist() == [0.1] * 4
    assert "schedule inverse_sqrt" in repr(run)
    assert "schedule" not in repr(still)
    assert pickle.loads(pickle.dumps(run)) == copy.deepcopy(run) == run  # noqa: S301 - made here
    assert run != optim_viz.rollout("booth", "sgd", lr=[[0.1], [0.2]], seed=[1, 2, 3], steps=4)


def test_a_schedule_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"unknown schedule 'cosin'.*cosine"):
        optim_viz.rollout("booth", "sgd", schedule="cosin")
    with pytest.raises(ValueError, match="did you mean schedule"):
        optim_viz.rollout("booth", "sgd", schedul="cosine")


@pytest.mark.parametrize("name", optim_viz.optimizers())
def test_a_lane_of_a_batch_is_the_run_alone_and_its_ending_too(name: str) -> None:
    rates = np.array([0.001, 0.01, 0.02])
    plan = schedules.get("cosine")
    batch = optim_viz.rollout("narrow_valley", name, lr=rates, steps=300, schedule=plan)
    for lane, lr in enumerate(rates.tolist()):
        alone = optim_viz.rollout("narrow_valley", name, lr=lr, steps=300, schedule=plan)
        np.testing.assert_array_equal(batch.theta[lane], alone.theta)
    rule, surface = optim_viz.optimizer(name), get("narrow_valley")
    *_, last = endings(
        surface,
        rule,
        rule.complete({"lr": rates}),
        start=surface.start,
        steps=300,
        noise=0.0,
        seed=0,
        near=1e-3,
        schedule=plan,
    )
    np.testing.assert_array_equal(last.loss, batch.loss[:, -1])


def test_a_sweep_has_one_schedule_for_all_its_runs() -> None:
    rates, plan = np.array([0.01, 0.05]), schedules.get("step", step_size=10)
    found = optim_viz.sweep("booth", "momentum", {"lr": rates, "momentum": [0.0, 0.9]}, steps=30, schedule=plan)
    run = optim_viz.rollout("booth", "momentum", lr=rates[:, None], momentum=[0.0, 0.9], steps=30, schedule=plan)
    np.testing.assert_array_equal(found, run.loss[..., -1])
    with pytest.raises(ValueError, match="unknown schedule"):
        optim_viz.sweep("booth", "sgd", {"lr": rates}, schedule="cosin")
