"""`optim-viz optimizers` and `optim-viz surfaces`: what there is, for people and for programs."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from typing import Any

import optim_viz
from optim_viz import outside
from optim_viz.surfaces import get, names


def optimizers(given: argparse.Namespace) -> int:
    """Print a line for each optimizer, or for each outside class: name, title, hyperparameters with their defaults."""
    width = 40 if given.outside else 12
    for rule in map(optim_viz.optimizer, outside.names() if given.outside else optim_viz.optimizers()):
        if given.json:
            hyperparameters = [
                {"name": each.name, "default": each.default, "help": each.help} for each in rule.hyperparameters
            ]
            _object({"name": rule.name, "title": rule.title, "source": rule.source, "hyperparameters": hyperparameters})
        else:
            defaults = ", ".join(f"{each.name}={each.default}" for each in rule.hyperparameters)
            print(f"{rule.name:<{width}}  {rule.title:<12}  {defaults}")
    return 0


def surfaces(given: argparse.Namespace) -> int:
    """Print a line for each surface: its name, title and formula."""
    for surface in map(get, names()):
        if given.json:
            _object(
                {
                    "name": surface.name,
                    "title": surface.title,
                    "formula": surface.text,
                    "domain": surface.domain,
                    "start": surface.start,
                    "minima": surface.minima,
                    "minimum": surface.minimum,
                    "parameters": {each.name: each.default for each in surface.parameters},
                    "source": surface.source,
                }
            )
        else:
            print(f"{surface.name:<22}  {surface.title:<26}  {surface.text}")
    return 0  # a package's surface that could not be loaded was told on stderr when the names were looked up


def _object(facts: Mapping[str, Any]) -> None:
    """Print one JSON object a line; JSON has no infinity, so one is null."""
    print(json.dumps({key: _finite(value) for key, value in facts.items()}, ensure_ascii=False, allow_nan=False))


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
