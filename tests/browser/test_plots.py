"""The plots menu offers every diagnostic; the choice is drawn, dragged and in the link, by mouse, key and finger."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

import optim_viz
from optim_viz import diagnostics
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.in_page import AXIS, DRAWN_TEXT
from tests.browser.lab_page import ANY, LabPage
from tests.browser.test_layout import PHONE, SCROLLS, box, resized

ALL = "plots=" + ",".join(diagnostics.names())
OTHERS = tuple(name for name in diagnostics.names() if name not in diagnostics.defaults())


def menu(lab: LabPage) -> Locator:
    return lab.page.locator(".ov-plots")


def choice(lab: LabPage, name: str) -> Locator:
    return lab.page.locator(f"#ov-plot-{name}")


def drawn(lab: LabPage) -> list[str]:
    """Return the titles of the charts on screen, as they read."""
    return lab.page.locator(".ov-curves .ov-chart-title:visible").all_inner_texts()


def title(name: str, axis: str = "") -> str:
    return " ".join(diagnostics.get(name).title.replace("ᵢ", axis).split())


def test_the_plots_menu_and_what_a_plot_tells(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab("time=150&lane=sgd,lr=0.01&lane=adam,lr=0.1&show=1").settle()
    parts = (
        by_keys_alone,
        one_plot_always_stays,
        the_values_of_all_lanes_are_read_under_the_pointer_and_by_keys,
        the_menu_offers_every_diagnostic_and_draws_what_is_chosen,
        a_value_axis_counts_as_chosen,
        the_link_keeps_plots_and_axes,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def usual_plots(lab: LabPage) -> None:
    """Go back to the usual plots by the menu's own button, and close the menu."""
    if menu(lab).get_attribute("open") is None:
        menu(lab).locator("summary").click()
    lab.button("Usual plots").click()
    lab.until("() => !location.search.includes('plots=')", "the usual plots leave the link")
    lab.settle()
    menu(lab).locator("summary").click()
    expect(menu(lab)).not_to_have_attribute("open", ANY)


def the_menu_offers_every_diagnostic_and_draws_what_is_chosen(lab: LabPage) -> None:
    menu(lab).locator("summary").click()
    boxes = menu(lab).get_by_role("checkbox")
    expect(boxes).to_have_count(len(diagnostics.names()))
    for name in diagnostics.names():
        described = choice(lab, name).get_attribute("aria-describedby")
        expect(lab.page.locator(f"#{described}")).to_have_text(diagnostics.get(name).help, use_inner_text=True)
        assert choice(lab, name).is_checked() == (name in diagnostics.defaults())
    before = drawn(lab)
    added = OTHERS[-1]
    choice(lab, added).click()
    lab.until_address(f"plots={','.join(n for n in diagnostics.names() if n in (*diagnostics.defaults(), added))}")
    lab.settle()
    assert len(drawn(lab)) == len(before) + (2 if diagnostics.get(added).per_coordinate else 1)
    assert lab.scenario.plots == tuple(n for n in diagnostics.names() if n in (*diagnostics.defaults(), added))
    usual_plots(lab)
    assert drawn(lab) == before


def by_keys_alone(lab: LabPage) -> None:
    menu(lab).locator("summary").focus()
    lab.page.keyboard.press("Enter")
    choice(lab, OTHERS[0]).focus()
    lab.page.keyboard.press("Space")
    lab.until_address(OTHERS[0])
    assert lab.told("time") == "150", "the key that chooses must not play"
    lab.page.keyboard.press("Escape")
    expect(menu(lab)).not_to_have_attribute("open", ANY)
    assert lab.page.evaluate("document.activeElement.textContent") == "Plots"
    usual_plots(lab)


