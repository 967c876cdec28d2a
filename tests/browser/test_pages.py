"""What all pages share: one header in one place, a title that says what is there, an icon of our own."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.lab_page import ANY, LabPage
from tests.browser.paper_page import STREAMLIT_PROBES
from tests.browser.test_layout import box, resized

PATHS = {
    "Lab": "/", "Maps": "/maps", "Train": "/train", "Sweeps": "/sweeps", "Paper": "/paper", "After": "/after",
}  # fmt: skip
FORMULA = "sin(3*x)*cos(3*y) + 0.1*(x**2 + y**2) + exp(-x**2 - y**2) + x*y/9"


def header_of(page: Page, url: str) -> dict[str, dict[str, float]]:
    """Return where the name and the links stand, once the page shows them."""
    page.goto(url)
    nav = page.get_by_role("navigation", name="Pages")
    nav.wait_for()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")  # all of the page's CSS is there
    places = {name: box(nav.get_by_text(name, exact=True)) for name in PATHS}
    return {"name": box(page.locator(".ov-brand").first), **places}


def test_the_header_of_every_page(
    new_page: NewPage, app_url: str, allowed: list[str], subtests: pytest.Subtests
) -> None:
    allowed.append(STREAMLIT_PROBES)
    page = new_page()
    with subtests.test("the header stands still from page to page"):
        the_header_stands_still_from_page_to_page(page, app_url)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Lab").click()
    lab = LabPage(page).until_opened()
    lab.seek(30)
    parts = (
        the_runs_settings_open_and_close,
        surfaces_are_offered_in_groups,
        the_labs_header_is_one_line_and_a_formula_has_its_own,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def the_header_stands_still_from_page_to_page(page: Page, app_url: str) -> None:
    titles: dict[str, str] = {}
    seen: dict[str, dict[str, dict[str, float]]] = {}
    for name, path in PATHS.items():
        seen[name] = header_of(page, app_url + path)
        nav = page.get_by_role("navigation", name="Pages")
        assert nav.locator("[aria-current=page]").all_inner_texts() == [name]
        page.wait_for_function("() => document.title.endsWith(' · optim_viz')")
        titles[name] = page.title()
        icon = page.locator("link[rel~=icon]").first.get_attribute("href") or ""
        assert "svg" in icon, f"the icon of {name} is {icon[:60]}"
    for name in PATHS.keys() - {"Lab"}:
        for what, at in seen[name].items():
            moved = max(abs(at[side] - seen["Lab"][what][side]) for side in at)
            assert moved < 1.5, f"{what} moves by {moved} px from Lab to {name}"
    assert len(set(titles.values())) == len(PATHS), titles


def the_labs_header_is_one_line_and_a_formula_has_its_own(lab: LabPage) -> None:
    lab.type("Formula", FORMULA)
    lab.until_address("exp(-x**2")
    for width, height in ((1440, 900), (1280, 720)):
        the_header_is_one_line(resized(lab, width, height), width)
        box = lab.page.get_by_role("textbox", name="Formula").bounding_box()
        assert box is not None
        assert box["width"] > 0.8 * width, "a long formula is seen whole"


def the_header_is_one_line(lab: LabPage, width: int) -> None:
    tops = lab.page.evaluate("""() => [...document.querySelector(".ov-top").children]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 0)
      .map((one) => one.getBoundingClientRect())
      .map(({ top, bottom, left, right }) => ({ middle: (top + bottom) / 2, left, right }))
      .sort((a, b) => a.left - b.left)""")
    assert len(tops) >= 7
    assert max(one["middle"] for one in tops) - min(one["middle"] for one in tops) < 4, "the header wraps"
    for before, after in pairwise(tops):
        assert before["right"] <= after["left"] + 1, f"two parts of the header overlap: {before}, {after}"
    cut = lab.page.evaluate("""() => [...document.querySelectorAll(".ov-top :is(button, summary)")]
      .map((one) => [one, one.getBoundingClientRect().right - one.parentElement.getBoundingClientRect().right])
      .filter(([one, beyond]) => one.checkVisibility() && !one.closest(".ov-pop") && beyond > 1)
      .map(([one]) => one.textContent)""")
    assert not cut, f"cut in the header: {cut}"
    assert tops[-1]["right"] < width - 30, "Streamlit's menu lies over the header"


def surfaces_are_offered_in_groups(lab: LabPage) -> None:
    groups = lab.page.evaluate("""() => [...document.querySelectorAll(".ov-choose optgroup")]
      .map((group) => [group.label, group.children.length])""")
    assert len(groups) >= 4
    assert len({label for label, _ in groups}) == len(groups)
    assert "Other" not in {label for label, _ in groups}, "a surface of the catalog declares no group"
    lab.page.get_by_role("combobox", name="Surface", exact=True).select_option(label="Your own formula")
    lab.until_address("surface=formula")


def the_runs_settings_open_and_close(lab: LabPage) -> None:
    settings = lab.page.locator(".ov-settings")
    assert settings.locator("summary").inner_text().startswith("300 steps")
    expect(settings).not_to_have_attribute("open", ANY)
    settings.locator("summary").click()
    lab.entry("Seed").fill("7")
    lab.page.keyboard.press("Enter")
    lab.until_address("seed=7")
    lab.page.keyboard.press("Escape")
    expect(settings).not_to_have_attribute("open", ANY)
