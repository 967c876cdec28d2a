"""Reads the stage's packed message back, written from the format's description and not from the code that packs."""

from __future__ import annotations

import json
import struct
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray


def decode(message: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the header and the arrays by key; fails on anything the format does not allow."""
    assert message[:4] == b"OVZ1"
    (length,) = struct.unpack("<I", message[4:8])
    header = json.loads(message[8 : 8 + length].decode("utf-8"), parse_constant=_refuse)
    body = -(-(8 + length) // 8) * 8
    assert not any(message[8 + length : body])
    arrays: dict[str, NDArray[Any]] = {}
    end = body
    for key, spec in header["arrays"].items():
        assert spec["offset"] % 8 == 0
        count = int(np.prod(spec["shape"]))
        start = body + spec["offset"]
        arrays[key] = np.frombuffer(message, spec["dtype"], count, start).reshape(spec["shape"])
        end = start + -(-arrays[key].nbytes // 8) * 8
    assert end == len(message)
    return header, arrays


def channels(header: dict[str, Any], arrays: dict[str, NDArray[Any]], key: str) -> dict[str, NDArray[Any]]:
    """Return an array's channels by name; each (T + 1,), or (S, T + 1) for a family."""
    names = header["arrays"][key]["channels"]
    values = arrays[key]
    assert values.shape[-2] == len(names)
    return {name: values[..., row, :] for row, name in enumerate(names)}


def _refuse(constant: str) -> NoReturn:
    raise AssertionError(f"the header holds {constant}, which no browser reads")
