"""What a command writes: text that every terminal and file takes."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final, TextIO

from optim_viz.new_file import replacing
from optim_viz.scenario import few
from optim_viz.tables import Table, as_bytes

_ESCAPED: Final = "optim_viz.escaped"
_LONGEST_WORD: Final = 300


def _escape(error: UnicodeError) -> tuple[str, int]:
    r"""Write what an encoding lacks as \uXXXX (two of them above U+FFFF), which JSON and Python's strings read back."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)), error.end


codecs.register_error(_ESCAPED, _escape)


def bear_any_encoding(stream: TextIO) -> None:
    r"""Let a stream write every text: what its encoding (cp1252, ASCII) lacks becomes \uXXXX instead of an error."""
    if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
        stream.reconfigure(errors=_ESCAPED)


def one_line(message: object) -> str:
    """Return a message as the one line that a command leaves behind; of a word that fills the screen, the beginning."""
    words = (word if len(word) <= _LONGEST_WORD else f"{word[:_LONGEST_WORD]}…" for word in str(message).split())
    return f"optim_viz: {' '.join(words)}"


def refused(problems: Iterable[object], *, short: bool = False) -> bool:
    """Say what is wrong in a link, a line each for the first few, and tell whether anything is.

    Then nothing is written: a page lets a person see what is left of a link and mend it, a file would show other runs.

    Args:
        problems: what is wrong.
        short: they are the first few of each link already.
    """
    told = list(problems)
    for problem in told if short else few(told):
        print(one_line(problem), file=sys.stderr)
    return bool(told)


def write_table(table: Table, name: str, form: str) -> None:
    """Write a table in a format into a file, as `optim_viz.new_file.replacing` does, or to the terminal for "-".

    Raises:
        ValueError: as that says; also Parquet without pyarrow.
        OSError: it cannot be written.
    """
    try:
        content = as_bytes(table, form)
    except ImportError as error:
        raise ValueError(str(error)) from error
    if name == "-" and form != "parquet":
        sys.stdout.write(content.decode())
    elif name == "-":
        raise ValueError("Parquet is no text: name a file instead of -")
    else:
        with replacing(Path(name)) as file:
            file.flush()
            file.buffer.write(content)