def one_plot_always_stays(lab: LabPage) -> None:
    menu(lab).locator("summary").click()
    for name in (OTHERS[0], *diagnostics.defaults()):
        choice(lab, name).press("Space")
    lab.until("(_, name) => new URLSearchParams(location.search).get('plots') === name", "one plot is left", OTHERS[0])
    lab.settle()
    choice(lab, OTHERS[0]).press("Space")
    assert choice(lab, OTHERS[0]).is_checked()
    assert choice(lab, OTHERS[0]).get_attribute("aria-disabled") == "true"
    assert lab.settle().scenario.plots == (OTHERS[0],)
    usual_plots(lab)


def test_all_plots_at_once(open_lab: OpenLab, new_page: NewPage, subtests: pytest.Subtests) -> None:
    page = new_page(script=DRAWN_TEXT)
    lab = open_lab(f"time=150&lane=sgd,lr=0.01&lane=adam&{ALL}", page=page).settle()
    parts = (
        a_lane_that_a_plot_leaves_out_is_named,
        all_plots_at_once_have_room,
        on_a_smaller_laptop_too,
        a_chosen_plot_follows_a_drag_without_a_message,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def on_a_smaller_laptop_too(lab: LabPage) -> None:
    all_plots_at_once_have_room(resized(lab, 1280, 720))


def test_on_a_phone_all_plots_have_room_and_the_menu_is_a_sheet_in_sight(
    open_lab: OpenLab, new_page: NewPage, subtests: pytest.Subtests
) -> None:
    lab = open_lab(f"time=150&{ALL}", page=new_page(**PHONE)).settle()
    for part in (all_plots_at_once_have_room, the_menu_is_a_sheet_in_sight):
        with subtests.test(part.__name__):
            part(lab)


def all_plots_at_once_have_room(lab: LabPage) -> None:
    size = lab.page.viewport_size
    assert size is not None
    for axis in "x" if size["width"] < 600 else "xy":
        assert not (found := lab.page.evaluate(SCROLLS, axis)), f"the page scrolls ({axis}): {found}"
    axes = lab.page.evaluate("""() => [...document.querySelectorAll(".ov-curves .ov-plot [data-axis^=yaxis]")]
      .map((axis) => Number(axis.dataset.length))""")
    assert len(axes) == sum(1 + diagnostics.get(name).per_coordinate for name in diagnostics.names())
    assert min(axes) >= 60, f"charts of {axes} pixels"
    cut = lab.page.evaluate("""() => {
      const right = (one) => one.getBoundingClientRect().right;
      const outside = (one) => right(one) > right(one.closest(".ov-curves")) + 1;
      return [...document.querySelectorAll(".ov-curves .ov-chart-title")].filter(outside).map((one) => one.textContent);
    }""")
    assert not cut, f"titles that are cut: {cut}"
    last = lab.page.locator(".ov-curves .ov-chart-title").last
    last.scroll_into_view_if_needed()
    assert box(last)["bottom"] <= size["height"]


def the_menu_is_a_sheet_in_sight(lab: LabPage) -> None:
    summary = menu(lab).locator("summary")
    summary.scroll_into_view_if_needed()
    summary.tap()
    sheet = box(menu(lab).get_by_role("group", name="Plots", exact=True))
    assert sheet["left"] >= 0
    assert sheet["right"] <= 390
    assert 844 - sheet["bottom"] < 2
    assert sheet["top"] > 100, "the picture stays in sight"


def a_chosen_plot_follows_a_drag_without_a_message(lab: LabPage) -> None:
    mouse = lab.page.mouse
    mouse.move(*lab.grip("Adam beta2"))
    lab.settle()
    sent, before = lab.page.evaluate("wire.sent"), lab.pixels()[1]
    mouse.down()
    mouse.move(*lab.grip("Adam beta2", 0.2), steps=5)
    lab.until("({dataset}) => (dataset.stop ?? '').startsWith('Adam:beta2:')", "the drag is painted")
    assert lab.page.evaluate("wire.sent") == sent
    dragged = lab.pixels()[1]
    assert dragged != before
    mouse.up()
    lab.until_address("beta2=")
    assert lab.scenario.lanes[1].hyperparameters["beta2"] != 0.999


def a_lane_that_a_plot_leaves_out_is_named(lab: LabPage) -> None:
    texts = lab.page.evaluate("[...drawnText.keys()]")
    assert "SGD: no second moment" in texts


READOUT = "() => [...document.querySelectorAll('.ov-curves .ov-readout')].find((one) => !one.hidden)?.innerText ?? ''"


def the_values_of_all_lanes_are_read_under_the_pointer_and_by_keys(lab: LabPage) -> None:
    at = lab.page.evaluate(f"""() => {{
      const plot = document.querySelector(".ov-curves .ov-plot");
      const box = plot.getBoundingClientRect();
      const [x, y] = ["xaxis", "yaxis"].map((name) => ({AXIS})(plot, name));
      return {{ x: box.x + x.offset + x.length / 3, y: box.y + y.offset + 20 }};
    }}""")
    lab.page.mouse.move(at["x"], at["y"])
    lab.until("() => document.querySelector('.ov-readout')?.innerText.includes('step 100')", "the values at step 100")
    scenario = lab.scenario
    for lane in scenario.lanes:
        run = optim_viz.rollout(
            scenario.surface_object(), lane.optimizer, start=scenario.start, steps=300, **dict(lane.hyperparameters)
        )
        values = diagnostics.get("loss_gap").compute(run)
        assert f"{values[100]:.4g}".replace("e-0", "e−") in lab.page.evaluate(READOUT)
    assert lab.time == 150, "pointing does not move the clock"
    lab.page.mouse.move(10, 10)
    lab.until("() => [...document.querySelectorAll('.ov-readout')].every((one) => one.hidden)", "the values go")
    lab.page.locator(".ov-curves-pane .ov-plots summary").focus()
    lab.page.keyboard.press("Shift+Tab")
    lab.page.evaluate("document.querySelector('.ov-curves').focus({ focusVisible: true })")
    lab.until(
        "() => document.querySelector('.ov-readout').innerText.startsWith('step 150')", "the clock's step is read"
    )
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("ArrowRight")
    lab.until("() => document.querySelector('.ov-readout').innerText.startsWith('step 151')", "it follows the clock")
    assert "first moment" in lab.page.evaluate(READOUT)
    expect(lab.page.locator(".ov-readout").first).to_have_attribute("aria-live", "polite")
    lab.seek(150)


def a_value_axis_counts_as_chosen(lab: LabPage) -> None:
    scale = scale_of_loss(lab)
    assert scale.inner_text() == diagnostics.get("loss_gap").scale == "log"
    sent, logarithmic = lab.page.evaluate("wire.sent"), lab.axes()["ov-curves yaxis"]
    scale.click()
    lab.until_address("scales=loss_gap:linear")
    assert lab.time == 150, "the press must not move the clock"
    assert lab.page.evaluate("wire.sent") == sent, "a look needs no answer of the server"
    assert lab.axes()["ov-curves yaxis"][1] > 30 > logarithmic[1], "f - f* is 82 at the start"
    scale.click()
    scale.click()
    lab.until("() => !location.search.includes('scales=')", "the usual scale leaves the link")
    assert lab.axes()["ov-curves yaxis"] == logarithmic


def scale_of_loss(lab: LabPage) -> Locator:
    return lab.page.get_by_role("button", name=re.compile("^Scale of loss"))


def the_link_keeps_plots_and_axes(lab: LabPage) -> None:
    menu(lab).locator("summary").click()
    choice(lab, OTHERS[-1]).click()
    lab.until_address(OTHERS[-1])
    lab.page.keyboard.press("Escape")
    lab.settle()
    scale_of_loss(lab).click()
    lab.until_address("scales=loss_gap:linear")
    lab.page.reload()
    lab.until_opened().settle()
    assert choice(lab, OTHERS[-1]).is_checked()
    expect(scale_of_loss(lab)).to_have_text("linear", use_inner_text=True)
    first = f"({AXIS})(document.querySelector('.ov-curves .ov-plot'), 'yaxis').range"  # there are several now
    assert lab.page.evaluate(first)[1] > 30
