"""Pages in one file, as Python makes them."""

from __future__ import annotations

import base64
import gzip
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import optim_viz
from optim_viz.saved_page import Saved, saved
from optim_viz.saved_page.page import folded
from optim_viz.scenario import Scenario
from optim_viz.stage.answer import Kept, answer
from tests.stage.decoder import decode


def unfolded(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Undo `folded`: put the bytes of each number together, then sum twice along the steps, modulo 2^32."""
    planes = np.frombuffer(values.tobytes(), np.uint8).reshape(4, -1)
    words = sum(planes[place].astype(np.uint32) << np.uint32(8 * place) for place in range(4))
    bits = np.asarray(words, np.uint32).reshape(values.shape)
    for _ in range(2):
        bits = np.cumsum(bits, axis=-1, dtype=np.uint32)
    return bits.view(np.float32)


@given(
    st.lists(st.lists(st.floats(width=32), min_size=4, max_size=4), min_size=1, max_size=5),
)
def test_what_is_folded_unfolds_to_the_bit(rows: list[list[float]]) -> None:
    values = np.array(rows)
    again = unfolded(folded(values))
    assert again.shape == values.shape
    np.testing.assert_array_equal(again, values.astype("<f4"))


def part(page: Saved, name: str) -> bytes:
    """Return one of the contents of a page."""
    found = re.search(rf'<script type="application/octet-stream" id="{name}">([^<]*)</script>', page.html)
    assert found, f"the page has no {name}"
    return gzip.decompress(base64.b64decode(found[1]))


@pytest.fixture(scope="module")
def first() -> Saved:
    return saved(Scenario.default())


def test_the_first_scenario_keeps_its_sizes(first: Saved) -> None:
    still = saved(Scenario.default(), drag=False)
    solid = saved(Scenario.default(), drag=False, plotly=True)
    assert first.draggable == 9
    assert still.draggable == 0
    assert len(first.html) <= 8e6
    assert len(still.html) <= 1e6
    assert 2e6 <= len(solid.html) <= 2.5e6


@pytest.mark.parametrize(("plotly", "view"), [(None, "3d"), (False, "overlay")])
def test_a_lab_in_3d_takes_plotly_along_or_is_seen_from_above(plotly: bool | None, view: str) -> None:
    page = saved("surface=booth&lane=sgd,lr=0.01&steps=20&view=3d", drag=False, plotly=plotly)
    opening, _ = decode(part(page, "opening"))
    assert opening["scenario"]["view"] == view
    assert bool(json.loads(part(page, "program"))["plotly"]) == (view == "3d")


def test_every_stop_is_the_run_of_its_value(first: Saved) -> None:
    header, blocks = decode(part(first, "families"))
    scenario = Scenario.default()
    for section in header["families"][-3::2]:
        lane = scenario.lanes[section["lane"]]
        runs = unfolded(blocks[section["key"]])[[0, 31]]
        for run, at in zip(runs, (0, 31), strict=True):
            changed = {**lane.hyperparameters, section["hyperparameter"]: section["stops"][at]}
            alone = optim_viz.rollout(
                scenario.surface_object(), lane.optimizer, start=scenario.start, steps=scenario.steps, **changed
            )
            names = header["arrays"][section["key"]]["channels"]
            wanted = np.float32(alone.loss)
            np.testing.assert_array_equal(run[names.index("loss")], wanted)


def test_the_page_lets_nothing_in_and_shows_text_as_text() -> None:
    page = saved("surface=formula&formula=x**2%2By**2&lane=sgd,lr=0.1", drag=False, lab='https://lab.example/"><b>')
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page.html)
    assert policy
    assert "default-src &#x27;none&#x27;" in policy[1]
    assert "connect-src" not in policy[1], "no connection is allowed: default-src says so"
    assert "<b>" not in page.html.split("</head>")[1].split('id="program"')[0]


@pytest.mark.parametrize("lab", ["javascript:alert(1)", "", "file:///etc/passwd"])
def test_a_lab_that_is_no_address_of_the_web_is_refused(lab: str) -> None:
    with pytest.raises(ValueError, match="starts with"):
        saved("", lab=lab)


def test_what_is_wrong_with_a_link_is_said() -> None:
    page = saved("https://lab.example/?surface=beale&lane=adam,lr=nonsense&time=3#x", drag=False)
    assert "on Beale" in page.html
    assert any("nonsense" in problem for problem in page.problems)


def test_runs_that_would_fill_a_page_are_refused_before_all_are_made() -> None:
    with pytest.raises(ValueError, match="more than 64 MB: take fewer steps than 1000 or fewer lanes"):
        saved("steps=1000" + "".join(f"&lane=adam,lr=0.{i}" for i in range(1, 9)))


def test_an_answer_without_the_page_says_why() -> None:
    def none(scenario: Scenario, drag: bool, plotly: bool) -> tuple[bytes, int]:
        raise ValueError("it is too large")

    message, _ = answer({"seq": 3, "page": {"drag": True, "plotly": False}}, Kept(Scenario.default()), page=none)
    header, _ = decode(message)
    assert "page" not in header
    assert [problem["message"] for problem in header["problems"]] == ["This cannot be shown: it is too large"]
