# pyright: basic
"""Handwritten digits of 8 x 8 pixels, which come with scikit-learn: nothing is fetched, and an epoch takes a moment.

Pixels are whole numbers from 0 to 16. The set has no split of its own; here every fifth example, the 5th, 10th, 15th
and so on, is tested with, and the others are trained on: both halves see all writers.
"""

from __future__ import annotations

import gzip
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from optim_viz.datasets.dataset import Arrays, Dataset, DataUnavailable

_FILE: Final = Path("datasets", "data", "digits.csv.gz")


def read(folder: Path) -> Arrays:
    """Read the set from the installed scikit-learn; the folder is not looked at."""
    del folder
    table = _table()
    images, classes = table[:, :-1].reshape(-1, 1, 8, 8), np.ascontiguousarray(table[:, -1])
    tested = np.arange(len(images)) % 5 == 4
    return Arrays(images[~tested], classes[~tested], images[tested], classes[tested])


def _table() -> np.ndarray:
    """Return a row an image: its 64 pixels and its class.

    The file is read where scikit-learn keeps it, because importing scikit-learn takes a second and every process that
    trains on this set would wait for that; a release that keeps it elsewhere is asked.
    """
    found = find_spec("sklearn")
    if found is None:
        raise DataUnavailable("the digits come with scikit-learn, which is not installed: pip install scikit-learn")
    for place in found.submodule_search_locations or ():
        file = Path(place) / _FILE
        if file.is_file():
            with gzip.open(file, "rt", encoding="ascii") as text:
                return np.loadtxt(text, np.uint8, delimiter=",")
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    return np.column_stack([pixels, labels]).astype(np.uint8)


_SCRIPT: Final = """
from sklearn.datasets import load_digits


def read(folder):
    pixels, labels = load_digits(return_X_y=True)
    images, tested = pixels.reshape(-1, 1, 8, 8), np.arange(len(pixels)) % 5 == 4
    return images[~tested], labels[~tested], images[tested], labels[tested]
"""

DATASET = Dataset(
    name="digits",
    title="Digits",
    sentence="1,797 handwritten digits of 8 x 8 pixels; they come with scikit-learn.",
    source="Alpaydin, Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, "
    "its test half, as in sklearn.datasets.load_digits; every fifth example is tested with",
    input_shape=(1, 8, 8),
    classes=10,
    train_count=1438,
    test_count=359,
    scale=16.0,
    sha256="596f49518be352e33d09305db7e9b99d75fe817f421cfd8ead9fa009871723b9",
    needs_download=False,
    read=read,
    script=_SCRIPT,
    rank=10,
)
