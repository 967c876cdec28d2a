# pyright: basic
"""The contract of a data set: facts that forms show, a function that reads it as arrays, and the check of its bytes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch


class DataUnavailable(RuntimeError):
    """The data could not be had, or is not what it should be; the message says what was tried and what to do."""


class Arrays(NamedTuple):
    """A data set as it is read: examples and their classes, to train on and to test with."""

    train_x: NDArray[np.uint8] | NDArray[np.float32]  # (n, *input shape)
    train_y: NDArray[np.uint8]  # (n,): the class, from 0
    test_x: NDArray[np.uint8] | NDArray[np.float32]
    test_y: NDArray[np.uint8]

    def sha256(self) -> str:
        """Return the SHA-256 of the four arrays' bytes, in order, each array row by row."""
        found = hashlib.sha256()
        for array in self:
            found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()


@dataclass(frozen=True, eq=False)
class Data:
    """A data set on one device.

    Attributes:
        train_x: (n, *input shape), of the float type in which a network computes; 0 to 1.
        train_y: (n,) int64, the class.
        test_x: like train_x.
        test_y: like train_y.
    """

    train_x: torch.Tensor
    train_y: torch.Tensor
    test_x: torch.Tensor
    test_y: torch.Tensor

    def to(self, device: torch.device | str, dtype: torch.dtype | None = None) -> Data:
        """Return the data on another device, or in another float type."""
        dtype = self.train_x.dtype if dtype is None else dtype
        return Data(
            self.train_x.to(device, dtype),
            self.train_y.to(device),
            self.test_x.to(device, dtype),
            self.test_y.to(device),
        )


@dataclass(frozen=True)
class Dataset:
    """A classification task.

    Attributes:
        name: the file's name; key in links, specs and the command line.
        title: name on screen.
        sentence: one sentence that says what it is.
        source: who made it, when, where it was published, and how it is split where that is our choice.
        input_shape: of one example, e.g. (1, 28, 28): channels, rows, columns.
        classes: how many classes there are.
        train_count: examples to train on.
        test_count: examples to test with.
        scale: the examples are divided by it.
        sha256: of the arrays that `read` returns (`Arrays.sha256`).
        needs_download: whether `read` may have to fetch files.
        read: (folder of its files, which it fills where they are missing) -> the arrays. Raises DataUnavailable.
        script: the lines of Python that define `read(folder)` for a script without this package; it returns the four
            arrays of `Arrays`, in that order, from files that are there.
        rank: place in menus; ties are ordered by name.
        files: names of those that `read` looks for in its folder, each there as it is or as NAME.gz.
        download_bytes: what `read` fetches where they are missing; 0 where nothing has to be fetched.
    """

    name: str
    title: str
    sentence: str
    source: str
    input_shape: tuple[int, ...]
    classes: int
    train_count: int
    test_count: int
    scale: float
    sha256: str
    needs_download: bool
    read: Callable[[Path], Arrays]
    script: str
    rank: int = 100
    files: tuple[str, ...] = ()
    download_bytes: int = 0

    def is_here(self) -> bool:
        """Tell whether `read` will find every file in `folder()`, and so needs no connection."""
        folder = self.folder() if self.files else Path()
        return all((folder / name).exists() or (folder / f"{name}.gz").exists() for name in self.files)

    def folder(self) -> Path:
        """Return the folder of its files: $OPTIM_VIZ_DATA, else optim_viz/NAME in the platform's cache folder."""
        if given := os.environ.get("OPTIM_VIZ_DATA"):
            return Path(given)
        import platformdirs  # not needed where the folder is given

        return platformdirs.user_cache_path("optim_viz", appauthor=False) / self.name

    def arrays(self, folder: Path | None = None) -> Arrays:
        """Read the data set and check every byte of it.

        Args:
            folder: `folder()` unless given.

        Raises:
            DataUnavailable: it cannot be had, or is not the data set that this file describes.
        """
        arrays = self.read(self.folder() if folder is None else folder)
        if arrays.sha256() != self.sha256:
            raise DataUnavailable(
                f"{self.title} is not what it should be: its SHA-256 is {arrays.sha256()}, not {self.sha256}"
            )
        return arrays

    def load(
        self, folder: Path | None = None, device: torch.device | str = "cpu", dtype: torch.dtype | None = None
    ) -> Data:
        """Read the data set onto a device; examples travel as they are stored and are scaled there.

        Args:
            folder: `folder()` unless given.
            device: where the tensors shall lie.
            dtype: float type of the examples; float32 unless given.

        Raises:
            DataUnavailable: see `arrays`.
        """
        return self.on_device(self.arrays(folder), device, dtype)

    def on_device(self, arrays: Arrays, device: torch.device | str = "cpu", dtype: torch.dtype | None = None) -> Data:
        """Put arrays onto a device and scale the examples; arguments as for `load`."""
        import torch

        def examples(array: NDArray[np.generic]) -> torch.Tensor:
            return torch.tensor(array, device=device).to(dtype or torch.float32).div_(self.scale)

        def labels(array: NDArray[np.generic]) -> torch.Tensor:
            return torch.tensor(array, device=device).to(torch.int64)

        return Data(examples(arrays.train_x), labels(arrays.train_y), examples(arrays.test_x), labels(arrays.test_y))
