"""Where visitors are told apart: no page shows or changes anything of another's run without the run's own link."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from optim_viz import launchers, surfaces
from optim_viz.comparison import TrainingSpec
from optim_viz.pages import visitor as who
from optim_viz.pages.train import plane_view
from optim_viz.planes import jobs, snapshots
from optim_viz.run_store import RunStore, visitors
from optim_viz.run_store.folders import snapshots_folder
from optim_viz.run_store.limits import Limits
from optim_viz.run_store.own_runs import OwnRuns
from optim_viz.run_store.visitors import Visitor
from optim_viz.scenario import Scenario
from optim_viz.sweeps import launch_range_test
from optim_viz.sweeps.link import read as read_plan
from tests.pages.hostile import as_read, markdown_of
from tests.pages.plane_results import put_result
from tests.pages.test_train import ended

PAGES = Path(__file__).resolve().parents[2] / "optim_viz/pages"
SPEC: dict[str, Any] = TrainingSpec.from_dict({"lanes": ["sgd,lr=0.01", "adam,lr=0.001"]}).to_dict()
ALICE, BOB = "a" * 43, "b" * 43
TELLTALES = ("precious", "confided", "0.0078125", "Cancel", "Delete", "Resume", "Undo", "Download CSV")
LANES = ["sgd,lr=0.0078125", "adam,lr=0.001"]


@pytest.fixture(autouse=True)
def _served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path))
    monkeypatch.setenv(visitors.VARIABLE, "own")
    monkeypatch.setattr(launchers.get("local"), "start", lambda command, log: "1 -1.0 nowhere")
    monkeypatch.setattr("surfaces.registry._registered", {})


@pytest.fixture
def store() -> Iterator[RunStore]:
    opened = RunStore()
    yield opened
    opened.close()


def seen_by(store: RunStore, secret: str) -> OwnRuns:
    return OwnRuns(store, Visitor.of(secret), Limits(at_once=99))


@pytest.fixture
def hers(store: RunStore) -> dict[str, int]:
    """Alice's: a run with notes and a plane, one cancelled, one that waits, one deleted just now, and a range test."""
    alice = seen_by(store, ALICE)
    plan, _ = read_plan({"optimizer": ["adam"], "dataset": ["digits"]})
    run = ended(alice, name="precious", spec={"lanes": LANES})
    found = {"run": run, "deleted": ended(alice, "cancelled", name="precious too", spec={"lanes": LANES})}
    found["cancelled"] = ended(alice, "cancelled", name="precious three", spec={"lanes": LANES})
    alice.write_notes(run, "confided")
    for lane, step in ((0, 0), (0, 2), (1, 0), (1, 2)):
        snapshots.keep(snapshots_folder(store.path, run), (lane, step), np.zeros(310, np.float32))
    put_result(store, run, "paths")
    found["sweep"] = launch_range_test(alice, replace(plan, optimizers=("momentum,momentum=0.0078125",)))
    found["waits"] = alice.create(SPEC | {"lanes": LANES}, "precious as well")
    alice.delete(found["deleted"])
    return found


def opened(page: str, query: str, secret: str) -> AppTest:
    app = AppTest.from_file(str(PAGES / page / "page.py"), default_timeout=60)
    app.session_state["visitor_secret"] = secret
    for name, values in parse_qs(query, keep_blank_values=True).items():
        app.query_params[name] = values
    app.run()
    assert not app.exception, [each.value for each in app.exception]
    return app


def everything(app: AppTest) -> str:
    """All that the browser is sent of a page: texts, HTML, labels, and what components and their data are."""
    html = [each.proto.body for each in app.get("html")]  # pyright: ignore[reportAttributeAccessIssue]
    drawn = [str(each.proto) for each in app.get("bidi_component")]  # pyright: ignore[reportAttributeAccessIssue]
    without_style = [re.sub(r"<style>.*?</style>", "", body, flags=re.DOTALL) for body in html]
    return "\n".join([*map(as_read, markdown_of(app)), *without_style, *drawn])


def dump(store: RunStore) -> list[str]:
    """Everything in the store but when a worker was last started, which whoever looks may change."""
    with closing(sqlite3.connect(store.path)) as connection:
        return [line for line in connection.iterdump() if 'INTO "starts"' not in line]


def entries(hers: dict[str, int]) -> list[tuple[str, str]]:
    """Every way into a page that names a run."""
    run, waits, deleted, sweep = (hers[name] for name in ("run", "waits", "deleted", "sweep"))
    cancelled = hers["cancelled"]
    return [
        ("train", ""),
        ("train", "runs.find=precious"),
        ("train", "runs.alerts=1&runs.group=sweep"),
        *(("train", f"run={each}") for each in (run, waits, deleted, cancelled)),
        ("train", f"run={run}&toy=rosenbrock&toy_lane=0&toy_layer=layer+1"),
        ("train", f"run={run}&key=x&key="),
        ("train", f"compare={run},{waits}.0,{deleted}"),
        ("sweeps", ""),
        ("sweeps", f"sweep={sweep}"),
    ]


