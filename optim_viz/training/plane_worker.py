# pyright: basic
"""The process that works out one loss plane: it takes up where the last one stopped, row by row.

    python -m optim_viz.training.plane_worker --store PATH --run 3 --plane 1

It goes on when the page that asked for it is closed, and gives way to training: its priority is low.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from optim_viz.comparison.lanes import lane_words
from optim_viz.comparison.spec import TrainingSpec
from optim_viz.datasets import DataUnavailable
from optim_viz.launchers import stand_back
from optim_viz.planes import jobs, snapshots
from optim_viz.planes.files import PlaneFolder
from optim_viz.planes.plane import Plane, Shapes, line_plane, principal_plane, random_plane
from optim_viz.planes.result import PlaneError, PlanePath, PlaneResult, window_around, window_of_paths
from optim_viz.planes.settings import PlaneSettings
from optim_viz.planes.snapshots import Point
from optim_viz.planes.spline import Spline, Window
from optim_viz.run_store.errors import StoreError
from optim_viz.run_store.folders import snapshots_folder
from optim_viz.run_store.runs import Run
from optim_viz.run_store.store import RunStore

ERROR_POINTS: Final = 200
"""Points between those of the grid at which the surface is held against the network."""
Array = NDArray[np.float64]


def work(store: Path, run: Run, number: int, stop: Callable[[], bool] = lambda: False) -> PlaneResult | None:
    """Work out a plane of a run and put it down; finished rows are kept.

    Args:
        store: the run store's file.
        run: whose network, data and kept points.
        number: of the plane; its settings lie in its folder.
        stop: asked after each row.

    Returns:
        The plane; None where it was stopped or cancelled.

    Raises:
        ValueError: the kept points are gone, or make no plane, or a loss on the grid is not finite.
    """
    begin = time.monotonic()
    folder = jobs.folder(store, run.id, number)
    settings, spec = folder.settings(), TrainingSpec.from_dict(run.spec)
    from optim_viz.training.engine import choose_device
    from optim_viz.training.lane import make_network
    from optim_viz.training.plane_loss import PlaneLoss, network_loss

    data = spec.data.load(Path(run.data) if run.data else spec.data.folder(), choose_device(spec.device))
    network = make_network(spec, data)
    points, values = snapshots.read(snapshots_folder(store, run.id), settings.all_points, spec.n_parameters)
    plane = make_plane(settings, points, values, [tuple(param.shape) for param in network.parameters()])
    places, distances = plane.project(values)
    window = window_of_paths(places) if settings.kind == "paths" else window_around(settings.kind, plane.scale)
    count = min(settings.examples, spec.n_examples)
    loss = PlaneLoss(network, plane, data.train_x[:count], data.train_y[:count], spec.l2)
    grid = _rows(folder, settings, window, loss.row, lambda: stop() or folder.note("cancel") is not None)
    if grid is None:
        return None
    own = [network_loss(network, value, data.train_x[:count], data.train_y[:count], spec.l2) for value in values]
    result = PlaneResult(
        run=run.id,
        number=number,
        settings=settings,
        data=spec.data.title,
        window=window,
        grid=grid,
        paths=_paths(run, points, values, places, distances, np.array(own)),
        scale=plane.scale,
        explained=plane.explained,
        error=measured_error(Spline(window, grid), loss.at, settings.seed),
        seconds=time.monotonic() - begin,
    )
    folder.write_result(result)
    return result


def make_plane(settings: PlaneSettings, points: list[Point], values: Array, shapes: Shapes) -> Plane:
    """Return the plane that settings ask for, of the kept points that could be read.

    Raises:
        ValueError: too few of them are there, or they make no plane.
    """
    there = dict(zip(points, values, strict=True))
    missing = len(set(settings.points) - set(points))
    chosen = [there[point] for point in settings.points if point in there]
    if settings.kind == "paths" and len(chosen) >= 2:
        return principal_plane(np.array(chosen), settings.seed)
    if settings.kind == "random" and not missing:
        return random_plane(chosen[-1], shapes, settings.seed)
    if settings.kind == "line" and not missing:
        return line_plane(chosen[0], chosen[-1], shapes, settings.seed)
    raise ValueError(
        f"{missing} of {len(settings.points)} kept points are not finite or cannot be read: choose lanes that did not "
        "diverge"
    )


def measured_error(spline: Spline, truth: Callable[[Array, Array], Array], seed: int) -> PlaneError:
    """Hold the surface against the network at random points of the window.

    Args:
        spline: the surface.
        truth: (xs, ys) -> losses of the network.
        seed: of the points, which are those of NumPy's default_rng([seed, 3]).
    """
    across, up = np.random.default_rng([seed, 3]).uniform(size=(2, ERROR_POINTS))
    (x0, x1), (y0, y1) = spline.window
    x, y = x0 + (x1 - x0) * across, y0 + (y1 - y0) * up
    off = np.abs(spline.loss(x, y) - truth(x, y))
    return PlaneError(ERROR_POINTS, float(np.median(off)), float(off.max()), float(np.ptp(spline.values)))


def _rows(
    folder: PlaneFolder,
    settings: PlaneSettings,
    window: Window,
    row: Callable[[Array, float], Array],
    stop: Callable[[], bool],
) -> Array | None:
    """Finish the rows that are missing and return them all; None where it was stopped before."""
    (x0, x1), (y0, y1) = window
    size = settings.resolution
    xs, ys = np.linspace(x0, x1, size), np.linspace(y0, y1, size)
    for index in range(folder.done(size), size):
        if stop():
            return None
        folder.append(row(xs, float(ys[index])), size)
    grid = folder.rows(size)
    bad = np.count_nonzero(~np.isfinite(grid))
    if bad:
        raise ValueError(
            f"the loss is not finite at {bad} of {grid.size} points of the plane: choose lanes that stayed closer "
            "together"
        )
    return grid


def _paths(
    run: Run, points: list[Point], values: Array, places: Array, distances: Array, losses: Array
) -> tuple[PlanePath, ...]:
    """Return the paths of the points, one a lane."""
    found: list[PlanePath] = []
    words = lane_words(run.lanes)
    for lane in sorted({lane for lane, _ in points}):
        own = [index for index, (each, _) in enumerate(points) if each == lane]
        length = np.linalg.norm(values[own] - values[own[0]], axis=1)
        title = words[lane]
        found.append(
            PlanePath(
                lane=lane,
                title=title.title,
                colour=title.colour,
                marker=title.marker,
                steps=tuple(points[index][1] for index in own),
                x=tuple(places[own, 0].tolist()),
                y=tuple(places[own, 1].tolist()),
                distance=tuple(distances[own].tolist()),
                length=tuple(length.tolist()),
                loss=tuple(losses[own].tolist()),
            )
        )
    return tuple(found)


def explain(error: BaseException, log: Path) -> str:
    """Return one sentence for the person who asked for the plane."""
    text = " ".join(str(error).split())
    if isinstance(error, ValueError | StoreError | DataUnavailable):
        return text or type(error).__name__
    if isinstance(error, MemoryError) or "memory" in text:
        return "there is not enough memory for the plane: choose fewer examples or fewer lanes"
    return f"{type(error).__name__}: {text} (details in {log})"


def main() -> int:
    """Work out the plane that the arguments name; the folder says what came of it."""
    parser = argparse.ArgumentParser(prog="optim_viz.training.plane_worker")
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--run", type=int, required=True)
    parser.add_argument("--plane", type=int, required=True)
    given = parser.parse_args()
    stand_back()
    folder = jobs.folder(given.store, given.run, given.plane)
    store = RunStore(given.store)
    try:
        run = store.get(given.run)
    finally:
        store.close()
    try:
        work(given.store, run, given.plane)
    except BaseException as error:
        traceback.print_exc()
        folder.write_note("error", explain(error, folder.path / "log"))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
