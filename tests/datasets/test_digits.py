"""The digits are read from scikit-learn's own file, and are what scikit-learn hands out."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from optim_viz.datasets.dataset import Arrays, DataUnavailable

digits = import_module("optim_viz.datasets.digits")  # not by a statement: the file may have been taken away


def _fit(arrays: Arrays) -> None:
    """Every array against scikit-learn's own reading of its file."""
    from sklearn.datasets import load_digits  # here, since it takes a second to load, in each worker

    pixels, labels = load_digits(return_X_y=True)
    tested = np.arange(len(pixels)) % 5 == 4
    for found, expected in zip(arrays, (pixels[~tested], labels[~tested], pixels[tested], labels[tested]), strict=True):
        np.testing.assert_array_equal(found.reshape(expected.shape), expected)


def test_they_are_what_scikit_learn_hands_out(tmp_path: Path) -> None:
    _fit(digits.read(tmp_path))


def test_scikit_learn_is_asked_where_its_file_lies_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for places in ([str(tmp_path)], None):
        spec = ModuleSpec("sklearn", None)
        spec.submodule_search_locations = places
        monkeypatch.setattr(digits, "find_spec", lambda name, found=spec: found)
        _fit(digits.read(tmp_path))


def test_it_is_said_where_scikit_learn_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digits, "find_spec", lambda name: None)
    with pytest.raises(DataUnavailable, match="scikit-learn, which is not installed"):
        digits.read(tmp_path)


def test_reading_them_does_not_load_scikit_learn() -> None:
    """It takes a second, and every process that trains on them would wait for it."""
    code = (
        "import sys; from optim_viz import datasets; datasets.get('digits').arrays(); "
        "sys.exit(bool({'sklearn', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
