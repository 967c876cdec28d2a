"""The engine trains as the usual loop does, repeats itself, stops and goes on."""

from __future__ import annotations

import itertools
import json
import math
import threading
import time
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from optim_viz.comparison import TrainingSpec, torch_optimizer
from optim_viz.comparison.events import (
    Clock,
    Diverged,
    End,
    Epoch,
    Event,
    Memory,
    MidEpochTest,
    MonitorReport,
    Start,
    Step,
    to_dict,
)
from optim_viz.datasets import Data
from optim_viz.scenario import MAX_LANES
from optim_viz.training import losses as loss_module
from optim_viz.training import machine, training_run
from optim_viz.training.engine import Checkpoint, choose_device, train
from tests.training.engine import usual_loop
from tests.training.engine.conftest import trainable

LANES = tuple(trainable()[:MAX_LANES])


def make(**values: Any) -> TrainingSpec:
    """A small comparison on 300 images."""
    return TrainingSpec.from_dict(
        {"lanes": LANES[:1], "widths": [32, 16], "batch_size": 64, "examples": 300, "device": "cpu", **values}
    )


def run(spec: TrainingSpec, data: Data, **options: Any) -> tuple[list[Event], list[list[Tensor]]]:
    told: list[Event] = []
    return told, train(spec, data=data, on_event=told.append, **options)


def losses(told: list[Event], lane: int) -> list[float]:
    return [event.loss for event in told if isinstance(event, Step) and event.lane == lane]


