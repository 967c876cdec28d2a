"""CSV that spreadsheets and pandas read as it is, and that is read back without loss.

One line of headings, "NAME" or "NAME [UNIT]", then a line a row. Numbers are Python's own shortest text of a float64
(what is read back is the same number to the last bit), NaN an empty cell, truths True and False. Text is always in
quotes, so a reader can tell "7" from 7; where a spreadsheet would take it for a formula it begins with an apostrophe
(and so does text that began with one), as OWASP's page on CSV injection advises.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from optim_viz.tables.table import Column, Table

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones, too: Excel reads them
_GUARD = "'"
_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)')
_HEADING = re.compile(r"(.*?)(?: \[([^\[\]]*)\])?", re.DOTALL)
_WHOLE = re.compile(r"-?\d+")
_TRUTHS = {"True": True, "False": False}

Cell = tuple[str, bool]
"""What stands in a cell, and whether in quotes: then it is text."""


def text_of(table: Table) -> str:
    """Return a table as CSV."""
    lines = [",".join(_heading(column) for column in table.columns)]
    lines += map(",".join, zip(*(_cells(column) for column in table.columns), strict=True))
    return "".join(f"{line}\r\n" for line in lines)


def safe_text(text: str) -> str:
    """Return text as a cell in quotes that no spreadsheet takes for a formula."""
    return '"' + safe(text).replace('"', '""') + '"'


def safe(text: str) -> str:
    """Return text behind an apostrophe where a spreadsheet would take it for a formula; else as it is."""
    return f"{_GUARD}{text}" if text.startswith((*FORMULA_SIGNS, _GUARD)) else text


def _heading(column: Column) -> str:
    text = f"{column.name} [{column.unit}]" if column.unit else column.name
    return text if re.fullmatch(r"\w[\w .\[\]/²-]*", text) else safe_text(text)


def _cells(column: Column) -> list[str]:
    values: list[Any] = column.values.tolist()
    if column.kind == "text":
        return [safe_text(value) for value in values]
    if column.kind == "number":
        return ["" if math.isnan(value) else repr(value) for value in values]
    return [repr(value) for value in values]


def table_of(text: str, name: str = "table") -> Table:
    """Read what `text_of` wrote.

    Raises:
        ValueError: a line has more or fewer cells than there are headings, a cell is no number among numbers, or there
            is no heading at all; the message says in which line.
    """
    rows = list(_rows(text.removeprefix("\ufeff")))
    if not rows:
        raise ValueError("the text is empty: a table has a line of headings at least")
    heads = [_HEADING.fullmatch(_plain(cell)) for cell, _ in rows[0]]
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(heads):
            raise ValueError(f"row {number} has {len(row)} cells, not {len(heads)} as the headings")
    columns = zip(*rows[1:], strict=True) if rows[1:] else [() for _ in heads]
    return Table(
        name,
        [
            Column(head[1], _values(head[1], cells), head[2] or "")
            for head, cells in zip(heads, columns, strict=True)
            if head is not None
        ],
    )


def _rows(text: str) -> Iterator[list[Cell]]:
    position, row = 0, list[Cell]()
    while position < len(text):
        match = _CELL.match(text, position)
        if match is None:
            raise ValueError(f"a quote stands within a cell: {text[position : position + 40]!r}")
        quoted, bare, end = match.groups()
        row.append((bare, False) if quoted is None else (quoted.replace('""', '"'), True))
        position = match.end()
        if end != ",":
            yield row
            row = []
    if row:  # the text ends with a comma
        yield [*row, ("", False)]


def _plain(text: str) -> str:
    return text.removeprefix(_GUARD)


def _values(name: str, cells: Sequence[Cell]) -> Any:
    if any(quoted for _, quoted in cells):
        return np.array([_plain(text) for text, _ in cells], dtype=np.str_)
    texts = [text for text, _ in cells]
    if texts and all(text in _TRUTHS for text in texts):
        return np.array([_TRUTHS[text] for text in texts])
    try:
        if texts and all(map(_WHOLE.fullmatch, texts)):
            return np.array([int(text) for text in texts], dtype=np.int64)
        return np.array([float(text) if text else math.nan for text in texts], dtype=np.float64)
    except ValueError as error:
        raise ValueError(f"column {name}: {error}; text stands in quotes") from error
