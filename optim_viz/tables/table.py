"""A table: columns of equal length, each with a name, a unit and a sentence on what it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pandas import DataFrame  # pyright: ignore[reportMissingTypeStubs]

NO_PANDAS = "to_dataframe makes a table of pandas; install it first: pip install pandas"


@dataclass(frozen=True, eq=False)
class Column:
    """One column.

    Attributes:
        name: its heading; no brackets, since CSV writes the unit in them.
        values: (N), one of float64 (NaN where there is none), int64, bool or text.
        unit: "degrees", "s"; "" of a pure number.
        meaning: what it holds, in a few words.

    Raises:
        ValueError: the values are not 1-d, or of no such kind; name or unit hold a bracket, or there is no name.
    """

    name: str
    values: NDArray[Any]
    unit: str = ""
    meaning: str = ""

    def __post_init__(self) -> None:
        """Check it, and bring the values to one of the four kinds."""
        if not self.name.strip() or any(sign in text for text in (self.name, self.unit) for sign in "[]"):
            raise ValueError(f"{self.name!r} [{self.unit!r}] cannot head a column: it needs a name, without brackets")
        values = np.asarray(self.values)
        if values.ndim != 1:
            raise ValueError(f"column {self.name} has shape {values.shape}, not (N,)")
        if values.dtype.kind in "OU":
            values = np.array([str(each) for each in values.tolist()], dtype=np.str_)
        elif values.dtype.kind in "iu":
            values = values.astype(np.int64)
        elif values.dtype.kind == "f":
            values = values.astype(np.float64)
        elif values.dtype.kind != "b":
            raise ValueError(f"column {self.name} holds {values.dtype}, not numbers, true or false, or text")
        object.__setattr__(self, "values", values)

    @property
    def kind(self) -> str:
        """What the values are: "number", "count" (whole numbers), "truth" or "text"."""
        return {"f": "number", "i": "count", "b": "truth", "U": "text"}[self.values.dtype.kind]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of one length. Two tables are equal where all their names, units and values are (NaN equals NaN).

    Attributes:
        name: what it holds, for a file's name: "runs".
        columns: one or more, each name once.
        about: what else belongs to it, as JSON knows it: where it comes from, the link that shows it.

    Raises:
        ValueError: there are no columns, they differ in length, or two have one name.
    """

    name: str
    columns: Sequence[Column]
    about: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        """Check that the columns fit together."""
        names = [column.name for column in self.columns]
        lengths = {len(column.values) for column in self.columns}
        if len(lengths) != 1 or len(set(names)) < len(names):
            raise ValueError(f"columns {names} are of lengths {sorted(lengths)}: each name once, all of one length")

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.columns[0].values)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return the values of a column.

        Raises:
            KeyError: there is none of that name.
        """
        for column in self.columns:
            if column.name == name:
                return column.values
        raise KeyError(f"no column {name!r}; there are {', '.join(column.name for column in self.columns)}")

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a column of that name."""
        return any(column.name == name for column in self.columns)

    def __eq__(self, other: object) -> bool:
        """Whether names, units, kinds and values are the same; `about` and the meanings are not compared."""
        if not isinstance(other, Table):
            return NotImplemented
        return len(self.columns) == len(other.columns) and all(map(_same, self.columns, other.columns))

    __hash__ = None  # pyright: ignore[reportAssignmentType] - the arrays may be written to

    def to_dataframe(self) -> DataFrame:
        """Return a table of pandas; its `attrs` hold `about` and the units.

        Raises:
            ImportError: pandas is not installed.
        """
        frame = frame_of({column.name: column.values for column in self.columns})
        frame.attrs["about"] = dict(self.about)
        frame.attrs["units"] = {column.name: column.unit for column in self.columns if column.unit}
        return frame


def frame_of(columns: Mapping[str, Any]) -> DataFrame:
    """Return a table of pandas of columns by name; text as Python's own.

    Raises:
        ImportError: pandas is not installed.
    """
    try:
        import pandas  # pyright: ignore[reportMissingTypeStubs]
    except ImportError as error:
        raise ImportError(NO_PANDAS) from error
    return pandas.DataFrame(
        {name: values.tolist() if values.dtype.kind == "U" else values for name, values in columns.items()}
    )


def _same(mine: Column, other: Column) -> bool:
    heads = (mine.name, mine.unit, mine.kind) == (other.name, other.unit, other.kind)
    return heads and np.array_equal(mine.values, other.values, equal_nan=mine.kind == "number")
