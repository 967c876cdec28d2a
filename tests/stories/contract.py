"""What every story must keep, one check a rule; tests run them over the folder, and over the example of the docs."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from optim_viz.scenario import Scenario
from optim_viz.stories import Runs, Sentence, Story, trajectories
from optim_viz.stories.story import GROUPS

LONGEST = 180  # characters: two lines of the narrowest projector
POWER = "[⁻⁰¹²³⁴-⁹]"


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


def sentences_are_true(story: Story) -> None:
    """Each sentence is true of its runs, and of none that stand still: such a check would check nothing."""
    for scenario, sentence in story.scenes():
        runs = trajectories(scenario)
        assert sentence.check(runs), sentence.text
        assert not sentence.check(still(runs)), sentence.text


def numbers_are_computed_or_settings(story: Story) -> None:
    """A number that is written out says what was set, never what came out."""
    for scenario, sentence in story.scenes():
        assert _written(sentence) <= _settings(scenario), sentence.text
        said = sentence.said(trajectories(scenario))
        assert len(said) <= LONGEST, said
        assert not re.search(r"[{}!]|nan|inf|-1\b", said), said


def _written(sentence: Sentence) -> set[float]:
    """Return the numbers in a text, without their signs; powers of ten as what they are."""
    text = re.sub(r"\{[^}]*\}", "", sentence.text)
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    powers = {10.0 ** int(power.translate(digits)) for power in re.findall(rf"10({POWER}+)", text)}
    return powers | {float(number) for number in re.findall(rf"[0-9]+(?:\.[0-9]+)?(?!{POWER}|[0-9])", text)}


def _settings(scenario: Scenario) -> set[float]:
    values = [0.0, 1.0, scenario.steps, scenario.noise, *scenario.start, *scenario.parameters.values()]
    values += [value for lane in scenario.lanes for value in lane.hyperparameters.values()]
    return {abs(float(value)) for value in values}


def links_read_back(story: Story) -> None:
    """The story's link and its moves', and the files, bring the same scenario."""
    assert story.scenario.story == story.name
    for scenario, _ in story.scenes():
        assert Scenario.from_url(scenario.to_url()) == (scenario, ())
        assert Scenario.from_json(scenario.to_json()) == (scenario, ())


def it_shows_itself(story: Story) -> None:
    """Its words fit where they stand."""
    assert story.group in GROUPS
    assert story.title
    assert 1 <= len(story.moves) <= 3
    assert len({move.label for move in story.moves}) == len(story.moves)
    assert all(len(move.label) <= 30 for move in story.moves)


def each_scene_is_another(story: Story) -> None:
    """A scene is known by its runs, however it is looked at; no other scenario is taken for it."""
    for place, (scenario, _) in enumerate(story.scenes()):
        looked_at_otherwise = replace(scenario, view="panels", speed=2.0, time=1, lane=0, zoom=None)
        assert story.scene_of(looked_at_otherwise) == place
        assert story.scene_of(replace(scenario, steps=scenario.steps - 1)) is None
        assert story.scene_of(replace(scenario, seed=scenario.seed + 7)) is None


def its_question_is_answered_by_the_numbers(story: Story) -> None:
    """The right answer is the same run wherever its lane stands."""
    if story.question is None:
        return
    runs = trajectories(story.scenario)
    winner = story.question.winner(runs)
    assert len(runs) - 1 - story.question.winner(runs[::-1]) == winner
    titles = story.scenario.titles()
    assert story.question.said(runs, titles).startswith(titles[winner])
    assert story.question.answer.check(runs)


CHECKS = (
    sentences_are_true,
    numbers_are_computed_or_settings,
    links_read_back,
    it_shows_itself,
    each_scene_is_another,
    its_question_is_answered_by_the_numbers,
)
