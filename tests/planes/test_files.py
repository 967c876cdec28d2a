"""Kept points and a plane's folder: whole or not there, and bounded."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from optim_viz import launchers, tables
from optim_viz.planes import jobs, room, snapshots
from optim_viz.planes.files import PlaneFolder
from optim_viz.planes.result import PlaneError, PlanePath, PlaneResult
from optim_viz.planes.settings import PlaneSettings
from optim_viz.run_store import RunStore, heartbeat, queue
from optim_viz.run_store.folders import snapshots_folder


@pytest.mark.parametrize(("total", "n_parameters", "lanes"), [(469, 269_322, 5), (10, 50, 2), (1, 3, 1), (10**6, 7, 8)])
def test_what_a_run_keeps_is_bounded(total: int, n_parameters: int, lanes: int) -> None:
    steps = snapshots.kept_steps(total, n_parameters, lanes)
    assert steps[0] == 0
    assert steps[-1] == total
    assert list(steps) == sorted(set(steps))
    assert len(steps) <= snapshots.MOST_POINTS
    assert 4 * n_parameters * lanes * len(steps) <= snapshots.MOST_BYTES


def test_nothing_is_kept_of_a_network_of_which_two_points_are_too_much() -> None:
    assert snapshots.kept_steps(100, 9_000_000, 1) == ()


def test_kept_points_are_read_back_and_what_is_damaged_or_diverged_is_left_out(tmp_path: Path) -> None:
    for lane, step in ((1, 0), (0, 20), (0, 3)):
        snapshots.keep(tmp_path, (lane, step), np.arange(4, dtype=np.float32) + step)
    snapshots.keep(tmp_path, (1, 5), np.array([1, np.nan, 0, 0], np.float32))
    (tmp_path / "lane-1-step-9.npy").write_bytes(b"\x93NUMPY")
    (tmp_path / "lane-1-step-7.partial").write_bytes(b"")
    points = snapshots.kept(tmp_path)
    assert points == [(0, 3), (0, 20), (1, 0), (1, 5), (1, 9)]
    good, values = snapshots.read(tmp_path, points, 4)
    assert good == [(0, 3), (0, 20), (1, 0)]
    np.testing.assert_array_equal(values, [[3, 4, 5, 6], [20, 21, 22, 23], [0, 1, 2, 3]])
    assert snapshots.read(tmp_path, points, 5)[0] == [], "parameters of another network"


def test_all_runs_together_are_bounded_and_the_oldest_go_first(tmp_path: Path) -> None:
    """Four runs of 10 MB where 100 MB are allowed and 64 of them are left for the one that trains."""
    names = [f"run-{number}.snapshots" for number in (7, 3, 5, 4)]  # the oldest first
    for age, name in enumerate(names):
        snapshots.keep(tmp_path / name, (0, 1), np.zeros(2_500_000, np.float32))
        os.utime(tmp_path / name, (age, age))
    busy = tmp_path / names[0]
    within = room.Room(tmp_path, lambda folder: folder != busy, most=100_000_000)
    within.make(1000)
    kept = [bool(snapshots.kept(tmp_path / name)) for name in names]
    assert kept == [True, False, True, True]
    assert [snapshots.were_let_go(tmp_path / name) for name in names] == [not each for each in kept]
    for age, name in enumerate(names[2:]):
        snapshots.keep(tmp_path / name, (0, 2), np.zeros(2_500_000, np.float32))
        os.utime(tmp_path / name, (age, age))
    within.make(1000)
    assert bool(snapshots.kept(tmp_path / names[2])), "it looks again only after many new points"
    within.make(snapshots.MOST_BYTES)
    assert [bool(snapshots.kept(tmp_path / name)) for name in names] == [True, False, False, True]


def test_points_of_a_run_that_trains_or_that_a_plane_reads_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(RunStore(tmp_path / "runs.sqlite3")) as store:
        run = store.create({"lanes": ["sgd"], "dataset": "digits"})
        folder = snapshots_folder(store.path, run)
        assert not room.may_go(store, folder), "it waits to be trained"
        claim = queue.claim_next(store.file, store.watch)
        assert claim is not None
        heartbeat.finish(store.file, claim, "finished", "", [])
        assert room.may_go(store, folder)
        local = launchers.get("local")
        monkeypatch.setattr(local, "start", lambda command, log: "a process")
        monkeypatch.setattr(local, "alive", lambda handle: True)
        number = jobs.begin(store.path, run, PlaneSettings("random", ((0, 0), (0, 4)), resolution=25))
        assert not room.may_go(store, folder), "a plane is being worked out"
        monkeypatch.setattr(local, "alive", lambda handle: False)
        assert room.may_go(store, folder)
        jobs.folder(store.path, run, number).path.joinpath("settings.json").write_text("{")
        assert room.may_go(store, folder), "a plane that cannot be read is not being worked out"
        assert room.may_go(store, snapshots_folder(store.path, 99)), "its run was deleted"


def test_a_row_that_was_being_written_is_written_again(tmp_path: Path) -> None:
    folder = PlaneFolder(tmp_path)
    assert folder.rows(5).shape == (0, 5)
    folder.append(np.arange(5.0), 5)
    with (tmp_path / "rows").open("ab") as file:
        file.write(b"half a row")
    assert folder.done(5) == 1
    folder.append(np.arange(5.0) + 10, 5)
    np.testing.assert_array_equal(folder.rows(5), [np.arange(5.0), np.arange(5.0) + 10])
    assert (tmp_path / "rows").stat().st_size == 80


def test_settings_come_back_as_they_were_and_others_are_refused(tmp_path: Path) -> None:
    folder = PlaneFolder(tmp_path / "1")
    settings = PlaneSettings("line", ((0, 4), (1, 4)), drawn=((0, 0), (1, 0)), resolution=25, examples=200, seed=7)
    folder.write_settings(settings)
    assert folder.settings() == settings
    assert settings.all_points == ((0, 0), (0, 4), (1, 0), (1, 4))
    for changed in ({"kind": "code"}, {"resolution": 50}, {"resolution": 10**6}, {"points": [[0, 1]]}, {"x": 1}):
        with pytest.raises(ValueError, match=r"kind|odd|resolution|points|settings"):
            PlaneSettings.from_dict({**settings.to_dict(), **changed})
    (tmp_path / "1" / "settings.json").write_text("[1")
    with pytest.raises(ValueError, match="cannot be read"):
        folder.settings()


def test_a_plane_is_a_table_of_its_points() -> None:
    window, grid = ((-1.0, 1.0), (0.0, 3.0)), np.arange(12.0).reshape(4, 3)
    error = PlaneError(points=1, median=0.0, largest=0.0, span=1.0)
    result = PlaneResult(3, 1, PlaneSettings("random", ((0, 1),)), "Digits", window, grid, (), 1.0, None, error, 1.0)
    table = result.table()
    assert table["loss"][2 * 3 + 1] == 7.0
    assert (table["x"][7], table["y"][7]) == (0.0, 2.0)
    assert tables.from_parquet(tables.as_bytes(table, "parquet")) == table


@pytest.mark.parametrize("form", tables.FORMATS)
def test_paths_distances_and_explained_spread_are_read_back_as_they_were(form: str) -> None:
    window, side = ((-1.0, 3.0), (-2.0, 2.0)), np.linspace(0.0, 1.0, 25)
    x, y = -1 + 4 * side, -2 + 4 * side
    steps, error = (0, 5, 45), PlaneError(points=1, median=0.0, largest=0.0, span=1.0)
    paths = tuple(
        PlanePath(
            *(lane, title, lane, "circle", steps, (-0.5, 0.1 + 0.2, 2.0), (0.0, 1.0, float(lane))),
            distance=(0.3, 0.2, 1 / 3),
            length=(0.0, 1.0, 4.0),
            loss=(2.0, 1.0, 0.5),
        )
        for lane, title in enumerate(("=SGD", "Adam"))
    )
    settings = PlaneSettings("paths", tuple((lane, step) for lane in (0, 1) for step in steps))
    result = PlaneResult(
        *(3, 2, settings, "Digits", window, (x[None, :] - 1) ** 2 + 2 * y[:, None] ** 2, paths, 1.0, (0.8, 0.1), error),
        seconds=1.0,
    )
    read = tables.FORMATS[form][1]
    table = read(tables.as_bytes(result.paths_table(), form))
    assert table["lane"].tolist() == ["=SGD"] * 3 + ["Adam"] * 3
    assert table["step"].tolist() == [*steps, *steps]
    assert table["x"].tolist() == [-0.5, 0.1 + 0.2, 2.0] * 2
    assert table["y"].tolist() == [0.0, 1.0, 0.0, 0.0, 1.0, 1.0]
    assert table["distance"].tolist() == [0.3, 0.2, 1 / 3] * 2
    assert table["way"].tolist() == [0.0, 1.0, 4.0] * 2
    assert table["loss"].tolist() == [2.0, 1.0, 0.5] * 2
    below = [(a - 1) ** 2 + 2 * b**2 for a, b in zip(table["x"], table["y"], strict=True)]
    np.testing.assert_allclose(table["loss_on_plane"], below, rtol=1e-9)
    assert set(table["explained_x"]) == {0.8}
    assert set(table["explained_y"]) == {0.1}
    grid = read(tables.as_bytes(result.table(), form))
    np.testing.assert_array_equal(grid["loss"], (grid["x"] - 1) ** 2 + 2 * grid["y"] ** 2)
    if form != "csv":
        for about in (table.about, grid.about):
            assert (about["run"], about["plane"], about["explained"]) == (3, 2, [0.8, 0.1])
            assert about["window"] == [[-1.0, 3.0], [-2.0, 2.0]]
