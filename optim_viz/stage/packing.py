"""Packs a JSON header and arrays into the one binary message that travels to the browser.

    b"OVZ1" | uint32 header length | header, UTF-8 JSON | zeros up to a multiple of 8 | body

All little-endian: float64, float32, uint16 for steps, or bytes. The header gains "arrays": {key: {"dtype", "shape",
"channels", "offset"}}; an offset counts from the body's start and is a multiple of 8. One message, because Streamlit
turns bytes inside a dict into text, and binary, because a JSON NaN (a run that diverged) breaks a component.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from io import SEEK_CUR, BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"OVZ1"
_DTYPES = ("<f8", "<f4", "<u2", "|u1")


@dataclass(frozen=True, eq=False)
class Block:
    """An array on its way to the browser.

    Attributes:
        values: float64, float32, uint16 or uint8, any shape; NaN is allowed here.
        channels: what stands along the last but one axis, e.g. ("theta_x", "theta_y", "loss"); () for a plain grid.
    """

    values: NDArray[np.floating[Any] | np.uint16 | np.uint8]
    channels: tuple[str, ...] = ()

    @property
    def nbytes(self) -> int:
        """Return the bytes that the array takes."""
        return self.values.nbytes


def pack(header: Mapping[str, Any], blocks: Mapping[str, Block]) -> bytes:
    """Return the message.

    Args:
        header: JSON values without NaN or infinity; must not hold "arrays".
        blocks: arrays by key, laid out in this order.

    Raises:
        ValueError: NaN or infinity in the header.
    """
    specs: dict[str, object] = {}
    placed: list[tuple[int, NDArray[Any]]] = []
    end = 0
    for key, block in blocks.items():
        values = np.ascontiguousarray(block.values, dtype=block.values.dtype.newbyteorder("<"))
        dtype = values.dtype.str
        if dtype not in _DTYPES:
            raise ValueError(f"array {key} has dtype {dtype}; only {', '.join(_DTYPES)} are packed")
        specs[key] = {"dtype": dtype, "shape": list(values.shape), "channels": list(block.channels), "offset": end}
        placed.append((end, values))
        end += values.nbytes + -values.nbytes % 8
    text = json.dumps({**header, "arrays": specs}, allow_nan=False, separators=(",", ":")).encode()
    length = len(MAGIC) + 4 + len(text)
    return _joined(b"".join([MAGIC, struct.pack("<I", len(text)), text, bytes(-length % 8)]), placed, end)


def _joined(head: bytes, placed: list[tuple[int, NDArray[Any]]], length: int) -> bytes:
    """Return the head and, behind it, arrays at their offsets.

    NumPy copies each once, with Python's lock released: a large answer would hold up everybody else's.
    """
    message = BytesIO()
    message.write(head)
    if length:
        message.seek(length - 1, SEEK_CUR)
        message.write(b"\0")  # the buffer gets its whole size, in zeros
    with message.getbuffer() as view:
        body = np.frombuffer(view, np.uint8)[len(head) :]
        for offset, values in placed:
            np.copyto(body[offset : offset + values.nbytes], values.reshape(-1).view(np.uint8))
        del body  # before the buffer is let go
    return message.getvalue()


def digest(*parts: object) -> str:
    """Return 16 hex digits that name a value by its content; floats count exactly (repr)."""
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()[:16]
