"""The contract of a diagnostic: a quantity that can be read off a run, and how a chart shows it.

A file computes and declares; it draws nothing. Charts, the plots menu, links and tests follow from what it declares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from optim_viz.trajectory import Trajectory

if TYPE_CHECKING:
    from optim_viz.surfaces import Surface

Array = NDArray[np.float64]
Scale = Literal["linear", "log", "symlog"]
Style = Literal["solid", "dotted", "dashed"]


@dataclass(frozen=True, eq=False)
class Curve:
    """One line of a chart.

    Attributes:
        title: what the line is, in a few words.
        values: float64, the shape that `Diagnostic.compute` returns.
        style: "solid" for the quantity itself, "dotted" for a second one of its kind (m beside m̂), "dashed" for what it
            is compared with (a limit).
    """

    title: str
    values: Array
    style: Style = "dotted"


def always(trajectory: Trajectory) -> bool:
    """Say that a quantity applies to every run."""
    del trajectory
    return True


def no_curves(trajectory: Trajectory) -> tuple[Curve, ...]:
    """Say that a chart shows nothing beside the quantity itself."""
    del trajectory
    return ()


@dataclass(frozen=True)
class Diagnostic:
    """One quantity that can be read off a run, and how it is shown.

    Attributes:
        name: the file's name; the key in links and in the Python API.
        title: heading of the chart and entry of the plots menu. "ᵢ" stands for the coordinate.
        help: one sentence for a reader.
        panel: the heading that the plots menu lists it under.
        order: its position in the menu and on the screen; equal ones are ordered by name.
        along: "iterates": one value for each of θ_0 ... θ_T; "steps": one for each of the T steps.
        per_coordinate: the array has a last axis of length 2, and there is one chart for x and one for y.
        scale: of the value axis. "symlog" is linear about 0 and logarithmic beyond, for both signs.
        values: Trajectory -> (*B, T+1) or (*B, T), with (..., 2) where per_coordinate; float64, vectorised over *B,
            since a dragged slider draws a batch of 65 runs. Called only where `applies`; its inputs are read-only.
        applies: whether a run has what the quantity needs. Decided by the rule and the surface, never by values.
        lacking: what a run that it does not apply to lacks, as in "SGD: no v̂".
        further: Trajectory -> the curves that are drawn with it. How many there are, and their titles and styles,
            depend on the rule and the surface alone.
        note: what the further curves are, after the title: "m dotted".
        reference: values at which a thin line is drawn, to compare with.
        wide: its chart takes a whole row, and names the curves at their ends.
        default: shown unless somebody chooses otherwise.
        unit: of its values, such as "degrees"; "" for pure numbers.
        section: the section of the Paper page that shows it, by its slug; "" for none.
        control: the control of a lane that offers it beside itself, such as "schedule"; "" for none.
        instead: the diagnostic that is shown in its place where it applies to no run on screen; "" for none.
    """

    name: str
    title: str
    help: str
    panel: str
    order: int
    along: Literal["iterates", "steps"]
    per_coordinate: bool
    scale: Scale
    values: Callable[[Trajectory], Array]
    applies: Callable[[Trajectory], bool] = always
    lacking: str = ""
    further: Callable[[Trajectory], tuple[Curve, ...]] = no_curves
    note: str = ""
    reference: tuple[float, ...] = ()
    wide: bool = False
    default: bool = False
    instead: str = ""
    unit: str = ""
    section: str = ""
    control: str = ""

    def compute(self, trajectory: Trajectory) -> Array:
        """Compute the quantity for a batch of runs.

        Returns:
            (*B, T+1) along iterates or (*B, T) along steps, with a last axis of length 2 where `per_coordinate`. NaN
            from where a run has diverged.

        Raises:
            ValueError: it does not apply to this run.
        """
        if not self.applies(trajectory):
            where = "without a surface" if trajectory.surface is None else f"on {trajectory.surface.name}"
            raise ValueError(f"{self.name} does not apply to {trajectory.optimizer} {where}: {self.lacking}")
        with np.errstate(all="ignore"):  # a run that leaves the finite numbers is a fact, not a fault
            return self.values(trajectory)

    def curves(self, trajectory: Trajectory) -> tuple[Curve, ...]:
        """Return what a chart draws of a batch of runs, the quantity itself first; nothing where it does not apply."""
        if not self.applies(trajectory):
            return ()
        with np.errstate(all="ignore"):
            return (Curve(self.title, self.values(trajectory), "solid"), *self.further(trajectory))


def surface_of(trajectory: Trajectory) -> Surface:
    """Return the surface of a run.

    Raises:
        ValueError: it is a replay, which has none.
    """
    if trajectory.surface is None:
        raise ValueError("a replay of gradients has no surface")
    return trajectory.surface


def has_states(*names: str) -> Callable[[Trajectory], bool]:
    """Return an `applies`: whether the rule records states of these names."""
    return lambda trajectory: all(name in trajectory.state for name in names)
