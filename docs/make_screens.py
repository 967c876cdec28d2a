"""Make the pictures in docs/screens/: what the app shows, at the sizes and in the themes that it is designed for.

Run `python docs/make_screens.py` in the environment that `python3 run.py test` sets up, after a change to how it looks;
arguments name the pictures to make (`python docs/make_screens.py gallery present_dark`), without any all are made. The
one of the Train page trains five optimizers on the digits first, which takes a minute.
"""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))  # the packages lie beside docs/ and need not be installed

from tests.browser.lab_server import LabServer, chromium_options  # noqa: E402

FOLDER = DOCS / "screens"
QUALITY = 88  # of WebP: text stays sharp, and a picture of a landscape has about 100 KB
PATIENCE = 120_000  # milliseconds, for a slow machine

FIRST = "/?time=130"
DIVERGENCE = "/?lane=sgd,lr=0.0205&lane=momentum,lr=0.006&lane=adam,lr=0.15&time=160"
SOLID = {
    "narrow_valley": "/?view=3d&time=130",
    "rosenbrock": "/?surface=rosenbrock&view=3d&lane=momentum,lr=0.001&lane=adam,lr=0.05&steps=400&time=250",
    "himmelblau": "/?surface=himmelblau&view=3d&lane=sgd,lr=0.01&lane=momentum,lr=0.01&lane=adam,lr=0.3&time=60",
}
TRAIN = "/train?dataset=digits&epochs=20&batch_size=32"
READY = {  # by page: what is there once its first picture is
    "/": "[data-testid=stage][data-frames]",
    "/train": ".ov-header",
    "/maps": ".mp-plot[data-paints]",
    "/paper": "[data-testid^=plot-][data-paints]",
    "/after": "[data-testid^=plot-][data-paints]",
}


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes:
        name: of its file.
        path: of the page, with its query.
        size: of the window, in CSS pixels.
        scheme: "light" or "dark".
        prepare: what a person does before it is taken.
        part: CSS selector of the part that is taken; "" for the whole window.
    """

    name: str
    path: str = FIRST
    size: tuple[int, int] = (1440, 900)
    scheme: str = "light"
    prepare: Callable[[Page], None] | None = None
    part: str = ""


def present(page: Page) -> None:
    """Press P."""
    page.keyboard.press("p")
    page.wait_for_function("() => !document.querySelector('.ov-lanes').checkVisibility()")


def gallery(page: Page) -> None:
    """Open the stories."""
    page.get_by_role("button", name="Stories", exact=True).click()
    page.wait_for_function("() => document.querySelectorAll('.ov-gallery canvas').length > 5")
    page.keyboard.press("Tab")


def all_strips(page: Page) -> None:
    """Wait until every slider in sight shows how the run would end at its stops."""
    page.wait_for_function(
        """() => {
          const all = [...document.querySelectorAll(".ov-lanes .ov-track")];
          const tracks = all.filter((track) => track.checkVisibility());
          return tracks.length > 0 && tracks.every((track) => track.querySelector(".ov-strip:not([hidden])"));
        }""",
        timeout=PATIENCE,
    )


def trained(page: Page) -> None:
    """Launch the form's five optimizers and wait for the end."""
    page.get_by_role("button", name="Launch").click()
    page.wait_for_url("**run=*", timeout=PATIENCE)
    page.locator("p", has_text=re.compile(r"Run \d+ finished")).wait_for(timeout=PATIENCE * 3)  # not one in the list
    page.wait_for_timeout(2000)  # the last points are drawn
    page.locator("[data-testid=stMain]").evaluate("(main) => main.scrollTo(0, 0)")


def shots() -> Iterator[Shot]:
    """List all pictures."""
    for scheme in ("light", "dark"):
        for size in ((1440, 900), (1280, 720), (1920, 1080), (390, 844)):
            yield Shot(f"first_{size[0]}x{size[1]}_{scheme}", size=size, scheme=scheme)
        yield Shot(f"present_{scheme}", size=(1280, 720), scheme=scheme, prepare=present)
        yield Shot(f"gallery_{scheme}", scheme=scheme, prepare=gallery)
        yield Shot(f"divergence_{scheme}", DIVERGENCE, scheme=scheme)
        yield Shot(f"sliders_{scheme}", scheme=scheme, prepare=all_strips, part=".ov-lanes")
        yield Shot(f"train_{scheme}", TRAIN, scheme=scheme, prepare=trained)
        yield Shot(f"maps_{scheme}", "/maps", scheme=scheme)
        yield Shot(f"paper_{scheme}", "/paper", scheme=scheme)
        yield Shot(f"after_{scheme}", "/after", scheme=scheme)
    for surface, path in SOLID.items():
        yield Shot(f"solid_{surface}", path)


def take(browser: Browser, url: str, shot: Shot) -> None:
    """Open the page, do what a person would, and write the picture."""
    width, height = shot.size
    phone = {"is_mobile": True, "has_touch": True} if width < 600 else {}
    sharp = 1 if width > 1440 else 2 if shot.part or width < 600 else 1
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=shot.scheme,  # pyright: ignore[reportArgumentType]
        device_scale_factor=sharp,
        **phone,  # pyright: ignore[reportArgumentType]
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(url + shot.path)
    page.wait_for_selector(READY[urlsplit(shot.path).path])
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
    )
    page.wait_for_timeout(3000)  # what comes after the first picture: strips, names, the landscape at full detail
    if shot.prepare is not None:
        shot.prepare(page)
        page.wait_for_timeout(1000)
    data = page.locator(shot.part).screenshot() if shot.part else page.screenshot()
    path = FOLDER / f"{shot.name}.webp"
    Image.open(io.BytesIO(data)).convert("RGB").save(path, quality=QUALITY, method=6)
    print(f"{path.relative_to(DOCS.parent)}  {path.stat().st_size // 1024} KB", flush=True)
    context.close()


def main(names: list[str]) -> None:
    """Start the app and make the pictures of these names, or all."""
    wanted = [shot for shot in shots() if not names or any(name in shot.name for name in names)]
    if not wanted:
        raise SystemExit(
            f"no picture has a name like {' or '.join(names)}; there are {', '.join(shot.name for shot in shots())}"
        )
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = LabServer(Path(folder) / "server.log")
        server.environment = dict(os.environ) | {"OPTIM_VIZ_HOME": folder}
        with server:
            browser = playwright.chromium.launch(**chromium_options())  # type: ignore[arg-type]
            for shot in wanted:
                take(browser, server.url, shot)
            browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
