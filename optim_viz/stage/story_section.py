"""What the browser shows of a story: its title, where the scenario on screen stands in it, and what is true there.

A sentence is sent only for a scenario that has the very runs of the story, or of one of its moves: those it was checked
on. Anywhere else the browser says who leads, from the runs themselves.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from optim_viz import stories
from optim_viz.scenario import Problem, Scenario
from optim_viz.stories import Story, trajectories


def known_story(scenario: Scenario, problems: tuple[Problem, ...]) -> tuple[Scenario, tuple[Problem, ...]]:
    """Return a scenario that names a story there is, or none; one that there is not is reported."""
    if not scenario.story or scenario.story in stories.names():
        return scenario, problems
    if scenario == Scenario.default():  # it is the app that asks, not a person: there is nothing to report
        return replace(scenario, story=""), problems
    try:
        stories.get(scenario.story)
    except ValueError as error:
        problems = (*problems, Problem("story", str(error)))
    return replace(scenario, story=""), problems


def story_section(scenario: Scenario) -> dict[str, Any] | None:
    """Return the story's entry in the header, None where the scenario belongs to none.

    Returns:
        Its name and title; `at`, the index of the scene that is on screen (0 is the story itself, then its moves), None
        where it is none of them; the sentence of that scene; the moves with the scenario that each leads to; and, at
        the story itself, its question.
    """
    if not scenario.story:
        return None
    story = stories.get(scenario.story)
    at = story.scene_of(scenario)
    return {
        **_facts(story.name),
        "at": at,
        "sentence": "" if at is None else _said(story.name, at),
        "question": _question(story.name) if at == 0 and story.question else None,
    }


@lru_cache(maxsize=64)
def _facts(name: str) -> dict[str, Any]:
    """Return what is the same at every scene."""
    story = stories.get(name)
    return {
        "name": story.name,
        "title": story.title,
        "scenario": story.scenario.to_dict(),
        "moves": [{"label": move.label, "scenario": move.scenario.to_dict()} for move in story.moves],
    }


@lru_cache(maxsize=128)
def _said(name: str, at: int) -> str:
    scenario, sentence = stories.get(name).scenes()[at]
    return sentence.said(trajectories(scenario))


@lru_cache(maxsize=64)
def _question(name: str) -> dict[str, Any] | None:
    story: Story = stories.get(name)
    if story.question is None:
        return None
    runs = trajectories(story.scenario)
    return {
        "text": story.question.text,
        "winner": story.question.winner(runs),
        "answer": story.question.said(runs, story.scenario.titles()),
    }
