"""What a loss plane costs beside the usual way to work one out, both timed in one run, on the CPU.

    python benchmarks/planes.py

For rows of a plane through MNIST's default network (784-256-256-10, 1,000 training examples), a point at a time:

    loop    load_state_dict with the parameters of the point, then evaluate by a DataLoader, batch 128  at least 5.0
    lean    load_state_dict, then one forward pass of all examples, which are a tensor already             no claim

against `PlaneLoss`, which passes the examples through the first layer three times a row and not once a point. The
works take turns, and each ratio is the median of the rounds' ratios. The losses agree to the rounding of float32. The
exit code is 1 if the claim does not hold.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from optim_viz.comparison import TrainingSpec  # noqa: E402
from optim_viz.planes.plane import Plane, random_plane  # noqa: E402
from optim_viz.training.lane import make_network  # noqa: E402
from optim_viz.training.plane_loss import PlaneLoss  # noqa: E402

SPEC = TrainingSpec.from_dict({"lanes": ["adam"], "device": "cpu"})
EXAMPLES, POINTS, ROUNDS, BATCH = 1000, 25, 5, 128
LEAST = 5.0

Evaluate = Callable[[nn.Module], float]


def one_by_one(network: nn.Module, plane: Plane, xs: NDArray[np.float64], y: float, evaluate: Evaluate) -> list[float]:
    """A row, point by point: put the parameters into the network, and evaluate it."""
    origin, first, second = (torch.tensor(each).float() for each in (plane.origin, plane.first, plane.second))
    losses: list[float] = []
    for x in xs:
        vector = origin + float(x) * first + y * second
        sizes = [param.numel() for param in network.parameters()]
        parts = zip(network.named_parameters(), vector.split(sizes), strict=True)
        network.load_state_dict({name: part.view_as(param) for (name, param), part in parts})
        losses.append(evaluate(network))
    return losses


@torch.no_grad()
def by_loader(loader: DataLoader[tuple[Tensor, ...]], network: nn.Module) -> float:
    """The mean loss, the way that evaluation loops are written."""
    total = 0.0
    for x, y in loader:
        total += float(nn.functional.cross_entropy(network(x), y, reduction="sum"))
    return total / EXAMPLES


@torch.no_grad()
def at_once(x: Tensor, y: Tensor, network: nn.Module) -> float:
    """The mean loss by one forward pass."""
    return float(nn.functional.cross_entropy(network(x), y))


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a work takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> int:
    """Time the three ways in turns and print what comes out."""
    data = SPEC.data.load()
    x, y = data.train_x[:EXAMPLES], data.train_y[:EXAMPLES]
    network = make_network(SPEC, data).eval()
    centre = nn.utils.parameters_to_vector(network.parameters()).detach().double().numpy()
    plane = random_plane(centre, [tuple(param.shape) for param in network.parameters()])
    xs, up = np.linspace(-1, 1, POINTS) * plane.scale, 0.3 * plane.scale
    loss = PlaneLoss(make_network(SPEC, data), plane, x, y)
    loader = DataLoader(TensorDataset(x, y), batch_size=BATCH)
    ours = loss.row(xs, up)
    lean = one_by_one(network, plane, xs, up, lambda each: at_once(x, y, each))
    print(f"  largest relative difference of the losses: {np.max(np.abs(ours / np.array(lean) - 1)):.1e}")
    rounds = [
        (
            timed(lambda: loss.row(xs, up)),
            timed(lambda: one_by_one(network, plane, xs, up, lambda each: by_loader(loader, each))),
            timed(lambda: one_by_one(network, plane, xs, up, lambda each: at_once(x, y, each))),
        )
        for _ in range(ROUNDS)
    ]
    own, usual, plain = (1000 * statistics.median(column) / POINTS for column in zip(*rounds, strict=True))
    ratio, second = (statistics.median(each[i] / each[0] for each in rounds) for i in (1, 2))
    print(f"  ours {own:.2f} ms a point, the loop {usual:.2f} ms, the lean one {plain:.2f} ms")
    print(f"  the lean loop / ours {second:.2f}")
    holds = ratio >= LEAST
    print(f"  the loop / ours {ratio:.2f}  (>= {LEAST})  {'holds' if holds else 'DOES NOT HOLD'}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
