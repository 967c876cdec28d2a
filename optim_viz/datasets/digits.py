# pyright: basic
"""Handwritten digits of 8 x 8 pixels, which come with scikit-learn: nothing is fetched, and an epoch takes a moment.

Pixels are whole numbers from 0 to 16. The set has no split of its own; here every fifth example, the 5th, 10th, 15th
and so on, is tested with, and the others are trained on: both halves see all writers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from optim_viz.datasets.dataset import Arrays, Dataset, DataUnavailable


def read(folder: Path) -> Arrays:
    """Read the set from the installed scikit-learn; the folder is not looked at."""
    del folder
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise DataUnavailable(f"the digits come with scikit-learn, which is not installed ({error})") from error
    pixels, labels = load_digits(return_X_y=True)
    images = np.asarray(pixels, np.uint8).reshape(-1, 1, 8, 8)
    classes = np.asarray(labels, np.uint8)
    tested = np.arange(len(images)) % 5 == 4
    return Arrays(images[~tested], classes[~tested], images[tested], classes[tested])


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
