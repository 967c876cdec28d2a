"""What went wrong in training, in words for a person who has not written this program."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

from optim_viz.datasets import DataUnavailable
from optim_viz.run_store.errors import StoreError, full


def explain(error: BaseException, spec: Any, log: Path) -> str:
    """Return one sentence that says what went wrong and what to do.

    Args:
        error: what was raised.
        spec: of the run, as it is stored.
        log: where its traceback stands.
    """
    text = " ".join(str(error).split())
    kind = type(error).__name__
    memory = ("out of memory", "not enough memory", "can't allocate memory")
    if kind in ("OutOfMemoryError", "MemoryError") or (kind == "RuntimeError" and any(word in text for word in memory)):
        sizes = f"batch size {spec.get('batch_size')}, {len(spec.get('lanes', ()))} lanes"
        return (
            f"the device ran out of memory ({sizes}): launch again with a smaller batch, a smaller network or fewer "
            "lanes, close what else uses the device, or train on the CPU (device cpu)"
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return str(full(Path(error.filename or log)))
    if isinstance(error, ModuleNotFoundError) and error.name in ("torch", "sklearn"):
        return f"training needs {error.name}, which is not installed: pip install 'optim_viz[train]'"
    if isinstance(error, StoreError | ValueError | DataUnavailable):
        return text or kind
    return f"{kind}: {text} (details in {log})"
