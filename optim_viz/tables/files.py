# pyright: basic
"""Tables as files: CSV, JSON and Parquet, written and read back without loss."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from optim_viz.tables.csv_text import table_of, text_of
from optim_viz.tables.table import Column, Table

_KEY: Final = b"optim_viz"
_KINDS: Final = {"number": np.float64, "count": np.int64, "truth": np.bool_, "text": np.str_}
NO_PYARROW: Final = "Parquet needs the package pyarrow: pip install pyarrow (CSV and JSON need nothing)"


def to_csv(table: Table) -> bytes:
    """Return a table as CSV, UTF-8; see `optim_viz.tables.csv_text`."""
    return text_of(table).encode()


def from_csv(content: bytes, name: str = "table") -> Table:
    """Read what `to_csv` wrote.

    Raises:
        ValueError: it is no such CSV; the message says where.
    """
    return table_of(content.decode(), name)


def to_json(table: Table) -> bytes:
    """Return a table as one JSON object: "table", "about", and "columns" with name, unit, meaning, kind and values.

    Floats are Python's own, exact to the last bit; NaN is null, and infinity the text "inf" or "-inf".
    """
    columns = [
        {
            "name": column.name,
            "unit": column.unit,
            "meaning": column.meaning,
            "kind": column.kind,
            "values": [_plain(value) for value in column.values.tolist()],
        }
        for column in table.columns
    ]
    whole = {"table": table.name, "about": dict(table.about), "columns": columns}
    return (json.dumps(whole, allow_nan=False, ensure_ascii=False) + "\n").encode()


def from_json(content: bytes) -> Table:
    """Read what `to_json` wrote.

    Raises:
        ValueError: it is no such JSON.
    """
    try:
        whole = json.loads(content)
        columns = [
            Column(
                each["name"],
                np.array([_number(value, each["kind"]) for value in each["values"]], dtype=_KINDS[each["kind"]]),
                each["unit"],
                each["meaning"],
            )
            for each in whole["columns"]
        ]
        return Table(whole["table"], columns, whole["about"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"this is not a table that optim_viz wrote as JSON: {error!r}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else repr(value)
    return value


def _number(value: Any, kind: str) -> Any:
    if kind != "number":
        return value
    return math.nan if value is None else float(value)


def to_parquet(table: Table) -> bytes:
    """Return a table as Parquet; units and meanings stand in each field's metadata, `about` in the schema's.

    Raises:
        ImportError: pyarrow is not installed.
    """
    arrow, parquet = _arrow()
    fields, arrays = [], []
    for column in table.columns:
        array = arrow.array(column.values.tolist() if column.kind == "text" else column.values)
        fields.append(arrow.field(column.name, array.type, metadata={"unit": column.unit, "meaning": column.meaning}))
        arrays.append(array)
    about = json.dumps({"table": table.name, "about": dict(table.about)}, ensure_ascii=False)
    schema = arrow.schema(fields, metadata={_KEY: about.encode()})
    out = io.BytesIO()
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=schema), out)
    return out.getvalue()


def from_parquet(content: bytes) -> Table:
    """Read what `to_parquet` wrote.

    Raises:
        ImportError: pyarrow is not installed.
        ValueError: it is another Parquet file.
    """
    arrow, parquet = _arrow()
    try:
        read_back = parquet.read_table(io.BytesIO(content))
        about = json.loads(read_back.schema.metadata[_KEY])
    except (arrow.ArrowException, KeyError, TypeError) as error:
        raise ValueError("this is not a table that optim_viz wrote as Parquet") from error
    columns = []
    for field, values in zip(read_back.schema, read_back.columns, strict=True):
        told = {name.decode(): value.decode() for name, value in (field.metadata or {}).items()}
        text = arrow.types.is_string(field.type)
        array = np.array(values.to_pylist(), dtype=np.str_) if text else values.to_numpy()
        columns.append(Column(field.name, array, told.get("unit", ""), told.get("meaning", "")))
    return Table(about["table"], columns, about["about"])


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ImportError(NO_PYARROW) from error
    return pyarrow, pyarrow.parquet


FORMATS: Final[dict[str, tuple[Callable[[Table], bytes], Callable[[bytes], Table], str]]] = {
    "csv": (to_csv, from_csv, "text/csv"),
    "json": (to_json, from_json, "application/json"),
    "parquet": (to_parquet, from_parquet, "application/vnd.apache.parquet"),
}
"""How each format is written and read, and its media type; the key is also a file's ending."""


def usable() -> tuple[str, ...]:
    """Name the formats that can be written here: Parquet only where pyarrow is installed."""
    return tuple(form for form in FORMATS if form != "parquet" or find_spec("pyarrow") is not None)


def as_bytes(table: Table, form: str) -> bytes:
    """Return a table in one of `FORMATS`.

    Raises:
        ValueError: no such format.
        ImportError: Parquet without pyarrow.
    """
    if form not in FORMATS:
        raise ValueError(f"there is no format {form!r}; there are {', '.join(FORMATS)}")
    return FORMATS[form][0](table)


def write(table: Table, path: str | Path) -> None:
    """Write a table into a file, in the format of its ending: .csv, .json or .parquet.

    Raises:
        ValueError: the file has another ending.
        ImportError: Parquet without pyarrow.
        OSError: the file cannot be written.
    """
    Path(path).write_bytes(as_bytes(table, _ending(path)))


def read(path: str | Path) -> Table:
    """Read a table that `write`, the lab or the command line wrote, in the format of its ending.

    Raises:
        ValueError: the file has another ending, or does not hold such a table.
        ImportError: Parquet without pyarrow.
        OSError: the file cannot be read.
    """
    return FORMATS[_ending(path)][1](Path(path).read_bytes())


def _ending(path: str | Path) -> str:
    ending = Path(path).suffix.removeprefix(".").lower()
    if ending not in FORMATS:
        raise ValueError(f"{Path(path).name}: a table is written as .csv, .json or .parquet")
    return ending
