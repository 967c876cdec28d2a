"""One claim a line: what a rollout costs beside the usual loop of torch.optim and autograd, timed in one run.

    python -m benchmarks.rollout

The usual loop steps one float64 parameter through zero_grad, loss, backward, step, on one thread (more threads only
slow a two-number tensor down). All 65 loops of the family are really run; one loop, one rollout and one family take
turns, so that a busy machine slows all three. Times are medians, and for the 65 loops their sum. The exit code is 1 if
a claim does not hold.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

import optim_viz  # noqa: E402

STEPS = 500
START = (-1.5, 2.0)
LEARNING_RATES = np.geomspace(1e-3, 0.5, 65)
ROUNDS = 2
ONE_RUN, FAMILY = 10.0, 500.0  # the ratios that are claimed


def torch_loop(lr: float) -> tuple[float, float]:
    """Run Adam on Rosenbrock the usual way and return where it ends."""
    point = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([point], lr=lr)
    for _ in range(STEPS):
        optimizer.zero_grad()
        x, y = point
        loss = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        loss.backward()
        optimizer.step()
    x, y = point.tolist()
    return x, y


def rollout(lr: float | np.ndarray) -> np.ndarray:
    """Run the same through optim_viz and return where it ends, (*B, 2)."""
    return optim_viz.rollout("rosenbrock", "adam", start=START, steps=STEPS, lr=lr).theta[..., -1, :]


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def turn(lr: float) -> tuple[float, float, float]:
    """Time one loop of torch, one rollout and one family of 65."""
    return seconds(lambda: torch_loop(lr)), seconds(lambda: rollout(lr)), seconds(lambda: rollout(LEARNING_RATES))


def heavy_imports() -> str:
    """Run a rollout in a fresh interpreter and return which of the heavy packages it imported."""
    code = (
        "import sys, optim_viz; optim_viz.rollout('rosenbrock', 'adam');"
        "print([name for name in ('torch', 'streamlit', 'plotly') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def main() -> int:
    """Print the claims; return 0 if all hold."""
    torch.set_num_threads(1)
    family = rollout(LEARNING_RATES)
    ends = np.array([torch_loop(float(lr)) for lr in LEARNING_RATES])  # warms torch up, too
    times = np.array([turn(lr) for lr in LEARNING_RATES.tolist() * ROUNDS])
    loop, one, many = np.median(times, axis=0) * 1e3
    loops = times[:, 0].sum() / ROUNDS * 1e3
    difference = float(np.abs(family - ends).max())
    print(f"Adam on Rosenbrock, {STEPS} steps, float64; torch {torch.__version__}, NumPy {np.__version__}")
    print(f"  largest difference between the ends of 65 runs: {difference:.1e}")
    print(f"  one run: torch {loop:8.1f} ms   rollout {one:6.2f} ms   {loop / one:6.1f} x  (claimed: {ONE_RUN:g} x)")
    print(f"  65 runs: torch {loops:8.1f} ms   rollout {many:6.2f} ms   {loops / many:6.1f} x  (claimed: {FAMILY:g} x)")
    print(f"  65 runs / one run, rollout: {many / one:.2f}")
    heavy = heavy_imports()
    print(f"  heavy packages imported by a rollout: {heavy}")
    return 0 if loop / one >= ONE_RUN and loops / many >= FAMILY and heavy == "[]" else 1


if __name__ == "__main__":
    sys.exit(main())
