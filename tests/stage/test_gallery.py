"""The gallery: every story once, with the heights and the paths that its small picture is drawn from."""

from __future__ import annotations

import numpy as np
import pytest

from optim_viz import stories
from optim_viz.stage.answer import answer, opened
from optim_viz.stage.gallery import ASPECT, gallery
from optim_viz.stories import trajectories
from tests.stage.decoder import decode

ENTRIES = {entry["name"]: entry for group in gallery().section for entry in group["stories"]}


def test_it_is_sent_when_it_is_asked_for_and_only_then() -> None:
    _, kept = answer(None, opened({}))
    header, arrays = decode(answer({"seq": 1, "scenario": None, "gallery": True}, kept)[0])
    assert [entry["name"] for group in header["gallery"] for entry in group["stories"]] == list(stories.names())
    assert all(entry[key] in arrays for entry in ENTRIES.values() for key in ("ground", "paths"))
    for asked in (False, 1, "yes", None):
        assert "gallery" not in decode(answer({"seq": 2, "scenario": None, "gallery": asked}, kept)[0])[0]


def test_it_is_small() -> None:
    assert sum(block.values.nbytes for block in gallery().blocks.values()) < 25_000 * len(ENTRIES)


@pytest.mark.parametrize("name", stories.names())
def test_its_entry_is_the_story(name: str) -> None:
    story, entry = stories.get(name), ENTRIES[name]
    runs = trajectories(story.scenario)
    assert (entry["title"], entry["link"]) == (story.title, story.link)
    assert entry["scenario"] == story.scenario.to_dict()
    if story.question:  # which is not answered before it was asked
        assert entry["text"] == story.question.text
    else:
        assert entry["text"] == story.sentence.said(runs)
    paths = gallery().blocks[entry["paths"]].values
    assert paths.shape[:2] == (len(runs), 2)
    for lane, run in enumerate(runs):
        assert paths[lane, :, 0] == pytest.approx(run.theta[0], rel=1e-6)
        assert paths[lane, :, -1] == pytest.approx(run.theta[-1], rel=1e-6, abs=1e-30)


@pytest.mark.parametrize("name", stories.names())
def test_its_picture_shows_the_start_and_the_heights_of_the_surface(name: str) -> None:
    scenario, entry = stories.get(name).scenario, ENTRIES[name]
    (x0, x1), (y0, y1) = entry["window"]
    assert x0 <= scenario.start[0] <= x1
    assert y0 <= scenario.start[1] <= y1
    assert (x1 - x0) / (y1 - y0) == pytest.approx(ASPECT)
    heights = gallery().blocks[entry["ground"]].values
    x, y = np.linspace(x0, x1, heights.shape[1]), np.linspace(y0, y1, heights.shape[0])
    loss = scenario.surface_object().loss(x[None, :], y[:, None])
    # Higher is higher, whatever the scale.
    assert (np.diff(heights.reshape(-1)[np.argsort(loss, axis=None)]) >= 0).all()
