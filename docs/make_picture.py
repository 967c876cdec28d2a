"""Make the README's pictures from the running lab: docs/lab.gif, which plays, and docs/lab.png.

Run `python docs/make_picture.py` in the environment that `python3 run.py test` sets up, after a change to how it looks.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))  # the packages lie beside docs/ and need not be installed

from optim_viz.figures.theme import LIGHT  # noqa: E402
from tests.browser.lab_server import LabServer, chromium_options  # noqa: E402

STEPS = [*range(0, 40, 1), *range(40, 120, 3)]
DRAG = 26  # frames of the drag that follows
MILLISECONDS = 70
WIDTH = 1000


def frame(page: Page) -> Image.Image:
    """Take one picture of the page, at the GIF's size."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    return image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)


def show_step(page: Page, step: int) -> None:
    """Scrub to a step and wait until it is painted."""
    page.get_by_role("slider", name="Time").evaluate(
        "(range, step) => { range.value = step; range.dispatchEvent(new Event('input', { bubbles: true })); }", step
    )
    page.wait_for_function(f"() => document.querySelector('[data-testid=stage]').dataset.time === '{step}'")


def film(page: Page) -> list[Image.Image]:
    """Play the first steps, then drag Adam's second beta there and back."""
    frames: list[Image.Image] = []
    for step in STEPS:
        show_step(page, step)
        frames.append(frame(page))
    page.wait_for_timeout(3000)  # every slider's family is here after that
    box = page.get_by_role("slider", name="Adam beta2").bounding_box()
    if box is None:
        raise RuntimeError("the lab shows no slider 'Adam beta2'")
    y = box["y"] + box["height"] / 2
    inside = box["width"] - 14
    page.mouse.move(box["x"] + 7 + 0.7 * inside, y)
    page.mouse.down()
    for i in range(DRAG):
        page.mouse.move(box["x"] + 7 + inside * (0.7 - 0.62 * i / (DRAG - 1)), y)
        page.wait_for_timeout(60)
        frames.append(frame(page))
    page.mouse.up()
    return frames


def with_lane_colours(image: Image.Image) -> Image.Image:
    """Lay wide bars of the lane colours below a picture: thin lines alone would lose them in a small palette."""
    shades = [tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour in LIGHT.lanes]
    faded = [tuple((channel + 2 * 255) // 3 for channel in shade) for shade in shades]
    bars = [*shades, *faded]
    height = image.height // 3
    out = Image.new("RGB", (image.width, image.height + height * len(bars)))
    out.paste(image)
    for i, shade in enumerate(bars):
        out.paste(shade, (0, image.height + i * height, image.width, image.height + (i + 1) * height))
    return out


def main() -> None:
    """Start the lab, film it, write both pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        LabServer(Path(folder) / "server.log") as lab,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**chromium_options())  # type: ignore[arg-type]
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{lab.url}/?time=58")
        page.wait_for_selector("[data-testid=stage][data-frames]")
        page.wait_for_timeout(1500)
        page.screenshot(path=DOCS / "lab.png")
        frames = film(page)
        browser.close()
    palette = with_lane_colours(frames[len(frames) // 2]).quantize(200, method=Image.Quantize.MEDIANCUT)
    first, *rest = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in frames]
    first.save(DOCS / "lab.gif", save_all=True, append_images=rest, duration=MILLISECONDS, loop=0, optimize=True)


if __name__ == "__main__":
    main()
