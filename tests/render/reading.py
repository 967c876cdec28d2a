"""Reads pictures and films back."""

from __future__ import annotations

import re
import subprocess
import zlib
from pathlib import Path
from xml.etree import ElementTree

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

SVG = "{http://www.w3.org/2000/svg}"


def svg_path(text: str, name: str) -> NDArray[np.float64]:
    """Return the points of the one path in the group of that name, (N, 2)."""
    root = ElementTree.fromstring(text)  # noqa: S314
    (group,) = [each for each in root.iter(f"{SVG}g") if each.get("id") == name]
    (path,) = group.iter(f"{SVG}path")
    numbers = re.findall(r"[ML] (\S+) (\S+)", path.get("d") or "")
    return np.array(numbers, dtype=np.float64)


def svg_words(text: str) -> list[str]:
    """Return what is written as text."""
    root = ElementTree.fromstring(text)  # noqa: S314
    return [each.text or "" for each in root.iter(f"{SVG}text")]


def pdf_content(path: Path) -> bytes:
    """Return all that a PDF's streams hold, unpacked where they are packed."""
    raw = path.read_bytes()
    found = [raw]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def pdf_words(content: bytes) -> list[str]:
    """Return what a PDF writes by characters of a font, of ASCII text one entry for each time."""
    written = re.findall(rb"BT(.*?)ET", content, re.DOTALL)
    return [
        b"".join(re.findall(rb"\((.*?)\)", each, re.DOTALL)).replace(b"\0", b"").decode("latin-1") for each in written
    ]


def frames(path: Path, width: int, height: int) -> NDArray[np.uint8]:
    """Decode a film by ffmpeg, (frames, height, width, 3)."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", str(path)]
    command += ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


def head_of(frame: NDArray[np.uint8], colour: str) -> NDArray[np.float64]:
    """Return the middle of the spot of a colour that is wider than a trail, (x, y) in pixels."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    same = np.abs(frame.astype(np.int16) - wanted).max(axis=-1) < 48
    reach = 2
    ways = range(-reach, reach + 1)
    wide = np.logical_and.reduce([np.roll(same, (down, right), axis=(0, 1)) for down in ways for right in ways])
    y, x = np.nonzero(wide)
    assert len(x), f"nothing as wide as a head is {colour}"
    return np.array([x.mean() + 0.5, y.mean() + 0.5])
