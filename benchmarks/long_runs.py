"""What runs of 20,000 steps cost on the screen beside runs of 300, in one run and one browser.

    python -m benchmarks.long_runs

Five lanes in a narrow valley; SGD's lr is dragged with real mouse moves from a step at two thirds of the way, and
released. The bar is that of a release, 2 s; the ratios say what a step more costs. The exit code is 1 if it is missed.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from benchmarks import _page_timing as timing  # noqa: E402
from benchmarks.drag import Claim, back_and_forth, open_page, wait_for_a_calm_machine  # noqa: E402
from tests.browser.lab_page import LabPage  # noqa: E402
from tests.browser.lab_server import LabServer, chromium_options  # noqa: E402

SLIDER = "SGD lr"
SHORT, LONG = 300, 20_000
RELEASES, TICKS = 6, 90


@dataclass(frozen=True)
class Cost:
    """What one length costs.

    Attributes:
        opened: ms from the address to the first painted frame.
        frame: ms between two frames while it plays so that every frame shows a new step.
        tick: ms from a move of the slider to the painted frame.
        release: ms from a release to all plots up to date.
        megabytes: of the answer to a release.
    """

    opened: float
    frame: float
    tick: float
    release: float
    megabytes: float


def measure(browser: Browser, url: str, steps: int) -> Cost:
    """Open runs of so many steps, play, drag and release."""
    page = open_page(browser, f"{url}/?steps={steps}&time=0&speed={1 if steps == SHORT else 64}")
    opened = page.evaluate("firstFrame.then((at) => at - performance.timeOrigin)")
    lab = LabPage(page).until_opened().settle()
    print(f"  {steps} steps: {wait_for_a_calm_machine(page)}", flush=True)
    lab.button("Play").click()
    lab.until_told(playing="true")
    gaps = page.evaluate(timing.PACE, 120)
    if lab.told("playing") == "true":
        lab.button("Pause").click()
    ticks: list[float] = []
    releases: list[dict[str, float]] = []
    for n in range(RELEASES):
        lab.seek(2 * steps // 3)
        page.mouse.move(0, 0)
        page.mouse.move(*lab.grip(SLIDER))
        lab.settle()
        page.evaluate(timing.TICKS)
        page.mouse.down()
        for place in [lab.grip(SLIDER, 0.2 + 0.5 * share) for share in back_and_forth(TICKS // RELEASES)]:
            page.mouse.move(*place)
            page.wait_for_timeout(17)
        page.mouse.move(*lab.grip(SLIDER, 0.3 + 0.05 * n))
        ticks += page.evaluate("ticks")
        page.evaluate(timing.RELEASED)
        page.mouse.up()
        releases.append(page.evaluate("released"))
        lab.settle()
    page.context.close()
    return Cost(
        opened,
        median(gaps),
        median(ticks),
        median(each["ms"] for each in releases),
        median(each["bytes"] for each in releases) / 1e6,
    )


def main() -> int:
    """Print what both lengths cost, and the ratios; return 0 if the bar holds."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_options())  # pyright: ignore[reportArgumentType]
        with LabServer(Path(folder) / "lab.txt") as server:
            short, long = (measure(browser, server.url, steps) for steps in (SHORT, LONG))
        browser.close()
    for name in ("opened", "frame", "tick", "release", "megabytes"):
        one, other = getattr(short, name), getattr(long, name)
        unit = "MB" if name == "megabytes" else "ms"
        print(f"  {name:<10} {one:8.3g} {unit} at {SHORT} steps, {other:8.3g} {unit} at {LONG}: {other / one:.1f}x")
    claim = Claim(f"release at {LONG} steps: to all plots up to date, median", long.release, 2000, "ms")
    print(claim)
    return 0 if claim.holds else 1


if __name__ == "__main__":
    sys.exit(main())
