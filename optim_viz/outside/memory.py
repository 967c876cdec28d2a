# pyright: basic, reportPrivateImportUsage=false
"""What a torch optimizer keeps for its parameter, written down step by step under its own names."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.float64]

TAKEN = ("theta", "loss", "grad", "update", "distance")
"""Names of a run's own quantities: a state of one of these is called "state_" and its name."""


class Memory:
    """What an optimizer keeps for its parameter, step by step."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._states: dict[str, Array] = {}
        self._group: dict[str, Array] = {}
        self._wide: set[str] = set()

    def note(self, t: int, optimizer: Any, param: Tensor) -> None:
        """Write down the state after step t (from 0)."""
        for name, value in dict(optimizer.state.get(param, {})).items():
            row = _row(value, param)
            if row is not None:
                self._at(self._states, str(name))[t] = row
                if np.size(row) > 1:
                    self._wide.add(str(name))
        for name, value in optimizer.param_groups[0].items():
            if isinstance(value, float):
                self._at(self._group, str(name))[t] = value

    def _at(self, table: dict[str, Array], name: str) -> Array:
        if name not in table:
            table[name] = np.full((self._steps, 2), np.nan)
        return table[name]

    def states(self) -> dict[str, Array]:
        """Return the states, and the numbers of the parameter group that changed on the way."""
        found = self._states | {
            name: values
            for name, values in self._group.items()
            if name not in self._states and len(np.unique(values[~np.isnan(values)])) > 1
        }
        return {_free(name): values for name, values in found.items()}

    def shared(self) -> frozenset[str]:
        """Return the names of the states that were one number whenever there was one."""
        return frozenset(_free(name) for name in (self._states | self._group) if name not in self._wide)


def _free(name: str) -> str:
    return f"state_{name}" if name in TAKEN else name


def _row(value: Any, param: Tensor) -> Any:
    """Return a state's two numbers, or its one number; None for anything else: matrices, lists, flags, texts."""
    if isinstance(value, Tensor):
        if value.is_complex() or value.dtype == torch.bool or value.numel() not in (1, 2):
            return None
        if value.numel() == 2 and value.shape != param.shape:
            return None
        return value.detach().double().flatten().tolist()
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
