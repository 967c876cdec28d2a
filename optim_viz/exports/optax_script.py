"""A scenario as a script for optax and JAX in float64, for the lanes whose rule optax has with the same formula."""

from __future__ import annotations

from typing import Any

from optim_viz.exports.setting import ScriptLane, ends, preamble, script_lanes, told
from optim_viz.scenario import Scenario

_HEAD = '''\
"""A run of the optim_viz lab as a script for optax, in float64: the lanes whose rule optax has with the same formula.

A rule that optax has not, or has with another formula, is left out and said so; nothing is imitated. The gradient is
computed in the lab's order of operations. optax orders its own sums in another way than the lab, so paths agree to
rounding, which a run may magnify.

{lanes}
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)

{preamble}


def run(optimizer, decay):
    """Steps along the surface; `decay` times theta is added to the gradient, where weight decay is an L2 term."""
    theta = np.array(START)
    state = optimizer.init(jnp.asarray(theta))
    path = [theta]
    for t in range(1, STEPS + 1):
        grad = seen_at(t, *theta.tolist()) + decay * theta
        update, state = optimizer.update(jnp.asarray(grad), state, jnp.asarray(theta))
        theta = theta + np.asarray(update)
        path.append(theta)
    return np.stack(path)


PATHS = {{}}  # title: (STEPS + 1, 2)
{runs}

{ends}
'''


def optax_script(scenario: Scenario) -> str:
    """Return the script; it needs jax, optax and NumPy, and optim_viz only where the surface is more than a formula.

    It leaves `PATHS`, title -> (T+1, 2) float64 of the lanes that optax can run, and prints where each ends.
    """
    lanes = script_lanes(scenario)
    runs: list[str] = []
    ways: list[str] = []
    able: list[ScriptLane] = []
    for number, lane in enumerate(lanes, start=1):
        try:
            name, call = _call(lane)
            runs.append(f"PATHS[{lane.title!r}] = {call}")
            ways.append(told(number, lane, f"optax.{name}"))
            able.append(lane)
        except ValueError as error:
            ways.append(told(number, lane, f"not in this script: {error}"))
    return _HEAD.format(
        lanes="\n".join(ways), preamble=preamble(scenario, lanes), runs="\n".join(runs), ends=ends(able)
    )


def _call(lane: ScriptLane) -> tuple[str, str]:
    """Return the name of optax's function, and the call that runs the lane.

    Raises:
        ValueError: optax has no such function or option; the message says which.
    """
    if lane.run is None:
        raise ValueError("it is a class of torch")
    rule, given = lane.lane.rule, lane.run.hyperparameters
    name, arguments = rule.optax(given)
    decay: Any = given.get("weight_decay", 0.0)
    coupled = bool(decay) and rule.torch_state(given).coupled_decay
    rate = repr(given["lr"])
    if lane.run.schedule is not None:
        rate = f"lambda count: {rate} * jnp.asarray({lane.factors})[count]"
    listed = ", ".join([f"learning_rate={rate}", *(f"{key}={value!r}" for key, value in arguments.items())])
    return name, f"run(optax.{name}({listed}), {decay if coupled else 0.0!r})"
