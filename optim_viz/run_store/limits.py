"""How much one visitor may train and keep, where visitors see their own runs alone.

Checked in the transaction that adds a run, so that two windows at once get no further than one.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from optim_viz.comparison import TrainingSpec
from optim_viz.run_store.errors import StoreError

VARIABLE: Final = "OPTIM_VIZ_LIMITS"
"""Other limits than the usual, such as at_once=1,work=1e13."""
_PRODUCTS: Final = 60
"""Passes of a sample of the sharpness through the network, about as many as Lanczos takes on the networks here."""
_TOGETHER: Final = (
    "SELECT count(DISTINCT coalesce('sweep ' || sweep, runs.id)) FROM runs LEFT JOIN sweep_runs ON run = runs.id "
    "WHERE state IN ('queued', 'running') AND visitor "
)


class OverLimit(StoreError):
    """More than a visitor may train or keep; the message says which limit, and what to do."""


@dataclass(frozen=True)
class Limits:
    """What one visitor may have, 1 or more of each.

    Attributes:
        at_once: comparisons and sweeps that wait or train.
        kept: runs in the list, a sweep's each for itself.
        work: multiplications and additions of a comparison or a whole sweep (`work`).
        waiting: comparisons and sweeps of all visitors together that wait or train.
    """

    at_once: int = 2
    kept: int = 200
    work: int = 20_000_000_000_000
    waiting: int = 40

    @classmethod
    def parse(cls, text: str) -> Limits:
        """Read "at_once=1,work=1e13"; what is left out stays as usual.

        Raises:
            ValueError: a name or a number that is none; the message says which.
        """
        found: dict[str, int] = {}
        known = [each.name for each in fields(cls)]
        for part in filter(None, (each.strip() for each in text.split(","))):
            name, _, value = (each.strip() for each in part.partition("="))
            if name not in known:
                raise ValueError(f"a limit must be one of {', '.join(known)}, such as at_once=1, not {part[:40]!r}")
            try:
                number = float(value)
                found[name] = int(number)
            except (ValueError, OverflowError):
                number = 0.0
            if not 1 <= number <= 1e18:
                raise ValueError(f"the limit {name} must be a number from 1 to 1e18, not {value[:40]!r}")
        return cls(**found)

    @classmethod
    def from_environment(cls) -> Limits:
        """Return the limits that `VARIABLE` names, else the usual ones; ValueError as for `parse`."""
        return cls.parse(os.environ.get(VARIABLE, ""))

    def share(self, specs: Sequence[Mapping[str, Any]], times: int = 1) -> float:
        """Return how much of `work` these runs take together, each so many times; 1 for all of it.

        Raises:
            ValueError: one of them cannot be trained.
        """
        return times * sum(map(work, specs)) / self.work

    def require_work(self, specs: Sequence[Mapping[str, Any]], times: int = 1) -> None:
        """Raise where these runs, each so many times, are more work than one launch may be.

        Raises:
            OverLimit: they are.
        """
        try:
            share = self.share(specs, times)
        except ValueError as error:
            raise OverLimit(str(error)) from error
        if share > 1:
            raise OverLimit(f"this is {share:.3g} times the largest training that is allowed here: {_SMALLER}")

    def require_room(self, connection: sqlite3.Connection, visitor: str, runs: int, *, trained: bool) -> None:
        """Raise where a visitor may not add so many runs.

        Args:
            connection: in the transaction that adds them.
            visitor: whose they will be.
            runs: how many.
            trained: whether they are to be trained, together; one that is imported is not.

        Raises:
            OverLimit: one of the limits is reached.
        """
        kept = connection.execute("SELECT count(*) FROM runs WHERE visitor = ?", (visitor,)).fetchone()[0]
        if kept + runs > self.kept:
            raise OverLimit(
                f"at most {self.kept:,} runs are kept for a visitor, and you have {kept:,}: delete some, they make "
                "room after half a minute"
            )
        if trained:
            self.require_turn(connection, visitor)

    def require_turn(self, connection: sqlite3.Connection, visitor: str) -> None:
        """Raise where a visitor may not have one more that waits or trains.

        Raises:
            OverLimit: they have as many as they may, or all visitors together have.
        """
        if connection.execute(f"{_TOGETHER} = ?", (visitor,)).fetchone()[0] >= self.at_once:
            many = "1 training" if self.at_once == 1 else f"{self.at_once:,} trainings"
            raise OverLimit(f"you have {many} here already, as many as a visitor may: cancel one, or let it end")
        if connection.execute(f"{_TOGETHER} != ''").fetchone()[0] >= self.waiting:
            raise OverLimit(f"{self.waiting:,} trainings of all visitors wait or train already: try again later")


_SMALLER: Final = "take fewer epochs, examples or lanes, or a smaller network"


def work(spec: Mapping[str, Any]) -> int:
    """Return about how many multiplications and additions a run takes.

    Lanes × (operations of an example's step × epochs × examples, a third of that for each example of a test, and for
    each sample of the sharpness its examples through the network `_PRODUCTS` times).

    Raises:
        ValueError: it cannot be trained.
    """
    found = TrainingSpec.from_dict(spec)
    steps = found.epochs * found.n_examples
    tests = found.epochs * (len(found.test_steps) * found.data.test_count // 3)
    sharpness = len(found.sharpness_steps) * found.n_sharpness_examples * _PRODUCTS
    return found.work // found.batch_size * (steps + tests + sharpness) * len(found.lanes)
