"""Reads a small table of numbers from a CSV file; whatever is wrong with it is told with its line and its value."""

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .kernels import Array
from .naming import hint, shown

MAX_BYTES = 5_000_000
MAX_ROWS = 2_000
"""Rows of a table: what shows in a picture needs no more."""
FEWEST_ROWS = 3
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LONGEST_CELL = 60


@dataclass(frozen=True)
class Table:
    """Columns of numbers.

    Attributes:
        names: of the columns; "column 1", ... where the file has no line with names.
        rows: float64, (rows, columns), all finite.
    """

    names: tuple[str, ...]
    rows: Array


def read_table(path: str | Path, columns: Sequence[str] = ()) -> Table:
    """Reads a CSV file: commas, semicolons or tabs between numbers with a decimal point; names may stand in line 1.

    Args:
        path: The file, UTF-8, at most 5 MB.
        columns: The names of those to read, in this order; () reads all.

    Returns:
        The table.

    Raises:
        ValueError: The file cannot be read, or holds something else than numbers; the message names file, line and
            value and says what to do.
    """
    file = Path(path)
    lines = _lines(file)
    first = next(lines, None)
    if first is None:
        raise ValueError(f"{file.name} is empty: it needs a line of names and lines of numbers")
    number, cells = first
    named = not all(_NUMBER.fullmatch(cell) for cell in cells)
    names = tuple(cells) if named else tuple(f"column {place}" for place in range(1, len(cells) + 1))
    if named and (len(set(names)) < len(names) or "" in names):
        raise ValueError(f"{file.name}, line {number}: columns need names that differ, not {shown(', '.join(names))}")
    places = [_place(file, name, names) for name in columns] or list(range(len(names)))
    rows = [] if named else [_numbers(file, number, cells, names, places)]
    for number, cells in lines:
        if len(rows) == MAX_ROWS:
            raise ValueError(f"{file.name} has more than {MAX_ROWS} rows: save a sample of them in a file of its own")
        rows.append(_numbers(file, number, cells, names, places))
    if len(rows) < FEWEST_ROWS:
        raise ValueError(f"{file.name} has {len(rows)} rows of numbers; a fit needs {FEWEST_ROWS} at least")
    return Table(tuple(names[place] for place in places), np.array(rows))


def _lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Yields the number and the cells of each line that is not empty."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_BYTES:
        raise ValueError(f"{file.name} is larger than {MAX_BYTES // 1_000_000} MB: save a part of it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{file.name}, line {line}: byte {content[error.start]:#x} is not UTF-8; save as UTF-8"
        ) from error
    head = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=head.count), skipinitialspace=True, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise ValueError(f"{file.name}, line {reader.line_num}: {error}") from error


def _place(file: Path, name: str, names: Sequence[str]) -> int:
    if name not in names:
        raise ValueError(f"{file.name} has no column {shown(name)}{hint(name, names, 'it has')}")
    return names.index(name)


def _numbers(file: Path, line: int, cells: Sequence[str], names: Sequence[str], places: Sequence[int]) -> list[float]:
    if len(cells) != len(names):
        raise ValueError(
            f"{file.name}, line {line} has {len(cells)} values, not {len(names)}: {', '.join(names)}"[:300]
        )
    values: list[float] = []
    for place in places:
        cell = cells[place]
        value = float(cell) if len(cell) <= _LONGEST_CELL and _NUMBER.fullmatch(cell) else math.nan
        if not math.isfinite(value):
            why = "is empty" if not cell else f"= {shown(cell)} is no number"
            point = "; write 3.5 for 3,5" if re.fullmatch(r"[+-]?\d+,\d+", cell) else ""
            raise ValueError(f"{file.name}, line {line}: {names[place]} {why}{point}")
        values.append(value)
    return values
