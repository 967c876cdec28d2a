"""The training page's loss planes as Streamlit runs them: what is asked for, how far it is, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from optim_viz import surfaces
from optim_viz.launchers.local import Local
from optim_viz.pages.train import planes
from optim_viz.pages.train.plane_form import wanted
from optim_viz.planes import jobs, snapshots
from optim_viz.run_store import RunStore
from optim_viz.run_store.folders import snapshots_folder
from optim_viz.scenario import Scenario
from optim_viz.scenario.fields import surface_of
from tests.pages.hostile import as_read
from tests.pages.plane_results import POINTS, SPEC, STEPS, put_result

PAGE = str(Path(__file__).resolve().parents[2] / "optim_viz/pages/train/page.py")


@pytest.fixture(autouse=True)
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A store of the test's own; no process is started, the commands are collected, and what runs is not alive."""
    commands: list[list[str]] = []

    def note(self: Local, command: list[str], log: Path) -> str:
        del self, log
        commands.append(command)
        return "1 -1.0 nowhere"

    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path))
    monkeypatch.setattr(Local, "start", note)
    monkeypatch.setattr(Local, "alive", lambda self, handle: False)
    monkeypatch.setattr("surfaces.registry._registered", {})
    surface_of.cache_clear()  # another test's plane had the same name
    return commands


@pytest.fixture
def store() -> Iterator[RunStore]:
    opened = RunStore()
    yield opened
    opened.close()


@pytest.fixture
def run_id(store: RunStore) -> int:
    """A finished run of two lanes that kept three points each."""
    found = store.create(SPEC.to_dict())
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET state = 'finished', step = 45, total_steps = 45, n_parameters = 310")
    for lane, steps in POINTS.items():
        for step in steps:
            snapshots.keep(snapshots_folder(store.path, found), (lane, step), np.full(310, step, np.float32))
    return found


def opened(run_id: int) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=30)
    app.query_params["run"] = str(run_id)
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception, [each.value for each in app.exception]
    return app


def said(app: AppTest) -> str:
    messages = [each.value for kind in (app.error, app.warning, app.info) for each in kind]
    pieces = [each.proto.body for each in app.get("html")]  # pyright: ignore[reportAttributeAccessIssue]
    return as_read("\n".join([*messages, *pieces]))


def click(app: AppTest, label: str) -> AppTest:
    (button,) = [each for each in app.button if each.label == label]
    return checked(button.click().run())


def test_a_plane_is_asked_for_goes_on_where_it_stopped_and_says_why_it_failed(
    store: RunStore, run_id: int, started: list[list[str]]
) -> None:
    app = click(opened(run_id), "Draw the plane")
    command = " ".join(started[-1])
    assert "optim_viz.training.plane_worker" in command
    assert command.endswith(f"--run {run_id} --plane 1")
    asked = jobs.look(store.path, run_id, 1).settings
    assert asked == wanted(POINTS, [0, 1], "paths", 51, 1000)

    folder = jobs.folder(store.path, run_id, 1)
    for row in range(7):
        folder.append(np.full(51, float(row)), 51)
    assert "Its process ended without a word: 7 of 51 rows are kept." in said(checked(app.run()))
    folder.write_note("cancel", "")
    assert "Cancelled: 7 of 51 rows are kept." in said(checked(app.run()))
    count = len(started)
    click(app, "Go on with the plane")
    assert len(started) == count + 1
    assert folder.note("cancel") is None
    folder.write_note("error", "the loss is <b>not</b> finite")
    assert "Failed: the loss is <b>not</b> finite" in said(checked(app.run()))

    (lanes,) = [each for each in app.button_group if each.label == "Lanes"]
    checked(lanes.set_value([]).run())
    assert "choose at least one lane" in said(click(app, "Draw the plane"))


