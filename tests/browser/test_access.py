"""Whoever cannot see well, or uses no mouse: names, ids, contrast, focus, in both themes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import optim_viz
from tests.browser.conftest import NewPage, OpenLab
from tests.browser.in_page import DRAWN_TEXT
from tests.browser.lab_page import LabPage

NAMELESS = """() => {
  const labels = (one) => [...(one.labels ?? [])].map((label) => label.textContent).join(" ");
  const named = (one) => one.getAttribute("aria-labelledby")?.split(" ")
    .map((id) => document.getElementById(id)?.textContent).join(" ");
  const controls = "button, input, select, summary, textarea, a[href], [role=slider], [role=button]";
  return [...document.querySelectorAll(controls)]
    .filter((one) => !(one.ariaLabel || named(one) || labels(one) || one.textContent || "").trim())
    .map((one) => one.outerHTML.slice(0, 200));
}"""
TWICE = """(what) => {
  const seen = new Map();
  const all = what === "id" ? "[id]" : ".ov-stage :is(button, input, select, summary)";
  for (const one of document.querySelectorAll(all)) {
    const name = one.ariaLabel || [...(one.labels ?? [one])].map((each) => each.textContent.trim()).join(" ");
    const key = what === "id" ? one.id : `${one.tagName} ${one.type ?? ""} ${name || one.textContent.trim()}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return [...seen].filter(([, count]) => count > 1).map(([key, count]) => `${key}: ${count} times`);
}"""
CONTRAST = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    ctx.clearRect(0, 0, 1, 1);
    ctx.fillStyle = colour;
    ctx.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = ctx.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const light = (colour) => colour.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (one) => {
    const layers = [];
    for (let at = one; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const faded = (one) => {
    for (let at = one; at; at = at.parentElement) if (Number(getComputedStyle(at).opacity) < 0.9) return true;
    return false;
  };
  const own = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const shown = (one) => one.matches("input, select") ? one.value : own(one) && one.textContent.trim();
  return [...document.querySelectorAll(".ov-stage *")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && !faded(one))
    .filter((one) => !one.closest(".ov-unseen") && !one.matches("option, input[type=range], input[type=checkbox]"))
    .filter(shown)
    .map((one) => {
      const style = getComputedStyle(one);
      const below = behind(one.closest("svg")?.parentElement ?? one);
      const colour = over(rgba(one.closest("svg") ? style.fill : style.color), below);
      const pair = [light(colour), light(below)].sort((a, b) => b - a);
      return { text: String(shown(one)).slice(0, 40), ratio: (pair[0] + 0.05) / (pair[1] + 0.05) };
    });
}"""


SHADES = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 26)"}


def themed(lab: LabPage, scheme: str) -> LabPage:
    """Let the system have another theme, and wait until the page has it too."""
    lab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    return until_shade(lab, scheme).settle()


def until_shade(lab: LabPage, scheme: str) -> LabPage:
    shade = "(stage, shade) => getComputedStyle(stage.closest('.stApp')).backgroundColor === shade"
    lab.until(shade, f"the page is {scheme}", SHADES[scheme])
    return lab


def test_names_ids_and_contrast(open_lab: OpenLab, new_page: NewPage, subtests: pytest.Subtests) -> None:
    query = "surface=sparse_logistic&noise=-1&lane=adam,beta1=2&lane=sgd&lane=rmsprop&time=30"
    lab = open_lab(query, page=new_page(color_scheme="light")).settle()
    expect(lab.problem("Gradient noise"), "the settings open when one of them is wrong").to_be_visible()
    for more in lab.page.get_by_label("More", exact=False).all():
        more.evaluate("(summary) => { summary.parentElement.open = true; }")
    lab.page.locator(".ov-plots").evaluate("(menu) => { menu.open = true; }")
    assert not (found := lab.page.evaluate(NAMELESS)), f"controls without a name: {found}"
    assert not (found := lab.page.evaluate(TWICE, "id")), f"ids that are not unique: {found}"
    assert not (found := lab.page.evaluate(TWICE, "name")), f"two controls of one name: {found}"
    for scheme in SHADES:
        with subtests.test(scheme):
            texts = themed(lab, scheme).page.evaluate(CONTRAST)
            assert len(texts) > 60, "the texts of the page were not found"
            faint = sorted({f"{one['text']}: {one['ratio']:.2f}" for one in texts if one["ratio"] < 4.5})
            assert not faint, f"contrast below 4.5 in the {scheme} theme: {faint}"


def test_texts_on_the_canvas_can_be_read_and_the_menu_changes_the_theme(
    open_lab: OpenLab, new_page: NewPage, subtests: pytest.Subtests
) -> None:
    """Eight lanes, so every colour of the palette names a curve once; opened in the dark.

    A theme chosen in the page's menu shows what a fresh page shows whose system has that theme.
    """
    query = "&".join(f"lane=adam,lr=0.{n + 1}" for n in range(8))
    page = new_page(color_scheme="dark", script=DRAWN_TEXT)
    lab = until_shade(open_lab(f"{query}&time=30", page=page), "dark").settle()
    dark = lab.pixels()
    looks = {(lane.colour, lane.marker) for lane in lab.scenario.lanes}
    assert len(looks) == 8, "eight lanes have eight looks"
    with subtests.test("dark"):
        texts_on_the_canvas_can_be_read(lab, "dark")
    with subtests.test("light"):
        lab.page.evaluate("drawnText.clear()")
        themed(lab, "light")
        texts_on_the_canvas_can_be_read(lab, "light")
        assert lab.pixels() != dark
    with subtests.test("the menu"):
        lab.button("Main menu").click()
        lab.page.get_by_role("menuitemradio", name="Dark").click()
        lab.page.keyboard.press("Escape")
        lab.until(
            "(stage, [surface, curves]) => stage.querySelector('.ov-surface > canvas').toDataURL() === surface"
            " && stage.querySelector('.ov-curves > canvas').toDataURL() === curves",
            "both canvases take the colours of the other theme",
            dark,
        )


def texts_on_the_canvas_can_be_read(lab: LabPage, scheme: str) -> None:
    """4.5 is what WCAG AA asks of small text."""
    lab.until("() => drawnText.size >= 8", "the names of the lanes are drawn")
    ratios = lab.page.evaluate(
        """(dark) => {
          const light = (hex) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const back = light(dark ? "#14171a" : "#ffffff");
          return [...drawnText].map(([text, { colour }]) => {
            const pair = [light(colour), back].sort((a, b) => b - a);
            return { text: `${text} ${colour}`, ratio: (pair[0] + 0.05) / (pair[1] + 0.05) };
          });
        }""",
        scheme == "dark",
    )
    assert len(ratios) >= 8
    faint = [f"{one['text']}: {one['ratio']:.2f}" for one in ratios if one["ratio"] < 4.5]
    assert not faint, f"hardly visible in the {scheme} theme: {faint}"


def test_by_keys_and_in_words(open_lab: OpenLab, subtests: pytest.Subtests) -> None:
    lab = open_lab("time=30").settle()
    parts = (
        the_clock_and_the_sliders_are_reached_with_the_tab_key,
        the_first_change_takes_few_keys,
        what_is_painted_is_told_in_words_too,
        what_is_chosen_is_seen_in_a_persons_own_colours,
    )
    for part in parts:
        with subtests.test(part.__name__):
            part(lab)


def tab(lab: LabPage) -> str:
    """Press the tab key and return what has the focus then, as it is called or reads."""
    lab.page.keyboard.press("Tab")
    return lab.page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent")


def the_clock_and_the_sliders_are_reached_with_the_tab_key(lab: LabPage) -> None:
    names: list[str] = []
    while "Time" not in names and len(names) < 110:
        names.append(tab(lab))
    for name in ("Surface", "Adam beta2", "Start point", "Play", "Time"):
        assert name in names, f"{name!r} is not reached with Tab: {names}"
    assert "To the sliders" in names[:13], "the first change takes few keys: Enter and an arrow follow"
    ring = lab.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring != "none", "what has the focus is not marked"


def the_first_change_takes_few_keys(lab: LabPage) -> None:
    """The link that the first keys lead to, then Enter, then an arrow."""
    before = lab.page.url
    lab.page.get_by_text("To the sliders", exact=True).focus()
    for key in ("Enter", "ArrowRight"):
        lab.page.keyboard.press(key)
    assert lab.page.evaluate("document.activeElement.ariaLabel") == "Adam lr"
    lab.until("(_, before) => location.href !== before && location.search.includes('adam,lr=')", "a new run", before)


def what_is_painted_is_told_in_words_too(lab: LabPage) -> None:
    """A sentence for each lane in sight, with its loss and its place as Python has them."""
    lab.page.get_by_role("button", name=re.compile("^Hide ")).last.click()
    lab.settle()
    lab.seek(42)
    lab.until(
        "(stage) => [...stage.querySelectorAll('[aria-live]')].some((one) => /Step 42 of 300/.test(one.textContent))",
        "a line for screen readers that tells the step",
    )
    told = lab.page.locator("[aria-live=polite]").filter(has_text="Step 42 of 300").inner_text()
    found = re.findall(r"(\w[^:.]*): loss (\S+) at \((\S+), (\S+?)\)", told)
    scenario = lab.scenario
    seen = [lane for lane in scenario.lanes if lane.visible]
    assert len(found) == len(seen) == len(scenario.lanes) - 1, told
    for (title, *numbers), lane in zip(found, seen, strict=True):
        run = optim_viz.rollout(
            scenario.surface_object(), lane.optimizer, start=scenario.start, steps=42, **lane.hyperparameters
        )
        assert title == optim_viz.optimizer(lane.optimizer).title
        wanted = [run.loss[-1], *run.theta[-1]]
        assert [float(one.replace("−", "-")) for one in numbers] == pytest.approx(wanted, rel=6e-3), title
    lab.page.get_by_role("button", name=re.compile("^Show ")).last.click()
    lab.settle()
    expect(lab.slider("Time")).to_have_attribute("aria-valuetext", "step 42 of 300")


def what_is_chosen_is_seen_in_a_persons_own_colours(lab: LabPage) -> None:
    """High contrast takes backgrounds away: what is pressed, the tracks' strips and the heights still show."""
    lab.page.emulate_media(forced_colors="active")
    pressed = "(button) => getComputedStyle(button).backgroundColor"
    for group, names in {"View": ("Overlay", "3D"), "Scale of the axes": ("Equal scale", "Fill")}.items():
        buttons = lab.page.get_by_role("group", name=group, exact=True)
        on, off = (buttons.get_by_role("button", name=name, exact=True).evaluate(pressed) for name in names)
        assert on != off, group
    for kept in (".ov-strip", ".ov-ramp", ".ov-stage input[type=range]"):
        assert lab.page.locator(kept).first.evaluate("(one) => getComputedStyle(one).forcedColorAdjust") == "none", kept
    lab.page.emulate_media(forced_colors="none")
