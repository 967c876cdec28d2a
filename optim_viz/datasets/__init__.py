"""Data to train on: one data set a file, each exposing DATASET. Adding a file here adds the data set everywhere.

Importing this package needs no torch, and reads nothing. Every module of the folder but those of `_CONTRACT` must
expose DATASET, and a file that fails to import stops the program rather than vanish from the menu.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from optim_viz.datasets.dataset import Arrays, Data, Dataset, DataUnavailable

__all__ = ["Arrays", "Data", "DataUnavailable", "Dataset", "get", "names"]

_CONTRACT = ("dataset", "files")


@cache
def _datasets() -> dict[str, Dataset]:
    """Import every data set of this folder, ordered by rank, then name."""
    found: list[Dataset] = []
    for module in iter_modules(__path__):
        if module.name in _CONTRACT:
            continue
        dataset = import_module(f"{__name__}.{module.name}").DATASET
        if not isinstance(dataset, Dataset) or dataset.name != module.name:
            raise TypeError(f"datasets/{module.name}.py must expose DATASET, a Dataset named {module.name!r}")
        found.append(dataset)
    return {dataset.name: dataset for dataset in sorted(found, key=lambda dataset: (dataset.rank, dataset.name))}


def names() -> tuple[str, ...]:
    """Name every data set, in the order in which menus list them."""
    return tuple(_datasets())


def get(name: str) -> Dataset:
    """Look up a data set.

    Raises:
        ValueError: no such data set; the message lists the known ones.
    """
    datasets = _datasets()
    if name not in datasets:
        raise ValueError(f"unknown data set {name!r}; known: {', '.join(datasets)}")
    return datasets[name]
