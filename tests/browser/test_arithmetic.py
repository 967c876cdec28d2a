"""The arithmetic panel says what happened: its numbers are those of optim_viz.rollout, at every step."""

from __future__ import annotations

import pytest

import optim_viz
from tests.browser.adam_numbers import assert_arithmetic, shown_run
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.lab_page import LabPage
from tests.browser.test_layout import PHONE, resized

QUERY = "steps=300&lane=sgd,lr=0.018&lane=adam,lr=0.1,beta2=0.97&show=1&time=0"


def test_every_number_is_the_runs_own(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab(QUERY)
    parts = (
        at_the_start_only_theta_has_a_value,
        while_scrubbing_both_ways,
        another_lane,
        while_dragging_as_after_the_release,
        while_dragging_a_long_run_whose_families_are_thinned,
        with_noise,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def at_the_start_only_theta_has_a_value(lab: LabPage) -> None:
    shown = lab.arithmetic()
    assert shown.pop("θ") == ([-8], [1])
    assert all(cells == ([], []) for cells in shown.values()), shown


def while_scrubbing_both_ways(lab: LabPage) -> None:
    run = shown_run(lab.scenario)
    for step in (1, 2, 57, 300, 123, 2, 1):
        lab.seek(step)
        assert_arithmetic(lab, run, step)
    lab.button("Step forward").click()
    lab.until_told(time=2)
    assert_arithmetic(lab, run, 2)


def choose_lane(lab: LabPage, title: str) -> None:
    lab.page.get_by_role("combobox", name="Lane shown in the arithmetic", exact=True).select_option(label=title)


def another_lane(lab: LabPage) -> None:
    choose_lane(lab, "SGD")
    lab.until_address("show=0")
    assert list(lab.arithmetic())[-1] == "θ"
    assert "m̂" not in lab.arithmetic(), "SGD has no first moment"


def with_noise(lab: LabPage) -> None:
    """The gradient in the panel is the one the step saw, noise included."""
    for field, text, part in (("Gradient noise", "0.7", "noise=0.7"), ("Seed", "11", "seed=11")):
        lab.type(field, text)
        lab.until_address(part)
    choose_lane(lab, "Adam")
    lab.until("() => document.querySelector('.ov-arithmetic').textContent.includes('m̂')", "Adam's lines are shown")
    lab.until_address("show=1")
    lab.until_told(pending="false")
    lab.seek(17)
    assert_arithmetic(lab, shown_run(lab.scenario), 17)


ALL_DIGITS = """() => [...document.querySelectorAll(".ov-arithmetic td")].map((cell) => {
  cell.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
  return document.querySelector(".ov-digits").textContent;
})"""
"""Points at each cell in turn, and reads the line that is written out with all its digits."""


def while_dragging_a_long_run_whose_families_are_thinned(lab: LabPage) -> None:
    lab.type("Steps", "1500")
    lab.until_told(steps=1500, pending="false")
    lab.page.keyboard.press("Escape")
    while_dragging_as_after_the_release(lab.settle())


def while_dragging_as_after_the_release(lab: LabPage) -> None:
    steps = int(lab.told("steps") or 0)
    mouse = lab.page.mouse
    diverged = False
    for step, share in ((1, 0.55), (60, 0.7), (150, 0.68), (steps, 0.4)):
        lab.seek(step)
        mouse.move(0, 0)
        mouse.move(*lab.grip("SGD lr"))
        lab.settle()
        sent = lab.page.evaluate("wire.sent")
        mouse.down()
        mouse.move(*lab.grip("SGD lr", share), steps=3)
        lab.until("({dataset}) => (dataset.stop ?? '').startsWith('SGD:lr:')", "the drag is painted")
        mouse.move(*lab.grip("SGD lr", share + 0.01), steps=2)
        lab.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        stop, dragged, digits = lab.told("stop"), lab.arithmetic(), lab.page.evaluate(ALL_DIGITS)
        assert lab.page.evaluate("wire.sent") == sent
        mouse.up()
        lab.until_told(pending="false")
        assert lab.told("stop") == stop
        lab.settle()
        assert lab.arithmetic() == dragged
        assert lab.page.evaluate(ALL_DIGITS) == digits
        assert all(" = " in line for line in digits)
        diverged |= any(abs(value) > 1e20 for cells in dragged.values() for cell in cells for value in cell)
    assert diverged, "one of the runs was to diverge"


CUT = """() => {
  const panel = document.querySelector(".ov-arithmetic");
  const { left, right } = panel.getBoundingClientRect();
  const outside = (one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    const box = range.getBoundingClientRect();
    return box.right > Math.min(right, innerWidth) + 1 || box.left < left - 1 || one.scrollWidth > one.clientWidth + 1;
  };
  const all = [panel, ...panel.querySelectorAll("th, td, p")].filter((one) => one.checkVisibility());
  return all.filter(outside).map((one) => one.textContent);
}"""
"""Lists what of the panel is wider than the panel, or out of sight at its sides."""


LONG = "surface=rosenbrock&start=-1.2,1&lane=sgd,lr=0.0123456789&lane=radam,weight_decay=0.0123456789&time=3&show=1"


def test_no_number_is_cut_and_every_digit_can_be_seen(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab(LONG)
    for width, height in ((1440, 900), (1280, 720)):
        with subtests.test(f"{width} x {height}"):
            every_digit_can_be_seen(resized(lab, width, height), phone=False)


def test_on_a_phone_no_number_is_cut_and_every_digit_can_be_seen(open_lab: OpenLab, new_page: NewPage) -> None:
    every_digit_can_be_seen(open_lab(LONG, page=new_page(**PHONE)), phone=True)


def every_digit_can_be_seen(lab: LabPage, phone: bool) -> None:
    page = lab.page
    shown = lab.arithmetic()
    assert not (found := page.evaluate(CUT)), f"cut: {found}"
    run = optim_viz.rollout("rosenbrock", "radam", start=(-1.2, 1.0), weight_decay=0.0123456789, steps=3)
    assert shown["θ"][1][-1] == pytest.approx(run.theta[3, 1], rel=1e-3)
    cell = page.locator(".ov-arithmetic tr", has=page.get_by_text("θ = θₜ₋₁ + Δθ")).locator("td").last
    digits = page.locator(".ov-digits")
    if phone:
        cell.tap()
    else:
        page.locator(".ov-arithmetic td").first.focus()
        page.keyboard.press("ArrowRight")
        for _ in range(cell.evaluate("(cell) => cell.parentElement.rowIndex")):
            page.keyboard.press("ArrowDown")
        assert cell.evaluate("(cell) => cell === document.activeElement")
        assert lab.time == 3, "the keys that move between the numbers must not move the clock"
    expected = repr(float(run.theta[3, 1])).replace("-", "−")
    assert digits.inner_text().endswith(f" = {expected}")
    assert not (found := page.evaluate(CUT)), f"cut: {found}"
