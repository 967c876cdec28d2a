"""Threads of updates change no number; tiny numbers are 0 in every thread of a process that trains."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import Event
from optim_viz.training import engine
from optim_viz.training.engine import train
from optim_viz.training.machine import share_threads, update_threads
from optim_viz.training.mnist import Mnist
from optim_viz.training.update_threads import UpdateThreads
from tests.training.engine.test_engine import LANES

COSTS = {1: 3.0, 2: 2.0}


@pytest.fixture(autouse=True)
def _two_threads() -> object:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("batch_size", [1, 4])
@pytest.mark.parametrize("lane", LANES)
def test_the_threads_of_an_update_change_no_bit(
    mnist: Mnist, monkeypatch: pytest.MonkeyPatch, lane: str, batch_size: int
) -> None:
    values = {"lanes": [lane], "batch_size": batch_size, "examples": 100, "l2": 1e-4, "record": False}
    spec = TrainingSpec.from_dict({**values, "device": "cpu"})
    runs: list[list[torch.Tensor]] = []
    for threads in (1, 2):
        monkeypatch.setattr(engine, "update_threads", lambda *_, threads=threads: threads)
        monkeypatch.setattr(UpdateThreads, "choose", lambda self: self.most)
        told: list[Event] = []
        runs.append(train(spec, data=mnist, on_event=told.append)[0])
    for one, two in zip(*runs, strict=True):
        assert torch.equal(one, two)


def test_an_update_has_two_threads_where_a_lone_lanes_products_have_one() -> None:
    def most(groups: int, **values: object) -> int:
        return update_threads(
            TrainingSpec.from_dict({"lanes": list(LANES[:groups]), "device": "cpu", **values}), groups
        )

    assert most(1, batch_size=1) == 2
    assert most(1, batch_size=1, widths=[]) == 1, "7,850 parameters are updated sooner than a second thread has begun"
    assert most(2, batch_size=1) == 1, "each core has its lane"
    assert most(1, batch_size=128) == 1, "the products' threads make the update as well"
    assert share_threads(TrainingSpec.from_dict({"lanes": [LANES[0]], "batch_size": 128}), 1) == (1, 2)


def test_the_faster_number_of_threads_is_taken_and_a_change_is_noticed() -> None:
    choice, costs = UpdateThreads(2), dict(COSTS)
    taken: list[int] = []
    for stretch in range(120):
        if stretch == 60:
            costs[2] = 9.0
        threads = choice.choose()
        choice.note(threads, costs[threads])
        taken.append(threads)
    assert taken[:3] == [1, 2, 1], "the first stretch is not timed"
    assert taken[3:60].count(2) >= 53
    assert taken[61:].count(1) >= 54
    assert {UpdateThreads(1).choose() for _ in range(50)} == {1}


def test_a_process_that_trains_takes_tiny_numbers_for_zero_in_every_thread() -> None:
    script = """
import sys, threading, torch
from optim_viz.training.machine import take_tiny_for_zero
take_tiny_for_zero()
zeros = []
def count():
    zeros.append(int(torch.full((400_000,), 1e-30).mul_(1e-10).eq(0).sum()))
torch.set_num_threads(2)
count()
thread = threading.Thread(target=count)
thread.start()
thread.join()
print(*zeros)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    there = torch.set_flush_denormal(True)
    torch.set_flush_denormal(False)
    zeros = "400000" if there and sys.platform == "linux" else "0"
    assert done.stdout.split() == [zeros, zeros]
