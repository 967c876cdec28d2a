"""What slider tracks show before they are touched: strips, marks, words, the best within one key or one click."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import optim_viz
from optim_viz.scenario import Scenario
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.lab_page import LabPage

SHOWN = """(stage) => [...stage.querySelectorAll(".ov-slider .ov-strip")].filter((one) => one.checkVisibility())"""
ALL = f"""(stage) => {{
  const strips = ({SHOWN})(stage);
  const ranges = [...stage.querySelectorAll(".ov-slider input[type=range]")].filter((one) => one.checkVisibility());
  const here = (one) => one.style.background && !one.classList.contains("ov-stale");
  return strips.length === ranges.length && strips.every(here);
}}"""


def best_lr(optimizer: str, **given: float) -> tuple[float, float]:
    """Return the learning rate among the slider's stops whose run ends lowest, and where it ends, run by run."""
    scenario = Scenario.default()
    (lr,) = (each for each in optim_viz.optimizer(optimizer).hyperparameters if each.name == "lr")
    ends = {
        float(stop): float(
            optim_viz.rollout(
                scenario.surface, optimizer, start=scenario.start, steps=scenario.steps, lr=float(stop), **given
            ).loss[-1]
        )
        for stop in lr.stops()
    }
    best = min(ends, key=lambda stop: ends[stop])
    return best, ends[best]


def told(lab: LabPage, name: str) -> str:
    """Return the words that describe a slider."""
    return lab.slider(name).evaluate(
        "(range) => document.getElementById(range.getAttribute('aria-describedby')).textContent"
    )


def test_every_slider_in_sight_shows_its_strip_and_the_best_is_a_key_or_a_click_away(open_lab: OpenLab) -> None:
    lab = open_lab("time=30")
    lab.until(ALL, "a strip on every slider in sight")
    best, loss = best_lr("adam")
    where, ends = told(lab, "Adam lr").removeprefix("best at ").split(": ")
    assert (float(where), float(ends.replace("−", "-"))) == (best, pytest.approx(loss, rel=0.05))
    assert "diverges above 0.02 = 2/L" in told(lab, "SGD lr")
    hatched = lab.slider("SGD lr").evaluate("(range) => range.parentElement.querySelectorAll('.ov-lost').length")
    assert hatched == 1, "what diverges is hatched, not only coloured"

    lab.slider("Adam lr").hover()
    lab.until(
        "(stage, words) => stage.querySelector('.ov-explain:not([hidden])')?.textContent.includes(words)",
        "the words beside the column say what the value means and what the track shows",
        f"Along its track: {told(lab, 'Adam lr')}.",
    )
    expect(lab.page.locator(".ov-scent:visible"), "one box is enough").to_have_count(0)

    lab.slider("Adam lr").focus()
    lab.page.keyboard.press("b")
    lab.until_address(f"adam,lr={best:g}")
    lab.until(
        "(stage, best) => [...stage.querySelectorAll('[aria-live]')].some((one) => one.textContent.includes(best))",
        "what was taken is said",
        f"Adam lr is {best:g} now",
    )
    best, _ = best_lr("sgd")
    assert best <= 0.02
    lab.page.get_by_role("button", name="Take the best SGD lr").click()
    lab.until_address(f"sgd,lr={best:g}")
    lab.until(ALL, "the strips follow the change")

    lab.page.get_by_label("More settings of SGD").click()
    lab.until(ALL, "sliders that come in sight get theirs")
    metric = lab.page.get_by_role("combobox", name="Slider tracks show")
    metric.select_option("steps")
    lab.until("(stage) => /step \\d+/.test(stage.querySelector('.ov-scent').textContent)", "steps are told")
    lab.page.reload()
    lab.until_opened()
    expect(metric, "what the tracks show is remembered").to_have_value("steps")


def a_strip_is_thin_and_below_the_thumb(lab: LabPage) -> None:
    lab.slider("SGD lr").scroll_into_view_if_needed()
    strip, track = lab.slider("SGD lr").evaluate(
        """(range) => [range.parentElement.querySelector(".ov-strip"), range].map((one) => {
          const { x, y, width, height } = one.getBoundingClientRect();
          return { x, y, width, height };
        })"""
    )
    assert 6 <= strip["height"] <= 8
    assert strip["width"] >= 60
    assert abs(strip["y"] + strip["height"] / 2 - track["y"] - track["height"] / 2) < 1
    on_top = lab.slider("SGD lr").evaluate(
        """(range) => {
          const { x, y, width, height } = range.getBoundingClientRect();
          const share = range.valueAsNumber / Number(range.max);
          return document.elementFromPoint(x + 7 + (width - 14) * share, y + height / 2) === range;
        }"""
    )
    assert on_top, "the thumb is not covered"


def lr_of(lab: LabPage, lane: int = 0) -> float:
    """Return a lane's learning rate as the address has it."""
    return float(lab.scenario.lanes[lane].hyperparameters["lr"])


