"""The Paper page explains its signs where they stand, its contents stay in sight, and section 3 plays."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.paper_page import STREAMLIT_PROBES, PaperPage

SAYS = "(words) => (document.querySelector('.ov-explain:not([hidden])')?.textContent ?? '').includes(words)"
UNTOLD = """() => [...document.querySelectorAll(".stMain :is(.katex, [data-testid=stWidgetLabel], .ov-words dt)")]
  .filter((one) => /[\\u0370-\\u03ff]/.test(one.textContent) && !one.closest("[data-explained]"))
  .map((one) => one.textContent)"""
TOUCH = "(one) => one.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, pointerType: 'touch' }))"


def until_said(page: Page, words: str) -> None:
    page.wait_for_function(SAYS, arg=words)


def test_signs_explain_themselves_contents_stay_and_section_3_plays(
    new_page: NewPage, app_url: str, allowed: list[str]
) -> None:
    allowed.append(STREAMLIT_PROBES)
    paper = PaperPage(new_page(), app_url, "?s1.lr=0.02")
    page = paper.page
    page.wait_for_function(f"() => ({UNTOLD})().length === 0")
    # The pointer: every sign of a formula, with the value of the section's own slider.
    formula = page.locator(".katex-display .katex[data-explained]").first
    formula.scroll_into_view_if_needed()
    formula.hover()
    until_said(page, "η (learning rate) = 0.02. Step size")
    until_said(page, "μ (momentum) = 0.9: a steady gradient adds up to 10 times itself.")
    until_said(page, "M: Mass of the particle, μ/η")
    page.keyboard.press("Escape")
    page.locator(".ov-explain").wait_for(state="hidden")
    # The keyboard: at a slider the words follow its value.
    slider = paper.control("s11.beta2").get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    until_said(page, "β₂ (beta 2) = 0.995: remembers about 200 steps.")
    nav = page.get_by_role("navigation", name="Contents")
    expect(nav).to_be_in_viewport()
    expect(nav.locator("[aria-current]")).to_have_count(1)
    page.keyboard.press("Escape")
    # A finger on what a number is called.
    numbers = paper.words("s11-numbers")
    expect(numbers).to_contain_text("200 steps")
    numbers.locator("dt[data-explained]", has_text="Memory of v").evaluate(TOUCH)
    until_said(page, "v: Running mean of the squared gradients.")
    # Play moves a slider on, and stops.
    step = paper.control("s3.step").get_by_role("slider")
    play = page.get_by_role("button", name="Play", exact=True)
    play.scroll_into_view_if_needed()
    play.click()
    page.wait_for_function("() => Number(document.querySelector('.st-key-s3-step input[type=range]').value) >= 4")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(paper.words("s3-saw")).to_contain_text(f"Step {step.input_value()},")
