"""From a run to its loss planes: what training keeps, and what the plane's process makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from optim_viz import surfaces
from optim_viz.comparison import TrainingSpec
from optim_viz.planes import jobs, snapshots
from optim_viz.planes.result import PlaneResult
from optim_viz.planes.settings import KINDS, PlaneSettings
from optim_viz.run_store import Run, RunStore
from optim_viz.run_store.folders import snapshots_folder
from optim_viz.training import engine
from optim_viz.training.lane import Snapshot, make_network
from optim_viz.training.plane_loss import network_loss
from optim_viz.training.plane_worker import make_plane, work

SPEC = TrainingSpec.from_dict(
    {"lanes": ["sgd,lr=0.1", "adam,lr=0.01"], "dataset": "digits", "widths": [12], "epochs": 2, "batch_size": 64,
     "device": "cpu", "record": False, "l2": 0.0001}
)  # fmt: skip
ENDS = ((0, SPEC.total_steps), (1, SPEC.total_steps))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunStore, Run]:
    """A store with one run, trained here and now, that kept its points."""
    store = RunStore(tmp_path_factory.mktemp("store") / "runs.sqlite3")
    run = store.get(store.create(SPEC.to_dict()))
    folder = snapshots_folder(store.path, run.id)

    def keep(snapshot: Snapshot) -> None:
        snapshots.keep(folder, snapshot[:2], snapshot.parameters.numpy())

    engine.train(SPEC, data=SPEC.data.load(), on_event=lambda event: None, keep=keep)
    return store, run


def settings(store: RunStore, run: Run, kind: str) -> PlaneSettings:
    kept = tuple(snapshots.kept(snapshots_folder(store.path, run.id)))
    return PlaneSettings(kind, kept if kind == "paths" else ENDS, drawn=kept, resolution=21, examples=150)  # type: ignore[arg-type]


def ask(store: RunStore, run: Run, wanted: PlaneSettings) -> int:
    number = max(jobs.numbers(store.path, run.id), default=0) + 1
    jobs.folder(store.path, run.id, number).write_settings(wanted)
    return number


def found(store: RunStore, run: Run, kind: str) -> PlaneResult:
    result = work(store.path, run, ask(store, run, settings(store, run, kind)))
    assert result is not None
    return result


def test_training_keeps_the_start_the_end_and_points_between_and_a_resumed_run_the_same() -> None:
    data = SPEC.data.load()
    whole: dict[tuple[int, int], torch.Tensor] = {}
    checkpoints: list[engine.Checkpoint] = []
    ends = engine.train(
        SPEC,
        data=data,
        on_event=lambda event: None,
        keep=lambda each: whole.update({each[:2]: each.parameters}),
        checkpoint=checkpoints.append,
        checkpoint_seconds=0.0,
    )
    steps = snapshots.kept_steps(SPEC.total_steps, SPEC.n_parameters, 2)
    assert sorted(whole) == [(lane, step) for lane in (0, 1) for step in steps]
    begin = torch.nn.utils.parameters_to_vector(make_network(SPEC, data).parameters())
    for lane, params in enumerate(ends):
        assert torch.equal(whole[lane, 0], begin)
        assert torch.equal(whole[lane, SPEC.total_steps], torch.nn.utils.parameters_to_vector(params))

    again: dict[tuple[int, int], torch.Tensor] = {}
    middle = checkpoints[len(checkpoints) // 2]
    engine.train(
        SPEC,
        data=data,
        on_event=lambda event: None,
        keep=lambda each: again.update({each[:2]: each.parameters}),
        resume=middle,
    )
    assert {point for point in whole if point[1] > middle.lanes[point[0]]["step"]} == again.keys()
    assert 0 < len(again) < len(whole)
    assert all(torch.equal(again[point], whole[point]) for point in again)


@pytest.mark.parametrize("kind", KINDS)
def test_the_surface_tells_the_networks_loss_within_the_error_that_it_states(
    trained: tuple[RunStore, Run], kind: str
) -> None:
    store, run = trained
    result = found(store, run, kind)
    assert PlaneResult.from_dict(result.to_dict()).to_dict() == result.to_dict()
    surface = result.surface()
    data = SPEC.data.load().to("cpu", torch.float64)
    images, classes = data.train_x[:150], data.train_y[:150]
    network = make_network(SPEC, data)
    kept = settings(store, run, kind)
    points, values = snapshots.read(snapshots_folder(store.path, run.id), kept.all_points, SPEC.n_parameters)
    where = dict(zip(points, values, strict=True))
    # The network's own loss at every kept point, by a plain evaluation.
    for path in result.paths:
        for step, own in zip(path.steps[::7], path.loss[::7], strict=True):
            true = network_loss(network, where[path.lane, step], images, classes, SPEC.l2)
            assert own == pytest.approx(true, rel=1e-5)
    if kind == "line":  # both ends lie in it
        for path in result.paths:
            assert path.distance[-1] < 1e-6
            stated = abs(float(surface.loss(path.x[-1], path.y[-1])) - path.loss[-1])
            assert stated <= result.error.largest
    # Two points that span the plane give any other: held against the network at 200 of them.
    plane = make_plane(kept, points, values, [tuple(param.shape) for param in network.parameters()])
    rng = np.random.default_rng(99)
    (x0, x1), (y0, y1) = result.window
    xs, ys = rng.uniform(x0, x1, 200), rng.uniform(y0, y1, 200)
    true = np.array(
        [
            network_loss(network, plane.origin + x * plane.first + y * plane.second, images, classes, SPEC.l2)
            for x, y in zip(xs, ys, strict=True)
        ]
    )
    off = np.abs(surface.loss(xs, ys) - true)
    assert result.error.points == 200
    assert np.median(off) <= 2 * result.error.median
    assert np.quantile(off, 0.98) <= result.error.largest < 0.05 * result.error.span


def test_a_plane_that_was_stopped_goes_on_and_is_the_same(trained: tuple[RunStore, Run]) -> None:
    store, run = trained
    wanted = replace(settings(store, run, "paths"), resolution=9, examples=40)
    whole = work(store.path, run, ask(store, run, wanted))
    assert whole is not None
    number = ask(store, run, wanted)
    asked = iter([False, False, False, True])
    assert work(store.path, run, number, lambda: next(asked)) is None
    assert jobs.look(store.path, run.id, number).rows == 3
    jobs.cancel(store.path, run.id, number)
    assert work(store.path, run, number) is None
    assert jobs.look(store.path, run.id, number).state == "cancelled"
    jobs.folder(store.path, run.id, number).remove_note("cancel")
    again = work(store.path, run, number)
    assert again is not None
    np.testing.assert_array_equal(again.grid, whole.grid)
    assert (again.paths, again.window, again.error) == (whole.paths, whole.window, whole.error)
    assert jobs.look(store.path, run.id, number).state == "done"


def test_a_saved_plane_is_a_surface_of_the_lab_by_its_name(
    trained: tuple[RunStore, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, run = trained
    result = found(store, run, "paths")
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(store.path.parent))
    monkeypatch.setattr("surfaces.registry._registered", {})
    assert not surfaces.known("plane_1_9999")
    assert not surfaces.known("plane_1_1/../../../etc/passwd")
    assert result.name not in surfaces.names()
    surface = surfaces.get(result.name)
    assert result.name in surfaces.names(), "the menu has it from then on"
    np.testing.assert_array_equal(surface.loss(*result.start), result.surface().loss(*result.start))
    assert [path.title for path in surface.paths] == list(SPEC.titles())
    assert all(path.steps[-1] == SPEC.total_steps for path in surface.paths)


def test_what_went_wrong_is_kept_for_the_page(trained: tuple[RunStore, Run], tmp_path: Path) -> None:
    store, run = trained
    gone = replace(settings(store, run, "line"), points=((0, 0), (7, 3)))
    with pytest.raises(ValueError, match="1 of 2 kept points"):
        work(store.path, run, ask(store, run, gone))
