"""The parts of the header that the browser reads: the catalog, the surface, and what is said about each lane."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np

from optim_viz import outside, schedules, surfaces, update_rules
from optim_viz.byte_cache import ByteCache
from optim_viz.figures.loss_grid import fine_grid
from optim_viz.figures.theme import COLOUR_NAMES, THEMES, Theme, legible
from optim_viz.scenario import (
    FORMULA,
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
from optim_viz.schedules import Schedule
from optim_viz.stage.charts import menu
from optim_viz.stage.lane_run import NEAR, SurfaceSpec
from optim_viz.stage.packing import Block, digest
from optim_viz.stage.taken import menus
from optim_viz.update_rules import Ellipse, Hyperparameter, UpdateRule

_MARGIN = 0.1  # how far the grid reaches past what is shown, in widths, so that a small pan shows no edge
_USUAL_ASPECTS = (0.8, 1.8)  # width by height of the pictures that the first answer fits, whose aspect nobody knows yet


def catalog(shown: str = FORMULA) -> dict[str, Any]:
    """Return what seldom changes while the server runs: surfaces, optimizers, colours, limits. Sent once a page.

    Args:
        shown: the surface on screen, which the menu has even where it is in no list.
    """
    names = surfaces.names()
    return _catalog(names if shown in (FORMULA, *names) else (*names, shown))


@lru_cache(maxsize=8)
def _catalog(names: tuple[str, ...]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "surfaces": [_surface(surfaces.get(name)) for name in names],
        "optimizers": [_optimizer(update_rules.get(name)) for name in update_rules.names()],
        "outside": [
            {"name": name, "title": _class_name(name), "package": name.partition(":")[0]} for name in outside.names()
        ],
        "schedules": [_schedule(schedules.get(name)) for name in schedules.names()],
        "colours": list(COLOUR_NAMES),
        "themes": {theme.mode: _theme(theme) for theme in THEMES.values()},
        "markers": list(MARKERS),
        "plots": menu(),
        "speeds": list(SPEEDS),
        "first": Scenario.default().to_dict(),
        "near": NEAR,
        "takes": menus(),
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


def _class_name(name: str) -> str:
    return name.partition(":")[2]


def outside_rules(names: Iterable[str]) -> list[dict[str, Any]]:
    """Describe the optimizers that are no files of update_rules/; of outside classes the catalog has only names."""
    return [_optimizer(update_rules.get(name)) for name in dict.fromkeys(names) if name not in update_rules.names()]


def _surface(surface: surfaces.Surface) -> dict[str, Any]:
    return {
        "name": surface.name,
        "title": surface.title,
        "group": surface.group,
        "start": list(surface.start),
        "learning_rates": dict(surface.learning_rates),
    }


def _optimizer(rule: UpdateRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "title": rule.title,
        "latex": rule.latex,
        "source": rule.source,
        "family": rule.family,
        "hyperparameters": [_hyperparameter(item) for item in rule.hyperparameters],
        "conventions": [
            {
                "short": each.short,
                "title": each.title,
                "sentence": each.sentence,
                "settings": rule.convention_settings(each),
            }
            for each in rule.conventions
        ],
        "states": list(rule.states),
        "symbols": dict(rule.symbols),
        "meanings": dict(rule.meanings),
        "first_moment": list(rule.first_moment),
        "second_moment": list(rule.second_moment),
        "points": [asdict(point) for point in rule.points],
        "ellipse": None if rule.ellipse is None else _ellipse(rule.ellipse),
    }


def _ellipse(ellipse: Ellipse) -> dict[str, Any]:
    return {
        "diagonal": ellipse.diagonal,
        "cross": ellipse.cross,
        "power": float(ellipse.power),
        "title": ellipse.title,
        "meaning": ellipse.meaning,
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


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        "name": schedule.name,
        "title": schedule.title,
        "sentence": schedule.sentence,
        "source": schedule.source,
        "parameters": [asdict(parameter) for parameter in schedule.parameters],
    }


def _theme(theme: Theme) -> dict[str, Any]:
    """Return a theme's colours by name, and the lanes' colours as text needs them."""
    colours = asdict(theme)
    return {**colours, "labels": [legible(colour, theme.background) for colour in theme.lanes]}


_GRIDS = ByteCache(40_000_000)


def surface_section(
    spec: SurfaceSpec, zoom: Window | None, aspect: float | None = None, fill: bool = False
) -> tuple[Mapping[str, Any], Block]:
    """Return the surface's entry in the header, and its grid.

    Args:
        spec: which surface.
        zoom: the window on screen. None: the whole domain.
        aspect: width by height of the picture, which shows more than the window where both axes have one scale; None
            while the browser has not told it.
        fill: the picture shows the window and no more.

    From the cache where it was shown before: 40 MB of grids are kept.
    """
    return _GRIDS.call(_surface_section, spec, zoom, aspect, fill)


def _surface_section(
    spec: SurfaceSpec, zoom: Window | None, aspect: float | None, fill: bool
) -> tuple[Mapping[str, Any], Block]:
    surface = spec.surface()
    window = zoom or surface.domain
    if fill:
        aspect = (window[0][1] - window[0][0]) / (window[1][1] - window[1][0])
    grid = fine_grid(surface, zoom, covered(window, (aspect, aspect) if aspect else _USUAL_ASPECTS))
    (x0, x1), (y0, y1) = grid.window
    section: dict[str, Any] = {
        "key": f"s:{digest(*spec, zoom, grid.window)}",
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
        "scale": grid.scale,
        "resolved": grid.resolved,
    }
    return section, Block(grid.z.astype(np.float32))


def covered(window: Window, aspects: tuple[float, float]) -> Window:
    """Return what pictures of these shapes show of a window at one scale for both axes, and a margin.

    Args:
        window: ((x0, x1), (y0, y1)), all of it to be shown.
        aspects: the smallest and the largest width by height.
    """
    (x0, x1), (y0, y1) = window
    width, height = max(x1 - x0, (y1 - y0) * aspects[1]), max(y1 - y0, (x1 - x0) / aspects[0])
    x, y = (0.5 + _MARGIN) * width, (0.5 + _MARGIN) * height
    return ((x0 + x1) / 2 - x, (x0 + x1) / 2 + x), ((y0 + y1) / 2 - y, (y0 + y1) / 2 + y)