def test_no_entry_shows_or_changes_a_strangers_run(store: RunStore, hers: dict[str, int]) -> None:
    before = dump(store)
    for page, query in entries(hers):
        sent = everything(opened(page, query, BOB))
        found = [word for word in TELLTALES if word in sent]
        assert not found, f"{page}?{query}: {found}"
    assert dump(store) == before


def test_pages_have_no_other_way_to_the_store() -> None:
    opens = re.compile(r"\bRunStore\(|\bdefault_path\b|\bStoreFile\b|\bsqlite3\b")
    found = [path for path in PAGES.rglob("*.py") if opens.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in found] == ["opened_store.py"]


def test_its_owner_sees_all_that_the_stranger_does_not(store: RunStore, hers: dict[str, int]) -> None:
    """So the test above could fail: each of its words is on one of these pages."""
    sent = [everything(opened(page, query, ALICE)) for page, query in entries(hers)]
    assert not [word for word in TELLTALES if not any(word in text for text in sent)]
    for (page, query), text in zip(entries(hers), sent, strict=True):
        assert "precious" in text or page == "sweeps", f"{page}?{query}"
    assert "Range test" in sent[-1]


def test_a_link_shows_a_run_and_changes_nothing(store: RunStore, hers: dict[str, int]) -> None:
    run, key = hers["run"], store.link_key(hers["run"])
    app = opened("train", f"run={run}&key={key}", BOB)
    sent = everything(app)
    assert "precious" in sent
    assert "confided" in sent
    assert "You see this run by its link" in sent
    labels = {each.label for each in app.button}
    assert not labels & {"Cancel", "Resume", "Draw the plane", "Undo"}
    assert not any("Delete" in label for label in labels)
    assert not app.text_area
    assert "precious as well" not in sent, "the link is of one run"
    beside = opened("train", f"compare={run},{hers['waits']}&key={key}", BOB)
    assert f"There is no run {hers['waits']} in your list" in everything(beside)
    assert f"run={run}&amp;key={key}" in everything(beside), "the way on carries the key"
    sweep_key = store.link_key(store.get_sweep(hers["sweep"]).runs[0])
    sweep = opened("sweeps", f"sweep={hers['sweep']}&key={sweep_key}", BOB)
    assert "You see this sweep by its link" in everything(sweep)
    assert not any("elete" in each.label or "Cancel" in each.label for each in sweep.button)


def test_the_address_of_ones_own_run_is_a_link_for_others(store: RunStore, hers: dict[str, int]) -> None:
    run = hers["run"]
    app = opened("train", "", ALICE)
    app.button(key=f"train-open-{run}").click().run()
    assert app.query_params["run"] == str(run)
    assert app.query_params["key"] == store.link_key(run)
    assert "Whoever has this page's address" in everything(app)
    app.button(key="train-new").click().run()
    assert "key" not in app.query_params
    listed = opened("sweeps", "", ALICE)
    listed.button(key=f"train-open-sweep-{hers['sweep']}").click().run()
    assert listed.query_params["key"] == store.link_key(store.get_sweep(hers["sweep"]).runs[0])


def test_its_owner_withdraws_a_link(store: RunStore, hers: dict[str, int]) -> None:
    run, old = hers["run"], store.link_key(hers["run"])
    assert "precious" in everything(opened("train", f"run={run}&key={old}", BOB))
    assert not any(each.label == "New link" for each in opened("train", f"run={run}&key={old}", BOB).button)
    mine = opened("train", f"run={run}", ALICE)
    mine.button(key=f"train-new-link-{run}").click().run()
    assert not mine.exception
    new = store.link_key(run)
    assert new != old
    assert mine.query_params["key"] == new, "the address is the new link"
    assert "the one before shows nothing any more" in everything(mine)
    assert "the one before shows nothing any more" not in everything(mine.run()), "it is said once"
    assert "precious" not in everything(opened("train", f"run={run}&key={old}", BOB))
    assert "precious" in everything(opened("train", f"run={run}&key={new}", BOB))
    sweep, first = hers["sweep"], store.get_sweep(hers["sweep"]).runs[0]
    before = store.link_key(first)
    mine = opened("sweeps", f"sweep={sweep}", ALICE)
    mine.button(key=f"train-new-link-{first}").click().run()
    assert mine.query_params["key"] == store.link_key(first) != before
    withdrawn = everything(opened("sweeps", f"sweep={sweep}&key={before}", BOB))
    assert f"There is no sweep {sweep} in your list" in withdrawn


