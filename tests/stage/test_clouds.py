"""The clouds in an answer: exact runs in float32, sent once, and a part at a time where they take long."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optim_viz import starts_around
from optim_viz.rollout import rollout
from optim_viz.scenario import Lane, Scenario
from optim_viz.stage import in_time
from optim_viz.stage.answer import Kept, answer
from tests.stage.decoder import decode

LANES = (Lane("adam", {"lr": 0.15}), Lane("sgd", {"lr": 0.018}, visible=False), Lane("sam", {"lr": 0.018}))
SCENARIO = replace(Scenario.default(), lanes=LANES, lane=0, steps=150, cloud=(20, 0.2))


def asked(scenario: Scenario, **fields: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return decode(answer({"seq": 1, "scenario": scenario.to_dict(), **fields}, Kept(Scenario.default()))[0])


def test_each_lane_in_sight_has_a_cloud_of_its_own_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_time, "CLOUD_SECONDS", 60.0)
    header, arrays = asked(SCENARIO)
    assert not header["clouds_later"]
    assert header["clouds"][1] is None, "a hidden lane has none"
    surface = SCENARIO.surface_object()
    side = min(high - low for low, high in surface.domain)
    for lane, section in zip(LANES, header["clouds"], strict=True):
        if section is None:
            continue
        starts = starts_around(SCENARIO.start, 0.2 * side, 20)
        run = rollout(surface, lane.optimizer, start=starts, steps=150, **lane.hyperparameters)
        np.testing.assert_array_equal(arrays[section["key"]], np.moveaxis(run.theta, 0, -1).astype(np.float32))
        assert section["arrived"] == run.steps_to(1e-3).tolist()
        assert section["diverged"] == [-1] * 20
    keys = [section["key"] for section in header["clouds"] if section]
    _, again = asked(SCENARIO, have=keys)
    assert not set(keys) & set(again), "the browser holds them already"
    assert asked(replace(SCENARIO, cloud=None))[0]["clouds"] == [None] * 3


def test_a_cloud_that_takes_long_comes_in_later_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_time, "CLOUD_SECONDS", 0.0)
    longer = replace(SCENARIO, steps=700, cloud=(20, 0.21))
    for turn in range(20):
        header, _ = asked(longer)
        assert turn > 0 or (header["clouds"] == [None] * 3 and header["clouds_later"])
        if not header["clouds_later"]:
            break
    assert [section is None for section in header["clouds"]] == [False, True, False]
    assert turn > 2, "a part of the steps at a time"


def test_of_long_runs_every_few_steps_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_time, "CLOUD_SECONDS", 60.0)
    header, arrays = asked(replace(SCENARIO, lanes=LANES[:1], steps=2000, cloud=(64, 0.1)))
    (section,) = header["clouds"]
    assert section["stride"] == 2
    assert arrays[section["key"]].shape == (1001, 2, 64)