@pytest.mark.parametrize(
    ("kind", "words", "plots"),
    [
        ("paths", "explain 81% and 12.3%", 1),
        ("line", "The two ends are 3.5 apart", 2),
        ("random", "Random directions show next to nothing of a path", 1),
    ],
)
def test_a_finished_plane_says_how_far_it_can_be_believed_and_opens_in_the_lab(
    store: RunStore, run_id: int, kind: str, words: str, plots: int
) -> None:
    result = put_result(store, run_id, kind)
    app = opened(run_id)
    text = said(app)
    assert words in text
    assert "by 0.001 in the median and 0.0042 at most, at 200 points" in text
    assert "0.125 <span class=tr-muted>at its end, at most 0.3</span>" in text
    drawn = [each.proto.id for each in app.get("bidi_component") if "train-plane" in each.proto.id]  # pyright: ignore
    assert len(drawn) == plots
    files = [each.proto.label for each in app.get("download_button") if "plane_1_1_" in each.proto.id]  # pyright: ignore
    assert files == ["CSV", "JSON", "Parquet"] * 2
    (href,) = re.findall(r'href="\./\?(surface=plane[^"]*)"', text)
    scenario, problems = Scenario.from_url(unescape(href))
    assert not problems
    assert scenario.surface == result.name == "plane_1_1"
    assert scenario.titles() == SPEC.titles()
    assert [dict(lane.hyperparameters) for lane in scenario.lanes] == [
        dict(lane.hyperparameters) for lane in SPEC.lanes
    ]
    assert (scenario.steps, scenario.start, scenario.axes) == (45, (-0.5, 0.0), "fill")
    surface = scenario.surface_object()
    assert float(surface.loss(2.0, 1.0)) == pytest.approx(3.0, abs=1e-9)
    assert "at most 0.0042 at 200 points" in surface.note
    assert surfaces.get("plane_1_1").paths[1].steps == STEPS


def test_a_plane_that_is_done_can_be_looked_at_while_another_is_worked_out(
    store: RunStore, run_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = put_result(store, run_id, "paths")
    jobs.begin(store.path, run_id, result.settings)
    monkeypatch.setattr(Local, "alive", lambda self, handle: True)
    app = opened(run_id)
    assert "Cancel the plane" in {each.label for each in app.button}
    (planes,) = [each for each in app.button_group if each.label == "Planes of this run"]
    checked(planes.select(1).run())
    assert "explain 81% and 12.3%" in said(app)
    assert "Cancel the plane" not in {each.label for each in app.button}


def test_how_long_a_plane_takes_is_said_once_its_pace_is_known(
    store: RunStore, run_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted from the first row that was seen: before that everything is loaded, which happens once."""
    jobs.begin(store.path, run_id, wanted(POINTS, [0, 1], "paths", 25, 200))
    folder = jobs.folder(store.path, run_id, 1)
    monkeypatch.setattr(Local, "alive", lambda self, handle: True)
    now = 100.0
    monkeypatch.setattr(planes, "monotonic", lambda: now)

    def told(rows: int) -> str:
        while folder.done(25) < rows:
            folder.append(np.zeros(25), 25)
        (text,) = [each.proto.text for each in checked(app.run()).get("progress")]  # pyright: ignore
        return str(text)

    app = opened(run_id)
    assert told(0) == "Plane of the paths: 0 of 25 rows"
    now += 30
    assert told(1) == "Plane of the paths: 1 of 25 rows"
    now += 8
    assert told(5) == "Plane of the paths: 5 of 25 rows, about 40 s left"
    now += 40
    assert told(24) == "Plane of the paths: 24 of 25 rows, about 2 s left"


def test_a_line_goes_between_the_ends_of_two_lanes_or_along_one() -> None:
    assert wanted(POINTS, [1, 0], "line", 25, 200).points == ((1, 45), (0, 45))
    assert wanted(POINTS, [1], "line", 25, 200).points == ((1, 0), (1, 45))
    assert wanted(POINTS, [1, 0], "random", 25, 200).points == ((1, 45),)


def test_a_run_of_a_network_too_large_to_keep_says_so(store: RunStore) -> None:
    run_id = store.create(SPEC.to_dict())
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET state = 'finished', total_steps = 45, n_parameters = 9000000")
    app = opened(run_id)
    assert "kept no parameters along its path" in said(app)
    assert "Draw the plane" not in {each.label for each in app.button}
