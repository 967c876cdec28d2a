"""One claim a line: what a map costs, beside the same runs as loops compiled by numba, timed in one run.

    python -m benchmarks.maps

64 x 64 settings of five optimizers, 300 steps each, on the narrow valley: 6.1 million steps. Both sides may use all
processors, and for every run find the same three numbers: the final loss, the first step within the tolerance, the
step at which it left the finite numbers, all in float64. The compiled loops take one run after the other, as one would
write them: they leave a run that has diverged, and keep no more than their update needs, where a rule also keeps what
it records (RMSProp's mean gradient and buffer). A map of this size is one chunk, worked out on one processor. Both are
warm: numba has compiled, the surface too. They take turns, so that a busy machine slows both; times are medians. The
exit code is 1 if a claim does not hold or the numbers are not the same.
"""

# pyright: basic
from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

import optim_viz  # noqa: E402
from optim_viz.maps import OutcomeMap  # noqa: E402

SIZE, STEPS, ROUNDS = 64, 300, 7
TOLERANCE = 1e-3
SECONDS, RATIO = 2.0, 4.0  # what is claimed
MAPS = {"momentum": "momentum", "nesterov": "momentum", "rmsprop": "alpha", "adam": "beta1", "amsgrad": "beta1"}
"""Optimizers, each with what stands up beside lr."""
START = (-8.0, 1.0)


@numba.njit(inline="always")
def seen(x, y):
    """Return loss and gradient of the narrow valley."""
    return 0.5 * (x * x + 100.0 * y * y), x, 100.0 * y


@numba.njit
def momentum_run(lr, mu, x, y, steps, nesterov):
    """Run momentum, or Nesterov's."""
    loss, gx, gy = seen(x, y)
    bx = by = 0.0
    arrived = 0 if loss <= TOLERANCE else -1
    for t in range(1, steps + 1):
        bx, by = mu * bx + gx, mu * by + gy
        if nesterov:
            x, y = x - lr * (gx + mu * bx), y - lr * (gy + mu * by)
        else:
            x, y = x - lr * bx, y - lr * by
        loss, gx, gy = seen(x, y)
        if not (np.isfinite(x) and np.isfinite(y) and np.isfinite(bx) and np.isfinite(by) and np.isfinite(loss)):
            return np.nan, arrived, t
        if arrived < 0 and loss <= TOLERANCE:
            arrived = t
    return loss, arrived, -1


@numba.njit
def rmsprop_run(lr, alpha, x, y, steps):
    """Run RMSProp."""
    loss, gx, gy = seen(x, y)
    vx = vy = 0.0
    arrived = 0 if loss <= TOLERANCE else -1
    for t in range(1, steps + 1):
        vx, vy = alpha * vx + (1 - alpha) * gx * gx, alpha * vy + (1 - alpha) * gy * gy
        x, y = x - lr * gx / (np.sqrt(vx) + 1e-8), y - lr * gy / (np.sqrt(vy) + 1e-8)
        loss, gx, gy = seen(x, y)
        if not (np.isfinite(x) and np.isfinite(y) and np.isfinite(vx) and np.isfinite(vy) and np.isfinite(loss)):
            return np.nan, arrived, t
        if arrived < 0 and loss <= TOLERANCE:
            arrived = t
    return loss, arrived, -1


@numba.njit
def adam_run(lr, beta1, x, y, steps, amsgrad):
    """Run Adam, or AMSGrad as torch has it."""
    beta2 = 0.999
    loss, gx, gy = seen(x, y)
    mx = my = vx = vy = wx = wy = 0.0
    power1 = power2 = 1.0
    arrived = 0 if loss <= TOLERANCE else -1
    for t in range(1, steps + 1):
        power1, power2 = power1 * beta1, power2 * beta2
        mx, my = beta1 * mx + (1 - beta1) * gx, beta1 * my + (1 - beta1) * gy
        vx, vy = beta2 * vx + (1 - beta2) * gx * gx, beta2 * vy + (1 - beta2) * gy * gy
        wx, wy = (max(wx, vx), max(wy, vy)) if amsgrad else (vx, vy)
        c1, c2 = 1 - power1, 1 - power2
        x = x - lr * (mx / c1) / (np.sqrt(wx / c2) + 1e-8)
        y = y - lr * (my / c1) / (np.sqrt(wy / c2) + 1e-8)
        loss, gx, gy = seen(x, y)
        if not (np.isfinite(x) and np.isfinite(y) and np.isfinite(vx) and np.isfinite(vy) and np.isfinite(loss)):
            return np.nan, arrived, t
        if arrived < 0 and loss <= TOLERANCE:
            arrived = t
    return loss, arrived, -1


