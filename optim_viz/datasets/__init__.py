"""Data to train on: one data set a file, each exposing DATASET. Adding a file here adds the data set everywhere.

Importing this package needs no torch, and reads nothing. Every module of the folder but those of `_CONTRACT` must
expose DATASET, and a file that fails to import stops the program rather than vanish from the menu.
"""

from __future__ import annotations

from functools import cache

from optim_viz.datasets.dataset import Arrays, Data, Dataset, DataUnavailable
from optim_viz.registry import discover, look_up

__all__ = ["Arrays", "Data", "DataUnavailable", "Dataset", "get", "names"]

_CONTRACT = ("dataset", "files")


@cache
def _datasets() -> dict[str, Dataset]:
    """Import every data set of this folder, ordered by rank, then name."""
    return discover(__name__, "DATASET", Dataset, _CONTRACT, lambda dataset: dataset.rank)


def names() -> tuple[str, ...]:
    """Name every data set, in the order in which menus list them."""
    return tuple(_datasets())


def get(name: str) -> Dataset:
    """Look up a data set.

    Raises:
        ValueError: no such data set; the message names the one that comes close, and the known ones.
    """
    return look_up(name, _datasets(), "data set")
