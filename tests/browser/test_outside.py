"""An outside optimizer in the lab: by its link, from the menu, with sliders that drag, and refused in its lane."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import expect

import optim_viz
from tests.browser.conftest import OpenLab

LINK = (
    "surface=booth&start=0,0&steps=40&time=20&lane=torch.optim:Adamax,lr=0.1&lane=torch.optim:SparseAdam"
    "&lane=sgd,lr=0.01"
)
SLID = """(stage, before) => stage.querySelector("[aria-label='Adamax lr']").ariaValueText !== before"""
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
    lab.until(SLID, "the slider moves", before)
    lab.until_address("lane=torch.optim:Adamax,lr=0.1")
    menu = card.nth(2).locator(".ov-optimizer")
    assert "torch_optimizer" in menu.locator("optgroup").evaluate_all("(groups) => groups.map((group) => group.label)")
    menu.select_option("torch_optimizer:Yogi")
    expect(lab.slider("Yogi lr")).to_be_visible()
    lab.until(f"(stage) => {NOTES}[2] === ''", "the chosen class runs", seconds=120)
    lab.until_address("lane=torch_optimizer:Yogi")


CLEAR = "[...stage.querySelectorAll('.ov-card > .ov-note')].every((note) => note.hidden)"


def test_what_a_class_keeps_is_plotted_and_told_in_numbers(open_lab: OpenLab) -> None:
    """Under torch's own names: chosen in the menu, one chart of what is one number, the same numbers at every step."""
    lab = open_lab("surface=booth&start=0,0&steps=40&time=7&lane=torch.optim:Adamax,lr=0.1&lane=sgd,lr=0.01&show=0")
    lab.until(f"(stage) => {CLEAR}", "the class runs", seconds=120)
    lab.page.locator(".ov-plots summary").click()
    for name in ("state.exp_inf", "state.step"):
        lab.page.locator(f"[id='ov-plot-{name}']").check()
    lab.until_address("state.exp_inf,state.step")
    lab.settle()
    titles = lab.page.locator(".ov-more .ov-chart-title").all_text_contents()
    assert [each.replace("\u200b", "") for each in titles] == ["exp_infx", "exp_infy", "step"]
    lab.page.keyboard.press("Escape")

    def expected(lr: float, step: int) -> dict[str, tuple[list[float], list[float]]]:
        run = optim_viz.rollout("booth", "torch.optim:Adamax", start=(0, 0), steps=40, lr=lr)
        kept = {name: [*run.state[name][step - 2 : step].T] for name in ("step", "exp_avg", "exp_inf")}
        rows = {
            "θ before": run.theta[step - 1, :, np.newaxis],
            "g, the gradient": run.grad[step - 1, :, np.newaxis],
            "lr": [[lr], [lr]],
            **kept,
            "Δθ, the step taken": run.update[step - 1, :, np.newaxis],
            "θ after": run.theta[step, :, np.newaxis],
        }
        return {name: (list(x), list(y)) for name, (x, y) in rows.items()}

    def assert_told(lr: float, step: int) -> None:
        told, wanted = lab.arithmetic(), expected(lr, step)
        assert set(told) == set(wanted)
        for name, pair in wanted.items():
            for numbers, true in zip(told[name], pair, strict=True):
                np.testing.assert_allclose(numbers, true, rtol=1e-3, err_msg=name)

    assert_told(0.1, 7)
    said = lab.page.locator(".ov-unknown")
    expect(said).to_contain_text("The formula of Adamax is its own code")
    lab.page.mouse.move(*lab.grip("Adamax lr"))
    lab.until_told(pending="false", waiting="0", seconds=120)
    lab.settle()
    sent = lab.page.evaluate("wire.sent")
    lab.page.mouse.down()
    lab.page.mouse.move(*lab.grip("Adamax lr", 0.7), steps=4)
    lab.until("({dataset}) => (dataset.stop ?? '').startsWith('Adamax:lr:')", "the drag is painted")
    assert lab.page.evaluate("wire.sent") == sent
    dragged, value = lab.arithmetic(), float(lab.slider("Adamax lr").get_attribute("aria-valuetext") or "nan")
    assert_told(value, 7)
    lab.page.mouse.up()
    lab.until_told(pending="false")
    lab.until(f"(stage) => {CLEAR}", "the run of the new value is here", seconds=120)
    assert lab.arithmetic() == dragged
    lab.page.get_by_role("combobox", name="Lane shown in the arithmetic", exact=True).select_option(label="SGD")
    expect(said).to_be_hidden()