@numba.njit(parallel=True)
def compiled(kind, lrs, others, x, y, steps):
    """Run every combination, on all processors: (3, rows, columns)."""
    rows, columns = len(others), len(lrs)
    found = np.empty((3, rows, columns))
    for place in numba.prange(rows * columns):
        row, column = place // columns, place % columns
        lr, other = lrs[column], others[row]
        if kind < 2:
            loss, arrived, diverged = momentum_run(lr, other, x, y, steps, kind == 1)
        elif kind == 2:
            loss, arrived, diverged = rmsprop_run(lr, other, x, y, steps)
        else:
            loss, arrived, diverged = adam_run(lr, other, x, y, steps, kind == 4)
        found[0, row, column], found[1, row, column], found[2, row, column] = loss, arrived, diverged
    return found


def ours(name: str) -> OutcomeMap:
    """Work one optimizer's map out."""
    (found,) = optim_viz.outcome_maps(
        "narrow_valley", name, "lr", MAPS[name], steps=STEPS, resolution=SIZE, tolerance=TOLERANCE, start=START
    )
    return found


def theirs(name: str, like: OutcomeMap) -> np.ndarray:
    """Do the same with the compiled loops."""
    lrs, others = np.array(like.x.values), np.array(like.y.values)
    return compiled(list(MAPS).index(name), lrs, others, *START, STEPS)


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def turn(name: str, found: OutcomeMap) -> tuple[float, float]:
    """Time a map, and the compiled loops."""
    return seconds(lambda: ours(name)), seconds(lambda: theirs(name, found))


def main() -> int:
    """Print the claims; return 0 if all hold."""
    maps = {name: ours(name) for name in MAPS}  # warms up, as the compiler does
    right = True
    print(f"{SIZE} x {SIZE} x {STEPS} steps x {len(MAPS)} optimizers on {os.cpu_count()} processors; "
          f"numba {numba.__version__} on {numba.get_num_threads()} threads, NumPy {np.__version__}")  # fmt: skip
    for name, found in maps.items():
        loss, arrived, diverged = theirs(name, found)
        same_fate = (diverged == found.diverged_at).mean()
        close = np.isfinite(loss) & np.isfinite(found.loss) & (loss > 1e-12)
        off = np.abs(loss[close] / found.loss[close] - 1)
        same_arrival = (arrived == found.arrived).mean()
        right &= bool(same_fate > 0.999 and same_arrival > 0.99 and np.median(off) < 1e-9)
        print(f"  {name:9} the same divergence in {same_fate:.2%}, arrival in {same_arrival:.2%} of the cells; "
              f"losses differ by a median of {np.median(off):.0e}")  # fmt: skip
    times = np.array([[turn(name, found) for name, found in maps.items()] for _ in range(ROUNDS)])
    for place, name in enumerate(MAPS):
        mine, loop = np.median(times[:, place], axis=0)
        print(f"  {name:9} map {mine * 1e3:7.1f} ms   numba {loop * 1e3:7.1f} ms   {mine / loop:5.2f} x")
    mine, loop = np.median(times.sum(axis=1), axis=0)
    print(f"  all five  map {mine:7.3f} s   (claimed: {SECONDS:g} s)   {mine / SECONDS:5.2f} of it")
    print(f"  all five  map / numba ({loop:.3f} s)   {mine / loop:5.2f} x   (claimed: {RATIO:g} x)")
    print(f"  most memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0 if right and mine <= SECONDS and mine / loop <= RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
