"""The folder that the browser's files are served from, with plotly.js copied in from the installed plotly wheel.

plotly.js comes with the wheel, so the lab works without a network and both sides are of one version. 5 MB that every
checkout can make again are not kept in the repository.
"""

from __future__ import annotations

import atexit
import hashlib
import importlib.util
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

ASSETS = Path(__file__).resolve().parent / "assets"
PLOTLY = "plotly.min.js"


def asset_folder() -> Path:
    """Return the folder to serve: the package's own, or a temporary copy of it where that one cannot be written.

    Raises:
        RuntimeError: the installed plotly has no plotly.min.js; the message says what to do.
    """
    source = _plotly_source()
    if _is_copy(ASSETS / PLOTLY, source):
        return ASSETS
    try:
        _copy_whole(source, ASSETS / PLOTLY)
    except OSError:  # installed for all users, or a read-only image
        return _temporary_folder(asset_hash())
    return ASSETS


def asset_hash() -> str:
    """Return 12 hex digits that change whenever a served file does."""
    paths = sorted(path for path in ASSETS.rglob("*") if path.is_file() and path.name != PLOTLY)
    stats = [(path, path.stat()) for path in paths]
    source = _plotly_source().stat()
    return _hash(tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats), source.st_size)


@lru_cache(maxsize=8)
def _hash(files: tuple[tuple[Path, int, int], ...], plotly_size: int) -> str:
    """Hash names and contents; times and sizes are here as the cache's key."""
    digest = hashlib.sha256(str(plotly_size).encode())
    for path, _, _ in files:
        digest.update(path.relative_to(ASSETS).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def _plotly_source() -> Path:
    """Find plotly.min.js without importing plotly."""
    spec = importlib.util.find_spec("plotly")
    for place in (spec and spec.submodule_search_locations) or []:
        source = Path(place) / "package_data" / PLOTLY
        if source.is_file():
            return source
    raise RuntimeError(
        "the installed plotly package has no package_data/plotly.min.js, which draws the surface: "
        "run `pip install --force-reinstall plotly`"
    )


def _is_copy(copy: Path, source: Path) -> bool:
    return copy.is_file() and copy.stat().st_size == source.stat().st_size


def _copy_whole(source: Path, target: Path) -> None:
    """Copy so that another process never sees half a file: write beside it, then rename."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as copy, source.open("rb") as original:
            shutil.copyfileobj(original, copy)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@lru_cache(maxsize=8)
def _temporary_folder(content: str) -> Path:
    """Copy all assets to a folder that lives as long as this process; one for each content hash."""
    root = Path(tempfile.mkdtemp(prefix=f"optim_viz_{content}_"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    folder = root / ASSETS.name
    shutil.copytree(ASSETS, folder, ignore=shutil.ignore_patterns(PLOTLY))
    shutil.copyfile(_plotly_source(), folder / PLOTLY)
    return folder
