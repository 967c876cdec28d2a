"""Stories in the page: what is said is true on screen, a move is seen, a question waits, the gallery opens."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from optim_viz import stories
from optim_viz.stories import Story, trajectories
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.in_page import TOLD
from tests.browser.lab_page import LabPage

pytestmark = pytest.mark.long

ASKING = [story for story in map(stories.get, stories.names()) if story.question]
COLOURS = """(cards) => cards.map((card) => {
  const canvas = card.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
})"""


def line(page: Page) -> Locator:
    """Return the line above the picture."""
    return page.get_by_role("region", name="Story", exact=True)


def until_at(lab: LabPage, name: str, at: int | None) -> None:
    """Wait until the line tells a scene of a story, and the address names it."""
    place = f"{name}:{'null' if at is None else at}"
    told = "(_, place) => document.querySelector('.ov-story-line').dataset.at === place"
    lab.until(told, f"the line tells {place}", place)
    lab.until_told(pending="false")
    lab.until_address(f"story={name}")


def assert_true_on_screen(lab: LabPage, story: Story, at: int) -> None:
    """Fail unless the sentence of a scene is shown, and true of the runs of the scenario in the address bar."""
    runs = trajectories(lab.scenario)
    _, sentence = story.scenes()[at]
    assert sentence.check(runs)
    expect(line(lab.page)).to_contain_text(sentence.said(runs))


def open_gallery(lab: LabPage) -> Locator:
    """Open the gallery and return its dialog, with its cards."""
    lab.button("Stories").click()
    dialog = lab.page.get_by_role("dialog", name="Stories")
    expect(dialog.get_by_role("link")).to_have_count(len(stories.names()))
    return dialog


def test_every_story_opens_from_the_gallery_and_its_sentence_is_true(open_lab: OpenLab) -> None:
    lab = open_lab(plays=True)
    until_at(lab, "narrow_valley", 0)
    for name in stories.names():
        story = stories.get(name)
        card = open_gallery(lab).get_by_role("link", name=story.title)
        expect(card).to_have_attribute("href", f"?{story.link}")
        card.click()
        until_at(lab, name, 0)
        if story.question:
            lab.page.keyboard.press("End")  # who has seen the end is told
            lab.until_told(time=story.scenario.steps)
        assert_true_on_screen(lab, story, 0)


def test_a_move_goes_through_the_runs_between_and_another_change_takes_the_sentence_away(open_lab: OpenLab) -> None:
    story = stories.get("narrow_valley")
    lab = open_lab(plays=True).settle()
    lab.page.evaluate(TOLD, "stop")
    lab.button(story.moves[1].label).hover()  # which asks for the runs between
    lab.settle()
    lab.button(story.moves[1].label).click()
    until_at(lab, story.name, 2)
    assert_true_on_screen(lab, story, 2)
    seen = [stop for stop in lab.page.evaluate("told.stop") if stop.startswith("Momentum:momentum:")]
    stops = [int(stop.rsplit(":", 1)[1]) for stop in seen]
    assert stops in (sorted(stops), sorted(stops, reverse=True))
    assert len(set(stops)) > 2, "the slider jumped"
    assert lab.time < lab.scenario.steps, "the change plays from its start"
    lab.seek(100)
    lab.type("lr of Adam, typed", "0.4")
    until_at(lab, story.name, None)
    expect(line(lab.page)).to_contain_text(re.compile(r"is lowest now: loss \S+ at step 100\."))
    for _, sentence in story.scenes():
        expect(line(lab.page)).not_to_contain_text(sentence.text[:20])
    lab.button(f"Back to the story: {story.title}").click()
    until_at(lab, story.name, 0)
    assert lab.scenario.lanes == story.scenario.lanes
    assert_true_on_screen(lab, story, 0)


@pytest.mark.parametrize("story", ASKING[:1], ids=lambda story: story.name)
def test_a_question_waits_and_is_answered_after_the_end(open_lab: OpenLab, story: Story) -> None:
    assert story.question is not None
    runs, titles = trajectories(story.scenario), story.scenario.titles()
    answer = story.question.said(runs, titles)
    lab = open_lab(story.link, plays=True)
    expect(line(lab.page)).to_contain_text(story.question.text)
    lab.until_told(time=0, playing="false")
    expect(line(lab.page)).not_to_contain_text(answer)
    wrong = next(title for lane, title in enumerate(titles) if lane != story.question.winner(runs))
    line(lab.page).get_by_role("button", name=wrong, exact=True).click()
    lab.until_told(playing="true")
    expect(line(lab.page)).to_contain_text(f"You say {wrong}.")
    expect(line(lab.page)).not_to_contain_text(answer)
    lab.page.keyboard.press("End")
    expect(line(lab.page)).to_contain_text(f"You said {wrong}. {answer}")
    assert_true_on_screen(lab, story, 0)


def test_the_gallery_has_an_address_and_works_by_keyboard(new_page: NewPage, app_url: str) -> None:
    page = new_page(width=390, height=844, color_scheme="dark", reduced_motion="reduce")
    page.goto(f"{app_url}/#stories")
    lab = LabPage(page).until_opened()
    dialog = page.get_by_role("dialog", name="Stories")
    cards = dialog.get_by_role("link")
    expect(cards.nth(0)).to_be_focused()
    colours = cards.evaluate_all(COLOURS)
    assert min(colours) > 100, "a picture is blank"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page).not_to_have_url(re.compile("#stories$"))
    lab.button("Stories").focus()
    page.keyboard.press("Enter")
    lab.until("() => location.hash === '#stories'", "the address names the gallery")
    page.keyboard.press("ArrowDown")
    expect(cards.nth(1)).to_be_focused()  # one column on a phone
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    until_at(lab, stories.names()[-1], 0)
