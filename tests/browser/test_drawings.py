"""Pictures and films from the lab's menu, and the picture on the clipboard."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from optim_viz.render.look import Look
from optim_viz.render.places import Box
from optim_viz.render.scene import scene
from optim_viz.render.solid.ground import Ground
from tests.browser.conftest import OpenLab
from tests.browser.lab_page import LabPage
from tests.render.reading import frames, svg_words

QUERY = "surface=booth&steps=40&lane=sgd,lr=0.03&lane=adam,lr=0.4&time=12"
COPIED = """async () => {
  const [item] = await navigator.clipboard.read();
  const bytes = new Uint8Array(await (await item.getType("image/png")).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""
CAMERA = """() => {
  const plots = [...document.querySelectorAll(".ov-surface .js-plotly-plot")];
  const plot = plots.find((one) => !one.hidden && one._fullLayout?.scene?._scene?.glplot?.cameraParams?.projection);
  if (!plot) return null;
  const { x, y, width, height } = plot.getBoundingClientRect();
  const { dataScale, glplot: { cameraParams: { model, view, projection } } } = plot._fullLayout.scene._scene;
  const matrices = { model: [...model], view: [...view], projection: [...projection] };
  return { x, y, width, height, scale: [...dataScale], ...matrices };
}"""
PAINTED = """() => {
  const parts = [".ov-surface", ".ov-scores", ".ov-side .ov-curves"].map((one) => document.querySelector(one));
  const boxes = parts.map((one) => one.getBoundingClientRect());
  const [x, y] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
  const [right, bottom] = [Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))];
  return { x, y, width: right - x, height: bottom - y };
}"""


def test_a_picture_and_a_film_of_what_is_on_screen(
    open_lab: OpenLab, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    lab = open_lab(QUERY).settle()
    with subtests.test("the picture on the clipboard is what is seen"):
        the_picture_on_the_clipboard_is_what_is_seen(lab)
    lab.page.get_by_label("More", exact=True).click()
    lab.button("Save a picture or film").click()
    dialog = lab.page.get_by_role("dialog", name="Save a picture or film")
    for part in (a_picture_is_saved, a_film_is_saved, a_film_is_cancelled, a_view_in_3d_is_saved_as_it_is_seen):
        with subtests.test(part.__name__):
            part(lab, dialog, tmp_path)


def the_picture_on_the_clipboard_is_what_is_seen(lab: LabPage) -> None:
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.page.get_by_label("More", exact=True).click()
    lab.button("Copy picture").click()
    lab.page.get_by_text("Picture copied.").wait_for()
    lab.page.mouse.move(5, 5)
    box = lab.page.evaluate(PAINTED)
    with Image.open(io.BytesIO(base64.b64decode(lab.page.evaluate(COPIED)))) as image:
        copied = np.asarray(image.convert("RGB"), int)
    with Image.open(io.BytesIO(lab.page.screenshot(clip=box))) as image:
        seen = np.asarray(image.convert("RGB"), int)
    height, width = (min(one, other) for one, other in zip(copied.shape[:2], seen.shape[:2], strict=True))
    assert abs(copied.shape[0] - seen.shape[0]) <= 1
    assert abs(copied.shape[1] - seen.shape[1]) <= 1
    apart = np.abs(copied[:height, :width] - seen[:height, :width]).max(axis=-1)
    assert (apart > 60).mean() < 0.03, "besides the buttons and the edges of letters nothing differs"
    assert np.median(apart) == 0


def chosen(dialog: Locator, **values: str) -> None:
    for label, value in values.items():
        dialog.get_by_label(label.replace("_", " "), exact=True).select_option(value)


def a_picture_is_saved(lab: LabPage, dialog: Locator, folder: Path) -> None:
    chosen(dialog, Format="svg", Size="1280x720", Colours="dark")
    with lab.page.expect_download() as download:
        dialog.get_by_role("button", name="Draw and save", exact=True).click()
    assert download.value.suggested_filename == "optim_viz_booth.svg"
    file = folder / "booth.svg"
    download.value.save_as(file)
    assert {"Booth", "step 12 / 40", "SGD", "Adam"} <= set(svg_words(file.read_text(encoding="utf-8")))
    expect(dialog.get_by_role("status")).to_contain_text("optim_viz_booth.svg: ")


def a_film_is_saved(lab: LabPage, dialog: Locator, folder: Path) -> None:
    chosen(dialog, Format="mp4", Size="own")
    dialog.get_by_label("Pixels").fill("480x320")
    dialog.get_by_label("First step").fill("3")
    dialog.get_by_label("Last step").fill("20")
    with lab.page.expect_download() as download:
        dialog.get_by_role("button", name="Draw and save", exact=True).click()
    file = folder / "booth.mp4"
    download.value.save_as(file)
    assert len(frames(file, 480, 320)) == 18


def a_film_is_cancelled(lab: LabPage, dialog: Locator, folder: Path) -> None:
    del folder
    chosen(dialog, Format="gif", Size="slide")
    dialog.get_by_role("button", name="Draw and save", exact=True).click()
    expect(dialog.get_by_role("progressbar")).to_be_visible()
    expect(dialog.get_by_role("status")).to_contain_text("Drawing …")
    dialog.get_by_role("button", name="Cancel the drawing", exact=True).click()
    expect(dialog.get_by_role("status")).to_have_text("Cancelled; nothing was saved.")
    expect(dialog.get_by_role("progressbar")).to_be_hidden()
    dialog.get_by_role("button", name="Close the pictures", exact=True).click()
    expect(dialog).to_be_hidden()
    lab.settle()


def a_view_in_3d_is_saved_as_it_is_seen(lab: LabPage, dialog: Locator, folder: Path) -> None:
    lab.button("3D").click()
    lab.until_told(view="3d")
    lab.until(f"() => ({CAMERA})() !== null", "Plotly has drawn the surface")
    lab.settle()
    lab.page.get_by_label("More", exact=True).click()
    lab.button("Save a picture or film").click()
    expect(dialog.get_by_label("View", exact=True)).to_have_value("3d")
    chosen(dialog, Format="svg", Size="1280x720")
    with lab.page.expect_download() as download:
        dialog.get_by_role("button", name="Draw and save", exact=True).click()
    file = folder / "solid.svg"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert {"loss, asinh", "step 12 / 40", "SGD", "Adam"} <= set(svg_words(text))
    assert text.count("<image") == 1
    seen = lab.page.evaluate(CAMERA)
    place = Box(seen["x"], seen["y"], seen["width"], seen["height"])
    camera = Ground(scene(lab.scenario, Look()), place).camera
    low, high = camera.ends.T
    points = low + np.random.default_rng(4).random((50, 3)) * (high - low)
    projection, view, model = (np.array(seen[name]).reshape(4, 4).T for name in ("projection", "view", "model"))
    clip = np.column_stack([points * seen["scale"], np.ones(50)]) @ (projection @ view @ model).T
    x = place.x + (clip[:, 0] / clip[:, 3] + 1) / 2 * place.width
    y = place.y + (1 - clip[:, 1] / clip[:, 3]) / 2 * place.height
    np.testing.assert_allclose(camera.at(points), np.stack([x, y], axis=-1), atol=2.0)
