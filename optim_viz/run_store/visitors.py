"""Whose a run is, where several people share an instance.

A visitor is told apart by a secret that the browser keeps (a cookie), or by a login. The store keeps its SHA-256 with
every run that was launched. Each run also has a key, which a link to it carries: with it the run can be looked at,
never changed. Both are compared in a time that does not depend on how much of them is right.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

Whose = Literal["own", "all"]
VARIABLE: Final = "OPTIM_VIZ_WHOSE_RUNS"
"""Whose runs a visitor of the pages sees: "own", or "all"."""
_KEY_BYTES: Final = 24
_KEY_LENGTH: Final = 64
_MOST_KEYS: Final = 64
_PLANE_CODE: Final = 32


def whose_runs() -> Whose | None:
    """Return what was decided for this process and those that it starts; None where nothing was.

    Raises:
        ValueError: the variable says something else.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if text not in ("", "own", "all"):
        raise ValueError(f"{VARIABLE} must be own or all, not {text[:40]!r}")
    return "own" if text == "own" else "all" if text == "all" else None


@dataclass(frozen=True)
class Visitor:
    """Who looks.

    Attributes:
        name: what the store keeps of them, 64 hexadecimal digits.
        keys: of the links that were opened.
    """

    name: str
    keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, secret: str, keys: Iterable[str] = ()) -> Visitor:
        """Return the visitor who has a secret, and at most so many keys as a comparison has lanes, the newest last."""
        sound = dict.fromkeys(key for key in keys if key.isascii() and 0 < len(key) <= _KEY_LENGTH)
        return cls(sha256(secret.encode(errors="replace")).hexdigest(), tuple(sound)[-_MOST_KEYS:])

    def right(self, visitor: str, key: str) -> Right | None:
        """Return what they may do with a run of that visitor and that key; None where it does not exist for them."""
        if hmac.compare_digest(visitor.encode(), self.name.encode()):
            return Right(True, key)
        fitting = sum(hmac.compare_digest(key.encode(), each.encode()) for each in self.keys)  # all, right or wrong
        return Right(False, key) if key and fitting else None


@dataclass(frozen=True)
class Right:
    """What a visitor may do with a run that they see.

    Attributes:
        own: whether they may change it.
        key: of links to it.
    """

    own: bool
    key: str


def new_key() -> str:
    """Return a secret that nobody can guess: 192 bits."""
    return secrets.token_urlsafe(_KEY_BYTES)


def right(connection: sqlite3.Connection, visitor: Visitor, run_id: int) -> Right | None:
    """Return what a visitor may do with a run; None where there is none for them."""
    if not 0 <= run_id < 2**62:
        return None
    row = connection.execute("SELECT visitor, link_key FROM runs WHERE id = ?", (run_id,)).fetchone()
    return None if row is None else visitor.right(str(row[0]), str(row[1]))


def rights(connection: sqlite3.Connection, visitor: Visitor) -> dict[int, Right]:
    """Return all runs that a visitor sees, deleted ones too, with what they may do."""
    question, bound = "SELECT id, visitor, link_key FROM runs", ()
    if not visitor.keys:
        question, bound = f"{question} WHERE visitor = ?", (visitor.name,)
    found: dict[int, Right] = {}
    for run_id, whose, key in connection.execute(question, bound):
        may = visitor.right(str(whose), str(key))
        if may is not None:
            found[run_id] = may
    return found


def stored_key(store: Path, run_id: int) -> str:
    """Return the key of a run in a store's file that is only read; "" where there is none, or it was deleted."""
    question = "SELECT link_key FROM runs WHERE id = ? AND id NOT IN (SELECT run FROM deletions)"
    try:
        with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute(question, (run_id,)).fetchone()
    except (sqlite3.Error, OverflowError):
        return ""
    return "" if row is None else str(row[0])


def plane_code(key: str, number: int) -> str:
    """Return what the name of a run's loss plane needs beside the numbers, 32 hexadecimal digits; "" without a key."""
    made = hmac.new(key.encode(), f"plane {number}".encode(), sha256)
    return made.hexdigest()[:_PLANE_CODE] if key else ""


def is_plane_code(key: str, number: int, code: str) -> bool:
    """Whether this is the code of that plane of a run with this key."""
    return bool(key) and hmac.compare_digest(plane_code(key, number).encode(), code.encode())
