"""Lanes: add, duplicate, remove, hide, another optimizer, colour and marker."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from optim_viz import update_rules
from optim_viz.scenario import Scenario
from tests.browser.conftest import OpenLab
from tests.browser.lab_page import LabPage
from tests.browser.test_layout import SCROLLS, assert_inside

THREE = "lane=sgd,lr=0.018&lane=momentum,lr=0.006&lane=adam,lr=0.15&show=1&time=60"


def titles(lab: LabPage) -> list[str]:
    # In one go: a card that was found may be gone when it is asked for its name.
    return lab.page.evaluate("[...document.querySelectorAll('.ov-card')].map((card) => card.ariaLabel)")


def until_titles(lab: LabPage, *wanted: str) -> None:
    """Wait until the cards have these titles and all that follows from it is painted."""
    lab.until(
        "(stage, wanted) => [...stage.querySelectorAll('.ov-card')].map((card) => card.ariaLabel).join() === wanted",
        f"the cards are {wanted}, they are {titles(lab)}",
        ",".join(wanted),
    )
    lab.until_told(lanes=len(wanted), pending="false")


def test_lanes_are_changed(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab(THREE).settle()
    parts = (
        hide_and_show,
        the_card_in_use_is_the_one_whose_arithmetic_is_shown,
        another_optimizer,
        colour_and_marker,
        what_is_the_same_is_not_made_anew,
        add_duplicate_and_remove,
        two_quick_clicks_remove_the_two_lanes_pointed_at,
        the_last_lane_stays,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def add_duplicate_and_remove(lab: LabPage) -> None:
    there = {lane.optimizer for lane in lab.scenario.lanes}
    added = next(update_rules.get(name).title for name in update_rules.names() if name not in there)
    lab.button("Add an optimizer").click()
    until_titles(lab, "SGD", "Momentum", "Adam", added)
    lab.button("Duplicate SGD").click()
    until_titles(lab, "SGD", "SGD copy", "Momentum", "Adam", added)
    lanes = lab.settle().scenario.lanes
    assert lanes[0].hyperparameters == lanes[1].hyperparameters, "a duplicate has the original's settings"
    looks = [(lane.colour, lane.marker) for lane in lanes]
    assert len(set(looks)) == len(looks), f"two lanes look alike: {looks}"
    assert lab.time == 60, "the clock stays where it was"
    lab.button("Remove SGD").click()
    until_titles(lab, "SGD", "Momentum", "Adam", added)
    lab.button("Remove Momentum").click()
    until_titles(lab, "SGD", "Adam", added)
    expect(lab.slider("SGD lr")).to_have_attribute("aria-valuetext", "0.018")


def two_quick_clicks_remove_the_two_lanes_pointed_at(lab: LabPage) -> None:
    first, *_, last = titles(lab)
    lab.button("Add an optimizer").click()
    lab.until_told(lanes=4, pending="false")
    lab.settle()
    _, *pointed, kept = titles(lab)
    lab.page.evaluate(
        """(titles) => {
          for (const title of titles) document.querySelector(`[aria-label="Remove ${title}"]`).click();
        }""",
        pointed,
    )
    lab.until_told(lanes=2)
    assert titles(lab.settle()) == [first, kept]
    assert last in pointed


def the_last_lane_stays(lab: LabPage) -> None:
    first, second = titles(lab)
    lab.button(f"Remove {first}").click()
    until_titles(lab, second)
    remove = lab.button(f"Remove {second}")
    if remove.is_enabled():
        remove.click()
    assert titles(lab.settle()) == [second]


def test_eight_lanes_are_the_most_and_scroll_in_their_own_column(open_lab: OpenLab) -> None:
    lab = open_lab("&".join(["lane=adam,lr=0.1"] * 7) + "&time=150")
    lab.button("Add an optimizer").click()
    lab.until_told(lanes=8)
    lab.until("(stage) => stage.querySelector('.ov-add').disabled", "no ninth lane can be added")
    looks = {(lane.colour, lane.marker) for lane in lab.settle().scenario.lanes}
    assert len(looks) == 8, "eight lanes have eight looks"
    for axis in "xy":
        assert not (found := lab.page.evaluate(SCROLLS, axis)), f"the page scrolls ({axis}): {found}"
    last = lab.page.locator(".ov-card").last.get_by_role("slider").last
    last.scroll_into_view_if_needed()
    assert_inside(lab, "the last lane's slider", last)
    assert_inside(lab, "the surface", lab.page.locator(".ov-surface"))


def hide_and_show(lab: LabPage) -> None:
    whole = lab.pixels()  # hiding a lane chooses it, and the chosen one has more curves: Momentum is chosen
    lab.button("Hide Momentum").click()
    lab.button("Show Momentum").wait_for()
    lab.until_address("hidden")
    hidden = lab.settle().pixels()
    for name, one, other in zip(("surface", "curves"), whole, hidden, strict=True):
        assert one != other, f"the hidden lane is still drawn over the {name}"
    assert lab.scenario.lanes[1].visible is False
    lab.button("Show Momentum").click()
    lab.button("Hide Momentum").wait_for()
    assert lab.settle().pixels() == whole, "shown again, the picture is as it was"


def another_optimizer(lab: LabPage) -> None:
    lab.page.get_by_role("combobox", name="Optimizer of lane 1", exact=True).select_option(label="Nesterov")
    until_titles(lab, "Nesterov", "Momentum", "Adam")
    lane = lab.settle().scenario.lanes[0]
    before = Scenario.from_url(THREE)[0].lanes[0]
    assert (lane.optimizer, lane.colour, lane.marker) == ("nesterov", before.colour, before.marker)
    expect(lab.slider("Nesterov momentum")).to_be_visible()
    assert lab.time == 60
    lab.button("Undo").click()
    until_titles(lab, "SGD", "Momentum", "Adam")


def colour_and_marker(lab: LabPage) -> None:
    before = lab.settle().pixels()
    lab.page.get_by_label("Colour and marker of Adam", exact=True).click()
    lab.button("Adam in grey").click()
    lab.until_address("colour=")
    lab.button("Adam as hexagon").click()
    lab.until_address("marker=hexagon")
    lane = lab.settle().scenario.lanes[2]
    assert (lane.colour, lane.marker) == (7, "hexagon")
    assert all(one != other for one, other in zip(before, lab.pixels(), strict=True)), "the lane looks as before"
    lab.page.get_by_label("Colour and marker of Adam", exact=True).click()


def what_is_the_same_is_not_made_anew(lab: LabPage) -> None:
    """Else a press on another lane's card in that moment would be no click, and what is typed there would be lost."""
    lab.page.evaluate("for (const card of document.querySelectorAll('.ov-card')) card.ovOf = card.ariaLabel")

    def kept() -> list[str | None]:
        return lab.page.evaluate("[...document.querySelectorAll('.ov-card')].map((card) => card.ovOf ?? null)")

    drawers = lab.page.locator(".ov-further")
    lab.page.get_by_label("More settings of Adam", exact=True).click()
    lab.page.get_by_role("combobox", name="Optimizer of lane 2", exact=True).select_option(label="Nesterov")
    until_titles(lab, "SGD", "Nesterov", "Adam")
    assert kept() == ["SGD", None, "Adam"]
    expect(drawers.nth(2)).to_have_attribute("open", "")
    lab.button("Remove Nesterov").click()
    until_titles(lab, "SGD", "Adam")
    assert kept() == ["SGD", None]
    expect(drawers.nth(1)).to_have_attribute("open", "")
    lab.button("Undo").click()
    until_titles(lab, "SGD", "Nesterov", "Adam")
    assert kept() == ["SGD", None, None], "what is behind a new card is new"
    expect(drawers.nth(2)).to_have_attribute("open", "")
    expect(drawers.nth(1)).not_to_have_attribute("open", "")
    lab.button("Undo").click()
    until_titles(lab, "SGD", "Momentum", "Adam")
    lab.page.get_by_label("More settings of Adam", exact=True).click()


def the_card_in_use_is_the_one_whose_arithmetic_is_shown(lab: LabPage) -> None:
    lab.slider("SGD lr").focus()
    lab.until_address("show=0")
    assert "v̂" not in lab.arithmetic()
    lab.slider("Adam lr").focus()
    lab.until_address("show=2")
    assert "v̂" in lab.arithmetic()
    lab.button("This step in numbers").click()
