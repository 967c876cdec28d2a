"""A run as named channels, the rows of the array that travels to the browser.

Always there: theta, loss, the distance to the nearest minimum (where the surface lists one), gradient, update, and the
states that the arithmetic shows. The curves of the diagnostics on screen follow; one that is a state already has its
channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optim_viz import diagnostics
from optim_viz.diagnostics.diagnostic import Curve, Diagnostic
from optim_viz.diagnostics.minima import distances
from optim_viz.stage.packing import Block
from optim_viz.trajectory import Trajectory
from optim_viz.update_rules import UpdateRule

AXES = ("x", "y")


@dataclass(frozen=True, eq=False)
class Channels:
    """A run, or a batch of runs, ready to be packed.

    Attributes:
        block: shape (*B, C, T + 1); index t is the value after step t. What only a step has (gradient, update) is NaN
            at t = 0, and a state is there what the rule starts from.
        curves: diagnostic -> its curves, as {"channel", "style", "title"}; the channel of a per-coordinate one takes
            "_x" or "_y" at its end. A diagnostic that does not apply to the run is left out.
    """

    block: Block
    curves: dict[str, list[dict[str, str]]]


def channels(
    trajectory: Trajectory,
    rule: UpdateRule,
    plots: Sequence[str],
    dtype: type[np.float64] | type[np.float32] = np.float64,
) -> Channels:
    """Return a trajectory's quantities, with the curves of the diagnostics named by `plots`."""
    rows: dict[str, NDArray[Any]] = {}
    _add(rows, "theta", trajectory.theta)
    rows["loss"] = trajectory.loss
    if trajectory.surface is not None and trajectory.surface.minima:
        with np.errstate(all="ignore"):
            rows["distance"] = distances(trajectory).min(axis=-1)
    _add(rows, "grad", trajectory.grad)
    _add(rows, "update", trajectory.update)
    for state in rule.states:
        _add(rows, state, trajectory.state[state])
    curves: dict[str, list[dict[str, str]]] = {}
    for diagnostic in map(diagnostics.get, plots):
        drawn = diagnostic.curves(trajectory)
        if drawn:
            curves[diagnostic.name] = [
                {
                    "channel": _channel(rows, trajectory, diagnostic, position, curve),
                    "style": curve.style,
                    "title": curve.title,
                }
                for position, curve in enumerate(drawn)
            ]
    return Channels(Block(_filled(rows, trajectory, rule, dtype), tuple(rows)), curves)


def _add(rows: dict[str, NDArray[Any]], name: str, values: NDArray[Any]) -> None:
    for axis, letter in enumerate(AXES):
        rows[f"{name}_{letter}"] = values[..., axis]


def _channel(
    rows: dict[str, NDArray[Any]], trajectory: Trajectory, diagnostic: Diagnostic, position: int, curve: Curve
) -> str:
    """Return the channel of a curve, added unless it is a state, which has one."""
    own = next((name for name, values in trajectory.state.items() if values is curve.values), None)
    if own is not None:
        return own
    if curve.values is trajectory.loss:
        return "loss"
    name = f"{diagnostic.name}.{position}"
    if diagnostic.per_coordinate:
        _add(rows, name, curve.values)
    else:
        rows[name] = curve.values
    return name


def _filled(
    rows: dict[str, NDArray[Any]], trajectory: Trajectory, rule: UpdateRule, dtype: type[np.floating[Any]]
) -> NDArray[np.floating[Any]]:
    *batch, length = trajectory.loss.shape
    out = np.full((*batch, len(rows), length), np.nan, dtype=dtype)
    place = {name: row for row, name in enumerate(rows)}
    initial = rule.first_state(np.moveaxis(trajectory.theta[..., 0, :], -1, 0), trajectory.hyperparameters)
    # A float64 beyond float32's range becomes infinite, which the browser draws as what it is: out of sight.
    with np.errstate(over="ignore", invalid="ignore"):
        for name, values in rows.items():
            out[..., place[name], length - values.shape[-1] :] = values
        for state in rule.states:
            start = np.broadcast_to(getattr(initial, state), (2, *batch))
            for axis, letter in enumerate(AXES):
                out[..., place[f"{state}_{letter}"], 0] = start[axis]
    return out
