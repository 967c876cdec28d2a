"""Reads TensorBoard event files by other means than those that write them: a bitwise CRC-32C, Google's protobuf."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, unknown_fields

_DOUBLE, _FLOAT, _INT64, _STRING, _MESSAGE = 1, 2, 3, 9, 11
_MESSAGES = {
    "Event": [("wall_time", 1, _DOUBLE, ""), ("step", 2, _INT64, ""), ("file_version", 3, _STRING, ""),
              ("summary", 5, _MESSAGE, "Summary")],
    "Summary": [("value", 1, _MESSAGE, "*Value")],
    "Value": [("tag", 1, _STRING, ""), ("simple_value", 2, _FLOAT, ""), ("histo", 5, _MESSAGE, "Histogram")],
    "Histogram": [("min", 1, _DOUBLE, ""), ("max", 2, _DOUBLE, ""), ("num", 3, _DOUBLE, ""), ("sum", 4, _DOUBLE, ""),
                  ("sum_squares", 5, _DOUBLE, ""), ("bucket_limit", 6, _DOUBLE, "*"), ("bucket", 7, _DOUBLE, "*")],
}  # fmt: skip


def event_class() -> Any:
    """Build the Event message from TensorFlow's field numbers."""
    file = descriptor_pb2.FileDescriptorProto(name="event.proto", package="t", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind, of in fields:
            label = 3 if of.startswith("*") else 1
            added = message.field.add(name=field, number=number, type=kind, label=label)
            if kind == _MESSAGE:
                added.type_name = f".t.{of.lstrip('*')}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("t.Event"))


def crc32c(data: bytes) -> int:
    """Castagnoli's CRC, one bit at a time."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17) & 0xFFFFFFFF) + 0xA282EAD8) % 2**32


def read(path: Path) -> list[Any]:
    """Return every event of a file, each record's checksums checked."""
    kind, content, found = event_class(), path.read_bytes(), []
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        assert struct.unpack("<I", content[8:12])[0] == masked(content[:8])
        data = content[12 : 12 + length]
        assert struct.unpack("<I", content[12 + length : 16 + length])[0] == masked(data)
        event = kind()
        event.ParseFromString(data)
        assert len(unknown_fields.UnknownFieldSet(event)) == 0
        found.append(event)
        content = content[16 + length :]
    return found
