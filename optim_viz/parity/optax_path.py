# pyright: basic, reportMissingImports=false
"""Steps an optimizer of optax along a run's surface."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from optim_viz.parity.gradients import gradients_of
from optim_viz.trajectory import Array, Trajectory


@contextmanager
def float64(jax: Any) -> Iterator[None]:
    """Let JAX compute in float64 for a while."""
    usual = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        yield
    finally:
        jax.config.update("jax_enable_x64", usual)


def optax_path(run: Trajectory, name: str, arguments: dict[str, Any]) -> Array:
    """Return where optax goes from the run's start: (T+1, 2) float64.

    Args:
        run: one run on a surface.
        name: of the function of optax that makes the optimizer.
        arguments: that it takes besides the learning rate, which is given as a function of the step.

    Raises:
        ImportError: optax is not installed.
    """
    try:
        import jax
        import jax.numpy as jnp
        import optax
    except ImportError as error:
        raise ImportError("optax is not installed; to compare with it: pip install optax") from error
    gradient, steps = gradients_of(run), run.steps
    decay = run.hyperparameters.get("weight_decay", 0.0)
    coupled = decay and run.rule.torch_state(run.hyperparameters).coupled_decay
    path = np.empty((steps + 1, 2))
    path[0] = run.theta[0]
    with float64(jax):
        rates = jnp.asarray(run.lr)
        optimizer = getattr(optax, name)(learning_rate=lambda count: rates[count], **arguments)
        state = optimizer.init(jnp.asarray(path[0]))
        for t in range(1, steps + 1):
            grad = gradient(t, path[t - 1]) + (decay * path[t - 1] if coupled else 0.0)
            update, state = optimizer.update(jnp.asarray(grad), state, jnp.asarray(path[t - 1]))
            path[t] = path[t - 1] + np.asarray(update)
    return path