def test_a_loss_plane_is_found_by_its_whole_name_alone(store: RunStore, hers: dict[str, int]) -> None:
    run = hers["run"]
    for name in (f"plane_{run}_1", f"plane_{run}_1_{'0' * 32}", f"plane_{run}_1_{'g' * 32}"):
        assert not surfaces.known(name)
        assert Scenario.from_url(f"surface={name}")[1]
    plane = jobs.look(store.path, run, 1).result
    assert plane is not None
    link = plane_view.lab_link(seen_by(store, ALICE).get(run), plane)
    scenario, problems = Scenario.from_url(link.removeprefix("./?"))
    assert not problems
    assert re.fullmatch(rf"plane_{run}_1_[0-9a-f]{{32}}", scenario.surface)
    assert scenario.surface_object().title == f"Run {run}: plane of the paths"
    assert not any(name.startswith("plane_") for name in surfaces.names()), "no menu tells others of it"


def test_the_form_says_the_limits_and_holds_to_them(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("train", "epochs=1", BOB)
    assert "Each visitor may have 2 trainings here at once and keep 200 runs. This one is" in everything(app)
    (launch,) = [each for each in app.button if each.label == "Launch"]
    assert not launch.disabled
    launch.click().run()
    (run,) = store.list_runs()
    assert seen_by(store, BOB).list_runs()[0].id == run.id
    assert not seen_by(store, ALICE).list_runs()

    large = opened("train", "epochs=1000", BOB)
    assert "times the largest training that is allowed here" in everything(large)
    (launch,) = [each for each in large.button if each.label == "Launch"]
    assert launch.disabled
    monkeypatch.setenv("OPTIM_VIZ_LIMITS", "at_once=1")
    full = opened("train", "", BOB)
    assert "1 training here at once" in everything(full)
    next(each for each in full.button if each.label == "Launch").click().run()
    assert "you have 1 training here already" in everything(full)
    sweep = opened("sweeps", "", ALICE)
    assert "of the largest that is allowed" in everything(sweep)
    monkeypatch.setenv("OPTIM_VIZ_LIMITS", "work=1")
    sweep = opened("sweeps", "", ALICE)
    next(each for each in sweep.button if each.label == "Start the sweep").click().run()
    assert "Not started: this is" in everything(sweep)
    assert len(store.list_runs()) == 1


def test_on_this_computer_alone_everybody_sees_all(
    store: RunStore, hers: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(visitors.VARIABLE, "all")
    app = opened("train", f"run={hers['run']}", BOB)
    sent = everything(app)
    assert "precious" in sent
    assert "Delete run" in sent
    assert "by its link" not in sent
    assert "visitor" not in sent
    app.button(key=f"train-open-{hers['waits']}").click().run()
    assert set(app.query_params) == {"run"}


@pytest.mark.parametrize(
    ("options", "whose"),
    [
        ({}, "all"),
        ({"server.address": "localhost", "server.allowedHosts": ["localhost", "[::1]", "127.0.0.1:8501"]}, "all"),
        ({"server.address": "::1"}, "all"),
        ({"server.address": "0.0.0.0"}, "own"),  # noqa: S104 - nothing listens
        ({"server.address": "192.168.0.7"}, "own"),
        ({"server.address": None}, "own"),
        ({"server.allowedHosts": ["localhost", "lab.example.org"]}, "own"),
        ({"server.allowedHosts": ["*"]}, "own"),
        ({"server.corsAllowedOrigins": ["https://lab.example.org"]}, "own"),
        ({"server.corsAllowedOrigins": ["http://localhost:3000"]}, "all"),
    ],
)
def test_visitors_are_told_apart_as_soon_as_others_can_reach_it(
    options: dict[str, Any], whose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = {"server.address": "127.0.0.1", "server.allowedHosts": ["localhost", "127.0.0.1"]}
    found = shipped | {"server.corsAllowedOrigins": []} | options
    monkeypatch.setattr(st, "get_option", found.__getitem__)
    monkeypatch.setattr(who, "asks_for_login", lambda: False)
    monkeypatch.delenv(visitors.VARIABLE)
    assert who.whose_runs() == whose
    monkeypatch.setattr(who, "asks_for_login", lambda: True)
    assert who.whose_runs() == "own"
    monkeypatch.setenv(visitors.VARIABLE, "all")
    assert who.whose_runs() == "all"
    monkeypatch.setenv(visitors.VARIABLE, "mine")
    with pytest.raises(ValueError, match="own or all, not 'mine'"):
        who.whose_runs()
