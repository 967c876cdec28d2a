"""A device without float64 (Apple's) can train: no tensor of that type is made while training."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes
from torch.utils._pytree import tree_leaves

from optim_viz.comparison import TrainingSpec
from optim_viz.comparison.events import End, Epoch, Event, Quantiles
from optim_viz.datasets import Data
from optim_viz.training import lane as module
from optim_viz.training.engine import Checkpoint, train
from tests.training.engine.test_rules import LANES


class NoFloat64(TorchDispatchMode):
    """Stands for such a device: the CPU's tensors are its tensors, and an operation that makes a float64 one fails."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for value in tree_leaves(out):
            if isinstance(value, torch.Tensor) and value.dtype == torch.float64:
                raise TypeError(f"{func} made a float64 tensor, which the device does not have")
        return out


def data() -> Data:
    generator = torch.Generator().manual_seed(0)
    x, y = torch.rand(60, 1, 28, 28, generator=generator), torch.arange(60) % 10
    return Data(x, y, x[:40], y[:40])


def test_the_stand_in_refuses_float64() -> None:
    with NoFloat64(), pytest.raises(TypeError, match="float64"):
        torch.zeros(3, dtype=torch.float64)


@pytest.mark.parametrize("lane", LANES)
def test_training_recording_testing_and_resuming_make_no_float64(monkeypatch: pytest.MonkeyPatch, lane: str) -> None:
    make_network = module.make_network

    def on_the_cpu(*arguments: Any) -> nn.Module:
        with _disable_current_modes():  # weights are drawn in float64 on the CPU, which has it
            return make_network(*arguments)

    monkeypatch.setattr(module, "make_network", on_the_cpu)
    spec = TrainingSpec.from_dict(
        {"lanes": [lane], "widths": [8], "batch_size": 20, "examples": 60, "epochs": 2, "l2": 1e-3, "record_every": 1}
    )
    found: list[Event] = []
    saved: list[Checkpoint] = []
    with NoFloat64():
        train(spec, data=data(), on_event=found.append, checkpoint=saved.append, checkpoint_seconds=0)
        train(spec, data=data(), on_event=found.append, resume=saved[0])
    assert [event.status for event in found if isinstance(event, End)] == ["finished", "finished"]
    assert [event for event in found if isinstance(event, Epoch)]
    assert [event for event in found if isinstance(event, Quantiles)]
