"""Tables that a program was started with, for the processes that it starts: each makes the same surfaces of them."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from .fit import from_csv
from .registry import names, register
from .surface import Surface

VARIABLE = "OPTIM_VIZ_TABLES"
"""The environment variable that holds them: JSON, a list of [file, columns, model, SHA-256 of the file]."""


def register_csv(path: str | Path, columns: Sequence[str] = (), model: str = "") -> Surface:
    """Makes a surface of a CSV file for this program, as :func:`from_csv`, and for the processes that it starts.

    Args:
        path: The file.
        columns: As for :func:`from_csv`.
        model: As for :func:`from_csv`.

    Returns:
        The surface.

    Raises:
        ValueError: The file cannot be read or fitted, or the surface's name is taken.
    """
    file = Path(path).absolute()
    surface = register(from_csv(path, columns, model))
    tables = [*json.loads(os.environ.get(VARIABLE, "[]")), [str(file), list(columns), model, _digest(file)]]
    os.environ[VARIABLE] = json.dumps(tables)
    return surface


def register_handed_on() -> None:
    """Makes, in a process that such a program has started, the surfaces that it has.

    Raises:
        ValueError: A file was changed since, so its surface would be another one.
    """
    for path, columns, model, digest in json.loads(os.environ.get(VARIABLE, "[]")):
        if _digest(Path(path)) != digest:
            raise ValueError(f"{Path(path).name} was changed since the lab started; start the lab again")
        surface = from_csv(path, columns, model)
        if surface.name not in names():
            register(surface)


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ValueError(f"{file.name} cannot be read any more: {error.strerror}") from error
