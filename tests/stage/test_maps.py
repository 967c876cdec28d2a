"""What the Maps page sends: the numbers of every cell, and the run of one of them as rollout has it."""

from __future__ import annotations

from typing import Any

import numpy as np

import optim_viz
from optim_viz.maps import DIVERGED, LEFT
from optim_viz.pages.maps.settings import read
from optim_viz.scenario import Scenario
from optim_viz.stage.maps import ShownMap, card_message, maps_message, read_cell
from tests.stage.decoder import decode


def the_maps() -> list[ShownMap]:
    """Return two maps as they are shown."""
    found = optim_viz.outcome_maps("himmelblau", ["sgd", "momentum"], "x", "y", resolution=6, steps=60)
    return [ShownMap(each.rule.title, place, each, ()) for place, each in enumerate(found)]


def test_the_numbers_of_every_cell_are_sent() -> None:
    maps = the_maps()
    header, arrays = decode(maps_message(maps, "where", key="k"))
    for place, each in enumerate(maps):
        gap, arrived, diverged, where = arrays[str(place)]
        np.testing.assert_array_equal(gap, each.found.gap)
        np.testing.assert_array_equal(arrived, each.found.arrived)
        np.testing.assert_array_equal(diverged, each.found.diverged_at)
        np.testing.assert_array_equal(where, each.found.where)
        assert header["maps"][place]["title"] == each.title
    assert header["bar"] is None
    reached = {int(place) for each in maps for place in np.unique(each.found.where)}
    assert len(header["legend"]) == len(reached)
    assert [sign["sign"] for sign in header["signs"]] == ["minimum"]
    bar = decode(maps_message(maps, "steps", key="k"))[0]["bar"]
    assert len(bar["ticks"]) >= 2
    assert str(DIVERGED) in header["states"]
    assert str(LEFT) in header["states"]


def test_the_card_shows_the_path_of_the_run() -> None:
    settings, _ = read({"surface": ["beale"], "lane": ["lion,lr=0.05"], "steps": ["80"]})
    header, arrays = decode(card_message((0, 1, 2), settings.scenario, "Lion", "lr 0.05", "ends"))
    own: dict[str, Any] = dict(settings.scenario.lanes[0].hyperparameters)
    run = optim_viz.rollout("beale", "lion", steps=80, **own)
    np.testing.assert_allclose(arrays["paths"][0], run.theta.T, rtol=1e-6)
    assert header["run"]["cell"] == "0,1,2"
    again, problems = Scenario.from_url(header["run"]["href"].removeprefix("./?"))
    assert not problems
    assert again.lanes == settings.scenario.lanes


def test_a_cell_that_is_none_is_not_read() -> None:
    maps = [each.found for each in the_maps()]
    assert read_cell("1,5,0", maps) == (1, 5, 0)
    for text in (
        "",
        "2,0,0",
        "0,6,0",
        "0,0,6",
        "-1,0,0",
        "0,0",
        "0,0,0,0",
        "a,b,c",
        "٣,0,0",
        "9" * 400 + ",0,0",
        "None",
    ):
        assert read_cell(text, maps) is None
