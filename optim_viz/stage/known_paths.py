"""The paths that are known on a surface, as the browser draws them: beside the lanes, at the same step."""

from __future__ import annotations

from typing import Any

import numpy as np

from optim_viz.stage.packing import Block, digest
from optim_viz.surfaces import Surface

_CHANNELS = ("theta_x", "theta_y", "loss")


def known_paths(surface: Surface, steps: int) -> tuple[list[dict[str, Any]], dict[str, Block]]:
    """Return what the header says of each path of a surface, and its points.

    Args:
        surface: whose paths.
        steps: of the lanes; a path that ends sooner stays at its end.

    Returns:
        Entries with key, title, colour and marker; and by key (3, steps + 1) float32: x, y, and the surface's loss.
    """
    told: list[dict[str, Any]] = []
    blocks: dict[str, Block] = {}
    every = np.arange(steps + 1)
    for path in surface.paths:
        x, y = np.interp(every, path.steps, path.x), np.interp(every, path.steps, path.y)
        key = f"p:{digest(surface.name, steps, *path)}"
        told.append({"key": key, "title": path.title, "colour": path.colour, "marker": path.marker})
        blocks[key] = Block(np.stack([x, y, surface.loss(x, y)]).astype(np.float32), _CHANNELS)
    return told, blocks
