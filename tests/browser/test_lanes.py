"""Lanes: add, duplicate, remove, hide, another optimizer, colour and marker."""

from __future__ import annotations

from optim_viz import update_rules
from optim_viz.scenario import Scenario
from tests.browser.conftest import OpenLab
from tests.browser.lab_page import LabPage

THREE = "lane=sgd,lr=0.018&lane=momentum,lr=0.006&lane=adam,lr=0.15&time=60"


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


def test_add_duplicate_and_remove(open_lab: OpenLab) -> None:
    lab = open_lab(THREE)
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
    assert lab.slider("SGD lr").get_attribute("aria-valuetext") == "0.018"


def test_two_quick_clicks_remove_the_two_lanes_pointed_at(open_lab: OpenLab) -> None:
    lab = open_lab("lane=sgd&lane=momentum&lane=adagrad&lane=adam&time=5").settle()
    lab.page.evaluate("""() => {
      for (const name of ["Momentum", "AdaGrad"]) document.querySelector(`[aria-label="Remove ${name}"]`).click();
    }""")
    lab.until_told(lanes=2)
    assert titles(lab.settle()) == ["SGD", "Adam"]


def test_the_last_lane_stays(open_lab: OpenLab) -> None:
    lab = open_lab("lane=adam&lane=sgd&time=5")
    lab.button("Remove SGD").click()
    until_titles(lab, "Adam")
    remove = lab.button("Remove Adam")
    if remove.is_enabled():
        remove.click()
    assert titles(lab.settle()) == ["Adam"]


def test_eight_lanes_are_the_most(open_lab: OpenLab) -> None:
    lab = open_lab("&".join(["lane=adam"] * 7) + "&time=5")
    lab.button("Add an optimizer").click()
    lab.until_told(lanes=8)
    lab.until("(stage) => stage.querySelector('.ov-add').disabled", "no ninth lane can be added")
    looks = {(lane.colour, lane.marker) for lane in lab.settle().scenario.lanes}
    assert len(looks) == 8, "eight lanes have eight looks"


def test_hide_and_show(open_lab: OpenLab) -> None:
    lab = open_lab(f"{THREE}&show=1").settle()  # hiding a lane chooses it, and the chosen one has more curves
    whole = lab.pixels()
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


def test_another_optimizer(open_lab: OpenLab) -> None:
    lab = open_lab(THREE)
    lab.page.get_by_role("combobox", name="Optimizer of lane 1", exact=True).select_option(label="Nesterov")
    until_titles(lab, "Nesterov", "Momentum", "Adam")
    lane = lab.settle().scenario.lanes[0]
    before = Scenario.from_url(THREE)[0].lanes[0]
    assert (lane.optimizer, lane.colour, lane.marker) == ("nesterov", before.colour, before.marker)
    assert lab.slider("Nesterov momentum").is_visible()
    assert lab.time == 60


def test_colour_and_marker(open_lab: OpenLab) -> None:
    lab = open_lab(THREE).settle()
    before = lab.pixels()
    lab.page.get_by_label("Colour and marker of Adam", exact=True).click()
    lab.button("Adam in grey").click()
    lab.until_address("colour=")
    lab.button("Adam as hexagon").click()
    lab.until_address("marker=hexagon")
    lane = lab.settle().scenario.lanes[2]
    assert (lane.colour, lane.marker) == (7, "hexagon")
    assert all(one != other for one, other in zip(before, lab.pixels(), strict=True)), "the lane looks as before"


def test_the_card_in_use_is_the_one_whose_arithmetic_is_shown(open_lab: OpenLab) -> None:
    lab = open_lab(THREE)
    lab.slider("SGD lr").focus()
    lab.until_address("show=0")
    assert "v̂" not in lab.arithmetic()
    lab.slider("Adam lr").focus()
    lab.until_address("show=2")
    assert "v̂" in lab.arithmetic()
