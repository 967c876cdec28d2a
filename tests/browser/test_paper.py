"""The paper page in a real Chromium: its frame, and a control moved in each of sections 3 to 6."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from optim_viz.figures.theme import DARK
from optim_viz.pages.paper.sections import sections
from tests.browser.conftest import NewPage
from tests.browser.paper_page import STREAMLIT_PROBES, PaperPage


@pytest.fixture(autouse=True)
def _streamlit_looks_around(allowed: list[str]) -> None:
    allowed.append(STREAMLIT_PROBES)


@pytest.fixture
def paper(app_url: str, new_page: NewPage) -> PaperPage:
    return PaperPage(new_page(), app_url)


def query(paper: PaperPage) -> dict[str, list[str]]:
    return parse_qs(urlsplit(paper.page.url).query)


def line_by_line(paper: PaperPage) -> None:
    section = paper.words("s3-saw")
    expect(section).to_contain_text("Step 2")
    paper.press("s3.step", "ArrowRight", "s3-plot")
    expect(section).to_contain_text("Step 3")
    expect(paper.plot("s3-plot")).to_have_attribute("aria-label", re.compile("step 3 marked"))
    assert query(paper) == {"s3.step": ["3"]}


def gradient_sequences(paper: PaperPage) -> None:
    assert paper.metric("m̂/√v̂ at the last step") == "−0.0526316 = −1/19"
    steps = paper.curve("s4-plot", "Δθ/lr")
    for _ in range(9):
        paper.press("s4.scale", "ArrowRight", "s4-plot")
    paper.page.wait_for_url("**/paper?*s4.scale=1000.0#s4")
    assert paper.curve("s4-plot", "g")[0] == 30_000
    assert paper.curve("s4-plot", "Δθ/lr") == pytest.approx(steps, abs=1e-8)
    assert paper.metric("m̂/√v̂ at the last step") == "−0.0526316 = −1/19"
    paper.option("s4.sequence", "5, −4, …", "s4-plot")
    paper.until_metric("m̂/√v̂ at the last step", "0.058125")


def a_bad_sequence_is_told_at_the_field(paper: PaperPage) -> None:
    paper.option("s4.sequence", "type your own", "s4-plot")
    field = paper.control("s4.typed").get_by_role("textbox")
    field.fill("1, two")
    field.press("Enter")
    expect(paper.page.get_by_role("alert").filter(has_text="“two”, cannot be read as a number")).to_be_visible()
    before = paper.paints("s4-plot")
    field.fill("1, 2")
    field.press("Enter")
    paper.painted("s4-plot", before)
    expect(paper.page.get_by_role("alert")).to_have_count(0)


def bias_correction(paper: PaperPage) -> None:
    assert paper.metric("Factor at t = 100") == "3.241"
    adam = paper.curve("s5-plot", "Adam")
    assert adam[0] == pytest.approx(1.0, rel=1e-6)
    before = paper.paints("s5-plot")
    paper.control("s5.corrected").get_by_text("Adam corrects its bias").click()
    paper.painted("s5-plot", before)
    assert paper.curve("s5-plot", "Adam")[0] == pytest.approx(3.1622776, rel=1e-6)
    late = int(paper.metric("Below 1 % from t"))
    paper.press("s5.beta2", "ArrowLeft", "s5-plot")
    expect(paper.fact("Below 1 % from t")).not_to_contain_text(str(late))
    assert int(paper.metric("Below 1 % from t")) < late


def the_largest_step(paper: PaperPage) -> None:
    assert paper.metric("Largest step") == "6.5685 lr"
    paper.press("s6.silence", "Home", "s6-plot")
    paper.until_metric("Largest step", "1 lr")
    paper.page.wait_for_url("**/paper?*s6.silence=0#s6")  # what the server has heard of is remembered
    paper.until_metric("Best you have found", "6.5685 lr")
    paper.press("s6.silence", "End", "s6-plot")
    paper.until_metric("Largest step", "6.5685 lr")
    paper.page.wait_for_url(lambda url: "s6." not in url and url.endswith("#s6"))


def a_sections_control_reruns_no_other_section(paper: PaperPage) -> None:
    for key in ("s3-plot", "s4-plot", "s5-plot"):
        paper.painted(key, 0)
    before = {key: paper.paints(key) for key in ("s3-plot", "s4-plot", "s5-plot")}
    paper.press("s6.silence", "Home", "s6-plot")
    paper.until_metric("Largest step", "1 lr")
    assert {key: paper.paints(key) for key in before} == before
    expect(paper.page).to_have_url(re.compile("s6.silence=0#s6$"))


def the_contents_lead_to_a_section(paper: PaperPage) -> None:
    paper.page.get_by_role("navigation", name="Contents").get_by_text("Bias correction").click()
    expect(paper.page.get_by_role("heading", name="5. Bias correction")).to_be_in_viewport()
    expect(paper.page).to_have_url(re.compile("#s5$"))
    # As Streamlit does, once the server has answered.
    paper.page.evaluate("history.pushState({}, '', location.search.replace('s6.silence=0', 's6.silence=7'))")
    expect(paper.page).to_have_url(re.compile(r"s6\.silence=7#s5$"))
    paper.press("s6.silence", "End", "s6-plot")
    expect(paper.page).to_have_url(re.compile("#s6$"))


def the_pages_are_linked(paper: PaperPage) -> None:
    links = paper.page.get_by_role("navigation", name="Pages").get_by_role("link")
    assert [(link.inner_text(), link.get_attribute("href")) for link in links.all()] == [
        ("Lab", "./"),
        ("Maps", "./maps"),
        ("Train", "./train"),
        ("Sweeps", "./sweeps"),
        ("Paper", "./paper"),
        ("After", "./after"),
    ]
    expect(links.nth(4)).to_have_attribute("aria-current", "page")


CONTROLS = (
    line_by_line,
    gradient_sequences,
    a_bad_sequence_is_told_at_the_field,
    bias_correction,
    the_largest_step,
    a_sections_control_reruns_no_other_section,
    the_contents_lead_to_a_section,
    the_pages_are_linked,
)


def test_controls_of_sections_3_to_6_and_the_ways_about(paper: PaperPage, subtests: pytest.Subtests) -> None:
    """One after the other on one page, since opening it is most of the work; each leaves the others' sections alone."""
    for each in CONTROLS:
        with subtests.test(each.__name__):
            each(paper)


