"""Training on a GPU: is it right, and what does it cost? Needs Python 3.12, torch 2.11 or newer, and NumPy; no network.

    python benchmarks/gpu.py                      made-up data of MNIST's size
    python benchmarks/gpu.py --data FOLDER        MNIST itself, from its four files
    python benchmarks/gpu.py --device cpu         the parts that make sense without a GPU
    python benchmarks/gpu.py --quick              small sizes, to see that it runs

    1  every optimizer that can be trained: losses in float32 on the device against float64 on the CPU    within 2e-3
    2  the captured CUDA graph against the same steps one by one: losses                                  within 1e-5
    3  a checkpoint of the CPU goes on on the device, and one of the device on the CPU: losses            within 2e-3
    4  device memory after runs, above that before them                                                   at most 1 MB
    5  one epoch, batch size 128, 784-256-256-10, with 1, 5 and 20 optimizers: seconds, beside the usual PyTorch loop
       (one optimizer after the other), and beside the matrix products alone

Differences are relative to 1 + |loss|. The exit code is 0 if 1 to 4 hold, 1 if one does not, 2 where no CUDA device is
present. 5 claims nothing.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from optim_viz import datasets, optimizer, optimizers  # noqa: E402
from optim_viz.comparison import TrainingSpec  # noqa: E402
from optim_viz.comparison.events import Event, Step  # noqa: E402
from optim_viz.datasets import Data  # noqa: E402
from optim_viz.scenario import parse_lane  # noqa: E402
from optim_viz.training import group  # noqa: E402
from optim_viz.training.engine import Checkpoint, train  # noqa: E402

BATCH = 128
FIVE = ("sgd,lr=0.01", "momentum,lr=0.01", "adagrad,lr=0.01", "rmsprop,lr=0.001", "adam,lr=0.001")
LANES = (1, 5, 20)


def made_up(examples: int) -> Data:
    """Return data of MNIST's shape: a picture for each class, of which examples show a part; most pixels are 0."""
    rng = np.random.default_rng(0)
    pictures = rng.random((10, 28, 28)) * (rng.random((10, 28, 28)) < 0.3)

    def draw(count: int) -> tuple[torch.Tensor, torch.Tensor]:
        classes = rng.integers(0, 10, count)
        shown = pictures[classes] * (rng.random((count, 28, 28)) < 0.6)
        return torch.from_numpy(shown[:, None].astype(np.float32)), torch.from_numpy(classes)

    return Data(*draw(examples), *draw(max(100, examples // 6)))


def spec_of(lanes: Sequence[str], examples: int, **values: Any) -> TrainingSpec:
    """Return a comparison; it may have more lanes than the app's screens have room for."""
    given = {"lanes": list(lanes[:1]), "dataset": "mnist", "model": "mlp", "examples": examples, "record": False}
    spec = TrainingSpec.from_dict({"batch_size": BATCH, **given, **values})
    object.__setattr__(spec, "lanes", tuple(parse_lane(lane) for lane in lanes))
    return spec


def losses_of(
    spec: TrainingSpec,
    data: Data,
    said: list[str] | None = None,
    saved: list[Checkpoint] | None = None,
    resume: Checkpoint | None = None,
) -> np.ndarray:
    """Train; returns the losses, (lanes, steps).

    Args:
        spec: what to train.
        data: on the device.
        said: what the engine says of slower ways is added to it.
        saved: checkpoints on the way are added to it.
        resume: where to go on.
    """
    found: list[Event] = []
    train(
        spec,
        data=data,
        on_event=found.append,
        resume=resume,
        checkpoint=None if saved is None else saved.append,
        checkpoint_seconds=0.0,
        say=[].append if said is None else said.append,
    )
    return np.array([[e.loss for e in found if isinstance(e, Step) and e.lane == n] for n in range(len(spec.lanes))])


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference of two tables of losses, relative to 1 + |loss|."""
    return float(np.max(np.abs(one - other) / (1 + np.abs(other))))


def claim(text: str, value: float, most: float) -> bool:
    """Print one line; returns whether the claim holds."""
    holds = value <= most
    print(f"  {text:<86} {value:9.2e}  {'holds' if holds else 'DOES NOT HOLD'}", flush=True)
    return holds


def part_1(data: Data, device: torch.device, examples: int) -> bool:
    """Every optimizer on the device against the CPU in float64."""
    results: list[bool] = []
    for name in [name for name in optimizers() if optimizer(name).torch_twin is not None]:
        spec = spec_of([name], examples, l2=1e-4)
        said: list[str] = []
        there = losses_of(spec, data.to(device), said)
        here = losses_of(spec, data.to("cpu", torch.float64))
        results.append(claim(f"(1) {name}: float32 on {device} against float64 on the CPU", apart(there, here), 2e-3))
        for sentence in said:
            print(f"      {sentence}")
    return all(results)


def part_2(data: Data, device: torch.device, examples: int) -> bool:
    """The graph against the same steps one by one."""
    if device.type != "cuda":
        print("  (2) not run: CUDA graphs need CUDA")
        return True
    spec, own, said = spec_of(FIVE, examples, epochs=2), group.GraphedStep, list[str]()
    graph = losses_of(spec, data.to(device), said)
    try:
        group.GraphedStep = lambda gradients, lanes, size, say: _one_by_one(gradients, lanes)  # pyright: ignore
        eager = losses_of(spec, data.to(device))
    finally:
        group.GraphedStep = own
    print(f"      said: {'; '.join(said) or 'nothing'}")
    captured = not any("could not be captured" in sentence for sentence in said)
    return claim("(2) five optimizers, graph against one by one", apart(graph, eager), 1e-5) and captured


def _one_by_one(gradients: Callable[..., Any], lanes: Sequence[Any]) -> Callable[..., Any]:
    def step(parts: Any, size: int) -> torch.Tensor:
        losses = gradients(parts, size)
        for lane in lanes:
            lane.update()
        return losses

    return step


def part_3(data: Data, device: torch.device, examples: int) -> bool:
    """A run that changes the device half-way against one that does not."""
    results: list[bool] = []
    for name in [name for name in optimizers() if optimizer(name).torch_twin is not None]:
        spec = spec_of([name], examples, epochs=4, l2=1e-4)
        whole = losses_of(spec, data)
        for first, second in ((data, data.to(device)), (data.to(device), data)):
            saved: list[Checkpoint] = []
            begun = losses_of(spec, first, saved=saved)
            middle = saved[len(saved) // 2]
            rest = losses_of(spec, second, resume=Checkpoint.from_bytes(middle.to_bytes()))
            both = np.concatenate([begun[:, : middle.step], rest], axis=1)
            text = f"(3) {name}: {first.train_x.device.type} to {second.train_x.device.type} half-way"
            results.append(claim(text, apart(both, whole), 2e-3))
    return all(results)


def part_4(data: Data, device: torch.device, examples: int) -> bool:
    """Memory after runs, above that before."""
    if device.type != "cuda":
        print("  (4) not run: only CUDA counts its memory")
        return True
    there = data.to(device)
    losses_of(spec_of(FIVE, examples), there)  # libraries take their workspaces
    gc.collect()
    before = torch.cuda.memory_allocated(device)
    for _ in range(3):
        losses_of(spec_of(FIVE, examples), there)
    gc.collect()
    return claim("(4) megabytes that three runs left behind", (torch.cuda.memory_allocated(device) - before) / 1e6, 1.0)


def part_5(data: Data, device: torch.device, examples: int) -> bool:
    """Seconds of an epoch."""
    there = data.to(device)
    print(f"  (5) one epoch of {examples} examples on {device}, seconds: ours, the usual loop, matrix products alone")
    for count in LANES:
        lanes = [FIVE[number % len(FIVE)] for number in range(count)]
        spec = spec_of(lanes, examples)
        ours = timed(lambda spec=spec: losses_of(spec, there), device)
        usual = timed(lambda lanes=lanes: [usual_loop(lane, there, examples) for lane in lanes], device)
        bare = count * timed(lambda: products(there, examples), device)
        row = f"      {count:>2} optimizers {ours:8.3f} {usual:8.3f} {bare:8.3f}"
        print(f"{row}   usual / ours {usual / ours:5.2f}", flush=True)
    return True


def timed(work: Callable[[], object], device: torch.device) -> float:
    """Return the least seconds of two, after a first one that warms up."""
    found: list[float] = []
    for _ in range(3):
        begin = time.perf_counter()
        work()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        found.append(time.perf_counter() - begin)
    return min(found[1:])


def usual_loop(lane: str, data: Data, examples: int) -> None:
    """Train one optimizer for an epoch as people write it, data in device memory."""
    rule = parse_lane(lane)
    name, options = rule.rule.torch_twin or "", rule.rule.torch_kwargs(rule.hyperparameters)
    device = data.train_x.device
    layers = [nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)]
    model = nn.Sequential(nn.Flatten(), *layers).to(device)
    made: torch.optim.Optimizer = getattr(torch.optim, name)(model.parameters(), **options)
    for rows in torch.randperm(examples, device=device).split(BATCH):
        made.zero_grad()
        loss = nn.functional.cross_entropy(model(data.train_x[rows]), data.train_y[rows])
        loss.backward()
        made.step()
        loss.item()


def products(data: Data, examples: int) -> None:
    """Multiply the matrices of one optimizer's epoch, the same numbers over and over."""
    device = data.train_x.device
    x = data.train_x[:BATCH].flatten(1)
    sizes = (784, 256, 256, 10)
    weights = [torch.rand(after, before, device=device) for before, after in pairwise(sizes)]
    deltas = [torch.rand(BATCH, after, device=device) for after in sizes[1:]]
    inputs = [x, *deltas[:-1]]
    for _ in range(-(-examples // BATCH)):
        for number, (weight, delta, a) in enumerate(zip(weights, deltas, inputs, strict=True)):
            torch.mm(a, weight.T)
            torch.mm(delta.T, a)
            if number:
                torch.mm(delta, weight)


def main() -> int:
    """Run every part; see the module's docstring for the exit code."""
    parser = argparse.ArgumentParser(description="Training on a GPU: is it right, and what does it cost?")
    parser.add_argument("--data", type=Path, help="folder of MNIST's four files; made-up data unless given")
    parser.add_argument("--device", default="cuda", help="cuda (the default), cuda:1, mps or cpu")
    parser.add_argument("--quick", action="store_true", help="small sizes and one CPU thread, to see that it runs")
    given = parser.parse_args()
    device = torch.device(given.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        print(f"No CUDA device is present (torch {torch.__version__}): nothing was run. Without one: --device cpu.")
        return 2
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    print(f"{name}; torch {torch.__version__}, CUDA {torch.version.cuda}, Python {sys.version.split()[0]}")
    if device.type != "cuda":
        print("CUDA WAS NOT RUN: what follows says nothing about it.")
    few, many = (256, 256) if given.quick else (6400, 60_000)
    if given.quick:
        torch.set_num_threads(1)  # sizes so small are not worth a second one
    data = datasets.get("mnist").load(given.data) if given.data else made_up(many)
    results = [part(data, device, few) for part in (part_1, part_2, part_3, part_4)]
    part_5(data, device, many)
    if device.type != "cuda":
        print("CUDA WAS NOT RUN.")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
