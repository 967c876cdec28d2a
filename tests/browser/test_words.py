"""Every control, symbol and chart says in a sentence what it is: to pointer, keyboard, finger and screen reader."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenLab

UNTOLD = """() => {
  const shared = (one, name) => one.getAttribute(name)?.split(" ")
    .map((id) => document.getElementById(id)?.textContent ?? "").join(" ") ?? "";
  const name = (one) => (one.ariaLabel || shared(one, "aria-labelledby") || one.textContent).trim();
  const told = (one) => one.getAttribute("aria-description") || shared(one, "aria-describedby")
    || (one.title.trim() !== name(one) && one.title);
  const controls = [...document.querySelector(".ov-stage").querySelectorAll(
    "button, input, select, summary, textarea, a[href], [role=slider], [role=button]")];
  const untold = controls.filter((one) => !one.closest("[hidden], .ov-explain, .ov-help dl") && !told(one));
  return { count: controls.length, untold: untold.map((one) => one.outerHTML.slice(0, 160)) };
}"""


def test_every_control_is_described_and_explains_itself(open_lab: OpenLab) -> None:
    lab = open_lab("lane=adam,lr=0.1&lane=adam,lr=0.3,hidden&lane=rmsprop&time=30")
    until = "(stage, text) => (stage.querySelector('.ov-explain:not([hidden])')?.textContent ?? '').includes(text)"
    found = lab.page.evaluate(UNTOLD)
    assert found["count"] > 60
    assert not found["untold"], f"controls without a description: {found['untold']}"
    # The pointer: a decay in steps, with a link to the section of the paper that shows it.
    lab.page.locator(".ov-card").first.get_by_text("beta 2").hover()
    lab.until(until, "β₂ says how long it remembers", "β₂ = 0.999: remembers about 1000 steps.")
    expect(lab.page.locator(".ov-explain a")).to_have_attribute("href", "paper#s4")
    lab.page.locator(".ov-chart-words button").first.hover()
    lab.until(until, "a chart says what it shows, and the chosen lane's value", "How far the loss is above")
    lab.page.mouse.move(700, 450)
    lab.until("(stage) => stage.querySelector('.ov-explain').hidden", "the words go with the pointer")
    # Symbols of the arithmetic: what they are, and their values now.
    lab.page.get_by_role("button", name="This step in numbers").click()
    lab.page.locator(".ov-arithmetic th", has_text="Δθ =").hover()
    lab.until(until, "Δθ says what it is", "Δθ: The step: what is added to θ. At step 30: ")
    lab.page.get_by_role("button", name="This step in numbers").click()
    # The keyboard: the words follow the value; the browser's description does when it is committed.
    slider = lab.slider("Adam lr 0.1 lr")
    slider.focus()
    lab.page.keyboard.press("ArrowRight")
    lab.until_address("adam,lr=0.111")
    slider = lab.slider("Adam lr 0.111 lr")
    assert slider.evaluate("(one) => one === document.activeElement"), "the lane's new title costs no focus"
    lab.until(until, "the words at the slider follow it", "η = 0.111.")
    lab.until(
        "(stage) => document.activeElement.getAttribute('aria-description').startsWith('η = 0.111.')",
        "so does its description",
    )
    lab.page.keyboard.press("Escape")
    lab.until("(stage) => stage.querySelector('.ov-explain').hidden", "Esc closes the words")
    # A finger on a name.
    touch = "(one) => one.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, pointerType: 'touch' }))"
    lab.page.locator(".ov-card").nth(2).get_by_text("decay", exact=True).evaluate(touch)
    lab.until(until, "a touch shows the words", "α = 0.99: remembers about 100 steps.")
    # The keys, and what the symbols mean, stand under "?"; there no key moves the clock.
    lab.page.keyboard.press("?")
    dialog = lab.page.get_by_role("dialog", name="Keys and symbols")
    dialog.wait_for()
    assert dialog.get_by_text("Play or pause").is_visible()
    assert "m, corrected for its start at 0." in dialog.inner_text()
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert lab.settle().time == 30
