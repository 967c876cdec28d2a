"""How steps are captured and replayed, with a stand-in for the CUDA graph: the real one needs the hardware."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from optim_viz.training import cuda_graph
from optim_viz.training.cuda_graph import GraphedStep

Part = tuple[Tensor, Tensor]


class FakeGraph:
    """Replays by running the captured step again."""

    def __init__(self) -> None:
        self.replay: Callable[[], None] = lambda: None


class FakeLane:
    """Counts its updates; its gradient says how many batches it saw."""

    def __init__(self, graph: bool = True, scheduled: bool = False) -> None:
        self.scheduled = scheduled
        self.params = [torch.zeros(2)]
        self.optimizer = SimpleNamespace(graph=graph)
        self.updates = 0

    def update(self) -> None:
        self.updates += 1


def grad_of(lane: FakeLane) -> list[float]:
    grad = lane.params[0].grad
    assert grad is not None
    return grad.tolist()


class Steps:
    """Gradients of the lanes: sees a batch, and gives each parameter a new gradient."""

    def __init__(self, lanes: list[FakeLane]) -> None:
        self.lanes = lanes
        self.seen: list[tuple[float, int]] = []

    def __call__(self, parts: Iterable[Part], size: int) -> Tensor:
        ((x, _),) = parts
        self.seen.append((float(x.sum()), size))
        for lane in self.lanes:
            lane.params[0].grad = torch.full((2,), float(len(self.seen)))
        return x.sum().reshape(1)


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Any, Steps, list[str]]]:
    """Make a graphed step of lanes of one's own."""

    def made(*lanes: FakeLane, refuse: str = "") -> tuple[Any, Steps, list[str]]:
        steps, said = Steps(list(lanes)), list[str]()
        wrapped: Any = GraphedStep(steps, list(lanes), 2, said.append)  # pyright: ignore[reportArgumentType]

        @contextmanager
        def capture(graph: FakeGraph, capture_error_mode: str) -> Iterator[None]:
            assert capture_error_mode == "thread_local"  # other threads may use CUDA meanwhile
            if refuse:
                raise RuntimeError(refuse)
            before = [lane.updates for lane in lanes]
            yield
            captured = [lane.updates - count for lane, count in zip(lanes, before, strict=True)]
            for lane, count in zip(lanes, before, strict=True):
                lane.updates = count  # capturing executes nothing

            def replay() -> None:
                wrapped._losses.copy_(wrapped._batch[0].sum().reshape(1))
                for lane, count in zip(lanes, captured, strict=True):
                    lane.updates += count

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
        monkeypatch.setattr(cuda_graph, "fits_a_graph", lambda optimizer: optimizer.graph)
        return wrapped, steps, said

    return made


def batch(value: float, size: int) -> list[Part]:
    return [(torch.full((size, 1), value), torch.zeros(size))]


def test_the_first_steps_run_uncaptured_and_later_ones_are_replayed(make: Any) -> None:
    lane = FakeLane()
    wrapped, steps, said = make(lane)
    results = [wrapped(iter(batch(float(value), 2)), 2) for value in range(1, 7)]
    assert [float(result) for result in results] == [2, 4, 6, 8, 10, 12]  # each keeps its own result
    assert [size for _, size in steps.seen] == [2, 2, 2, 2]  # three to warm up, one captured
    assert lane.updates == 6
    assert grad_of(lane) == [4, 4]  # the replay writes the captured step's gradient
    assert said == []


def test_a_batch_of_another_size_runs_uncaptured(make: Any) -> None:
    lane = FakeLane()
    wrapped, steps, _ = make(lane)
    for value in range(5):
        wrapped(batch(float(value), 2), 2)
    ran = len(steps.seen)
    assert float(wrapped(batch(7.0, 1), 1)) == 7
    assert len(steps.seen) == ran + 1
    assert float(wrapped(batch(9.0, 2), 2)) == 18
    assert len(steps.seen) == ran + 1
    assert grad_of(lane) == [4, 4]  # not those of the short batch
    assert lane.updates == 7


def test_where_capturing_fails_the_run_goes_on_uncaptured_and_says_so(make: Any) -> None:
    lane = FakeLane()
    wrapped, steps, said = make(lane, refuse="operation not permitted when stream is capturing\nmore")
    results = [wrapped(iter(batch(float(value), 2)), 2) for value in range(1, 7)]
    assert [float(result) for result in results] == [2, 4, 6, 8, 10, 12]
    assert len(steps.seen) == lane.updates == 6
    (sentence,) = said
    assert sentence.endswith("runs uncaptured, which is slower: operation not permitted when stream is capturing")


def test_an_optimizer_that_counts_on_the_cpu_or_changes_its_rate_steps_outside_the_graph(make: Any) -> None:
    lanes = inside, outside, scheduled = FakeLane(), FakeLane(graph=False), FakeLane(scheduled=True)
    wrapped, steps, said = make(*lanes)
    for value in range(8):
        wrapped(batch(float(value), 2), 2)
    assert (inside.updates, outside.updates, scheduled.updates) == (8, 8, 8)
    assert len(steps.seen) == 4
    assert said == [
        "SimpleNamespace steps outside the CUDA graph: it counts its steps on the CPU",
        "SimpleNamespace steps outside the CUDA graph: its learning rate changes",
    ]
