"""How steps are captured and replayed, with a stand-in for the CUDA graph: the real one needs the hardware."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from optim_viz.training.cuda_graph import GraphedStep, Part
from optim_viz.training.model import ModelSpec, Network, init_params


class FakeGraph:
    """Replays by running the captured step again and writing its result where the capture's result lies."""

    def __init__(self) -> None:
        self.replay: Callable[[], None] = lambda: None


class Steps:
    """A step that adds up what it sees, and notes how it was run."""

    def __init__(self, network: Network) -> None:
        self.network, self.seen, self.captured = network, [], False

    def __call__(self, parts: Iterable[Part], size: int) -> Tensor:
        ((x, _),) = parts
        assert isinstance(x, Tensor)
        self.seen.append((float(x.sum()), size))
        self.network.grads[:] = [torch.full_like(grad, float(len(self.seen))) for grad in self.network.grads]
        return x.sum().reshape(1)


@pytest.fixture
def graphed(monkeypatch: pytest.MonkeyPatch) -> tuple[GraphedStep, Steps]:
    steps = Steps(Network(ModelSpec(widths=()), init_params(ModelSpec(widths=()), 0), 2))
    wrapped = GraphedStep(steps, [steps.network], 2)

    @contextmanager
    def capture(graph: FakeGraph, capture_error_mode: str) -> Iterator[None]:
        assert capture_error_mode == "thread_local"  # other threads may use CUDA meanwhile
        yield

        def replay() -> None:
            wrapped._losses.copy_(wrapped._batch[0].sum().reshape(1))

        graph.replay = replay

    @contextmanager
    def stream(chosen: object) -> Iterator[None]:
        yield

    stand_in = SimpleNamespace(wait_stream=lambda other: None)
    monkeypatch.setattr(torch.cuda, "CUDAGraph", FakeGraph)
    monkeypatch.setattr(torch.cuda, "graph", capture)
    monkeypatch.setattr(torch.cuda, "stream", stream)
    monkeypatch.setattr(torch.cuda, "Stream", lambda: stand_in)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: stand_in)
    return wrapped, steps


def batch(value: float, size: int) -> list[Part]:
    return [(torch.full((size, 1), value), torch.zeros(size, 1))]


def test_the_first_steps_run_uncaptured_and_later_ones_are_replayed(graphed: tuple[GraphedStep, Steps]) -> None:
    wrapped, steps = graphed
    results = [wrapped(batch(float(value), 2), 2) for value in range(1, 7)]
    assert [float(result) for result in results] == [2, 4, 6, 8, 10, 12]  # each keeps its own result
    assert [size for _, size in steps.seen] == [2, 2, 2, 2]  # three to warm up, one captured
    assert steps.network.grads[0].unique().tolist() == [4]  # the replay writes the captured step's gradient


def test_a_batch_of_another_size_runs_uncaptured(graphed: tuple[GraphedStep, Steps]) -> None:
    wrapped, steps = graphed
    for value in range(5):
        wrapped(batch(float(value), 2), 2)
    ran = len(steps.seen)
    assert float(wrapped(batch(7.0, 1), 1)) == 7
    assert len(steps.seen) == ran + 1
    assert float(wrapped(batch(9.0, 2), 2)) == 18
    assert len(steps.seen) == ran + 1
    assert steps.network.grads[0].unique().tolist() == [4]  # not those of the short batch
