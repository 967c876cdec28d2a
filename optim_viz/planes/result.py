"""What was found of a loss plane: the losses on its grid, the paths beside it, and how true the surface is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from optim_viz.planes.settings import PlaneSettings
from optim_viz.planes.spline import Spline, Window
from optim_viz.surfaces import Kernels, Surface, SurfacePath
from optim_viz.tables import Column, Table

if TYPE_CHECKING:
    from pandas import DataFrame  # pyright: ignore[reportMissingTypeStubs]

GROUP = "Loss planes"
TITLES = {"paths": "plane of the paths", "random": "random plane", "line": "line between two ends"}


@dataclass(frozen=True)
class PlanePath:
    """The kept points of one lane, beside the plane.

    Attributes:
        lane: position in the run, from 0.
        title: of the lane.
        colour: index into the palette.
        marker: its shape.
        steps: of the points.
        x: first coordinate of the nearest point of the plane.
        y: second coordinate.
        distance: from there to the point itself.
        length: distance in parameter space from the first of these points to each.
        loss: of the network itself at the point, not of the plane below it.
    """

    lane: int
    title: str
    colour: int
    marker: str
    steps: tuple[int, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    distance: tuple[float, ...]
    length: tuple[float, ...]
    loss: tuple[float, ...]


@dataclass(frozen=True)
class PlaneError:
    """How far the surface is from the network's own loss, at random points between those of the grid.

    Attributes:
        points: how many, evenly spread over the window.
        median: of the absolute differences.
        largest: of the absolute differences.
        span: largest less smallest loss on the grid.
    """

    points: int
    median: float
    largest: float
    span: float


@dataclass(frozen=True, eq=False)
class PlaneResult:
    """A loss plane.

    Attributes:
        run: number of the training run.
        number: of the plane among those of the run.
        settings: what was asked for.
        data: the data set's title.
        window: ((x0, x1), (y0, y1)) that the grid covers, edges included.
        grid: losses, (resolution, resolution) float64, rows along y.
        paths: of every lane that has a point in the settings.
        scale: a length that belongs to the plane; see `plane.Plane`.
        explained: share of the points' spread along x and along y; None where no paths gave the plane.
        error: of the surface.
        seconds: of work.
    """

    run: int
    number: int
    settings: PlaneSettings
    data: str
    window: Window
    grid: NDArray[np.float64]
    paths: tuple[PlanePath, ...]
    scale: float
    explained: tuple[float, float] | None
    error: PlaneError
    seconds: float

    @property
    def name(self) -> str:
        """Its name as a surface, in code and links."""
        return f"plane_{self.run}_{self.number}"

    @property
    def title(self) -> str:
        """Its name for people."""
        return f"Run {self.run}: {TITLES[self.settings.kind]}"

    @cached_property
    def spline(self) -> Spline:
        """The surface through the losses."""
        return Spline(self.window, self.grid)

    @property
    def axis(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The grid's positions along x and y."""
        (across, up), (rows, columns) = self.window, self.grid.shape
        return np.linspace(*across, columns), np.linspace(*up, rows)

    def table(self) -> Table:
        """Return the grid as a table: `x`, `y` and `loss`, a row a point, row after row of the grid."""
        x, y = self.axis
        rows, columns = self.grid.shape
        cells = [
            Column("x", np.tile(x, rows), "", "along the plane's first direction"),
            Column("y", np.repeat(y, columns), "", "along its second direction"),
            Column("loss", self.grid.ravel(), "", "mean cross-entropy of the network there"),
        ]
        return Table(f"{self.name}_grid", cells, self._about())

    def paths_table(self) -> Table:
        """Return the paths beside the plane as a table, a row a kept point.

        Columns: `lane`, `step`, `x` and `y` (the nearest point of the plane), `distance` (from there to the point),
        `way` (from the path's first point), `loss` (of the network at the point), `loss_on_plane` (of the surface below
        it), and in every row, for a file that has columns alone, `explained_x` and `explained_y`, the shares of the
        points' spread along the two directions (NaN where no paths gave the plane). `x`, `y`, `distance` and `way` are
        lengths in parameter space.
        """
        points = [(path, index) for path in self.paths for index in range(len(path.steps))]
        x, y = (np.array([getattr(path, axis)[index] for path, index in points], dtype=np.float64) for axis in "xy")

        def column(name: str, values: str, meaning: str) -> Column:
            found = np.array([getattr(path, values)[index] for path, index in points])
            return Column(name, found, "", meaning)

        shares = (math.nan, math.nan) if self.explained is None else self.explained
        explained = [
            Column(f"explained_{axis}", np.full(len(points), share), "", f"share of the points' spread along {axis}")
            for axis, share in zip("xy", shares, strict=True)
        ]
        columns = [
            Column("lane", np.array([path.title for path, _ in points], dtype=np.str_), "", "the lane's title"),
            column("step", "steps", "training step of the point"),
            Column("x", x, "", "of the nearest point of the plane, along its first direction"),
            Column("y", y, "", "along its second direction"),
            column("distance", "distance", "from the plane to the point, in parameter space"),
            column("way", "length", "from the path's first point to this one, in parameter space"),
            column("loss", "loss", "of the network at the point"),
            Column("loss_on_plane", self.spline.loss(x, y), "", "of the surface at x, y"),
            *explained,
        ]
        return Table(f"{self.name}_paths", columns, self._about())

    def _about(self) -> dict[str, Any]:
        """Return what else belongs to the numbers, as JSON values: everything but the grid and the paths."""
        found = {name: value for name, value in self.to_dict().items() if name not in ("grid", "paths")}
        return {"plane": found.pop("number"), **found}

    def to_dataframe(self) -> DataFrame:
        """Return `table` as a table of pandas.

        Raises:
            ImportError: pandas is not installed.
        """
        return self.table().to_dataframe()

    @property
    def start(self) -> tuple[float, float]:
        """Where runs in the lab start: the earliest point of the paths that lies within the window, else the middle."""
        (x0, x1), (y0, y1) = self.window
        seen = [
            (step, x, y)
            for path in self.paths
            for step, x, y in zip(path.steps, path.x, path.y, strict=True)
            if x0 <= x <= x1 and y0 <= y <= y1
        ]
        return min(seen)[1:] if seen else ((x0 + x1) / 2, (y0 + y1) / 2)

    def surface(self) -> Surface:
        """Return it as a surface, with exact derivatives, and the true paths beside which runs can be seen."""
        return Surface(
            name=self.name,
            title=self.title,
            domain=self.window,
            start=self.start,
            minima=(),
            minimum=None,
            source=f"Training run {self.run}: mean cross-entropy over the first {self.settings.examples:,} training "
            f"examples of {self.data}.",
            note=self._note(),
            text="",
            build=partial(_kernels, self.window, self.grid),
            group=GROUP,
            paths=tuple(
                SurfacePath(path.title, path.colour, path.marker, path.steps, path.x, path.y) for path in self.paths
            ),
        )

    def _note(self) -> str:
        return (
            "x and y are distances in parameter space. "
            f"A smooth surface through {self.grid.shape[1]} x {self.grid.shape[0]} evaluations of the network, off by "
            f"at most {self.error.largest:.2g} at {self.error.points} points between them; beyond them it goes on "
            "straight. Dashed: where the network's own path lies nearest to the plane, at the same step. An optimizer "
            "that treats each weight by itself treats each of the two directions by itself here."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        plain = {name: getattr(self, name) for name in ("run", "number", "data", "window", "scale", "explained")}
        return plain | {
            "settings": self.settings.to_dict(),
            "grid": self.grid.tolist(),
            "paths": [asdict(path) for path in self.paths],
            "error": asdict(self.error),
            "seconds": self.seconds,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> PlaneResult:
        """Read what `to_dict` wrote.

        Raises:
            ValueError: it is something else.
        """
        try:
            (x0, x1), (y0, y1) = values["window"]
            explained = values["explained"]
            found = cls(
                run=int(values["run"]),
                number=int(values["number"]),
                settings=PlaneSettings.from_dict(values["settings"]),
                data=str(values["data"]),
                window=((float(x0), float(x1)), (float(y0), float(y1))),
                grid=np.array(values["grid"], dtype=np.float64),
                paths=tuple(_path(each) for each in values["paths"]),
                scale=float(values["scale"]),
                explained=None if explained is None else (float(explained[0]), float(explained[1])),
                error=PlaneError(**values["error"]),
                seconds=float(values["seconds"]),
            )
            return replace(found, grid=found.spline.values)  # a grid that is none raises here
        except (TypeError, KeyError, IndexError) as error:
            raise ValueError(f"not a loss plane: {error}") from error


def _path(values: Mapping[str, Any]) -> PlanePath:
    columns = {name: tuple(map(float, values[name])) for name in ("x", "y", "distance", "length", "loss")}
    steps = tuple(map(int, values["steps"]))
    if any(len(column) != len(steps) for column in columns.values()):
        raise ValueError("a path of a loss plane has columns of different lengths")
    lane, title, colour, marker = (values[name] for name in ("lane", "title", "colour", "marker"))
    return PlanePath(int(lane), str(title), int(colour), str(marker), steps, **columns)


def _kernels(window: Window, grid: NDArray[np.float64]) -> Kernels:
    spline = Spline(window, grid)
    return Kernels(spline.loss, spline.grad, spline.hessian, quadratic=False)


def window_of_paths(coordinates: NDArray[np.float64]) -> Window:
    """Return a window around projected points, with a margin; neither side is much shorter than the other.

    Args:
        coordinates: (K, 2).
    """
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    middle, sides = (low + high) / 2, high - low
    half = np.maximum(sides / 2 + 0.2 * sides.max(), 0.3 * sides.max())
    (x0, y0), (x1, y1) = middle - half, middle + half
    return (float(x0), float(x1)), (float(y0), float(y1))


def window_around(kind: str, scale: float) -> Window:
    """Return the window of a random plane, one length of its directions to each side, or of a line.

    A line's window reaches a quarter of its length beyond both ends.
    """
    if not (math.isfinite(scale) and scale > 0):
        raise ValueError(f"a plane needs a length above 0, not {scale!r}")
    if kind == "random":
        return (-scale, scale), (-scale, scale)
    return (-0.25 * scale, 1.25 * scale), (-0.75 * scale, 0.75 * scale)
