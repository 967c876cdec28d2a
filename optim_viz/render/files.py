"""Which format a picture has, by its file's name, and what that format needs."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from optim_viz.surfaces import shown

PICTURES: Final = ("png", "svg", "pdf")
FILMS: Final = ("mp4", "webm", "gif")
NEEDED: Final = ("matplotlib", "imageio_ffmpeg")
"""What the extra [render] brings."""


def kind_of(path: str | Path, known: Sequence[str] = (*PICTURES, *FILMS)) -> str:
    """Return the format that a file's name ends with.

    Raises:
        ValueError: its ending is none of `known`.
    """
    suffix = Path(path).suffix.lower().removeprefix(".")
    if suffix not in known:
        endings = ", ".join(f".{each}" for each in known)
        said = f"not with {shown('.' + suffix)}" if suffix else "and this one has no ending"
        raise ValueError(f"{Path(path).name}: the file's name ends with one of {endings}, {said}")
    return suffix


def missing(kind: str) -> str:
    """Name what a format needs and is not installed; "" where nothing is missing."""
    needed = NEEDED if kind in ("mp4", "webm") else NEEDED[:1]
    return next((name for name in needed if find_spec(name) is None), "")


def need(kind: str) -> None:
    """Refuse a format that lacks something.

    Raises:
        ModuleNotFoundError: the extra [render] is not installed; the message says how to install it.
    """
    name = missing(kind)
    if name:
        raise ModuleNotFoundError(
            f"a .{kind} file needs {name}, which is not installed: pip install 'optim_viz[render]'", name=name
        )
