"""A file or a script that the browser wishes for comes with the answer, with the numbers that it draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import optim_viz
from optim_viz import exports, tables
from optim_viz.stage import in_time
from optim_viz.stage import taken as taking
from optim_viz.stage.answer import answer, opened
from optim_viz.stage.outside_runs import RUNS
from tests.stage.decoder import channels, decode

LANES: tuple[dict[str, Any], ...] = (
    {"optimizer": "adam", "lr": 0.1},
    {"optimizer": "sgd", "lr": 0.02, "schedule": "cosine"},
    {"optimizer": "momentum", "lr": 1e8},
)
LINK = "surface=booth&start=4,-2.5&steps=40&lane=adam,lr=0.1&lane=sgd,lr=0.02,schedule=cosine&lane=momentum,lr=1e8"


def asked(take: object, link: str = LINK, step: object = 7) -> tuple[dict[str, Any], bytes]:
    message, _ = answer(
        {"seq": 3, "scenario": None, "families": [], "have": [], "step": step, "take": take}, opened(link)
    )
    header, arrays = decode(message)
    content = arrays.get("taken")
    return header, b"" if content is None else content.tobytes()


@pytest.mark.parametrize("form", tables.FORMATS)
def test_the_runs_come_as_they_are_drawn(form: str) -> None:
    wish = {"kind": "table", "name": "runs", "format": form}
    header, content = asked(wish)
    assert header["taken"]["wish"] == wish
    assert header["taken"]["file"] == f"optim_viz_runs.{form}"
    table = tables.FORMATS[form][1](content)
    _, arrays = decode(answer(None, opened(LINK))[0])
    for title, lane in zip(("Adam", "SGD", "Momentum"), header["lanes"], strict=True):
        rows = table["lane"] == title
        assert np.array_equal(table["step"][rows], np.arange(41))
        drawn = channels(header, arrays, lane["key"])
        for name, values in drawn.items():
            column = name.removeprefix("theta_").removesuffix(".0")
            if column in table:
                np.testing.assert_array_equal(table[column][rows], values)
        assert {"theta_x", "loss", "grad_y", "update_x"} <= set(drawn)
    units = {column.name: column.unit for column in table.columns if column.unit}
    assert units == {"step_angle": "degrees"}


def test_the_scoreboard_is_that_of_the_step_on_screen() -> None:
    table = tables.from_csv(asked({"kind": "table", "name": "scoreboard", "format": "csv"}, step=39)[1])
    run = exports.runs_table(opened(LINK).scenario)
    assert table["settings"].tolist()[0] == "adam,lr=0.1"
    assert table["loss"].tolist()[0] == run["loss"][39]
    assert table["step"].tolist() == [39, 39, 39]
    assert 0 < table["diverged_at"][2] <= 40
    assert "is not finite from step" in table["divergence"].tolist()[2]


@pytest.mark.parametrize("form", tables.FORMATS)
def test_the_clouds_come_in_float64_from_the_starts_that_are_drawn(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_time, "CLOUD_SECONDS", 60.0)
    link = f"{LINK}&lane=torch.optim:SparseAdam&cloud=5,0.1"
    monkeypatch.setattr(RUNS, "lane", lambda spec, wait=0.0: None)  # a class has no cloud, and is not waited for
    header, content = asked({"kind": "table", "name": "clouds", "format": form}, link)
    assert header["taken"]["file"] == f"optim_viz_clouds.{form}"
    table = tables.FORMATS[form][1](content)
    assert [column.name for column in table.columns] == ["lane", "start", "step", "x", "y", "loss"]
    if form != "csv":
        assert {column.name: column.meaning for column in table.columns}["x"] == "first coordinate of theta"
        assert table.about["cloud"] == {"starts": 5, "spread": 0.1, "radius": 2.0}
    _, arrays = decode(answer(None, opened(link))[0])
    starts = optim_viz.starts_around((4, -2.5), 2.0, 5)
    surface = opened(link).scenario.surface_object()
    assert len(table) == 3 * 5 * 41
    for title, lane, section in zip(("Adam", "SGD", "Momentum"), LANES, header["clouds"][:3], strict=True):
        drawn = arrays[section["key"]]  # (T+1, 2, starts)
        run = optim_viz.rollout(surface, start=starts, steps=40, **lane)
        for number in range(5):
            rows = (table["lane"] == title) & (table["start"] == number)
            assert table["step"][rows].tolist() == list(range(41))
            np.testing.assert_array_equal(table["loss"][rows], run.loss[number])
            for place, axis in enumerate("xy"):
                np.testing.assert_array_equal(table[axis][rows], run.theta[number, :, place])
                with np.errstate(over="ignore"):  # far out a float32 is infinite
                    np.testing.assert_array_equal(table[axis][rows].astype(np.float32), drawn[:, place, number])
    assert np.isnan(table["x"][table["lane"] == "Momentum"]).any(), "one that diverges has no place any more"


@pytest.mark.parametrize("name", exports.TABLES)
def test_how_large_a_table_is_is_known_before_it_is_made(name: str) -> None:
    scenario = opened(f"{LINK}&cloud=5,0.1").scenario.pinned()
    made = exports.table(scenario, name)
    offer = exports.TABLES[name]
    assert len(made) == offer.rows(scenario)
    assert len(made.columns) >= exports.LEAST_COLUMNS
    assert not offer.needs or hasattr(scenario, offer.needs)
    menu = {each["name"]: each for each in taking.menus()["tables"]}
    assert menu[name] == {"name": name, "title": offer.title, "needs": offer.needs}


def test_pinned_runs_stand_in_the_tables_too() -> None:
    scenario = opened(LINK).scenario.pinned()
    table = exports.runs_table(scenario)
    assert table["pinned"].tolist() == [False] * 123 + [True] * 123
    np.testing.assert_array_equal(table["x"][:123], table["x"][123:])
    assert exports.scoreboard_table(scenario)["pinned"].tolist() == [False] * 3 + [True] * 3


@pytest.mark.parametrize("name", exports.SCRIPTS)
def test_a_script_comes_as_text(name: str) -> None:
    header, content = asked({"kind": "script", "name": name})
    assert header["taken"]["file"] == exports.SCRIPTS[name].file
    assert content.decode() == exports.script(opened(LINK).scenario, name)


@pytest.mark.parametrize(
    ("take", "words"),
    [
        (
            {"kind": "table", "name": "nothing", "format": "csv"},
            "there is no table 'nothing'; there are runs, scoreboard, clouds",
        ),
        ({"kind": "table", "name": "clouds", "format": "csv"}, "there is no cloud: the button Cloud"),
        (
            {"kind": "table", "name": "runs", "format": "xlsx"},
            "there is no format 'xlsx'; there are csv, json, parquet",
        ),
        ({"kind": "script", "name": "tensorflow"}, "there is no script for 'tensorflow'"),
        ({}, "there is no table ''"),
    ],
)
def test_what_cannot_be_had_is_told(take: object, words: str) -> None:
    header, content = asked(take)
    assert header["taken"]["problem"].startswith(words)
    assert not content
    assert header["problems"] == []


@pytest.mark.parametrize("take", [None, True, "runs", ["runs"]])
def test_no_wish_is_no_answer(take: object) -> None:
    assert "taken" not in asked(take)[0]


def test_a_table_too_large_for_a_message_is_refused_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "MAX_CELLS", 1000)
    for name in ("runs", "clouds"):
        header, content = asked({"kind": "table", "name": name, "format": "csv"}, f"{LINK}&cloud=9,0.1")
        assert f'optim-viz export "LINK" --table {name} --csv' in header["taken"]["problem"]
        assert not content
