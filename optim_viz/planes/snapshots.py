"""The parameters that a run keeps along its path: at most 40 points a lane and 64 MB a run, each a file of its own.

All runs of a store keep at most 2 GB (`planes.room`).

Points lie closer where paths move faster, at the beginning: point k of n is at step T (k / (n - 1))². The first is the
start, the last the end. A file is NumPy's own format, float32, all parameters in the order of the network; it is whole
or not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_POINTS: Final = 40
"""Kept points of a lane."""
MOST_BYTES: Final = 64_000_000
"""Of all kept points of a run."""
MOST_STORE_BYTES: Final = 2_000_000_000
"""Of all kept points of a store."""
LET_GO: Final = "let-go"
"""Name of the empty file that stands for points that were removed to make room."""
_NAME: Final = re.compile(r"lane-(\d{1,3})-step-(\d{1,12})\.npy", re.ASCII)

Point = tuple[int, int]
"""A kept point: lane (from 0) and step."""


def kept_steps(total_steps: int, n_parameters: int, lanes: int) -> tuple[int, ...]:
    """Return after which steps the parameters are kept.

    Args:
        total_steps: of the run.
        n_parameters: of one lane's network.
        lanes: of the run.

    Returns:
        Steps in order, 0 and the last among them; none where two points of each lane take more than `MOST_BYTES`.
    """
    count = min(MOST_POINTS, MOST_BYTES // (4 * n_parameters * lanes))
    if count < 2:
        return ()
    return tuple(sorted({round(total_steps * (k / (count - 1)) ** 2) for k in range(count)}))


def keep(folder: Path, point: Point, parameters: NDArray[np.float32]) -> None:
    """Keep a point, replacing what is there in one step.

    Args:
        folder: of the run.
        point: lane and step.
        parameters: (N,).

    Raises:
        OSError: it cannot be written.
    """
    path = _path(folder, point)
    partial = path.with_suffix(".partial")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with partial.open("wb") as file:
            np.save(file, np.asarray(parameters, dtype=np.float32), allow_pickle=False)
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def kept(folder: Path) -> list[Point]:
    """Return the points that a run has kept, by lane, then step."""
    found = [_NAME.fullmatch(path.name) for path in folder.glob("*.npy")]
    return sorted((int(match[1]), int(match[2])) for match in found if match)


def read(folder: Path, points: Sequence[Point], n_parameters: int) -> tuple[list[Point], NDArray[np.float64]]:
    """Return those of the points that can be read and are finite, and their parameters.

    A point that is not finite belongs to a lane that diverged; one that cannot be read was being written when the
    machine went down.

    Args:
        folder: of the run.
        points: which.
        n_parameters: N.

    Returns:
        The points, and their parameters, (K, N).
    """
    good: list[Point] = []
    rows: list[NDArray[np.float64]] = []
    for point in points:
        try:
            values = np.load(_path(folder, point), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            continue
        if values.shape == (n_parameters,) and np.isfinite(values).all():
            good.append(point)
            rows.append(values.astype(np.float64))
    return good, np.array(rows).reshape(len(rows), n_parameters)


def _path(folder: Path, point: Point) -> Path:
    return folder / f"lane-{point[0]}-step-{point[1]}.npy"


def were_let_go(folder: Path) -> bool:
    """Tell whether a run's points went to make room for those of later runs."""
    return (folder / LET_GO).exists()
