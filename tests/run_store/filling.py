"""Fills the file system that holds a folder, to the last byte."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path


def fill(folder: Path) -> None:
    """Let the folder's file `fill` take all that is free; delete it to make room again."""
    handle = os.open(folder / "fill", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for size in (1 << 20, 4096, 1):
        with contextlib.suppress(OSError):
            while os.write(handle, b"x" * size) == size:
                pass
    os.close(handle)


def fill_whole(folder: Path) -> None:
    """Fill it where nobody else frees anything meanwhile, and make sure."""
    fill(folder)
    assert shutil.disk_usage(folder).free == 0
