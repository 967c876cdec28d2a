"""How long the paper page takes from moving a control to the repainted plot, section by section, in a real Chromium.

    python -m benchmarks.paper

For each section the first slider is moved by one stop with the arrow keys, back and forth; a section without a slider
has its options chosen in turn. Timed in the browser: from the key to the frame after the last of the section's plots
that it changes was painted. Streamlit's server and the browser share this machine. Medians are printed; the exit code
is 1 if one is above the bar. The browser is OPTIM_VIZ_CHROMIUM, else Playwright's own.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from optim_viz.pages.paper_sections import sections
from tests.browser.lab_server import LabServer, chromium_options

BAR = 150.0  # milliseconds
WARM_UP, ROUNDS = 4, 20
# Resolves, 300 ms after the section's last plot was painted, with the time from the key to the frame of that paint.
_TIMED = """(prefix) => new Promise((done) => {
  let begin = 0;
  let took = Infinity;
  let quiet = setTimeout(() => done(Infinity), 10000);
  document.addEventListener("keydown", () => { begin = performance.now(); }, { once: true, capture: true });
  const watch = new MutationObserver((changes) => {
    if (!begin || !changes.some(({ target }) => target.dataset.testid?.startsWith(`plot-${prefix}-`))) return;
    clearTimeout(quiet);
    requestAnimationFrame(() => { took = performance.now() - begin; });
    quiet = setTimeout(() => { watch.disconnect(); done(took); }, 300);
  });
  watch.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-paints"] });
})"""


def timed(page: Page, prefix: str, control: Locator, stroke: str) -> float:
    """Return the milliseconds from one stroke to the painted plot."""
    page.evaluate(f"window.timing = ({_TIMED})({prefix!r})" + "; null")
    control.press(stroke)
    return float(page.evaluate("window.timing"))


def main() -> int:
    """Print one line a section."""
    slow = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        LabServer(Path(folder) / "log.txt") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**chromium_options())  # pyright: ignore[reportArgumentType]
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{server.url}/paper")
        for section in sections():
            page.locator(f'[data-testid^="plot-{section.prefix}-"][data-paints]').first.wait_for()
        page.wait_for_timeout(2000)
        for section in sections():
            slow += not report(page, section.prefix, section.title)
        browser.close()
    return 1 if slow else 0


def report(page: Page, prefix: str, title: str) -> bool:
    """Time a section, print its line and say whether it is fast enough."""
    mine = page.locator(f'[class*="st-key-{prefix}-"]')
    sliders = mine.get_by_role("slider")
    control = sliders.first if sliders.count() else mine.get_by_role("radio", checked=True).first
    control.focus()
    strokes = ("ArrowRight", "ArrowLeft")
    if control.get_attribute("max") == control.input_value():
        strokes = strokes[::-1]
    times = [timed(page, prefix, page.locator(":focus"), strokes[turn % 2]) for turn in range(WARM_UP + ROUNDS)]
    median = statistics.median(times[WARM_UP:])
    print(f"{prefix:>4}  {median:6.0f} ms  (slowest {max(times[WARM_UP:]):.0f})  {title}", flush=True)
    return median <= BAR


if __name__ == "__main__":
    sys.exit(main())
