"""A checkpoint is whole or not there."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from optim_viz.run_store import StoreError, StoreFull, checkpoint_file


def test_what_is_written_is_read_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "files" / "run-1.checkpoint"
    assert checkpoint_file.read(path) is None
    for content in (b"first", b"", os.urandom(100_000)):
        checkpoint_file.write(path, content)
        assert checkpoint_file.read(path) == content
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    checkpoint_file.remove(path)
    assert checkpoint_file.read(path) is None


@pytest.mark.parametrize("place", [0, 10, 60, -1])
def test_a_single_wrong_bit_is_found_and_the_file_moved_aside(tmp_path: Path, place: int) -> None:
    path = tmp_path / "run-1.checkpoint"
    checkpoint_file.write(path, b"x" * 1000)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(checkpoint_file.CheckpointDamaged, match="resume starts from the first step again") as caught:
        checkpoint_file.read(path)
    assert str(path) in str(caught.value)
    (moved,) = tmp_path.iterdir()
    assert moved.read_bytes() == content
    assert checkpoint_file.read(path) is None


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOSPC, StoreFull), (errno.EIO, StoreError)])
def test_a_write_that_fails_keeps_the_checkpoint_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[StoreError]
) -> None:
    path = tmp_path / "run-1.checkpoint"
    checkpoint_file.write(path, b"before")

    def fail(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(kind):
        checkpoint_file.write(path, b"after")
    assert checkpoint_file.read(path) == b"before"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
