"""Sweeps to start from: one a file, each exposing PRESET. Adding a file here adds its button to the page."""

from __future__ import annotations

from functools import cache

from optim_viz.registry import discover, load_if_whole, look_up
from optim_viz.sweeps.presets.preset import Preset

__all__ = ["Preset", "get", "names"]


@cache
def _presets() -> dict[str, Preset]:
    """Import every preset of this folder whose optimizers, model and data set are there, ordered by rank."""
    return discover(__name__, "PRESET", Preset, ("preset",), lambda preset: preset.rank, load_if_whole)


def names() -> tuple[str, ...]:
    """Name every preset, in the order of the page."""
    return tuple(_presets())


def get(name: object) -> Preset:
    """Look up a preset.

    Raises:
        ValueError: no such preset; the message names the one that comes close, and the known ones.
    """
    return look_up(name, _presets(), "preset")
