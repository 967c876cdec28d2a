"""Every story keeps the contract, and what is no story is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from optim_viz import stories
from optim_viz.scenario import Scenario
from optim_viz.stories import Sentence, Story
from optim_viz.stories.story import GROUPS
from tests.removed import removed
from tests.stories.contract import CHECKS, numbers_are_computed_or_settings, sentences_are_true

STORIES = [stories.get(name) for name in stories.names()]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_story_keeps_the_contract(story: Story, check: Callable[[Story], None]) -> None:
    check(story)


@pytest.mark.parametrize(
    ("text", "truth", "check"),
    [
        ("SGD arrives after 286 steps.", True, numbers_are_computed_or_settings),  # computed by hand
        ("SGD never arrives!", True, numbers_are_computed_or_settings),
        ("SGD arrives first.", False, sentences_are_true),
        ("All is well.", True, sentences_are_true),  # of runs that stand still, too
    ],
)
def test_the_contract_refuses(text: str, truth: bool, check: Callable[[Story], None]) -> None:
    story = replace(STORIES[0], sentence=Sentence(text, lambda runs: truth))
    with pytest.raises(AssertionError):
        check(story)


def test_stories_stand_in_the_order_of_their_groups_and_the_first_screen_is_one() -> None:
    places = [(GROUPS.index(story.group), story.rank, story.name) for story in STORIES]
    assert places == sorted(places)
    assert {story.group for story in STORIES} <= set(GROUPS)
    assert all((Path(stories.__file__).parent / f"{story.name}.py").is_file() for story in STORIES)
    first = Scenario.default()
    if first.story or not removed():
        assert stories.get(first.story).scenario == first


def test_an_unknown_story_is_told_which_comes_close() -> None:
    with pytest.raises(ValueError, match=r"unknown story 'sadle': did you mean saddle\?"):
        stories.get("sadle")


def test_too_many_moves_and_an_unknown_group_are_refused() -> None:
    story = STORIES[0]
    with pytest.raises(ValueError, match="4 moves"):
        replace(story, moves=(story.moves[0],) * 4)
    with pytest.raises(ValueError, match="'Elsewhere'"):
        replace(story, group="Elsewhere")
