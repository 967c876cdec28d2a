"""Forms and links of Train, Sweeps and Maps: every field with text of anything, and the specs of stored runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from optim_viz import datasets, models
from optim_viz.comparison import TrainingSpec, script
from optim_viz.comparison.lanes import lane_texts, read_lanes, trainable_names
from optim_viz.comparison.settings import check, defaults, every_setting, link_part, read, spec_part
from optim_viz.pages.maps import settings as map_settings
from optim_viz.sweeps import link as sweep_link
from tests.fuzz import scenarios
from tests.fuzz.harness import Kind
from tests.fuzz.pieces import damaged, letters, mutated, told, word

Query = dict[str, list[str]]
_SWEEP = {"optimizer": "adam", "lr": "1e-4..1:5", "batches": "32,128", "seeds": "0-4", "stop": "off"}
_MAP = {"across": "lr", "up": "momentum", "metric": "steps", "cells": "64", "tolerance": "0.001", "attempts": "32"}
_RANGES = {"across_range": "0.0001,1", "up_range": "0,1", "equal": "0.01"}
ALPHABET = "0123456789.,-=:_ eEabcxyz()[]"


def make(draw: Random) -> tuple[str, Any]:
    """Draw a page, and what is typed into its fields, or a spec."""
    page = draw.choice(("train", "train", "sweeps", "maps", "spec"))
    if page == "spec":
        given: Any = {"lanes": ["adam,lr=0.001", "sgd"], "epochs": 2, "batch_size": 128, "seed": 0}
        given |= spec_part(defaults(draw.choice(datasets.names()), draw.choice(models.names())))
        for _ in range(draw.randrange(1, 4)):
            given = damaged(draw, given)
        return page, given
    if page == "maps":
        query = {name: [text] for name, text in (_MAP | _RANGES).items() if draw.random() < 0.4}
        query |= {"surface": [scenarios.scenario(draw, 50, 3).surface]}
    else:
        query = {each.name: [each.text(each.default)] for each in every_setting() if draw.random() < 0.3}
        query |= {name: [text] for name, text in _SWEEP.items() if page == "sweeps" and draw.random() < 0.5}
    lanes = [draw.choice((*trainable_names(), "torch.optim:Adam", "x")) for _ in range(draw.choice((1, 2, 9, 40)))]
    query["lane"] = [mutated(draw, f"{name},lr=0.1", ALPHABET) if draw.random() < 0.4 else name for name in lanes]
    for name in list(query):
        if draw.random() < 0.4:
            old = query[name][0]
            query[name] = [mutated(draw, old, ALPHABET) if draw.random() < 0.5 else word(draw) for _ in range(2)]
    if draw.random() < 0.2:
        query[word(draw)] = [letters(draw)]
    return page, query


def run(case: tuple[str, Any]) -> str:
    """Read a form."""
    page, given = case
    if page == "spec":
        return _spec(given)
    query: Query = given
    if page == "train":
        return _train(query)
    if page == "sweeps":
        plan, problems = sweep_link.read(query)
        again, more = sweep_link.read(
            {name: texts if isinstance(texts, list) else [texts] for name, texts in plan.query().items()}
        )
        assert again == plan, "the link that it writes describes another sweep"
        assert not more, more
        assert plan.count <= 10_000
    else:
        found, problems = map_settings.read(query)
        written = {name: texts if isinstance(texts, list) else [texts] for name, texts in found.query().items()}
        again, more = map_settings.read(written)
        assert again.query() == found.query(), "the link that it writes describes another map"
        assert not more, more
    return _told([str(each) for each in problems])


def _train(query: Query) -> str:
    lanes, problems = read_lanes(query.get("lane", []))
    values, more = read({name: texts[-1] for name, texts in query.items() if texts and name != "lane"})
    together = check(values)
    if lanes and not together:
        spec = TrainingSpec.from_dict({"lanes": lane_texts(lanes)} | spec_part(values))
        assert TrainingSpec.from_dict(spec.to_dict()) == spec
        again, wrong = read(link_part(values))
        assert again == values, "the link that it writes describes another form"
        assert not wrong, wrong
        script.script(spec)
    return _told([str(each) for each in (*problems, *more, *together)])


def _spec(given: Any) -> str:
    try:
        spec = TrainingSpec.from_dict(given)
    except ValueError as error:
        return told(error)
    assert TrainingSpec.from_dict(spec.to_dict()) == spec
    spec.titles()
    return "value"


def _told(problems: list[str]) -> str:
    assert len(problems) < 200, len(problems)
    for each in problems:
        assert len(each) <= 1500, len(each)
    return "value with problems" if problems else "value"


def ready(folder: Path) -> Callable[[tuple[str, Any]], str]:
    """Load what the first form loads."""
    del folder
    for page in ("train", "sweeps", "maps"):
        run((page, {"lane": ["adam"]}))
    return run


KIND = Kind("forms of Train, Sweeps and Maps", 100, ready, make)
