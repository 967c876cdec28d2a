"""A run's last checkpoint as a file: whole or not there, whatever happens while it is written.

The file is a mark, the SHA-256 of what follows, and the bytes the engine gave. The bytes mean nothing here.
"""

from __future__ import annotations

import errno
import hashlib
import os
import time
from pathlib import Path
from typing import Final

from optim_viz.run_store import errors

_MARK: Final = b"OVZCKPT1"
_HEAD: Final = len(_MARK) + hashlib.sha256().digest_size


class CheckpointDamaged(errors.StoreError):
    """The checkpoint's bytes are not those that were written; it has been moved aside."""


def write(path: Path, content: bytes) -> None:
    """Put `content` at `path`, replacing what is there in one step.

    Raises:
        StoreFull: no room; the checkpoint before stays.
        StoreError: it cannot be written for another reason.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(_MARK + hashlib.sha256(content).digest())
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise errors.full(path) from error
        raise errors.StoreError(f"the checkpoint {path} cannot be written: {error.strerror}") from error


def read(path: Path) -> bytes | None:
    """Return what was written at `path`; None where there is no checkpoint.

    Raises:
        CheckpointDamaged: the file is not as it was written.
        StoreError: it cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise errors.StoreError(f"the checkpoint {path} cannot be read: {error.strerror}") from error
    body = content[_HEAD:]
    if content[: len(_MARK)] != _MARK or content[len(_MARK) : _HEAD] != hashlib.sha256(body).digest():
        raise set_aside(path, "its bytes are not those that were written")
    return body


def set_aside(path: Path, reason: str) -> CheckpointDamaged:
    """Move a checkpoint that cannot be used away and return the error to raise; a resume then starts from step 0."""
    target = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
    try:
        path.replace(target)
    except OSError as error:
        return CheckpointDamaged(f"the checkpoint {path} cannot be used ({reason}) nor moved away: {error.strerror}")
    return CheckpointDamaged(
        f"the checkpoint {path} cannot be used ({reason}); it was moved to {target}: "
        "resume starts from the first step again"
    )


def remove(path: Path) -> None:
    """Delete a file beside the store, and what an interrupted write left of one.

    Raises:
        StoreError: it is there and cannot be deleted.
    """
    for each in (path, path.with_name(path.name + ".partial")):
        try:
            each.unlink(missing_ok=True)
        except NotADirectoryError:
            return  # a file lies where the folder belongs: nothing of ours is in it
        except OSError as error:
            raise errors.StoreError(f"{each} cannot be deleted: {error.strerror}") from error
