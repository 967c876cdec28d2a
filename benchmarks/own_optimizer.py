"""What an outside optimizer costs: milliseconds a step, and how soon the first and the last stop of a slider are there.

    python benchmarks/own_optimizer.py [package.module:Class ...]

The family has 65 stops of 200 steps; the process that runs it has begun, since it serves every family after the first.
The built-in Adam's family is made beside it, in the same run, for scale.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

import optim_viz  # noqa: E402
from optim_viz.scenario import Scenario  # noqa: E402
from optim_viz.stage.lane_run import RunSpec, run_specs  # noqa: E402
from optim_viz.stage.outside_runs import OutsideRuns  # noqa: E402

STEPS = 200
CLASSES = ("torch.optim:Adam", "pytorch_optimizer:Lion", "pytorch_optimizer:SOAP")
FIRST = 1.0
"""Seconds in which the nearest stop must be there."""


def spec_of(name: str, seed: int) -> RunSpec:
    """Return the run of a class; seeds tell runs apart that are not to be kept from before."""
    (spec,) = run_specs(Scenario.from_url(f"surface=rosenbrock&steps={STEPS}&seed={seed}&lane={name},lr=0.011")[0])
    return spec


def family_seconds(runs: OutsideRuns, name: str) -> tuple[float, float, float]:
    """Return seconds to begin a process and make one run, to the first stop, and to the last."""
    begin = time.perf_counter()
    runs.lane(spec_of(name, 1), wait=120)
    began = time.perf_counter() - begin
    spec, rule = spec_of(name, 2), optim_viz.optimizer(name)
    stops = next(each.stops() for each in rule.hyperparameters if each.name == "lr")
    order = sorted(stops, key=lambda stop: abs(stop - 0.011))
    specs = [spec.with_hyperparameter("lr", stop) for stop in order]
    begin = time.perf_counter()
    found = runs.family(name, specs, wait=60)
    first = time.perf_counter() - begin
    while any(each is None for each in found):
        time.sleep(0.05)
        found = runs.family(name, specs)
    return began, first, time.perf_counter() - begin


def main() -> int:
    """Print a line for each class; fail where a first stop comes too late."""
    names = sys.argv[1:] or CLASSES
    rates = [0.001 * 1.15**stop for stop in range(65)]
    begin = time.perf_counter()
    optim_viz.rollout("rosenbrock", "adam", lr=rates, steps=STEPS)
    print(f"built-in Adam: 65 runs of {STEPS} steps in {1e3 * (time.perf_counter() - begin):.0f} ms")
    runs, late = OutsideRuns(), False
    try:
        for name in names:
            began, first, last = family_seconds(runs, name)
            late |= first > FIRST
            step = 1e3 * last / (65 * STEPS)
            print(f"{name}: {step:.2f} ms a step; first stop {first:.2f} s, last {last:.1f} s; process: {began:.1f} s")
    finally:
        runs.close()
    print(f"first stop within {FIRST:.0f} s: {'no' if late else 'yes'}")
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
