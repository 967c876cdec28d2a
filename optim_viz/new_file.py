"""Files that are replaced whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def replacing(path: Path) -> Generator[TextIO]:
    """Open a text file to be written in place of `path`, which keeps what it holds until all is written.

    A new file beside it takes its place at the end of the block; where the block fails, it is removed. What is no file
    (a terminal, a pipe, /dev/null), or names one that is open already (/dev/stdout), is written as it is.

    Raises:
        ValueError: there is no folder to put it in.
        OSError: it cannot be written.
    """
    if path.exists() and not path.is_dir() and (not path.is_file() or _is_open_already(path)):
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    with beside(path) as new, new.open("w", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def beside(path: Path) -> Generator[Path]:
    """Give the name of a new file beside `path`, with its ending, that takes its place at the end of the block.

    Whatever ends the block otherwise, Ctrl-C too, leaves no half file.

    Raises:
        ValueError: it is a folder, or in a folder that is not there.
        OSError: the folder cannot be written.
    """
    target = path.expanduser().resolve()
    if target.is_dir():
        raise ValueError(f"{path} is a folder: name a file in it")
    if not target.parent.is_dir():
        raise ValueError(f"there is no folder {target.parent} for {target.name}: make it, or name another")
    try:
        handle, name = tempfile.mkstemp(prefix=".optim_viz.", suffix=target.suffix, dir=target.parent)
    except OSError as error:
        raise OSError(error.errno, f"no file can be written there ({error.strerror})", str(target.parent)) from None
    os.close(handle)
    new = Path(name)
    try:
        yield new
        if target.exists():
            shutil.copymode(target, new)
        else:
            new.chmod(0o666 & ~_umask())
        new.replace(target)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _is_open_already(path: Path) -> bool:
    """Whether it names one of a process's open files: where /dev/stdout leads to a file, that file is to be filled.

    The file may have lost its name since, and a new one in its place would not be read by who holds it.
    """
    place = path.parent.resolve() / path.name
    leads_to = place.readlink() if place.is_symlink() else place
    return any(
        (place.parent / name).is_relative_to(folder) for name in (place, leads_to) for folder in ("/proc", "/dev/fd")
    )


def _umask() -> int:
    """Return which permissions new files are not given."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
