"""Every data set of the registry is what it says: shapes, counts, classes, bytes."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from optim_viz import datasets
from optim_viz.datasets import Arrays, Data, DataUnavailable

OFFLINE = [name for name in datasets.names() if not datasets.get(name).needs_download]


@cache
def loaded(name: str) -> Data:
    return datasets.get(name).load()


@pytest.mark.parametrize("name", datasets.names())
def test_tensors_are_as_declared(name: str) -> None:
    dataset, data = datasets.get(name), loaded(name)
    assert data.train_x.shape == (dataset.train_count, *dataset.input_shape)
    assert data.test_x.shape == (dataset.test_count, *dataset.input_shape)
    assert data.train_y.shape == (dataset.train_count,)
    assert data.test_y.shape == (dataset.test_count,)
    for x, y in ((data.train_x, data.train_y), (data.test_x, data.test_y)):
        assert (x.dtype, y.dtype) == (torch.float32, torch.int64)
        assert bool(x.isfinite().all())
        assert 0 <= float(x.min()) < float(x.max()) <= 1, "what networks are fed with lies from 0 to 1"
        assert set(y.unique().tolist()) == set(range(dataset.classes))


@pytest.mark.parametrize("name", datasets.names())
def test_what_has_to_be_fetched_says_how_much_and_whether_it_is_here(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = datasets.get(name)
    assert dataset.needs_download == bool(dataset.files) == (dataset.download_bytes > 0)
    monkeypatch.setenv("OPTIM_VIZ_DATA", str(tmp_path))
    assert dataset.is_here() != dataset.needs_download
    for number, file in enumerate(dataset.files):
        assert not dataset.is_here()
        (tmp_path / (file if number % 2 else f"{file}.gz")).touch()
    assert dataset.is_here()


@pytest.mark.parametrize("name", datasets.names())
def test_the_checksum_is_of_the_bytes(name: str) -> None:
    """Taken here in another way, and one pixel more or one label swapped is refused."""
    dataset = datasets.get(name)
    arrays = dataset.arrays()
    assert hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest() == dataset.sha256
    for field in Arrays._fields:
        changed = getattr(arrays, field).copy()
        changed.flat[len(changed) // 2] += 1
        damaged = dataclasses.replace(dataset, read=lambda folder, f=field, c=changed: arrays._replace(**{f: c}))
        with pytest.raises(DataUnavailable, match=f"{dataset.title} is not what it should be"):
            damaged.load()


@pytest.mark.parametrize("name", datasets.names())
def test_no_test_example_is_trained_on_and_every_class_is_in_both(name: str) -> None:
    arrays = datasets.get(name).arrays()
    trained = {row.tobytes() for row in arrays.train_x}
    assert sum(row.tobytes() in trained for row in arrays.test_x) <= len(arrays.test_x) // 100
    for labels in (arrays.train_y, arrays.test_y):
        share = np.bincount(labels) / len(labels)
        assert share.min() > 0.5 / len(share)


@pytest.mark.parametrize("name", datasets.names())
def test_the_words_are_there(name: str) -> None:
    dataset = datasets.get(name)
    assert dataset.title
    assert dataset.sentence.endswith(".")
    assert any(character.isdigit() for character in dataset.source), "a source has a year"


@pytest.mark.parametrize("name", OFFLINE)
def test_what_needs_no_download_reads_no_folder(name: str, tmp_path: Path) -> None:
    dataset = datasets.get(name)
    assert dataset.arrays(tmp_path / "nowhere").sha256() == dataset.sha256
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", datasets.names())
def test_the_folder_is_ones_own_choice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTIM_VIZ_DATA", "/somewhere/else")
    assert datasets.get(name).folder() == Path("/somewhere/else")
    monkeypatch.delenv("OPTIM_VIZ_DATA")
    assert datasets.get(name).folder().name == name
    assert "optim_viz" in datasets.get(name).folder().parts


@pytest.mark.parametrize("name", OFFLINE)
def test_data_goes_to_another_type(name: str) -> None:
    double = loaded(name).to("cpu", torch.float64)
    assert (double.train_x.dtype, double.test_x.dtype, double.train_y.dtype) == (
        torch.float64,
        torch.float64,
        torch.int64,
    )
    assert torch.equal(double.train_x, datasets.get(name).load(dtype=torch.float64).train_x)


def test_listing_data_sets_needs_no_torch() -> None:
    code = (
        "import sys; from optim_viz import datasets; [datasets.get(n).title for n in datasets.names()]; "
        "sys.exit(bool({'torch', 'sklearn'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_registry_is_in_order_and_names_what_it_has() -> None:
    with pytest.raises(ValueError, match=f"unknown data set 'nosuch'; known: {', '.join(datasets.names())}"):
        datasets.get("nosuch")
    for one, other in itertools.pairwise(map(datasets.get, datasets.names())):
        assert (one.rank, one.name) < (other.rank, other.name)
