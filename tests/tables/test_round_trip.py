"""Tables come back from CSV, JSON and Parquet to the last bit, and no spreadsheet runs what a person typed."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optim_viz import tables
from optim_viz.tables import Column, Table

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
VALUES = {
    "x": st.floats(allow_nan=True, allow_infinity=True),
    "step": st.integers(-(2**63), 2**63 - 1),
    "arrived": st.booleans(),
    "lane": TEXTS
    | st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "7", "True", "", '"', "a,b", "\r\n"]),
}


@st.composite
def any_table(draw: st.DrawFn) -> Table:
    rows = draw(st.integers(1, 6))
    columns = [
        Column(name, np.array(draw(st.lists(values, min_size=rows, max_size=rows))), draw(st.sampled_from(["", "s"])))
        for name, values in VALUES.items()
    ]
    return Table("runs", columns, {"link": "surface=booth"})


@pytest.mark.parametrize("form", tables.FORMATS)
@settings(max_examples=40, deadline=None)
@given(table=any_table())
def test_what_is_read_back_is_the_table(form: str, table: Table, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / f"table.{form}"
    tables.write(table, path)
    again = tables.read(path)
    assert again == table
    signs = [math.copysign(1, value) for value in again["x"] if not math.isnan(value)]
    assert signs == [math.copysign(1, value) for value in table["x"] if not math.isnan(value)]
    assert dict(again.about) == ({} if form == "csv" else dict(table.about))


@settings(max_examples=60, deadline=None)
@given(table=any_table())
def test_no_cell_of_text_is_a_formula_and_numbers_stay_numbers(table: Table) -> None:
    rows = list(csv.reader(io.StringIO(tables.as_bytes(table, "csv").decode(), newline="")))
    for row in rows[1:]:
        x, step, arrived, lane = row
        assert not lane.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert not x or float(x) is not None
        assert int(step) is not None and arrived in ("True", "False")  # noqa: PT018


def test_other_programs_read_the_files() -> None:
    table = Table(
        "runs",
        [
            Column("lane", np.array(["Adam", "=SGD"])),
            Column("angle", np.array([0.1, math.nan]), "degrees", "of the step"),
            Column("step", np.array([1, 2])),
        ],
    )
    frame: Any = pd.read_csv(io.BytesIO(tables.as_bytes(table, "csv")))
    assert list(frame) == ["lane", "angle [degrees]", "step"]
    assert frame["angle [degrees]"][0] == 0.1 and math.isnan(frame["angle [degrees]"][1])  # noqa: PT018
    assert frame["lane"].tolist() == ["Adam", "'=SGD"]
    schema = pq.read_schema(io.BytesIO(tables.as_bytes(table, "parquet")))
    assert schema.field("angle").metadata == {b"unit": b"degrees", b"meaning": b"of the step"}
    told = json.loads(tables.as_bytes(table, "json"))["columns"][1]
    assert told == {
        "name": "angle",
        "unit": "degrees",
        "meaning": "of the step",
        "kind": "number",
        "values": [0.1, None],
    }
    own: Any = table.to_dataframe()
    assert own["lane"].tolist() == ["Adam", "=SGD"]
    assert own.attrs["units"] == {"angle": "degrees"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("a,b\r\n1\r\n", "row 2 has 1 cells, not 2"),
        ("a\r\nx\r\n", "column a: could not"),
        ('a\r\n1"2', "quote"),
    ],
)
def test_what_is_no_table_is_refused_with_the_place(content: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=words):
        tables.from_csv(content.encode())
    for form in ("json", "parquet"):
        path = tmp_path / f"bad.{form}"
        path.write_text(content or "{}", encoding="utf-8")
        with pytest.raises(ValueError):  # noqa: PT011 - JSON's own words, or ours
            tables.read(path)
    with pytest.raises(ValueError, match=r"\.csv, \.json or \.parquet"):
        tables.read(tmp_path / "runs.xlsx")


@pytest.mark.parametrize(
    "columns", [[], [("a", [1]), ("a", [1])], [("a", [1]), ("b", [1, 2])], [("a [s]", [1])], [("a", [[1]])]]
)
def test_columns_that_do_not_fit_are_refused(columns: list[tuple[str, Any]]) -> None:
    with pytest.raises(ValueError, match=r"column"):
        Table("runs", [Column(name, np.array(values)) for name, values in columns])
