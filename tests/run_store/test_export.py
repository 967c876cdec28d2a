"""What is exported is what was logged, read back by readers that share no code with the writers."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optim_viz import tables
from optim_viz.comparison import events
from optim_viz.run_store import RunStore, StoreError, export
from tests.run_store import event_file
from tests.run_store.fake_events import LAYERS, SPEC, loss, stream


@pytest.fixture
def run_id(store: RunStore) -> int:
    found = store.create(SPEC, "a/b: c\N{GREEK SMALL LETTER BETA}..")
    store.append(found, stream())
    store.append(found, [events.Step(0, 101, 3, math.nan, math.inf), events.GradientNorm(0, 101, 1e300)])
    return found


def test_csv_holds_every_number_to_the_bit(store: RunStore, run_id: int) -> None:
    out = io.StringIO()
    export.write_csv(store, run_id, out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    losses = [row for row in rows if row["quantity"] == "loss" and row["lane"] == "1"]
    assert [(int(row["step"]), float(row["value"])) for row in losses] == [(n, loss(1, n)) for n in range(1, 101)]
    assert {row["optimizer"] for row in losses} == {"sgd,lr=0.01"}
    assert [row["epoch"] for row in losses] == ["1"] * 50 + ["2"] * 50
    last = {row["quantity"]: row["value"] for row in rows if row["step"] == "101" and row["lane"] == "0"}
    assert last == {"loss": "", "smoothed": "inf", "gradient_norm": "1e+300"}
    medians = [
        row for row in rows if row["quantity"] == "m_hat q50" and row["layer"] == "layer 3" and row["lane"] == "0"
    ]
    assert [float(row["value"]) for row in medians] == [n / 2 for n in range(10, 101, 10)]
    assert [row["value"] for row in rows if row["quantity"] == "memory used"] == ["1050", "1100"]
    system = [(row["quantity"], row["step"], row["lane"]) for row in rows if row["quantity"].startswith("system ")]
    assert system == [(f"system {name}", step, "") for step in ("50", "100") for name in ("seconds", "cpu", "memory")]
    assert [float(row["value"]) for row in rows if row["quantity"] == "system cpu"] == [100 / 3 * 50, 100 / 3 * 100]
    tested = [row for row in rows if row["quantity"] == "test_accuracy" and row["lane"] == "1"]
    accuracies = {int(row["step"]): row["value"] for row in tested}
    assert accuracies == {25: "0.125", 50: "0.81", 75: "0.375", 100: "0.82"}
    rates = [float(row["value"]) for row in rows if row["quantity"] == "lr" and row["lane"] == "0"]
    assert rates == [0.1 / n for n in range(10, 101, 10)]
    seconds = [float(row["value"]) for row in rows if row["quantity"] == "seconds" and row["lane"] == "0"]
    assert seconds == [n / 100 for n in range(10, 101, 10)]
    looked = [row for row in rows if row["step"] == "50" and row["lane"] == "1"]
    for quantity, layer, value in (
        ("update_ratio", "", 0.1 / 50),
        ("update_ratio", "layer 2", 0.2 / 50),
        ("sharpness", "", 150.0),
        ("sharpness bound", "", 200.0),
    ):
        (row,) = [row for row in looked if (row["quantity"], row["layer"]) == (quantity, layer)]
        assert float(row["value"]) == value
    assert not [row for row in rows if row["quantity"] == "update_ratio bound"]


def test_the_table_holds_the_same_numbers_with_their_units(store: RunStore, run_id: int) -> None:
    out = io.StringIO()
    export.write_csv(store, run_id, out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    table = export.run_table(store, run_id)
    assert tables.from_parquet(tables.as_bytes(table, "parquet")) == table
    for name in ("run", "optimizer", "step", "quantity", "layer"):
        assert [str(value) for value in table[name].tolist()] == [row[name] for row in rows]
    values = [float(row["value"] or "nan") for row in rows]
    np.testing.assert_array_equal(table["value"], values)
    assert [lane if lane >= 0 else "" for lane in table["lane"].tolist()] == [
        int(row["lane"]) if row["lane"] else "" for row in rows
    ]
    units = dict(zip(table["quantity"].tolist(), table["unit"].tolist(), strict=True))
    assert (units["memory used"], units["examples_per_second"], units["loss"]) == ("bytes", "1/s", "")
    assert dict(table.about)["spec"] == SPEC


def test_json_holds_every_event_under_its_own_names(store: RunStore, run_id: int) -> None:
    out = io.StringIO()
    export.write_json(store, run_id, out)

    def refuse(word: str) -> float:
        raise ValueError(f"{word} is no JSON")

    read = json.loads(out.getvalue(), parse_constant=refuse)
    assert (read["run"], read["spec"], read["layers"]) == (run_id, SPEC, list(LAYERS))
    losses = {(row["lane"], row["step"]): row["loss"] for row in read["events"]["step"]}
    assert losses[1, 50] == loss(1, 50)
    assert read["events"]["step"][-1] == {"lane": 0, "step": 101, "epoch": 3, "loss": None, "smoothed": "inf"}
    kinds = {event.event for event in stream()} - {"start", "end"}
    assert {kind for kind, rows in read["events"].items() if rows} == kinds
    (found,) = [
        row for row in read["events"]["monitor"] if (row["monitor"], row["lane"], row["step"]) == ("sharpness", 0, 30)
    ]
    assert found == {"lane": 0, "monitor": "sharpness", "layer": "", "step": 30, "value": 90.0, "bound": 200.0}


def test_event_files_are_read_by_tensorboards_rules(store: RunStore, run_id: int, tmp_path: Path) -> None:
    files = export.write_tensorboard(store, run_id, tmp_path / "logs")
    assert [file.parent.relative_to(tmp_path / "logs").as_posix() for file in files] == [
        f"run-{run_id}-a-b-c/0-adam",
        f"run-{run_id}-a-b-c/1-sgd",
        f"run-{run_id}-a-b-c/system",
    ]
    taken = [
        (event.step, value.tag, value.simple_value)
        for event in event_file.read(files[2])
        for value in event.summary.value
    ]
    assert taken[-1] == (100, "system/memory", np.float32(3_000_000_100))
    assert {tag for _, tag, _ in taken} == {"system/seconds", "system/cpu", "system/memory"}
    assert all(file.name.startswith("events.out.tfevents.") for file in files)
    first, *found = event_file.read(files[1])
    assert (first.file_version, first.step) == ("brain.Event:2", 0)
    assert [event.step for event in found] == sorted(event.step for event in found)
    assert np.all(np.diff([event.wall_time for event in found]) >= 0)
    scalars: dict[str, list[tuple[int, float]]] = {}
    histograms: list[tuple[int, Any]] = []
    for event in found:
        (value,) = event.summary.value
        if value.HasField("histo"):
            histograms.append((event.step, value.histo))
        else:
            scalars.setdefault(value.tag, []).append((event.step, value.simple_value))
    assert scalars["loss/train"] == [(n, np.float32(loss(1, n))) for n in range(1, 101)]
    assert scalars["accuracy/test"] == [(25, 0.125), (50, np.float32(0.81)), (75, 0.375), (100, np.float32(0.82))]
    assert scalars["ratio/layer 2/q99"][-1] == (100, 99.0)
    assert scalars["monitor/update_ratio/layer 2"][-1] == (100, np.float32(0.002))
    assert scalars["monitor/sharpness/all layers"][-1] == (100, 300.0)
    assert len(scalars) == 2 + 4 + 1 + 1 + 1 + 3 + len(events.QUANTITIES) * 3 * 5
    step, last = histograms[-1]
    assert (step, list(last.bucket_limit), list(last.bucket)) == (100, [0.0, 1.0], [100.0, 200.0])
    assert (last.min, last.max, last.num, last.sum, last.sum_squares) == (-1.0, 1.0, 300.0, 50.0, 75.0)
    odd = {value.tag: value.simple_value for event in event_file.read(files[0]) for value in event.summary.value}
    assert math.isnan(odd["loss/train"])
    assert odd["loss/train smoothed"] == math.inf
    assert odd["gradient/norm"] == pytest.approx(3.4e38)


def test_without_tensorboard_it_is_said_what_to_install(
    store: RunStore, run_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}", name="tensorboard")

    monkeypatch.setattr(export, "import_module", missing)
    with pytest.raises(StoreError, match="need the package tensorboard: install it with `pip install tensorboard`"):
        export.write_tensorboard(store, run_id, tmp_path / "logs")
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize("name", ["../../../escape", "/etc/passwd", "..", "C:\\con", "a\x00b", "%2e%2e%2f", "x" * 500])
def test_a_runs_name_leads_nowhere(store: RunStore, tmp_path: Path, name: str) -> None:
    run = store.create(SPEC, name)
    store.append(run, stream(3))
    folder = tmp_path / "logs"
    files = export.write_tensorboard(store, run, folder)
    assert files
    assert all(folder.resolve() in file.resolve().parents for file in files)
    assert {path.name for path in tmp_path.iterdir()} == {"home", "logs"}
