"""What a command writes: text that every terminal and file takes, and files that are replaced whole or not at all."""

from __future__ import annotations

import codecs
import io
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

_ESCAPED: Final = "optim_viz.escaped"


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
    """Return a message as the one line that a command leaves behind."""
    return f"optim_viz: {' '.join(str(message).split())}"


@contextmanager
def replacing(path: Path) -> Generator[TextIO]:
    """Open a text file to be written in place of `path`, which keeps what it holds until all is written.

    A new file beside it takes its place at the end of the block; where the block fails, it is removed. What is no file
    (a terminal, a pipe, /dev/null) is written as it is.

    Raises:
        ValueError: there is no folder to put it in.
        OSError: it cannot be written.
    """
    target = path.resolve()
    if target.is_dir():
        raise ValueError(f"{path} is a folder: name a file in it")
    if path.exists() and not target.is_file():
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    if not target.parent.is_dir():
        raise ValueError(f"there is no folder {target.parent} for {target.name}: make it, or name another")
    handle, name = tempfile.mkstemp(prefix=".optim_viz.", dir=target.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        if target.exists():
            shutil.copymode(target, new)
        else:
            new.chmod(0o666 & ~_umask())
        new.replace(target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """Return which permissions new files are not given."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
