"""Whether anything grows while the lab is used for half an hour: the browser's heap, its nodes, the server's memory.

    python -m benchmarks.soak            # 30 minutes
    python -m benchmarks.soak 5          # minutes; a first look

Two thirds of the time one page stays open: it plays, a slider is dragged, views and surfaces change, all is undone. The
last third goes from page to page, and reloads. After each round garbage is collected in the browser and the figures are
taken. The first third of each part is warm-up: Streamlit remembers whoever left for two minutes, so that reloads take
memory for as long, and what visitors share fills in the meantime. Then the median of the first fifth of what is left is
compared with that of the last. A claim holds if nothing has grown by more than 5 percent. The exit code is 1 if one
does not hold.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from statistics import median

import psutil
from playwright.sync_api import CDPSession, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from tests.browser.in_page import WIRE  # noqa: E402
from tests.browser.lab_page import LabPage  # noqa: E402
from tests.browser.lab_server import LabServer, chromium_options  # noqa: E402

MINUTES = 30.0
STAYING = 2 / 3
WARM_UP, END = 1 / 3, 0.2
BAR = 0.05
SURFACES = ("rosenbrock", "himmelblau", "narrow_valley")
VIEWS = ("Side by side", "3D", "Overlay")
PAGES = {"/": "[data-testid=stage][data-frames]", "/maps": ".mp-plot[data-paints]", "/train": ".ov-header"}
PAGES |= {"/paper": "[data-testid^=plot-][data-paints]", "/after": "[data-testid^=plot-][data-paints]"}
Sample = dict[str, float]


def use(page: Page, surface: str, view: str) -> None:
    """One round on the lab: play, drag, another view, another surface, and back."""
    lab = LabPage(page)
    page.keyboard.press("Home")
    lab.button("Play").click()
    page.wait_for_timeout(4000)
    lab.button("Pause").click()
    x, y = lab.grip("Adam beta2")
    page.mouse.move(x, y)
    page.mouse.down()
    for place in (0.2, 0.8, 0.4, 0.6):
        page.mouse.move(*lab.grip("Adam beta2", place), steps=30)
    page.mouse.up()
    lab.settle()
    page.get_by_role("group", name="View").get_by_role("button", name=view, exact=True).click()
    lab.settle()
    page.get_by_role("combobox", name="Surface", exact=True).select_option(surface)
    lab.settle()
    for _ in range(3):
        page.keyboard.press("Control+z")
        lab.settle()


def visit(page: Page, url: str, path: str) -> None:
    """One round from page to page: open one and load it again."""
    page.goto(url + path)
    page.wait_for_selector(PAGES[path])
    page.reload()
    page.wait_for_selector(PAGES[path])


def taken(session: CDPSession | None, server: psutil.Process) -> Sample:
    """Return the figures after the browser's garbage is collected; without a session, the server's alone."""
    sample = {"server memory, MB": server.memory_full_info().uss / 1e6}
    if session is not None:
        session.send("HeapProfiler.collectGarbage")
        metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
        sample |= {"JavaScript heap, MB": metrics["JSHeapUsedSize"] / 1e6, "nodes": metrics["Nodes"]}
        sample |= {"event listeners": metrics["JSEventListeners"]}
    return sample


def repeat(seconds: float, once: Callable[[], None], take: Callable[[], Sample]) -> list[Sample]:
    """Go round until the time is over; print what was measured, and return it."""
    samples: list[Sample] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until or len(samples) < 10:
        once()
        samples.append(take())
        figures = ", ".join(f"{name} {value:.1f}" for name, value in samples[-1].items())
        print(f"  round {len(samples)}: {figures}", flush=True)
    return samples


def report(words: str, samples: list[Sample]) -> bool:
    """Print how each figure has grown; tell whether all stayed within the bar."""
    held = True
    kept = samples[int(len(samples) * WARM_UP) :]
    part = max(2, int(len(kept) * END))
    for name in kept[0]:
        first, last = (median(sample[name] for sample in some) for some in (kept[:part], kept[-part:]))
        growth = last / first - 1
        held &= growth <= BAR
        verdict = "ok" if growth <= BAR else "MISSED"
        print(f"{words}: {name} {first:.1f} -> {last:.1f}, {growth:+.1%} (bar {BAR:+.0%}) {verdict}", flush=True)
    return held


def main(minutes: float) -> bool:
    """Use the lab for so many minutes; tell whether nothing grew."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ["OPTIM_VIZ_HOME"] = folder
        with LabServer(Path(folder) / "server.log") as server:
            process = psutil.Process(server.process.pid if server.process else None)
            browser = playwright.chromium.launch(**chromium_options())  # pyright: ignore[reportArgumentType]
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(120_000)
            page.add_init_script(WIRE)
            page.goto(server.url)
            LabPage(page).until_opened()
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")
            ways = cycle(zip(SURFACES, VIEWS, strict=True))
            stayed = repeat(60 * minutes * STAYING, lambda: use(page, *next(ways)), lambda: taken(session, process))
            paths = cycle(PAGES)
            left = 60 * minutes * (1 - STAYING)
            went = repeat(left, lambda: visit(page, server.url, next(paths)), lambda: taken(None, process))
            browser.close()
            return all([report("one page", stayed), report("page to page", went)])


if __name__ == "__main__":
    sys.exit(0 if main(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES) else 1)