def until_told_lr(lab: LabPage, value: float) -> None:
    """Wait until the slider tells a learning rate."""
    same = (
        "(stage, value) => stage.querySelector('input[aria-label=\"SGD lr\"]').getAttribute('aria-valuetext') === value"
    )
    lab.until(same, f"the slider tells {value!r}", repr(value))


def test_shift_moves_a_slider_ten_times_finer_by_mouse_and_by_key(open_lab: OpenLab) -> None:
    """The slider's own stops jump from 0.0191 to 0.0229, past the threshold 2/L = 0.02."""
    lab = open_lab("time=30&lane=sgd,lr=0.0191")
    lab.until(ALL, "a strip on every slider in sight")
    a_strip_is_thin_and_below_the_thumb(lab)
    page, mouse = lab.page, lab.page.mouse
    x, y = lab.grip("SGD lr")
    page.keyboard.down("Shift")
    mouse.move(x, y)
    mouse.down()
    lab.until("(stage) => stage.querySelector('.ov-fine') !== null", "the track stands for stops around the value")
    expect(lab.slider("SGD lr"), "pressing moves nothing").to_have_attribute("aria-valuetext", "0.0191")
    sent = page.evaluate("wire.sent")
    for pixel in range(1, 40):
        mouse.move(x + pixel, y)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        if float(lab.slider("SGD lr").get_attribute("aria-valuetext") or "nan") >= 0.02:
            break
    assert page.evaluate("wire.sent") == sent, "a drag sends nothing"
    assert lab.told("fine") == "SGD:lr:0.02"
    mouse.up()
    page.keyboard.up("Shift")
    lab.until_address("sgd,lr=0.02&")
    assert abs(lr_of(lab) - 0.02) <= 1e-4
    expect(lab.page.locator(".ov-fine")).to_have_count(0)

    lab.slider("SGD lr").focus()
    for value in (0.0202, 0.0204, 0.0202, 0.02, 0.0198):
        page.keyboard.press("Shift+ArrowRight" if value > float(lr_of(lab)) else "Shift+ArrowLeft")
        lab.until_address(f"sgd,lr={value!r}&")
        until_told_lr(lab, value)
    # Shift in the middle of a drag: the slider stays at its stop, and goes on finely from there.
    x, y = lab.grip("SGD lr")
    lab.settle()
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 4, y, steps=4)
    coarse = "(stage) => (stage.dataset.stop ?? '').startsWith('SGD:lr:') && stage.querySelector('.ov-fine') === null"
    lab.until(coarse, "a drag without Shift goes by the slider's own stops")
    reached = lab.slider("SGD lr").get_attribute("aria-valuetext") or ""
    assert float(reached) > 0.0198 * 1.15
    page.keyboard.down("Shift")
    lab.until("(stage) => stage.querySelector('.ov-fine') !== null", "Shift makes the drag that goes on a fine one")
    lab.until_address(f"sgd,lr={reached}&")
    expect(lab.slider("SGD lr"), "pressing Shift moves nothing").to_have_attribute("aria-valuetext", reached)
    for pixel in range(1, 6):
        mouse.move(x + 4 - pixel, y)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    told_now = float(lab.slider("SGD lr").get_attribute("aria-valuetext") or "nan")
    assert 0.9 * float(reached) < told_now < float(reached), (told_now, reached)
    mouse.up()
    page.keyboard.up("Shift")
    lab.until_address(f"sgd,lr={told_now!r}&")
    expect(page.locator(".ov-fine")).to_have_count(0)
    lab.type("lr of SGD, typed", "0.0198")
    lab.until_address("sgd,lr=0.0198&")

    run = optim_viz.rollout("narrow_valley", "sgd", start=(-8, 1), steps=300, lr=0.0198)
    lab.until_told(pending="false")
    lab.settle().seek(300)
    assert lab.arithmetic()["θ"][0][-1] == pytest.approx(run.theta[-1, 0], rel=1e-3)


def test_the_switch_does_what_shift_does_under_a_finger(open_lab: OpenLab, new_page: NewPage) -> None:
    page = new_page(width=390, height=844, has_touch=True)
    lab = open_lab("time=30&lane=sgd,lr=0.0191", page=page)
    lab.until(ALL, "a strip on every slider in sight")
    a_strip_is_thin_and_below_the_thumb(lab)
    lab.button("fine").tap()
    x, y = lab.grip("SGD lr")
    touch = page.context.new_cdp_session(page)

    def finger(kind: str, *points: tuple[float, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points]})

    finger("touchStart", (x, y))
    lab.until("(stage) => stage.querySelector('.ov-fine') !== null", "the track stands for stops around the value")
    for pixel in range(0, 60, 3):
        finger("touchMove", (x + pixel, y))
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        if float(lab.slider("SGD lr").get_attribute("aria-valuetext") or "nan") >= 0.02:
            break
    finger("touchEnd")
    lab.until("() => /sgd,lr=0\\.02\\d*&/.test(decodeURIComponent(location.search))", "the value is taken")
    assert abs(lr_of(lab) - 0.02) <= 4e-4
