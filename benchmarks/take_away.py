"""What a page in one file and a film weigh, how long they take, and how the page plays from disk with the network off.

    python -m benchmarks.take_away

The page is the first scenario: five lanes x 300 steps, with the families of the nine sliders in sight, and without; the
film is the same, 300 frames at 1280x720. The exit code is 1 if a claim does not hold.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from benchmarks import _page_timing as timing  # noqa: E402
from benchmarks.drag import Claim, drag_ticks, wait_for_a_calm_machine  # noqa: E402
from optim_viz import render  # noqa: E402
from optim_viz.saved_page import saved  # noqa: E402
from optim_viz.scenario import Scenario  # noqa: E402
from tests.browser.in_page import WIRE  # noqa: E402
from tests.browser.lab_page import LabPage  # noqa: E402
from tests.browser.lab_server import chromium_options  # noqa: E402


class SavedPage(LabPage):
    """A lab without a server: nothing is on its way but what the page itself answers."""

    def settle(self) -> LabPage:
        """Wait until it has answered, the family of the slider under the pointer included."""
        self.page.wait_for_timeout(500)
        self.until_told(pending="false")
        return self


def opened(browser: Browser, file: Path) -> tuple[LabPage, float]:
    """Open a file without a network; return the lab in it, and the seconds to its first painted frame."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    context.add_init_script(WIRE)
    context.add_init_script(timing.PAINTED)
    page = context.new_page()
    begin = time.time()
    page.goto(file.as_uri())
    seconds = page.evaluate("firstFrame") / 1000 - begin
    lab = SavedPage(page).until_opened()
    lab.until_told(pending="false")
    return lab, seconds


def in_the_browser(browser: Browser, file: Path) -> list[Claim]:
    """Drag Adam's beta2 and play, from disk."""
    lab, seconds = opened(browser, file)
    lab.seek(300)
    print(f"  before the drag: {wait_for_a_calm_machine(lab.page)}", flush=True)
    ticks, messages = drag_ticks(lab)
    lab.seek(0)
    lab.button("Play").click()
    lab.until_told(playing="true")
    played = lab.page.evaluate(timing.PLAYED, 5)
    lab.page.context.close()
    return [
        Claim("from disk to the first painted frame", seconds, 5, "s"),
        Claim("drag: input to painted frame, median", median(ticks), 16.7, "ms"),
        Claim("drag: input to painted frame, 95th percentile", quantiles(ticks, n=20)[-1], 25, "ms"),
        Claim("drag: ticks measured", len(ticks), 150, "", least=True),
        Claim("drag: messages", messages, 0, ""),
        Claim("playing: frames a second", played["fps"], 55, "", least=True),
    ]


def films(folder: Path) -> list[Claim]:
    """Draw the first scenario as films, and as a picture for paper."""
    scenario, look = Scenario.default(), render.Look(size="1280x720")
    begin = time.perf_counter()
    picture = render.picture(scenario, folder / "race.pdf", render.Look(size="paper"), step=58)
    seconds = time.perf_counter() - begin
    print(f"  a PDF for paper, with what is imported first: {seconds:.1f} s, {picture.stat().st_size / 1e6:.2f} MB")
    claims: list[Claim] = []
    for kind, most in (("mp4", 20), ("gif", 60), ("webm", 60)):
        before = os.times()
        begin = time.perf_counter()
        film = render.film(scenario, folder / f"race.{kind}", look, first=1)
        seconds, now, size = time.perf_counter() - begin, os.times(), film.stat().st_size / 1e6
        busy = sum(now[:4]) - sum(before[:4])
        print(f"  300 frames as {kind}: {seconds:.1f} s, {busy:.1f} s of processors, {size:.2f} MB", flush=True)
        claims.append(Claim(f"300 frames of five lanes at 1280x720 as {kind}", seconds, most, "s"))
        if kind == "gif":
            claims.append(Claim("the GIF", size, 6, "MB"))
    return claims


def main() -> int:
    """Print the claims; return 0 if all hold."""
    begin = time.perf_counter()
    whole = saved("")
    seconds = time.perf_counter() - begin
    still, solid = (saved("", drag=False, plotly=plotly) for plotly in (False, True))
    claims = [
        Claim(f"a page whose {whole.draggable} sliders can be dragged", len(whole.html) / 1e6, 8, "MB"),
        Claim("a page that only plays", len(still.html) / 1e6, 1, "MB"),
        Claim("the same with plotly.js, for 3D", len(solid.html) / 1e6, 2.5, "MB"),
    ]
    print(f"  made in {seconds:.1f} s, load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        claims += films(Path(folder))
        file = Path(folder) / "lab.html"
        file.write_text(whole.html, encoding="utf-8")
        browser = playwright.chromium.launch(**chromium_options())  # pyright: ignore[reportArgumentType]
        claims += in_the_browser(browser, file)
        browser.close()
    print("\n".join(map(str, claims)))
    return 0 if all(claim.holds for claim in claims) else 1


if __name__ == "__main__":
    sys.exit(main())
