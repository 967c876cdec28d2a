# pyright: basic
"""What a run needs to go on where it was: bit-identical on the CPU."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import torch

from optim_viz.comparison.spec import TrainingSpec

_FORMAT = 2
_FREE = ("device", "record", "record_every", "tests_per_epoch", "sharpness", "sharpness_examples", "stop_above")
"""Fields of a spec that do not touch the weights; a resume may change them."""


@dataclass(frozen=True)
class Checkpoint:
    """The lanes' weights, optimizer states and sums at one moment.

    Attributes:
        spec: what was being trained, as `TrainingSpec.to_dict`.
        lanes: one dictionary of tensors and numbers a lane. Lanes may differ by some steps.
    """

    spec: dict[str, Any]
    lanes: list[dict[str, Any]]

    @property
    def step(self) -> int:
        """Updates that every lane has made; those that failed do not count, unless all did."""
        going = [int(lane["step"]) for lane in self.lanes if "failure" not in lane]
        return min(going or [int(lane["step"]) for lane in self.lanes])

    def check(self, spec: TrainingSpec) -> None:
        """Raise ValueError unless this is a checkpoint of that comparison, naming the first field that differs."""
        kept = TrainingSpec.from_dict(self.spec).to_dict()  # an older version wrote fewer fields
        for key, value in spec.to_dict().items():
            if key not in _FREE and kept.get(key) != value:
                raise ValueError(f"the checkpoint has {key} = {kept.get(key)!r}, this run has {value!r}")

    def to_bytes(self) -> bytes:
        """Serialise with torch.save."""
        buffer = io.BytesIO()
        torch.save({"format": _FORMAT, "spec": self.spec, "lanes": self.lanes}, buffer)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Checkpoint:
        """Read what `to_bytes` wrote; nothing but tensors and plain values is ever unpickled.

        Raises:
            ValueError: damaged, or no checkpoint at all.
        """
        try:
            saved = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
            if saved["format"] != _FORMAT:
                raise ValueError(f"unknown format {saved['format']!r}")
            return cls(saved["spec"], saved["lanes"])
        except Exception as error:  # torch.load reports damage by RuntimeError, UnpicklingError, KeyError and others
            raise ValueError(f"not a readable checkpoint: {error}") from error
