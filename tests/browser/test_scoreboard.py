"""The scoreboard says where each lane stands, in a table that can be sorted, clicked, and read without seeing it."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from optim_viz import surfaces
from optim_viz.rollout import rollout
from tests.browser.conftest import OpenLab
from tests.browser.lab_page import LabPage, numbers

ROWS = """() => [...document.querySelectorAll(".ov-scoreboard tbody tr")]
  .map((row) => [...row.querySelectorAll("button, .ov-score-note, td:not(.ov-change, .ov-share)")]
    .map((cell) => cell.textContent))"""


def rows(lab: LabPage) -> list[list[str]]:
    """Return title, note, loss, distance and arrival of each row, from the top."""
    return lab.page.evaluate(ROWS)


def until_order(lab: LabPage, *titles: str) -> None:
    lab.until(
        "(stage, titles) => [...stage.querySelectorAll('.ov-scoreboard tbody button')]"
        ".map((button) => button.textContent).join() === titles",
        f"the rows are {titles}, they are {[row[0] for row in rows(lab)]}",
        ",".join(titles),
    )


def test_who_was_first_how_far_each_is_and_when_it_arrived(open_lab: OpenLab) -> None:
    query = "surface=narrow_valley&steps=300&lane=sgd,lr=0.021&lane=adam,lr=0.15&lane=momentum,lr=0.006&lane=adagrad"
    lab = open_lab(f"{query},hidden&time=300")
    until_order(lab, "Momentum", "Adam", "SGD", "AdaGrad")
    found = {title: rest for title, *rest in rows(lab)}
    assert {title: note for title, (note, *_) in found.items()} == {
        "Momentum": "first", "Adam": "", "SGD": "diverges", "AdaGrad": "hidden",
    }  # fmt: skip
    valley = surfaces.get("narrow_valley")
    for title, name, given in (
        ("Momentum", "momentum", {"lr": 0.006}),
        ("Adam", "adam", {"lr": 0.15}),
        ("SGD", "sgd", {"lr": 0.021}),
    ):
        run = rollout(valley, name, start=lab.scenario.start, steps=300, **given)
        _, loss, distance, arrived = found[title]
        assert numbers(loss) == pytest.approx([run.loss[-1]], rel=6e-3)
        assert numbers(distance) == pytest.approx([np.hypot(*run.theta[-1])], rel=6e-3)
        step = int(run.steps_to(1e-3))
        assert arrived == (f"step {step}" if step >= 0 else "not yet")
    table = lab.page.get_by_role("table", name="Scoreboard", exact=False)
    head = table.get_by_role("columnheader")
    assert [one.get_attribute("aria-sort") for one in head.all()] == ["none", "ascending", "none", "none"]
    lab.button("distance").click()
    lab.button("distance").click()
    expect(head.nth(2)).to_have_attribute("aria-sort", "descending")
    until_order(lab, "SGD", "Adam", "Momentum", "AdaGrad")
    lab.button("Choose Momentum").press("Enter")
    lab.until_address("show=2")
    expect(lab.button("Choose Momentum")).to_have_attribute("aria-pressed", "true")
    table.get_by_text("diverges").click()
    lab.until_address("show=0")
    assert "2/L" in (lab.button("Choose SGD").get_attribute("aria-description") or "")
    # Back in time nothing has arrived yet; at the start nobody is lowest.
    lab.seek(0)
    assert [row[1:2] + row[4:] for row in rows(lab)] == [
        ["diverges", "not yet"],
        *[["", "not yet"]] * 2,
        ["hidden", "not yet"],
    ]
    # A dragged slider is followed at once, and the row that is in use keeps the focus when rows change places.
    lab.seek(300)
    lab.slider("Adam lr").focus()
    lab.page.keyboard.press("Home")
    until_order(lab, "SGD", "Adam", "Momentum", "AdaGrad")
    lab.button("loss now").click()
    lab.button("Choose SGD").focus()
    for key, order in (("Home", ("SGD", "Adam", "Momentum")), ("End", ("Momentum", "Adam", "SGD"))):
        lab.page.keyboard.press(key)
        until_order(lab, *order, "AdaGrad")
        assert lab.page.evaluate("document.activeElement.textContent") == "SGD"


@pytest.mark.parametrize("time", [0, 30, 160])
def test_the_first_to_arrive_stays_first_while_another_is_lowest(open_lab: OpenLab, time: int) -> None:
    """Of a race the story says who won: the board does not call another the leader because it is lower in the end."""
    rates = {"Momentum": ("momentum", 0.006), "Adam": ("adam", 0.15)}
    lab = open_lab(f"surface=narrow_valley&steps=300&lane=momentum,lr=0.006&lane=adam,lr=0.15&time={time}")
    valley = surfaces.get("narrow_valley")
    start = lab.scenario.start
    runs = {title: rollout(valley, name, start=start, steps=300, lr=lr) for title, (name, lr) in rates.items()}
    assert 30 < int(runs["Momentum"].steps_to(1e-3)) < int(runs["Adam"].steps_to(1e-3)) < 160
    losses = {title: run.loss[time] for title, run in runs.items()}
    lowest = min(losses, key=losses.__getitem__)
    assert time < 160 or lowest == "Adam", "or this shows nothing"
    notes = {title: note for title, note, *_ in rows(lab)}
    expected = {title: "lowest" if time and title == lowest else "" for title in rates}
    if time == 160:
        expected["Momentum"] = "first"
    assert notes == expected


def test_a_surface_without_a_minimum_and_a_run_that_is_lost(open_lab: OpenLab) -> None:
    lab = open_lab(
        "surface=formula&formula=x**4-y**2&domain=-3,3,-3,3&start=1,0.1&steps=60&lane=sgd,lr=2&lane=adam&time=60"
    )
    until_order(lab, "Adam", "SGD")
    adam, sgd = rows(lab)
    assert adam[3:] == ["–", "–"]
    assert sgd[1:] == ["diverged", "–", "–", "–"]
    head = lab.page.get_by_role("table", name="Scoreboard", exact=False).get_by_role("columnheader")
    expect(head.nth(2)).to_have_text("distance: none known", use_inner_text=True)
    assert "no known minimum" in (head.nth(2).get_by_role("button").get_attribute("aria-description") or "")
