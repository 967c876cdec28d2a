"""The Maps page in a browser: from the lab and back to it, by pointer and by keys."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import optim_viz
from optim_viz.pages.maps.settings import read
from optim_viz.scenario import Scenario
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.lab_page import LabPage
from tests.browser.paper_page import STREAMLIT_PROBES

CELL = "(cell) => [...document.querySelectorAll('.mp-root')].some((one) => one.dataset.cell === cell)"
LINK = "surface=narrow_valley&lane=sgd,lr=0.015&lane=momentum,lr=0.01&time=30"


SWATCHES = """() => {
  const data = document.querySelector(".mp-plot").data ?? [];
  const drawn = JSON.stringify(data.map(({ colorscale, marker }) => [colorscale, marker?.color])).toLowerCase();
  return [...document.querySelectorAll(".mp-legend .mp-swatch, figcaption .mp-swatch")].map((one) => {
    const parts = getComputedStyle(one).backgroundColor.match(/[0-9]+/g).map(Number);
    const colour = `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    return [colour, drawn.includes(colour)];
  });
}"""


def test_from_the_lab_to_a_cell_and_back_to_the_lab(
    open_lab: OpenLab, new_page: NewPage, app_url: str, allowed: list[str]
) -> None:
    allowed.append(STREAMLIT_PROBES)
    lab = open_lab(LINK, page=new_page()).settle()
    page = lab.page
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Maps").click()
    page.wait_for_selector("[data-maps='2'] .mp-plot[data-paints]", timeout=60_000)
    page.wait_for_selector(".mp-root[data-cell]")
    settings, problems = read(parse_qs(urlsplit(page.url).query))
    assert not problems
    assert [lane.optimizer for lane in settings.scenario.lanes] == ["sgd", "momentum"]
    assert settings.scenario.lanes[0].hyperparameters["lr"] == 0.015

    # by keys: from the middle, which the focus shows, by one up and one to the left
    page.get_by_role("application", name="Momentum: ").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(CELL, arg="1,33,31", timeout=60_000)
    x, y = settings.axes()
    assert (x.name, y.name) == ("lr", "momentum")
    setting = page.locator(".mp-setting").inner_text()
    assert setting == f"lr {x.values[31]:.4g}, μ {y.values[33]:.4g}"
    run = optim_viz.rollout("narrow_valley", "momentum", lr=x.values[31], momentum=y.values[33], steps=300)
    told = page.locator(".mp-card [role=status]").inner_text()
    assert str(run.steps_to(1e-3)) in told if run.steps_to(1e-3) >= 0 else "not there yet" in told

    # by pointer: a cell of the other map, and a click opens exactly that run
    box = page.locator(".mp-over").first.bounding_box()
    assert box is not None
    at: Any = {"x": box["width"] * 0.45, "y": box["height"] * 0.5}
    page.locator(".mp-over").first.hover(position=at)
    page.wait_for_function(
        "() => document.querySelector('.mp-root[data-cell^=\"0,\"]') && !document.querySelector('.mp-waiting')",
        timeout=60_000,
    )
    page.locator(".mp-over").first.click(position=at)
    LabPage(page).until_opened()
    scenario, problems = Scenario.from_url(urlsplit(page.url).query)
    assert not problems
    (lane,) = scenario.lanes
    assert lane.optimizer == "sgd"
    assert lane.hyperparameters["lr"] in x.values
    assert (scenario.surface, scenario.steps) == ("narrow_valley", 300)


def test_controls_change_the_map_and_the_link(new_page: NewPage, app_url: str, allowed: list[str]) -> None:
    """On a phone, where nothing may reach beyond the edge; the finger's way to the lab is the card."""
    allowed.append(STREAMLIT_PROBES)
    page = new_page(390, 844, has_touch=True)
    page.goto(f"{app_url}/maps?surface=himmelblau&lane=sgd,lr=0.01&cells=16&steps=100&across=lr&up=x")
    page.wait_for_selector("[data-maps='1'] .mp-plot[data-paints]", timeout=60_000)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("(main) => main.scrollWidth - main.clientWidth") == 0
    page.get_by_text("start plane", exact=True).click()
    page.wait_for_function("() => location.search.includes('metric=where')", timeout=60_000)
    page.wait_for_selector("[data-metric=where]", timeout=60_000)
    legend = page.get_by_role("list", name="What the colours and signs mean")
    legend.get_by_text("minimum 1 at (3, 2)").wait_for()
    light = page.evaluate(SWATCHES)
    assert len(light) > 2
    assert all(drawn for _, drawn in light), "a colour is not that of the map"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        f"(light) => ({SWATCHES})().every(([colour, drawn]) => drawn && !light.includes(colour))",
        arg=[colour for colour, _ in light],
    )
    over = page.get_by_role("application", name="SGD: start x across, start y up")
    over.scroll_into_view_if_needed()
    box: Any = over.bounding_box()
    over.tap(position={"x": box["width"] * 0.7, "y": box["height"] * 0.3})
    page.wait_for_function(
        "() => /^start x .*, start y/.test(document.querySelector('.mp-setting').textContent)", timeout=60_000
    )
    assert urlsplit(page.url).path == "/maps", "a finger shows a cell first"
    page.wait_for_function("() => !document.querySelector('.mp-waiting')", timeout=60_000)
    page.get_by_role("link", name="Open this run in the lab").click()
    LabPage(page).until_opened()
    scenario, _ = Scenario.from_url(urlsplit(page.url).query)
    assert scenario.start != Scenario.from_dict({"surface": "himmelblau"})[0].start
