"""What a picture shows of a scenario, in numbers: lanes, pinned runs, clouds, charts. Nothing here draws."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from optim_viz import diagnostics, stories, update_rules
from optim_viz.figures.loss_grid import LossGrid, Window, fine_grid
from optim_viz.outside import OutsideRule
from optim_viz.render.look import Look
from optim_viz.render.value_axes import Axis, fit_axis
from optim_viz.scenario import Lane, Scenario, View
from optim_viz.stage.charts import charts, computed, drawn
from optim_viz.stage.clouds import lane_cloud
from optim_viz.stage.lane_run import LaneRun, RunSpec, lane_run, run_specs, surface_spec
from optim_viz.surfaces import Surface
from optim_viz.update_rules import Ellipse, Point

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shown:
    """One run on the picture.

    Attributes:
        title: its name.
        colour: index into the theme's lane colours.
        marker: shape of its head.
        values: channel -> (T + 1), as the stage has them.
        curves: diagnostic -> its curves, each a channel's name without the axis, and a style.
        divergence: why it diverged; "" where it did not.
        diverges: whether its numbers end, too.
        chosen: it is the lane whose further curves are drawn.
        points: further points of the plane, with the sign of each.
        ellipse: a matrix drawn at its head; None for none.
        cloud: where its runs from other starts are, (K, 2, N), and the steps between two of the K; None for none.
    """

    title: str
    colour: int
    marker: str
    values: dict[str, Array]
    curves: dict[str, list[tuple[str, str]]]
    divergence: str
    diverges: bool
    chosen: bool = False
    points: tuple[tuple[Point, str], ...] = ()
    ellipse: Ellipse | None = None
    cloud: tuple[NDArray[np.float32], int] | None = None

    @property
    def theta(self) -> Array:
        """Where it is after each step, (T + 1, 2)."""
        return np.stack([self.values["theta_x"], self.values["theta_y"]], axis=-1)

    def drawn(self, chart: ChartShown) -> list[tuple[Array, str]]:
        """Return its curves in a chart with their styles, the quantity itself first."""
        found = [(self.values.get(name + chart.end), style) for name, style in self.curves.get(chart.diagnostic, [])]
        return [(values, style) for values, style in found if values is not None]


@dataclass(frozen=True, eq=False)
class ChartShown:
    """One plot over the steps.

    Attributes:
        diagnostic: its name.
        end: what a channel's name has at its end here: "_x", "_y" or "".
        title: heading; "<sub>x</sub>" stands in it where the stage has it.
        note: what follows the heading, smaller.
        axis: "x" and "y" of one quantity stand side by side; "" for one without coordinates.
        wide: it takes a whole row, and names the curves at their ends.
        reference: values at which a thin line is drawn.
        lacking: what a run that has no curve here lacks.
        value_axis: how values become heights.
    """

    diagnostic: str
    end: str
    title: str
    note: str
    axis: str
    wide: bool
    reference: tuple[float, ...]
    lacking: str
    value_axis: Axis


@dataclass(frozen=True, eq=False)
class Scene:
    """All that is drawn.

    Attributes:
        title: of the story, or the surface.
        view: "overlay", "panels" or "3d".
        steps: T of every run.
        lanes: those that are visible, in their order.
        pinned: pinned runs, each with the index in `lanes` of the lane that it belongs to, -1 for none.
        charts: in rows of one or two.
        surface: the surface itself.
        start: where the runs start.
        zoom: the window that is shown at least.
        fill: the window is stretched to fill the picture.
        height: of the surface in 3D, "asinh" or "linear".
        camera: where the eye is in 3D; None for the usual place.
    """

    title: str
    view: View
    steps: int
    lanes: tuple[Shown, ...]
    pinned: tuple[tuple[Shown, int], ...]
    charts: tuple[tuple[ChartShown, ...], ...]
    surface: Surface
    start: tuple[float, float]
    zoom: Window | None
    fill: bool
    height: str
    camera: tuple[float, float, float] | None
    known: dict[Window, LossGrid] = field(default_factory=dict[Window, LossGrid])

    def window(self, aspect: float) -> Window:
        """Return what a picture of that width by height shows: one unit is as long on both axes unless it fills."""
        (x0, x1), (y0, y1) = shown = self.zoom or self.surface.domain
        if self.fill:
            return shown
        width, height = x1 - x0, y1 - y0
        if width < height * aspect:
            middle, width = (x0 + x1) / 2, height * aspect
            return (middle - width / 2, middle + width / 2), (y0, y1)
        middle, height = (y0 + y1) / 2, width / aspect
        return (x0, x1), (middle - height / 2, middle + height / 2)

    def grid(self, window: Window) -> LossGrid:
        """Return heights that cover a window, by the floor and the scale that the stage has."""
        if window not in self.known:
            self.known[window] = fine_grid(self.surface, self.zoom, window)
        return self.known[window]


def scene(scenario: Scenario, look: Look) -> Scene:
    """Gather what a look shows of a scenario.

    Raises:
        ValueError: no lane is visible, or an outside class cannot run.
    """
    if not any(lane.visible for lane in scenario.lanes):
        raise ValueError("no lane is visible: show one of them")
    chosen = replace(scenario, plots=look.plots) if look.plots else scenario
    plots = computed(chosen.plots if "plots" in look.parts else ())
    specs = run_specs(chosen)
    runs = [lane_run(spec, plots) for spec in specs]
    titles = scenario.titles()
    visible = [index for index, lane in enumerate(scenario.lanes) if lane.visible]
    lanes = tuple(
        _shown(scenario.lanes[i], titles[i], runs[i], chosen=i == scenario.lane, cloud=_cloud(scenario.cloud, specs[i]))
        for i in visible
    )
    pinned, pinned_runs = _pinned(scenario, visible, {run.key for run in runs}, plots)
    return Scene(
        title=stories.get(scenario.story).title if scenario.story in stories.names() else _surface_title(scenario),
        view=look.view or scenario.view,
        steps=scenario.steps,
        lanes=lanes,
        pinned=pinned,
        charts=_rows(_charts(chosen, [*runs, *pinned_runs], [*lanes, *(ghost for ghost, _ in pinned)]))
        if plots
        else (),
        surface=surface_spec(scenario).surface(),
        start=scenario.start,
        zoom=scenario.zoom,
        fill=scenario.axes == "fill",
        height=scenario.height,
        camera=scenario.camera,
    )


def _surface_title(scenario: Scenario) -> str:
    surface = surface_spec(scenario).surface()
    return f"f(x, y) = {scenario.formula}" if scenario.formula else surface.title


def _shown(
    lane: Lane, title: str, run: LaneRun, *, chosen: bool = False, cloud: tuple[NDArray[np.float32], int] | None = None
) -> Shown:
    values = np.asarray(run.block.values, dtype=np.float64)
    rule = update_rules.get(lane.optimizer)
    return Shown(
        title=title,
        colour=lane.colour,
        marker=lane.marker,
        values=dict(zip(run.block.channels or (), values, strict=True)),
        curves={name: [(each["channel"], each["style"]) for each in drawn] for name, drawn in run.curves.items()},
        divergence=run.divergence,
        diverges=bool(run.divergence) or run.diverged_at >= 0,
        chosen=chosen,
        points=tuple((point, rule.symbols.get(point.state, "")) for point in rule.points),
        ellipse=rule.ellipse,
        cloud=cloud,
    )


def _cloud(asked: tuple[int, float] | None, spec: RunSpec) -> tuple[NDArray[np.float32], int] | None:
    """Return a lane's cloud; an outside class has none, on the stage neither."""
    if asked is None or isinstance(update_rules.get(spec.optimizer), OutsideRule):
        return None
    found = lane_cloud(spec, *asked, math.inf)
    if found is None:
        return None
    return np.asarray(found.block.values, dtype=np.float32), int(cast("int", found.section["stride"]))


