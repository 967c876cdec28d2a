"""A finished loss plane in a store, without a process that worked it out."""

from __future__ import annotations

from typing import Any

import numpy as np

from optim_viz.comparison import TrainingSpec
from optim_viz.pages.train.plane_form import wanted
from optim_viz.planes import jobs
from optim_viz.planes.result import PlaneError, PlanePath, PlaneResult
from optim_viz.run_store import RunStore

SPEC = TrainingSpec.from_dict({"lanes": ["sgd,lr=0.01", "adam,lr=0.001"], "dataset": "digits", "widths": [4]})
STEPS = (0, 5, 45)
POINTS: dict[int, list[int]] = {0: list(STEPS), 1: list(STEPS)}


def put_result(store: RunStore, run_id: int, kind: Any) -> PlaneResult:
    """A finished plane, as its process leaves it."""
    settings = wanted(POINTS, [0, 1], kind, 25, 200)
    x, y = np.linspace(-1, 3, 25), np.linspace(-2, 2, 25)
    paths = tuple(
        PlanePath(
            lane=lane,
            title=title,
            colour=lane,
            marker="circle",
            steps=STEPS,
            x=(-0.5, 0.5, 2.0),
            y=(0.0, 1.0, float(lane)),
            distance=(0.3, 0.2, 0.125),
            length=(0.0, 1.0, 4.0),
            loss=(2.0, 1.0, 0.5),
        )
        for lane, title in enumerate(SPEC.titles())
    )
    result = PlaneResult(
        run=run_id,
        number=max(jobs.numbers(store.path, run_id), default=0) + 1,
        settings=settings,
        data="Digits",
        window=((-1.0, 3.0), (-2.0, 2.0)),
        grid=(x[None, :] - 1) ** 2 + 2 * y[:, None] ** 2,
        paths=paths,
        scale=3.5,
        explained=(0.81, 0.123) if kind == "paths" else None,
        error=PlaneError(200, 0.001, 0.0042, 12.0),
        seconds=65.0,
    )
    folder = jobs.folder(store.path, run_id, result.number)
    folder.write_settings(settings)
    folder.write_result(result)
    return result
