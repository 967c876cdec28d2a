"""Kept points and a plane's folder: whole or not there, and bounded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from optim_viz.planes import snapshots
from optim_viz.planes.files import PlaneFolder
from optim_viz.planes.settings import PlaneSettings


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
