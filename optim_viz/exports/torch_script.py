"""A scenario as a PyTorch script that repeats each lane's path, and says how far from the lab's it ends."""

from __future__ import annotations

from textwrap import indent
from typing import Any

from optim_viz.comparison.lanes import is_outside, outside_class
from optim_viz.exports.setting import ScriptLane, ends, preamble, script_lanes, told
from optim_viz.exports.written_rule import HELPERS, statements
from optim_viz.scenario import Scenario

_HEAD = '''\
"""A run of the optim_viz lab as a PyTorch script, in float64: every lane takes the steps that it takes there.

Each optimizer of torch.optim is torch's own object; a rule that torch has not is written out, line by line as in the
lab's arithmetic. The gradient is computed in the lab's order of operations, so paths agree to 1e-12 and mostly in every
digit; only a run that magnifies rounding (one that jumps about a minimum at the limit of float64, say) may part later.

{lanes}
"""

from __future__ import annotations

import numpy as np
import torch
{modules}
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)  # two numbers

{preamble}


def seen(t, theta):
    return torch.from_numpy(seen_at(t, *theta.detach().tolist()))


def run(make_optimizer, factors):
    theta = torch.tensor(START, requires_grad=True)
    optimizer = make_optimizer([theta])
    rates = [group["lr"] for group in optimizer.param_groups]
    path = [theta.detach().clone()]
    for t in range(1, STEPS + 1):
        if factors is not None:  # a schedule, as torch's schedulers set it
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * float(factors[t - 1])
        theta.grad = seen(t, theta)
        optimizer.step()
        path.append(theta.detach().clone())
    return torch.stack(path)

{helpers}
PATHS = {{}}  # title: (STEPS + 1, 2)
{runs}

{ends}
'''

_WRITTEN = """\

def {function}():
{before}
    theta = torch.tensor(START)
    PATH = [theta]
    for t in range(1, STEPS + 1):
{rate}        grad, theta_prev = seen(t, theta), theta
{step}
        PATH.append(theta)
    return torch.stack(PATH)

"""


def torch_script(scenario: Scenario) -> str:
    """Return the script; it needs torch and NumPy, and optim_viz only where the surface is more than a formula.

    It leaves `PATHS`, title -> (T+1, 2) float64, and prints where each lane ends and how far that is from the lab's.
    """
    lanes = script_lanes(scenario)
    written: list[str] = []
    runs: list[str] = []
    ways: list[str] = []
    for number, lane in enumerate(lanes, start=1):
        call, way = _twin(lane)
        if call:
            runs.append(f"PATHS[{lane.title!r}] = run(lambda params: {call}, {lane.factors})")
        else:
            try:
                function = f"lane_{number}"
                written.append(_written(lane, function))
                runs.append(f"PATHS[{lane.title!r}] = {function}()")
            except ValueError as error:
                way = f"not in this script: {error}"
        ways.append(told(number, lane, way))
    modules = {outside_class(lane.lane)[0].partition(":")[0] for lane in lanes if is_outside(lane.lane)} - {"torch"}
    return _HEAD.format(
        lanes="\n".join(ways),
        modules="".join(f"import {name}\n" for name in sorted(modules)),
        preamble=preamble(scenario, lanes),
        helpers=f"\n{HELPERS}\n{''.join(written)}" if written else "",
        runs="\n".join(runs),
        ends=ends(lanes),
    )


def _twin(lane: ScriptLane) -> tuple[str, str]:
    """Return the call that makes torch's optimizer, "" where torch has none, and a sentence on how the lane runs."""
    rule = lane.lane.rule
    if is_outside(lane.lane):
        name, arguments = outside_class(lane.lane)
        return _call(name.replace(":", "."), arguments), (
            "the class itself, stepped the plain way (the lab tries others where a class does not move by it)"
        )
    if rule.torch_twin is None:
        return "", f"written out, since torch.optim has no {rule.title}"
    try:
        arguments = rule.torch_kwargs(lane.lane.hyperparameters)
    except ValueError as error:
        return "", f"written out, since {error}"
    return _call(f"torch.optim.{rule.torch_twin}", arguments), f"torch.optim.{rule.torch_twin}"


def _call(function: str, arguments: dict[str, Any]) -> str:
    return f"{function}({', '.join(['params', *(f'{key}={value!r}' for key, value in arguments.items())])})"


def _written(lane: ScriptLane, function: str) -> str:
    if lane.run is None:
        raise ValueError("its formula is its own code")
    before, step = statements(lane.run)
    rate = f"lr = {lane.run.hyperparameters.get('lr')!r} * float({lane.factors}[t - 1])\n"
    return _WRITTEN.format(
        function=function,
        before=indent("\n".join(before), "    "),
        step=indent("\n".join(step), "        "),
        rate=indent(rate, "        ") if lane.run.schedule is not None else "",
    )
