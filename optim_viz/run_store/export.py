"""A run as a table, as JSON and as TensorBoard's files."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np

from optim_viz.run_store.errors import StoreError
from optim_viz.run_store.points import TABLES
from optim_viz.run_store.store import RunStore
from optim_viz.tables import Column, Table
from optim_viz.tables.csv_text import safe

NO_TENSORBOARD: Final = "TensorBoard's files need the package tensorboard: install it with `pip install tensorboard`"
_QUANTILES: Final = ("q01", "q10", "q50", "q90", "q99")
_SCALARS: Final = {
    "step": {"loss": "loss/train", "smoothed": "loss/train smoothed"},
    "epoch": {
        "test_loss": "loss/test",
        "test_accuracy": "accuracy/test",
        "examples_per_second": "speed/examples per second",
        "penalty": "loss/L2 term",
    },
    "test": {"test_loss": "loss/test", "test_accuracy": "accuracy/test"},
    "gradient_norm": {"norm": "gradient/norm"},
    "learning_rate": {"lr": "learning rate"},
    "clock": {"seconds": "speed/seconds trained"},
}
_SYSTEM: Final = ("seconds", "cpu", "memory", "gpu_memory", "gpu_utilisation")
_HEADINGS: Final = ("run", "lane", "optimizer", "step", "epoch", "quantity", "layer", "value")
_UNITS: Final = {
    "examples_per_second": "1/s",
    "seconds": "s",
    "memory used": "bytes",
    "memory peak": "bytes",
    "system seconds": "s",
    "system cpu": "% of a core",
    "system memory": "bytes",
    "system gpu_memory": "bytes",
    "system gpu_utilisation": "%",
}
_KINDS: Final = ("step", "epoch", "test", "gradient_norm", "learning_rate", "monitor", "clock", "quantiles")


def write_csv(store: RunStore, run_id: int, out: TextIO) -> None:
    """Write a run as CSV, a row for each number: run, lane, optimizer, step, epoch, quantity, layer, value.

    Every number that was logged is there, to the last bit; an empty value was NaN. Text that a spreadsheet would take
    for a formula begins with an apostrophe. `epoch` is empty where a quantity
    does not belong to one; memory and system belong to no lane.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADINGS)
    for row in _numbers(store, run_id):
        *head, layer, value = row
        told = ["" if each is None else safe(each) if isinstance(each, str) else each for each in (*head, layer)]
        writer.writerow((*told, "" if value is None else repr(value)))


def run_table(store: RunStore, run_id: int) -> Table:
    """Return a run as a table: the rows of `write_csv`, with the unit of each.

    Returns:
        `run`, `lane` (-1 where a number belongs to none), `optimizer`, `step`, `epoch` (NaN where it belongs to none),
        `quantity`, `layer`, `value` and `unit`.
    """
    rows = list(_numbers(store, run_id))
    run, lane, optimizer, step, epoch, quantity, layer, value = zip(*rows, strict=True) if rows else ((),) * 8

    def numbers(values: Sequence[float | None]) -> list[float]:
        return [math.nan if each is None else float(each) for each in values]

    columns = [
        Column("run", np.array(run, dtype=np.int64)),
        Column("lane", np.array([-1 if each is None else each for each in lane], dtype=np.int64), "", "-1: none"),
        Column("optimizer", np.array(optimizer, dtype=np.str_), "", "as a link has it"),
        Column("step", np.array(step, dtype=np.int64)),
        Column("epoch", np.array(numbers(epoch), dtype=np.float64)),
        Column("quantity", np.array(quantity, dtype=np.str_)),
        Column("layer", np.array(layer, dtype=np.str_)),
        Column("value", np.array(numbers(value), dtype=np.float64), "", "in the unit of its row"),
        Column("unit", np.array([unit_of(each) for each in quantity], dtype=np.str_), "", "empty for a pure number"),
    ]
    facts = store.get(run_id)
    return Table(f"run-{run_id}", columns, {"run": run_id, "name": facts.name, "spec": dict(facts.spec)})


def unit_of(quantity: str) -> str:
    """Return the unit of a logged quantity; "" for a pure number."""
    return _UNITS.get(quantity, "")


def _numbers(store: RunStore, run_id: int) -> Iterator[tuple[Any, ...]]:
    """Yield run, lane, optimizer, step, epoch, quantity, layer and value of every number; None for what it has not."""
    run = store.get(run_id)
    for kind in _KINDS:
        for row in store.rows(kind, run_id):
            lane: int = row["lane"]
            head = (run.id, lane, run.lanes[lane], row["step"], row.get("epoch"))
            for quantity, value in _values(kind, row):
                yield *head, quantity, row.get("layer", ""), value
    for row in store.rows("memory", run_id):
        for quantity in ("used", "peak"):
            yield run.id, None, "", row["step"], None, f"memory {quantity}", "", row[quantity]
    for row in store.rows("system", run_id, -1):
        for quantity in _SYSTEM:
            if row[quantity] is not None:
                yield run.id, None, "", row["step"], None, f"system {quantity}", "", row[quantity]


def _values(kind: str, row: Mapping[str, Any]) -> list[tuple[str, float | None]]:
    if kind == "quantiles":
        return [(f"{row['quantity']} {name}", row[name]) for name in _QUANTILES]
    if kind == "monitor":
        bound = [] if row["bound"] is None else [(f"{row['monitor']} bound", row["bound"])]
        return [(row["monitor"], row["value"]), *bound]
    names = {
        "step": ("loss", "smoothed"),
        "epoch": ("train_loss", "test_loss", "test_accuracy", "examples_per_second", "penalty"),
        "test": ("test_loss", "test_accuracy"),
        "learning_rate": ("lr",),
        "clock": ("seconds",),
    }
    columns = names.get(kind, ("norm",))
    return [("gradient_norm" if name == "norm" else name, row[name]) for name in columns]


