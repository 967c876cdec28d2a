"""What the browser is told of a story: the sentence of the very runs on screen, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optim_viz import stories
from optim_viz.scenario import Scenario
from optim_viz.stage.answer import answer, opened
from optim_viz.stage.story_section import story_section
from optim_viz.stories import trajectories
from tests.stage.decoder import decode


@pytest.mark.parametrize("name", stories.names())
def test_the_short_link_opens_the_story(name: str) -> None:
    story = stories.get(name)
    kept = opened(story.link)
    assert (kept.scenario, kept.problems) == (story.scenario, ())
    section = story_section(kept.scenario)
    assert section is not None
    assert (section["at"], section["title"]) == (0, story.title)
    assert section["sentence"] == story.sentence.said(trajectories(story.scenario))
    assert [move["label"] for move in section["moves"]] == [move.label for move in story.moves]


@pytest.mark.parametrize("name", stories.names())
def test_each_move_leads_where_its_sentence_is_said(name: str) -> None:
    story = stories.get(name)
    section = story_section(story.scenario)
    assert section is not None
    for place, (sent, move) in enumerate(zip(section["moves"], story.moves, strict=True), start=1):
        scenario, problems = Scenario.from_dict(sent["scenario"], story.scenario)
        assert problems == ()
        there = story_section(scenario)
        assert there is not None
        assert (there["at"], there["question"]) == (place, None)
        assert there["sentence"] == move.sentence.said(trajectories(move.scenario))


def test_away_from_the_story_no_sentence_is_sent() -> None:
    story = stories.get("narrow_valley")
    section = story_section(replace(story.scenario, seed=1, steps=299))
    assert section is not None
    assert (section["at"], section["sentence"]) == (None, "")
    assert section["scenario"] == story.scenario.to_dict()
    assert story_section(replace(story.scenario, story="")) is None


def test_the_first_screen_is_a_story_and_looking_at_it_otherwise_keeps_it_one() -> None:
    message, kept = answer(None, opened({}))
    header, _ = decode(message)
    assert header["story"]["at"] == 0
    hidden = {**kept.scenario.to_dict(), "view": "3d", "lane": 0}
    hidden["lanes"][0]["visible"] = False
    header, _ = decode(answer({"seq": 1, "scenario": hidden}, kept)[0])
    assert header["story"]["at"] == 0
    assert header["scenario"]["story"] == "narrow_valley"


def test_a_question_names_its_winner_by_lane_and_title() -> None:
    asking = [stories.get(name) for name in stories.names() if stories.get(name).question]
    assert asking
    for story in asking:
        section = story_section(story.scenario)
        assert section is not None
        question = section["question"]
        assert story.scenario.titles()[question["winner"]] in question["answer"]


def test_a_story_that_is_not_there_is_reported_and_the_rest_of_the_link_is_read() -> None:
    kept = opened("surface=booth&steps=20&story=sadle")
    assert (kept.scenario.surface, kept.scenario.steps, kept.scenario.story) == ("booth", 20, "")
    assert [problem.field for problem in kept.problems] == ["story"]
    assert "saddle" in kept.problems[0].message
    request = {"seq": 1, "scenario": {**kept.scenario.to_dict(), "story": "no_such"}}
    header, _ = decode(answer(request, kept)[0])
    assert header["story"] is None
    assert [problem["field"] for problem in header["problems"]] == ["story"]


def test_what_a_link_says_beside_its_story_counts() -> None:
    kept = opened("story=saddle&steps=50")
    assert kept.scenario == replace(stories.get("saddle").scenario, steps=50)
    assert kept.problems == ()
