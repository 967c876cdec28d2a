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
_KINDS: Final = ("step", "epoch", "test", "gradient_norm", "learning_rate", "monitor", "clock", "quantiles")


def write_csv(store: RunStore, run_id: int, out: TextIO) -> None:
    """Write a run as CSV, a row for each number: run, lane, optimizer, step, epoch, quantity, layer, value.

    Every number that was logged is there, to the last bit; an empty value was NaN. `epoch` is empty where a quantity
    does not belong to one; memory belongs to no lane.
    """
    run = store.get(run_id)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("run", "lane", "optimizer", "step", "epoch", "quantity", "layer", "value"))
    for kind in _KINDS:
        for row in store.rows(kind, run_id):
            lane: int = row["lane"]
            head = (lane, run.lanes[lane], row["step"], row.get("epoch", ""))
            for quantity, value in _values(kind, row):
                writer.writerow((run.id, *head, quantity, row.get("layer", ""), "" if value is None else repr(value)))
    for row in store.rows("memory", run_id):
        for quantity in ("used", "peak"):
            writer.writerow((run.id, "", "", row["step"], "", f"memory {quantity}", "", row[quantity]))


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
    written: list[Path] = []
    for lane, text in enumerate(run.lanes):
        path = folder / _slug(f"run-{run.id}-{run.name}") / _slug(f"{lane}-{text.split(',')[0]}")
        path.mkdir(parents=True, exist_ok=True)
        target = path / f"events.out.tfevents.{int(begin):010d}.optim_viz.{run.id}.{lane}"
        with target.open("wb") as file:
            writer = records.RecordWriter(file)
            writer.write(events.Event(wall_time=begin, file_version="brain.Event:2").SerializeToString())
            for step, value in sorted(_summary_values(lane, points), key=lambda each: each[0]):
                summary = summaries.Summary(value=[summaries.Summary.Value(**value)])
                event = events.Event(wall_time=begin + pace * step, step=step, summary=summary)
                writer.write(event.SerializeToString())
        written.append(target)
    return written


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
