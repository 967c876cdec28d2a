"""A run as named channels, the rows of the array that travels to the browser.

Always there: theta, loss, the distance to the nearest minimum (where the surface lists one), gradient, update, the
states that the arithmetic shows, and of a lane with a schedule the learning rate of each step, as "lr". The curves of
the diagnostics on screen follow; one that is a state already has its channel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optim_viz import diagnostics
from optim_viz.diagnostics.diagnostic import Curve, Diagnostic
from optim_viz.diagnostics.minima import distances
from optim_viz.stage.packing import Block
from optim_viz.trajectory import Trajectory
from optim_viz.turns import TURNS
from optim_viz.update_rules import UpdateRule

AXES = ("x", "y")


@dataclass(frozen=True, eq=False)
class Channels:
    """A run, or a batch of runs, ready to be packed.

    Attributes:
        block: float64, shape (*B, C, T + 1); index t is the value after step t. What only a step has (gradient, update)
            is NaN at t = 0, and a state is there what the rule starts from.
        curves: diagnostic -> its curves, as {"channel", "style", "title"}; the channel of a per-coordinate one takes
            "_x" or "_y" at its end. A diagnostic that does not apply to the run is left out.
    """

    block: Block
    curves: dict[str, list[dict[str, str]]]


def channels(trajectory: Trajectory, rule: UpdateRule, plots: Sequence[str]) -> Channels:
    """Return a trajectory's quantities, with the curves of the diagnostics named by `plots`."""
    rows, curves = rows_and_curves(trajectory, plots)
    block = np.empty((*trajectory.batch_shape, len(rows), trajectory.steps + 1))
    for place, (_, values) in enumerate(laid_out(rows, trajectory, rule)):
        block[..., place, :] = values
        TURNS.give_way()
    return Channels(Block(block, tuple(rows)), curves)


def rows_and_curves(
    trajectory: Trajectory, plots: Sequence[str]
) -> tuple[dict[str, NDArray[Any]], dict[str, list[dict[str, str]]]]:
    """Return each channel's values, (*B, T) or (*B, T + 1), and `Channels.curves`."""
    rows: dict[str, NDArray[Any]] = {}
    _add(rows, "theta", trajectory.theta)
    rows["loss"] = trajectory.loss
    if trajectory.surface is not None and trajectory.surface.minima:
        with np.errstate(all="ignore"):
            rows["distance"] = distances(trajectory).min(axis=-1)
    _add(rows, "grad", trajectory.grad)
    _add(rows, "update", trajectory.update)
    for state, values in trajectory.state.items():
        _add(rows, state, values)
    if trajectory.schedule is not None:
        rows["lr"] = trajectory.lr
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
    return rows, curves


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


def laid_out(
    rows: Mapping[str, NDArray[Any]], trajectory: Trajectory, rule: UpdateRule
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield each channel with one value for every t = 0..T, (*B, T + 1); see `Channels.block` for t = 0."""
    *batch, length = trajectory.loss.shape
    initial = trajectory.first_state()
    first = {
        f"{state}_{letter}": np.broadcast_to(getattr(initial, state), (2, *batch))[axis]
        for state in rule.states
        for axis, letter in enumerate(AXES)
    }
    for name, values in rows.items():
        out = np.full((*batch, length), np.nan)
        out[..., length - values.shape[-1] :] = values
        if name in first:
            out[..., 0] = first[name]
        yield name, out
