"""A run as a table and as TensorBoard's files.

The event files are written here, without the `tensorboard` package: what they need is one record frame and four small
protobuf messages, about sixty lines, against a package with a server and a dozen dependencies.

    record:   length (uint64), masked CRC-32C of it, data, masked CRC-32C of that, all little-endian
    data:     Event {1: wall_time double, 2: step int64, 3: file_version string | 5: Summary {1: repeated Value}}
    Value:    {1: tag string, 2: simple_value float | 5: HistogramProto}
    Histogram: {1: min, 2: max, 3: num, 4: sum, 5: sum_squares, 6: bucket_limit packed, 7: bucket packed}, doubles

Source: tensorflow/core/lib/io/record_writer.cc, tensorflow/core/util/event.proto, framework/summary.proto. CRC-32C is
Castagnoli's (RFC 3720, appendix B.4).
"""

from __future__ import annotations

import csv
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final, TextIO

import numpy as np

from optim_viz.run_store import RunStore

_QUANTILES: Final = ("q01", "q10", "q50", "q90", "q99")
_SCALARS: Final = {
    "step": {"loss": "loss/train", "smoothed": "loss/train smoothed"},
    "epoch": {
        "test_loss": "loss/test",
        "test_accuracy": "accuracy/test",
        "examples_per_second": "speed/examples per second",
        "penalty": "loss/L2 term",
    },
    "gradient_norm": {"norm": "gradient/norm"},
}
_KINDS: Final = ("step", "epoch", "gradient_norm", "quantiles")


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
    names = {"step": ("loss", "smoothed"), "gradient_norm": ("norm",)}
    columns = names.get(kind, ("train_loss", "test_loss", "test_accuracy", "examples_per_second", "penalty"))
    return [("gradient_norm" if name == "norm" else name, row[name]) for name in columns]


def write_tensorboard(store: RunStore, run_id: int, folder: Path) -> list[Path]:
    """Write one event file a lane into `folder`/run-ID-NAME/LANE-OPTIMIZER and return the files.

    The store keeps no time for each point; wall times are spread evenly over the steps from the run's start to its end.
    """
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
            _record(file, _double(1, begin) + _bytes(3, b"brain.Event:2"))
            for step, value in sorted(_summary_values(lane, points), key=lambda each: each[0]):
                event = _double(1, begin + pace * step) + _int(2, step) + _bytes(5, _bytes(1, value))
                _record(file, event)
        written.append(target)
    return written


def _summary_values(lane: int, points: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[int, bytes]]:
    """Yield (step, Value message) for everything one lane logged."""
    for kind, rows in points.items():
        for row in rows:
            if row["lane"] != lane:
                continue
            for column, tag in _SCALARS.get(kind, {}).items():
                yield row["step"], _scalar(tag, row[column])
            if kind == "quantiles":
                for name in _QUANTILES:
                    yield row["step"], _scalar(f"{row['quantity']}/{row['layer']}/{name}", row[name])
            elif kind == "histogram":
                yield row["step"], _histogram("m_hat over sqrt_v_hat", row["edges"], row["counts"])


def _slug(text: str) -> str:
    """Return a folder name that every system takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")[:80] or "run"


# ---- protobuf: a field is its number and wire type, then the value ----


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)


def _int(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _scalar(tag: str, value: float | None) -> bytes:
    number = float("nan") if value is None else float(np.float32(np.clip(value, -3.4e38, 3.4e38)))
    if value is not None and np.isinf(value):
        number = value
    return _bytes(1, tag.encode()) + _varint(2 << 3 | 5) + struct.pack("<f", number)


def _histogram(tag: str, edges: Sequence[float], counts: Sequence[int]) -> bytes:
    """Return a histogram; sums are those of the bins' middles, for the values themselves were not kept."""
    middles = (np.asarray(edges[1:]) + np.asarray(edges[:-1])) / 2
    total = np.asarray(counts, dtype=np.float64)
    message = _double(1, edges[0]) + _double(2, edges[-1]) + _double(3, float(total.sum()))
    message += _double(4, float(total @ middles)) + _double(5, float(total @ middles**2))
    message += _bytes(6, struct.pack(f"<{len(counts)}d", *edges[1:])) + _bytes(
        7, struct.pack(f"<{len(counts)}d", *counts)
    )
    return _bytes(1, tag.encode()) + _bytes(5, message)


# ---- records ----


def _crc_table() -> tuple[int, ...]:
    table: list[int] = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return tuple(table)


_TABLE: Final = _crc_table()


def masked_crc(data: bytes) -> int:
    """Return the CRC-32C of `data`, rotated and shifted as record files want it."""
    crc, table = 0xFFFFFFFF, _TABLE
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _record(file: IO[bytes], data: bytes) -> None:
    length = struct.pack("<Q", len(data))
    file.write(length + struct.pack("<I", masked_crc(length)) + data + struct.pack("<I", masked_crc(data)))
