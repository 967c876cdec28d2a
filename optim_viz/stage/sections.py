"""The parts of the header that the browser reads: the catalog, the surface, and what is said about each lane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np

from optim_viz import surfaces, update_rules
from optim_viz.figures.loss_grid import loss_grid
from optim_viz.figures.theme import COLOUR_NAMES, THEMES, Theme, legible
from optim_viz.scenario import (
    MARKERS,
    MAX_COORDINATE,
    MAX_FORMULA,
    MAX_LANES,
    MAX_LINK,
    MAX_NOISE,
    MAX_SEED,
    MAX_STEPS,
    SPEEDS,
    Scenario,
)
from optim_viz.scenario.reader import Window
from optim_viz.stage.charts import menu
from optim_viz.stage.lane_run import NEAR, SurfaceSpec
from optim_viz.stage.packing import Block, digest
from optim_viz.update_rules import Hyperparameter, UpdateRule

_MARGIN = 0.5  # how far the grid reaches past a zoomed window, in window widths, so that a small pan shows no edge


@lru_cache(maxsize=1)
def catalog() -> dict[str, Any]:
    """Return what never changes while the server runs: surfaces, optimizers, colours, limits. Sent once a page."""
    content: dict[str, Any] = {
        "surfaces": [_surface(surfaces.get(name)) for name in surfaces.names()],
        "optimizers": [_optimizer(update_rules.get(name)) for name in update_rules.names()],
        "colours": list(COLOUR_NAMES),
        "themes": {theme.mode: _theme(theme) for theme in THEMES.values()},
        "markers": list(MARKERS),
        "plots": menu(),
        "speeds": list(SPEEDS),
        "first": Scenario.default().to_dict(),
        "near": NEAR,
        "limits": {
            "steps": MAX_STEPS,
            "noise": MAX_NOISE,
            "seed": MAX_SEED,
            "lanes": MAX_LANES,
            "coordinate": MAX_COORDINATE,
            "formula": MAX_FORMULA,
            "link": MAX_LINK,
        },
    }
    return {"key": f"catalog:{digest(content)}", **content}


def _surface(surface: surfaces.Surface) -> dict[str, Any]:
    return {"name": surface.name, "title": surface.title, "group": surface.group, "start": list(surface.start)}


def _optimizer(rule: UpdateRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "title": rule.title,
        "latex": rule.latex,
        "source": rule.source,
        "hyperparameters": [_hyperparameter(item) for item in rule.hyperparameters],
        "states": list(rule.states),
        "symbols": dict(rule.symbols),
        "meanings": dict(rule.meanings),
        "first_moment": list(rule.first_moment),
        "second_moment": list(rule.second_moment),
    }


def _hyperparameter(item: Hyperparameter) -> dict[str, Any]:
    return {
        "name": item.name,
        "symbol": item.symbol,
        "default": item.default,
        "low": item.low,
        "high": item.high,
        "scale": item.scale,
        "help": item.help,
        "allowed": str(item.allowed),
        "complement": item.complement,
        "primary": item.primary,
        "words": item.words,
        "meaning": item.meaning,
        "section": item.section,
        "stops": list(item.stops()),
    }


def _theme(theme: Theme) -> dict[str, Any]:
    """Return a theme's colours by name, and the lanes' colours as text needs them."""
    colours = asdict(theme)
    return {**colours, "labels": [legible(colour, theme.background) for colour in theme.lanes]}


@lru_cache(maxsize=32)
def surface_section(spec: SurfaceSpec, zoom: Window | None) -> tuple[Mapping[str, Any], Block]:
    """Return the surface's entry in the header, and its grid.

    Args:
        spec: which surface.
        zoom: the window on screen; the grid then covers it with a margin on each side. None: the whole domain.
    """
    surface = spec.surface()
    grid = loss_grid(surface, _widened(zoom) if zoom else None)
    (x0, x1), (y0, y1) = grid.window
    section: dict[str, Any] = {
        "key": f"s:{digest(*spec, grid.window)}",
        "name": spec.name,
        "title": surface.title,
        "latex": surface.latex,
        "text": surface.text,
        "note": surface.note,
        "source": surface.source,
        "domain": [list(side) for side in surface.domain],
        "start": list(surface.start),
        "minima": [list(point) for point in surface.minima],
        "minimum": surface.minimum,
        "stochastic": surface.stochastic,
        "parameters": [
            {
                "name": parameter.name,
                "symbol": parameter.symbol,
                "value": parameter.value,
                "default": parameter.default,
                "low": parameter.low,
                "high": parameter.high,
                "integer": parameter.integer,
                "help": parameter.help,
            }
            for parameter in surface.parameters
        ],
        "grid": {"x0": x0, "x1": x1, "y0": y0, "y1": y1},
        "floor": grid.floor,
        "levels": {"offset": grid.offset, "label": grid.label},
    }
    return section, Block(grid.z.astype(np.float32))


def _widened(zoom: Window) -> Window:
    (x0, x1), (y0, y1) = zoom
    x, y = _MARGIN * (x1 - x0), _MARGIN * (y1 - y0)
    return (x0 - x, x1 + x), (y0 - y, y1 + y)