def test_a_link_to_a_section_brings_it_and_its_values_into_sight(app_url: str, new_page: NewPage) -> None:
    paper = PaperPage(new_page(), app_url, "?s5.beta2=0.99&s5.t=10#s5")
    expect(paper.page.get_by_role("heading", name="5. Bias correction")).to_be_in_viewport()
    assert paper.metric("Factor at t = 10") != ""
    assert query(paper) == {"s5.beta2": ["0.99"], "s5.t": ["10"]}


def test_the_address_names_the_section_of_the_last_control_and_opens_there(paper: PaperPage) -> None:
    page = paper.page
    heading = page.get_by_role("heading", name="5. Bias correction")
    paper.press("s5.t", "ArrowRight", "s5-plot")
    page.wait_for_url("**/paper?s5.t=*#s5")
    page.reload()
    expect(heading).to_be_in_viewport(timeout=60_000)
    paper.press("s4.length", "ArrowLeft", "s4-plot")
    page.wait_for_url("**/paper?*s4.length=99*#s4")
    assert query(paper)["s5.t"]
    with page.context.expect_page() as opened:
        page.locator("a[href$='#s5']").filter(has_text="Link to this section").click()
    other = opened.value
    expect(other.get_by_role("heading", name="5. Bias correction")).to_be_in_viewport(timeout=60_000)
    assert parse_qs(urlsplit(other.url).query)["s5.t"] == query(paper)["s5.t"]
    paper.press("s5.t", "ArrowLeft", "s5-plot")
    page.wait_for_url("**/paper?s4.length=99#s5")


SEEN: tuple[tuple[int, int, Literal["light", "dark"]], ...] = (
    (390, 844, "light"),
    (390, 844, "dark"),
    (1440, 900, "dark"),
    (1440, 900, "light"),
)


def test_nothing_is_wider_than_the_page(app_url: str, new_page: NewPage) -> None:
    """On a phone and on a laptop, light and dark; and what is painted on a dark page is dark."""
    page = new_page(width=390, height=844, color_scheme="light")
    paper = PaperPage(page, app_url)
    for width, height, scheme in SEEN:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            """(width) => {
              const main = document.querySelector("[data-testid=stMain]");
              return innerWidth === width && main.scrollWidth === main.clientWidth
                && document.documentElement.scrollWidth === width;
            }""",
            arg=width,
        )
        paper.plot("s10-loss").wait_for(state="attached")
        boxes = page.locator("[data-testid^=plot-s]").evaluate_all(
            "(plots) => plots.map((plot) => [plot.getBoundingClientRect().left, plot.getBoundingClientRect().right])"
        )
        assert len(boxes) > len(sections())
        assert all(left >= 0 and right <= width for left, right in boxes)
        if (width, scheme) == (1440, "dark"):
            paper.painted("s2-path", 0)
            scale = paper.plot("s2-path").evaluate(
                "(plot) => plot.data[0].colorscale.map(([, colour]) => colour.toLowerCase())"
            )
            assert scale == [colour.lower() for _, colour in DARK.contour]
