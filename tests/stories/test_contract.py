"""Every story keeps the contract: sentences are true of the runs, numbers come from them, links read back."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optim_viz import stories
from optim_viz.scenario import Scenario
from optim_viz.stories import Runs, Sentence, Story, trajectories
from optim_viz.stories.story import GROUPS

STORIES = [stories.get(name) for name in stories.names()]
SCENES = [
    pytest.param(scenario, sentence, id=f"{story.name}-{place}")
    for story in STORIES
    for place, (scenario, sentence) in enumerate(story.scenes())
]
LONGEST = 180  # characters: two lines of the narrowest projector


@pytest.fixture(params=STORIES, ids=lambda story: story.name)
def story(request: pytest.FixtureRequest) -> Story:
    return request.param


def still(runs: Runs) -> Runs:
    """The same runs, had no step moved anything."""
    return tuple(
        replace(
            run,
            theta=np.broadcast_to(run.theta[:1], run.theta.shape),
            loss=np.broadcast_to(run.loss[:1], run.loss.shape),
            update=np.zeros_like(run.update),
        )
        for run in runs
    )


@pytest.mark.parametrize(("scenario", "sentence"), SCENES)
def test_the_sentence_is_true_of_its_runs_and_not_of_any(scenario: Scenario, sentence: Sentence) -> None:
    runs = trajectories(scenario)
    assert sentence.check(runs)
    assert not sentence.check(still(runs)), "a check that passes where nothing moves checks nothing"


@pytest.mark.parametrize(("scenario", "sentence"), SCENES)
def test_the_numbers_of_a_sentence_are_computed_or_settings(scenario: Scenario, sentence: Sentence) -> None:
    """A number that is written out says what was set, never what came out."""
    written = re.sub(r"\{[^}]*\}", "", sentence.text)
    powers = {"⁻⁶": 1e-6, "⁻³": 1e-3}
    numbers = {float(text) for text in re.findall(r"[0-9]+(?:\.[0-9]+)?(?![⁻⁰¹²³⁴-⁹])", written)}
    numbers |= {powers[power] for power in re.findall(r"10([⁻⁰¹²³⁴-⁹]+)", written)}
    settings = {0.0, 1.0, float(scenario.steps), scenario.noise, *scenario.start, *scenario.parameters.values()}
    settings |= {float(value) for lane in scenario.lanes for value in lane.hyperparameters.values()}
    assert {abs(number) for number in numbers} <= {abs(setting) for setting in settings}
    said = sentence.said(trajectories(scenario))
    assert len(said) <= LONGEST
    assert not re.search(r"[{}!]|nan|inf|-1\b", said)


def test_its_link_and_those_of_its_moves_read_back(story: Story) -> None:
    assert story.scenario.story == story.name
    for scenario, _ in story.scenes():
        again, problems = Scenario.from_url(scenario.to_url())
        assert (again, problems) == (scenario, ())
        assert Scenario.from_json(scenario.to_json()) == (scenario, ())


def test_what_it_shows(story: Story) -> None:
    assert (Path(stories.__file__).parent / f"{story.name}.py").is_file()
    assert story.group in GROUPS
    assert story.title
    assert 1 <= len(story.moves) <= 3
    assert len({move.label for move in story.moves}) == len(story.moves)
    assert all(len(move.label) <= 30 for move in story.moves)


def test_each_scene_is_another_and_is_found_again(story: Story) -> None:
    for place, (scenario, _) in enumerate(story.scenes()):
        looked_at_otherwise = replace(scenario, view="panels", speed=2.0, time=1, lane=0, zoom=None)
        assert story.scene_of(looked_at_otherwise) == place
        assert story.scene_of(replace(scenario, steps=scenario.steps - 1)) is None
        assert story.scene_of(replace(scenario, seed=scenario.seed + 7)) is None


def test_a_question_is_answered_by_the_numbers(story: Story) -> None:
    if story.question is None:
        return
    runs = trajectories(story.scenario)
    winner = story.question.winner(runs)
    # The answer does not depend on the lane's place: asked the other way round, the same run wins.
    assert len(runs) - 1 - story.question.winner(runs[::-1]) == winner
    said = story.question.said(runs, story.scenario.titles())
    assert said.startswith(story.scenario.titles()[winner])
    assert story.question.answer.check(runs)


def test_stories_stand_in_the_order_of_their_groups_and_the_first_screen_is_one() -> None:
    places = [(GROUPS.index(story.group), story.rank, story.name) for story in STORIES]
    assert places == sorted(places)
    assert {story.group for story in STORIES} == set(GROUPS)
    first = Scenario.default()
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
