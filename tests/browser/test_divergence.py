"""A run that diverges says so on the plot, and why; the others go on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage, OpenLab
from tests.browser.in_page import DRAWN_TEXT
from tests.browser.lab_page import LabPage
from tests.browser.test_surface import choose_surface


def opened(open_lab: OpenLab, new_page: NewPage, query: str) -> LabPage:
    return open_lab(query, page=new_page(script=DRAWN_TEXT))


def until_drawn(lab: LabPage, *parts: str) -> None:
    lab.until(
        "(_, parts) => [...drawnText.keys()].some((text) => parts.every((part) => text.includes(part)))",
        f"a text on the plot that holds {parts}",
        list(parts),
    )


def test_a_run_that_diverges_is_named(open_lab: OpenLab, new_page: NewPage, subtests: pytest.Subtests) -> None:
    """On the narrow valley L = 100: lr 0.021 is above 2/L = 0.02."""
    lab = opened(open_lab, new_page, "surface=narrow_valley&steps=300&lane=sgd,lr=0.021&lane=adam,lr=0.15&time=300")
    parts = (
        sgd_above_two_over_l_is_named_with_its_limit,
        a_stable_run_is_not_accused,
        a_drag_into_divergence_names_it_at_once,
        a_run_that_leaves_the_finite_numbers_says_at_which_step,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def sgd_above_two_over_l_is_named_with_its_limit(lab: LabPage) -> None:
    until_drawn(lab, "SGD", "lr 0.021 > 2/L = 0.02")
    assert lab.told("lanes") == "2"


def drawn_anew(lab: LabPage, lr: str) -> None:
    """Give SGD another lr and forget the texts that were drawn before its run was there."""
    lab.type("lr of SGD, typed", lr)
    lab.until_address(f"sgd,lr={lr}")
    lab.until_told(pending="false")
    lab.settle().page.evaluate("drawnText.clear()")
    lab.seek(299)
    lab.seek(300)
    until_drawn(lab, "SGD")


def a_stable_run_is_not_accused(lab: LabPage) -> None:
    drawn_anew(lab, "0.019")
    texts = lab.page.evaluate("[...drawnText.keys()]")
    assert "SGD" in texts, f"the lane's name is on the plot: {texts}"
    assert not [text for text in texts if "2/L" in text or "left" in text or "finite" in text]


def a_drag_into_divergence_names_it_at_once(lab: LabPage) -> None:
    drawn_anew(lab, "0.018")
    lab.slider("SGD lr").focus()
    for _ in range(6):
        lab.page.keyboard.press("ArrowRight")
    until_drawn(lab, "SGD", "> 2/L = 0.02")


def a_run_that_leaves_the_finite_numbers_says_at_which_step(lab: LabPage) -> None:
    lab.page.get_by_role("combobox", name="Surface", exact=True).select_option(label="Rosenbrock")
    lab.until_address("surface=rosenbrock")
    lab.type("Steps", "60")
    lab.until_told(steps=60, pending="false")
    lab.type("lr of SGD, typed", "0.1")
    lab.until_address("sgd,lr=0.1&")
    lab.seek(60)
    until_drawn(lab, "SGD", "finite", "step")
    summary = lab.page.locator("[aria-live=polite]").last
    lab.until(
        "(stage) => /SGD: diverged at step \\d+\\./.test(stage.textContent)",
        f"the summary tells it too: {summary.text_content()!r}",
    )
    lab.seek(1)
    lab.seek(60)
    assert lab.told("time") == "60", "the clock runs to the end for the lanes that go on"


def test_lanes_out_of_sight_do_not_stop_the_frames(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    """The labels of the exits meet at the edge: placing them must come to an end."""
    lab = open_lab("time=200").settle()
    with subtests.test("zoomed in by the wheel until every lane is out of sight"):
        zooming_in_by_the_wheel_does_not_stop_the_frames(lab)
    with subtests.test("many lanes leave a saddle by one edge"):
        choose_surface(lab, "Saddle")
        lab.type("Start x, y", "1, -0.001")
        lab.until_address("start=1,-0.001")
        frames_go_on(lab, "Restart", 100)
    with subtests.test("many lanes leave along a kink"):
        choose_surface(lab, "Your own formula")
        lab.type("Formula", "max(x,y)")
        lab.until_address("formula=max(x,y)")
        frames_go_on(lab, "Restart", 100)


def frames_go_on(lab: LabPage, button: str, more: int) -> None:
    lab.until_told(pending="false")
    frames = int(lab.told("frames") or 0)
    lab.button(button).click()
    wanted = {"frames": frames + more}
    lab.until("({dataset}, {frames}) => Number(dataset.frames) > frames", "frames go on", wanted)


def zooming_in_by_the_wheel_does_not_stop_the_frames(lab: LabPage) -> None:
    box = lab.page.locator(".ov-surface").bounding_box()
    assert box is not None
    for share in (0.2, 0.8):
        lab.page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * share)
        for _ in range(12):
            lab.page.mouse.wheel(0, -300)
            lab.page.evaluate("new Promise(requestAnimationFrame)")
    frames_go_on(lab, "Play", 20)


def test_a_particle_out_of_the_view_is_pointed_at_and_one_without_numbers_named(
    open_lab: OpenLab, new_page: NewPage
) -> None:
    """What was an empty picture: a start outside the domain, a start where f is no number, a view zoomed past."""
    lab = opened(
        open_lab, new_page, "surface=formula&formula=x**0.5%2By**2&domain=-2,2,-2,2&start=-1,1&lane=sgd&time=0"
    )
    until_drawn(lab, "SGD cannot start here")
    until_drawn(lab, "not finite from step 0")
    expect(lab.button("Start point"), "the start is shown, where f is no number too").to_be_visible()
    lab.type("Start x, y", "50, 50")
    until_drawn(lab, "SGD is out of the view", "at 50, 50")
    lab.type("Start x, y", "1.5, 1.5")
    lab.until_address("start=1.5,1.5")
    lab.button("Zoom in").press("Enter")
    until_drawn(lab, "SGD is out of the view", "at 1.5, 1.5")
    lab.button("Reset zoom").press("Enter")
    lab.until(
        """() => {
          const gone = [...drawnText].filter(([text]) => text.includes("out of the view"));
          return drawnText.get("SGD").at > Math.max(...gone.map(([, { at }]) => at));
        }""",
        "in sight again, its name stands at the particle",
    )
