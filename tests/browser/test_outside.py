"""An outside optimizer in the lab: by its link, from the menu, with sliders that drag, and refused in its lane."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenLab

LINK = (
    "surface=booth&start=0,0&steps=40&time=20&lane=torch.optim:Adamax,lr=0.1&lane=torch.optim:SparseAdam"
    "&lane=sgd,lr=0.01"
)
NOTES = "[...stage.querySelectorAll('.ov-card > .ov-note')].map((note) => (note.hidden ? '' : note.textContent))"


def test_an_outside_class_runs_drags_and_is_chosen(open_lab: OpenLab) -> None:
    lab = open_lab(LINK)
    card = lab.page.locator(".ov-card")
    lab.until(
        f"(stage) => {{ const [own, refused, ours] = {NOTES}; return own === '' && ours === '' && "
        "refused.includes('does not support dense gradients'); }",
        "the first lane runs, and the second says why it cannot",
        seconds=120,
    )
    slider = lab.slider("Adamax lr")
    expect(slider).to_have_attribute("aria-valuetext", "0.1")
    slider.focus()
    before = slider.get_attribute("aria-valuetext")
    slider.press("ArrowRight")
    lab.until(
        "(stage, before) => stage.querySelector('.ov-card input[type=range]').ariaValueText !== before",
        "the slider moves",
        before,
    )
    lab.until_address("lane=torch.optim:Adamax,lr=0.1")
    menu = card.nth(2).locator(".ov-optimizer")
    assert "torch_optimizer" in menu.locator("optgroup").evaluate_all("(groups) => groups.map((group) => group.label)")
    menu.select_option("torch_optimizer:Yogi")
    expect(lab.slider("Yogi lr")).to_be_visible()
    lab.until(f"(stage) => {NOTES}[2] === ''", "the chosen class runs", seconds=120)
    lab.until_address("lane=torch_optimizer:Yogi")