@pytest.mark.parametrize("l2", [0.0, 1e-2])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_lanes_train_as_in_the_usual_loop(few: Data, activation: str, l2: float) -> None:
    """In float64, several lanes side by side against as many loops of nn.Module, autograd and plain torch.optim."""
    spec = make(lanes=LANES, activation=activation, l2=l2, epochs=3, seed=7)
    told, params = run(spec, few)
    for lane_number, mine in enumerate(params):
        name, options = torch_optimizer(spec.lanes[lane_number])
        expected, theirs, _ = usual_loop.train(
            few, name, options, activation=activation, l2=l2, epochs=3, seed=7, examples=300
        )
        np.testing.assert_allclose(losses(told, lane_number), expected, rtol=1e-8)
        for one, other in zip(mine, theirs, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("batch_size", [1, 3, 64, 299, 300])
@pytest.mark.parametrize("widths", [(), (24,)])
def test_every_batch_size_trains_as_in_the_usual_loop(few: Data, batch_size: int, widths: tuple[int, ...]) -> None:
    """From one example to all of them, short last batches included; no hidden layer is logistic regression."""
    spec = make(lanes=["adam,lr=0.002"], batch_size=batch_size, widths=list(widths), epochs=2)
    told, (mine,) = run(spec, few)
    name, options = torch_optimizer(spec.lanes[0])
    expected, theirs, _ = usual_loop.train(
        few, name, options, widths=widths, batch_size=batch_size, epochs=2, examples=300
    )
    assert len(expected) == spec.total_steps
    np.testing.assert_allclose(losses(told, 0), expected, rtol=1e-7)
    for one, other in zip(mine, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-8)


def test_single_precision_agrees_to_rounding(mnist: Data) -> None:
    spec = make(lanes=LANES, widths=[256, 256], batch_size=128, examples=1000)
    told, _ = run(spec, mnist)
    for lane in range(len(LANES)):
        name, options = torch_optimizer(spec.lanes[lane])
        expected, _, _ = usual_loop.train(mnist, name, options, widths=(256, 256), batch_size=128, examples=1000)
        np.testing.assert_allclose(losses(told, lane), expected, rtol=2e-3)


def test_a_large_batch_in_parts_is_one_step(few: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = make(batch_size=200, epochs=2)
    whole, _ = run(spec, few)
    monkeypatch.setitem(machine._MOST_ROWS, "cpu", 50)
    parts, _ = run(spec, few)
    np.testing.assert_allclose(losses(parts, 0), losses(whole, 0), rtol=1e-12)


def told_numbers(told: list[Event]) -> set[str]:
    """Everything that does not depend on time or memory, as text that is exact to the bit."""
    kept = [to_dict(event) for event in told if not isinstance(event, Memory | MonitorReport | Clock | End)]
    return {json.dumps({key: value for key, value in each.items() if key != "examples_per_second"}) for each in kept}


def test_the_same_request_gives_the_same_numbers_bit_for_bit(mnist: Data) -> None:
    spec = make(lanes=LANES, widths=[256, 256], batch_size=100, examples=1000, record_every=4)
    first, params = run(spec, mnist)
    second, again = run(spec, mnist)
    assert told_numbers(first) == told_numbers(second)
    assert all(map(torch.equal, itertools.chain(*params), itertools.chain(*again)))
    other, _ = run(make(lanes=LANES[:1], widths=[256, 256], batch_size=100, examples=1000, seed=1), mnist)
    assert losses(other, 0) != losses(first, 0)


def test_lanes_share_weights_and_batches(few: Data) -> None:
    """The same optimizer twice is the same curve twice, and a lane does not depend on its neighbours."""
    told, _ = run(make(lanes=["adam", "sgd,lr=0.1", "adam,colour=3"], epochs=2), few)
    assert losses(told, 0) == losses(told, 2)
    alone, _ = run(make(lanes=["sgd,lr=0.1"], epochs=2), few)
    assert losses(told, 1) == losses(alone, 0)


def test_no_lane_runs_away_from_the_others(mnist: Data) -> None:
    """Not even one whose step costs a fraction of the others'."""
    spec = make(lanes=["sgd", "rmsprop"], widths=[128, 128], batch_size=8, examples=5000, record=False)
    told, _ = run(spec, mnist)
    step, apart = [0, 0], 0
    for event in told:
        if isinstance(event, Step):
            step[event.lane] = event.step
            apart = max(apart, abs(step[0] - step[1]))
    assert step == [625, 625]
    assert apart <= 4 * 64


def test_what_is_told_and_in_which_order(few: Data) -> None:
    spec = make(lanes=LANES[:2], epochs=2, l2=1e-3)
    told, params = run(spec, few)
    start, end = told[0], told[-1]
    assert isinstance(start, Start)
    assert (start.step, start.total_steps, start.steps_per_epoch) == (0, 10, 5)
    assert (start.n_parameters, start.layers) == (spec.n_parameters, ("layer 1", "layer 2", "layer 3"))
    assert start.device.startswith("cpu (")
    assert isinstance(end, End)
    assert (end.status, end.step) == ("finished", 10)
    for lane in range(2):
        steps = [event for event in told if isinstance(event, Step) and event.lane == lane]
        assert [event.step for event in steps] == list(range(1, 11))
        assert [event.epoch for event in steps] == [1] * 5 + [2] * 5
        weights = 0.98 ** np.arange(9, -1, -1)
        mean = np.average([event.loss for event in steps], weights=weights)
        assert math.isclose(steps[-1].smoothed, mean, rel_tol=1e-12)
        epochs = [event for event in told if isinstance(event, Epoch) and event.lane == lane]
        assert [(event.epoch, event.step) for event in epochs] == [(1, 5), (2, 10)]
        sizes = [64, 64, 64, 64, 44]
        expected = np.average([event.loss for event in steps[5:]], weights=sizes)
        assert math.isclose(epochs[1].train_loss, expected, rel_tol=1e-12)
        model = usual_loop.network([784, 32, 16, 10], "relu", 0, torch.float64)
        with torch.no_grad():
            for own, param in zip(model.parameters(), params[lane], strict=True):
                own.copy_(param)
            logits = model(few.test_x)
        test_loss = torch.nn.functional.cross_entropy(logits, few.test_y).item()
        assert math.isclose(epochs[1].test_loss, test_loss, rel_tol=1e-12)
        assert epochs[1].test_accuracy == (logits.argmax(1) == few.test_y).double().mean().item()
        penalty = 1e-3 * sum(float((weight**2).sum()) for weight in params[lane][::2])
        assert math.isclose(epochs[1].penalty, penalty, rel_tol=1e-12)
        assert epochs[1].examples_per_second > 0
    memory = [event for event in told if isinstance(event, Memory)]
    assert len(memory) >= 2
    assert all(0 < event.used <= event.peak for event in memory)
    json.dumps([to_dict(event) for event in told])


def test_tests_within_an_epoch_are_evenly_spaced_and_change_nothing(few: Data) -> None:
    spec = make(lanes=LANES[:2], batch_size=25, epochs=2, tests_per_epoch=4)  # 12 steps an epoch
    told, params = run(spec, few)
    for lane in range(2):
        within = [(event.epoch, event.step) for event in told if isinstance(event, MidEpochTest) and event.lane == lane]
        assert within == [(1, 3), (1, 6), (1, 9), (2, 15), (2, 18), (2, 21)]
    seldom, same = run(make(lanes=LANES[:2], batch_size=25, epochs=2, tests_per_epoch=1), few)
    assert not [event for event in seldom if isinstance(event, MidEpochTest)]
    assert all(map(torch.equal, itertools.chain(*params), itertools.chain(*same)))


@pytest.mark.parametrize(
    ("batch_size", "tests", "steps"), [(100, 10, (1, 2, 3)), (300, 4, (1,)), (10, 3, (10, 20, 30)), (7, 2, (22, 43))]
)
def test_an_epoch_is_never_tested_more_often_than_it_has_steps(
    batch_size: int, tests: int, steps: tuple[int, ...]
) -> None:
    assert make(batch_size=batch_size, tests_per_epoch=tests).test_steps == steps


def test_a_test_within_an_epoch_is_of_the_weights_at_that_step(few: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that is asked to stop once the first test is told leaves the weights that were tested."""
    monkeypatch.setattr(training_run, "_POLL_SECONDS", 0.0)  # asked before every step
    spec = make(batch_size=25, tests_per_epoch=4)
    told: list[Event] = []

    def tests() -> list[MidEpochTest]:
        return [event for event in told if isinstance(event, MidEpochTest)]

    params = train(spec, data=few, on_event=told.append, should_stop=lambda: bool(tests()))
    (test,) = tests()
    assert test.step == max(event.step for event in told if isinstance(event, Step)) == 3
    model = usual_loop.network([784, 32, 16, 10], "relu", 0, torch.float64)
    with torch.no_grad():
        for own, param in zip(model.parameters(), params[0], strict=True):
            own.copy_(param)
        logits = model(few.test_x)
    assert math.isclose(test.test_loss, torch.nn.functional.cross_entropy(logits, few.test_y).item(), rel_tol=1e-12)
    assert test.test_accuracy == (logits.argmax(1) == few.test_y).double().mean().item()


def test_the_clock_counts_up_through_a_resume_and_ends_with_the_run(few: Data) -> None:
    spec = make(batch_size=10, epochs=20)  # long enough that asking to stop comes before the end
    saved: list[Checkpoint] = []
    told: list[Event] = []
    stop = stop_after(20, 1, told)
    train(spec, data=few, on_event=told.append, should_stop=stop, checkpoint=saved.append)
    resumed, _ = run(spec, few, resume=Checkpoint.from_bytes(saved[-1].to_bytes()))
    clocks = [event for event in (*told, *resumed) if isinstance(event, Clock)]
    assert clocks[-1].step == spec.total_steps
    assert all(a.step < b.step and 0 < a.seconds < b.seconds for a, b in itertools.pairwise(clocks))


def test_thinning_keeps_the_ends_and_the_smoothed_loss_knows_all(few: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = make(batch_size=7, epochs=3)  # 129 steps
    full = [event for event in run(spec, few)[0] if isinstance(event, Step)]
    monkeypatch.setattr(loss_module, "LOSS_POINTS", 10)
    thin = [event for event in run(spec, few)[0] if isinstance(event, Step)]
    assert [event.step for event in thin] == [1, *range(13, 129, 13), 129]
    by_step = {event.step: event for event in full}
    assert all(by_step[event.step] == event for event in thin)


def stop_after(step: int, lanes: int, told: list[Event]) -> Any:
    """Whether every lane has told of that step."""
    return lambda: len({event.lane for event in told if isinstance(event, Step) and event.step >= step}) == lanes


@pytest.mark.parametrize("lanes", [LANES, LANES[-1:]])
def test_a_run_that_was_stopped_goes_on_to_the_same_bits(
    mnist: Data, monkeypatch: pytest.MonkeyPatch, lanes: tuple[str, ...]
) -> None:
    spec = make(lanes=lanes, widths=[32], batch_size=50, examples=1000, epochs=8, l2=1e-4)
    whole, params = run(spec, mnist)
    told: list[Event] = []
    saved: list[Checkpoint] = []
    stop = stop_after(20, len(lanes), told)
    with monkeypatch.context() as asked_often:
        asked_often.setattr(training_run, "_POLL_SECONDS", 0.001)
        train(spec, data=mnist, on_event=told.append, should_stop=stop, checkpoint=saved.append)
    end = told[-1]
    assert isinstance(end, End)
    assert end.status == "cancelled"
    assert 0 < end.step < spec.total_steps
    content = saved[-1].to_bytes()
    resumed, again = run(spec, mnist, resume=Checkpoint.from_bytes(content))
    assert isinstance(resumed[0], Start)
    assert resumed[0].step == end.step == saved[-1].step
    assert all(map(torch.equal, itertools.chain(*params), itertools.chain(*again)))
    for lane in range(len(lanes)):
        steps = [event for event in (*told, *resumed) if isinstance(event, Step) and event.lane == lane]
        assert [event.step for event in steps] == list(range(1, spec.total_steps + 1))
        assert [event for event in whole if isinstance(event, Step) and event.lane == lane] == steps
        (once, again) = [
            [event for event in part if isinstance(event, Epoch) and (event.lane, event.epoch) == (lane, 8)]
            for part in (whole, resumed)
        ]
        assert [event.train_loss for event in once] == [event.train_loss for event in again]
        assert len(once) == 1


def test_every_checkpoint_on_the_way_leads_to_the_same_end(few: Data) -> None:
    spec = make(lanes=LANES, batch_size=10, epochs=2)
    told: list[Event] = []
    saved: list[tuple[int, Checkpoint]] = []
    params = train(
        spec,
        data=few,
        on_event=told.append,
        checkpoint=lambda state: saved.append((len(told), state)),
        checkpoint_seconds=0,
    )
    assert len(saved) > 1
    for so_far, state in (saved[0], saved[len(saved) // 2], saved[-1]):
        for index, lane in enumerate(state.lanes):  # nothing up to the checkpoint is told after it
            steps = [event.step for event in told[:so_far] if isinstance(event, Step) and event.lane == index]
            assert max(steps) == lane["step"]
        _, again = run(spec, few, resume=Checkpoint.from_bytes(state.to_bytes()))
        assert all(map(torch.equal, itertools.chain(*params), itertools.chain(*again)))


def test_a_checkpoint_is_for_its_own_comparison(few: Data) -> None:
    saved: list[Checkpoint] = []
    run(make(), few, should_stop=lambda: True, checkpoint=saved.append)
    with pytest.raises(ValueError, match="the checkpoint has seed = 0, this run has 1"):
        run(make(seed=1), few, resume=saved[0])
    run(make(record=False), few, resume=saved[0])  # what does not touch the weights may change
    for damaged in (b"", b"nothing", saved[0].to_bytes()[:-100]):
        with pytest.raises(ValueError, match="not a readable checkpoint"):
            Checkpoint.from_bytes(damaged)


@pytest.mark.parametrize(
    "values",
    [
        {"lanes": LANES, "batch_size": 60_000, "examples": 60_000, "epochs": 100},
        {"lanes": LANES[-1:], "batch_size": 60_000, "examples": 60_000, "epochs": 100, "widths": [1024, 1024]},
        {"lanes": LANES, "batch_size": 1, "examples": 60_000, "epochs": 100},
    ],
)
def test_a_run_stops_within_a_second(mnist: Data, values: dict[str, Any]) -> None:
    """Even in the middle of a step of all lanes on all 60,000 images."""
    stop = threading.Event()
    asked: list[float] = []

    def ask() -> None:
        asked.append(time.monotonic())
        stop.set()

    timer = threading.Timer(1.0, ask)
    timer.start()
    told, _ = run(make(**{"widths": [256, 256], **values}), mnist, should_stop=stop.is_set)
    ended = time.monotonic()
    timer.join()
    assert isinstance(told[-1], End)
    assert told[-1].status == "cancelled"
    assert ended - asked[0] < 1.0


def test_a_lane_that_diverges_says_so_once_and_disturbs_nobody(few: Data) -> None:
    spec = make(lanes=["sgd,lr=1e200", "sgd,lr=0.1"], epochs=3, record_every=1)
    told, _ = run(spec, few)
    (diverged,) = [event for event in told if isinstance(event, Diverged)]
    assert diverged.lane == 0
    column = losses(told, 0)
    assert len(column) == spec.total_steps
    assert not math.isfinite(column[diverged.step - 1])
    assert all(map(math.isfinite, column[: diverged.step - 1]))
    assert losses(told, 1) == losses(run(make(lanes=["sgd,lr=0.1"], epochs=3), few)[0], 0)


@pytest.mark.parametrize("lanes", [LANES[:1], LANES])
def test_an_error_ends_the_run(few: Data, lanes: tuple[str, ...]) -> None:
    threads = torch.get_num_threads()

    def full(event: Event) -> None:
        if isinstance(event, Step):
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space left"):
        train(make(lanes=lanes, epochs=500), data=few, on_event=full)
    broken = Data(few.train_x[:, :, :5], few.train_y, few.test_x, few.test_y)
    with pytest.raises(RuntimeError):
        run(make(lanes=lanes), broken)
    assert torch.get_num_threads() == threads
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lane")]


def test_too_little_data_is_refused(few: Data) -> None:
    with pytest.raises(ValueError, match="1000 training examples are asked for, the data has 300"):
        run(make(examples=1000), few)


def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert choose_device("auto").type == choose_device("cpu").type == "cpu"
    with pytest.raises(ValueError, match="no CUDA device is present"):
        choose_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto").type == "cuda"
