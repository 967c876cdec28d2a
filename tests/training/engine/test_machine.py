"""The work of a run is cut for the device that does it; tiny numbers are 0 in every thread of a process that trains."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from optim_viz import models
from optim_viz.training.machine import operations, share

MLP = 6.0 * 269_000  # operations for each row of the usual network


def test_lanes_come_before_threads_within_a_lane() -> None:
    assert (share(MLP, 128, 5, "cpu", 8).workers, share(MLP, 128, 5, "cpu", 8).threads) == (5, 1)
    assert (share(MLP, 128, 2, "cpu", 8).workers, share(MLP, 128, 2, "cpu", 8).threads) == (2, 4)
    assert share(MLP, 1, 1, "cpu", 8).threads == 1, "one example is not worth a second thread"


def test_a_gpu_takes_large_batches_whole_and_is_seldom_waited_for() -> None:
    """Two hidden layers of 2048: on the CPU a batch comes in parts, so that the run can stop; on a GPU it need not."""
    wide = 6.0 * (784 * 2048 + 2048 * 2048 + 2048 * 10)
    for device in ("cuda", "mps"):
        gpu = share(wide, 128, 5, device, 2)
        assert gpu.workers == 1
        assert gpu.rows_at_once >= 4096
        assert gpu.stretch >= 32
    assert share(wide, 128, 5, "cpu", 2).rows_at_once < 128


@pytest.mark.parametrize("name", models.names())
def test_a_model_knows_its_operations_without_torch(name: str) -> None:
    """What the queue goes by equals what torch counts, apart from what an activation takes and a bias adds."""
    model, shape = models.get(name), (1, 28, 28)
    network = model.build(model.complete({}), shape, 10, 0).float()
    assert model.work({}, shape, 10) == pytest.approx(operations(network, torch.zeros(1, *shape)), rel=0.02)


@pytest.mark.parametrize("work", [1.0, MLP, 1e13])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_there_is_always_a_step_to_take(work: float, device: str) -> None:
    cut = share(work, 60_000, 8, device, 2)
    assert cut.rows_at_once >= 16
    assert 1 <= cut.stretch <= 64


def test_operations_are_three_times_those_of_the_forward_pass() -> None:
    linear = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    assert operations(linear, torch.rand(1, 1, 8, 8)) == 3 * 2 * 64 * 10
    convolution = nn.Conv2d(2, 5, 3, padding=1)
    assert operations(convolution, torch.rand(1, 2, 8, 8)) == 3 * 2 * (2 * 5 * 9 * 64)


@pytest.mark.parametrize("name", models.names())
def test_operations_of_every_model_are_known(name: str) -> None:
    model = models.get(name)
    network = model.build(model.complete({}), (1, 8, 8), 10, 0)
    assert operations(network, torch.rand(1, 1, 8, 8).double()) >= 6 * 10


def test_a_process_that_trains_takes_tiny_numbers_for_zero_in_every_thread() -> None:
    script = """
import sys, threading, torch
from optim_viz.training.machine import flush_denormals
flush_denormals()
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