def _pinned(
    scenario: Scenario, visible: list[int], on_screen: set[str], plots: tuple[str, ...]
) -> tuple[tuple[tuple[Shown, int], ...], list[LaneRun]]:
    """Return the pinned runs that are seen apart from the lanes: each belongs to the lane that looks like it."""
    before = scenario.before()
    if before is None:
        return (), []
    free, found, runs = list(enumerate(scenario.lanes)), list[tuple[Shown, int]](), list[LaneRun]()
    for lane, title, spec in zip(before.lanes, before.titles(), run_specs(before), strict=True):
        run = lane_run(spec, plots)
        mine = next((i for i, other in free if (other.colour, other.marker) == (lane.colour, lane.marker)), -1)
        free = [(i, other) for i, other in free if i != mine]
        if run.key in on_screen or (mine >= 0 and mine not in visible):
            continue
        found.append((_shown(lane, title, run), visible.index(mine) if mine >= 0 else -1))
        runs.append(run)
    return tuple(found), runs


def _charts(scenario: Scenario, runs: list[LaneRun], shown: list[Shown]) -> list[ChartShown]:
    names = drawn(scenario.plots, {name for run in runs for name in run.curves})
    paired = {name for run in runs for name in run.states.paired}
    return [_chart(entry, scenario, shown) for entry in charts(names, paired)]


def _chart(entry: dict[str, Any], scenario: Scenario, shown: list[Shown]) -> ChartShown:
    name = str(entry["diagnostic"])
    chart = ChartShown(
        diagnostic=name,
        end=entry["end"],
        title=entry["title"],
        note=entry["note"],
        axis=entry["axis"],
        wide=entry["wide"],
        reference=tuple(entry["reference"]),
        lacking=diagnostics.get(name).lacking,
        value_axis=fit_axis("linear", ()),
    )
    lanes = [(lane.diverges, [values for values, _ in lane.drawn(chart)]) for lane in shown]
    chosen = scenario.scales.get(name)
    return replace(chart, value_axis=fit_axis(chosen or entry["scale"], lanes, chosen=chosen is not None))


def _rows(found: list[ChartShown]) -> tuple[tuple[ChartShown, ...], ...]:
    """Let charts flow into rows, as on the stage: a wide one alone, x and y side by side, two of the others."""
    rows: list[list[ChartShown]] = []
    waiting: list[ChartShown] | None = None
    for chart in found:
        if chart.axis == "y" and rows and rows[-1][0].diagnostic == chart.diagnostic:
            rows[-1].append(chart)
        elif not chart.axis and not chart.wide and waiting:
            waiting.append(chart)
            waiting = None
        else:
            rows.append([chart])
            waiting = rows[-1] if not chart.axis and not chart.wide else waiting
    return tuple(map(tuple, rows))