def write_json(store: RunStore, run_id: int, out: TextIO) -> None:
    """Write a run as one JSON object: its number, name, state, what it trains, and every event it logged, by kind.

    `RunStore.import_run` reads it, in this store or another.

    Fields have the names of `optim_viz.comparison.events`. What JSON has no number for is null (NaN), or the text
    "inf" or "-inf".
    """
    run = store.get(run_id)
    facts = {
        "run": run.id,
        "name": run.name,
        "state": run.state,
        "message": run.message,
        "spec": dict(run.spec),
        "layers": list(run.layers),
        "device": run.device,
        "torch_version": run.torch_version,
        "notes": run.notes,
        "n_parameters": run.n_parameters,
        "step": run.step,
        "total_steps": run.total_steps,
        "steps_per_epoch": run.steps_per_epoch,
        "created": run.created,
        "started": run.started,
        "ended": run.ended,
        "seconds": run.seconds_trained(),
    }
    rows = {kind: [_plain(row) for row in store.rows(kind, run_id)] for kind in TABLES}
    json.dump(facts | {"events": rows}, out, allow_nan=False, ensure_ascii=False)
    out.write("\n")


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: repr(value) if isinstance(value, float) and math.isinf(value) else value for name, value in row.items()
    }


def tensorboard_is_installed() -> bool:
    """Return whether `write_tensorboard` can work."""
    return find_spec("tensorboard") is not None


def write_tensorboard(store: RunStore, run_id: int, folder: Path) -> list[Path]:
    """Write one event file a lane into `folder`/run-ID-NAME/LANE-OPTIMIZER and return the files.

    What the process took of its machine goes into another folder beside these, "system".

    The store keeps no time for each point; wall times are spread evenly over the steps from the run's start to its end.

    Raises:
        StoreError: there is no such run, or the package tensorboard is missing.
    """
    try:
        events: Any = import_module("tensorboard.compat.proto.event_pb2")
        summaries: Any = import_module("tensorboard.compat.proto.summary_pb2")
        records: Any = import_module("tensorboard.summary.writer.record_writer")
    except ImportError as error:
        raise StoreError(NO_TENSORBOARD) from error
    run = store.get(run_id)
    begin = run.started or run.created
    pace = (max(run.ended or run.heartbeat or begin, begin) - begin) / max(1, run.step)
    points = {kind: store.rows(kind, run_id) for kind in (*_KINDS, "histogram")}
    parts = {
        f"{lane}-{text.split(',')[0]}": sorted(_summary_values(lane, points), key=lambda each: each[0])
        for lane, text in enumerate(run.lanes)
    }
    system = list(_system_values(store.rows("system", run_id, -1)))
    if system:
        parts["system"] = system
    written: list[Path] = []
    for number, (name, values) in enumerate(parts.items()):
        path = folder / _slug(f"run-{run.id}-{run.name}") / _slug(name)
        path.mkdir(parents=True, exist_ok=True)
        target = path / f"events.out.tfevents.{int(begin):010d}.optim_viz.{run.id}.{number}"
        with target.open("wb") as file:
            writer = records.RecordWriter(file)
            writer.write(events.Event(wall_time=begin, file_version="brain.Event:2").SerializeToString())
            for step, value in values:
                summary = summaries.Summary(value=[summaries.Summary.Value(**value)])
                event = events.Event(wall_time=begin + pace * step, step=step, summary=summary)
                writer.write(event.SerializeToString())
        written.append(target)
    return written


def _system_values(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (step, fields of a Summary.Value) for what the run's process took of its machine."""
    for row in rows:
        for name in _SYSTEM:
            if row[name] is not None:
                yield row["step"], {"tag": f"system/{name}", "simple_value": _single(row[name])}


def _summary_values(lane: int, points: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (step, fields of a Summary.Value) for everything one lane logged."""
    for kind, rows in points.items():
        for row in rows:
            if row["lane"] != lane:
                continue
            for column, tag in _SCALARS.get(kind, {}).items():
                yield row["step"], {"tag": tag, "simple_value": _single(row[column])}
            if kind == "quantiles":
                for name in _QUANTILES:
                    tag = f"{row['quantity']}/{row['layer']}/{name}"
                    yield row["step"], {"tag": tag, "simple_value": _single(row[name])}
            elif kind == "monitor":
                tag = f"monitor/{row['monitor']}/{row['layer'] or 'all layers'}"
                yield row["step"], {"tag": tag, "simple_value": _single(row["value"])}
            elif kind == "histogram":
                yield row["step"], {"tag": "m_hat over sqrt_v_hat", "histo": _histogram(row["edges"], row["counts"])}


def _single(value: float | None) -> float:
    """Return a value that fits float32: the largest one where it is larger, yet infinity stays infinity."""
    if value is None:
        return float("nan")
    return value if np.isinf(value) else float(np.clip(value, -3.4e38, 3.4e38))


def _histogram(edges: Sequence[float], counts: Sequence[int]) -> dict[str, Any]:
    """Return the fields of a histogram; sums are those of the bins' middles, for the values were not kept."""
    middles = (np.asarray(edges[1:]) + np.asarray(edges[:-1])) / 2
    total = np.asarray(counts, dtype=np.float64)
    return {
        "min": edges[0],
        "max": edges[-1],
        "num": float(total.sum()),
        "sum": float(total @ middles),
        "sum_squares": float(total @ middles**2),
        "bucket_limit": edges[1:],
        "bucket": total.tolist(),
    }


def _slug(text: str) -> str:
    """Return a folder name that every system takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")[:80] or "run"
