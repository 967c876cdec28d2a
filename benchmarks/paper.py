"""How long the paper page takes from moving a control to all that it changes, control by control, in a real Chromium.

    python -m benchmarks.paper

Every slider, choice and switch that is in sight, of every section, is moved by one stop with the keyboard, back and
forth. Timed in the browser: from the key to the frame after the last of the section's plots near the window was
painted, and to the frame after the last change of anything else on the page that can be read: words, numbers, fields
that come and go. Server and browser share this machine. Medians are printed, the slowest control of a section decides;
the exit code is 1 if one is above the bar. The browser is OPTIM_VIZ_CHROMIUM, else Playwright's own.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from optim_viz.pages.paper.sections import sections  # noqa: E402
from tests.browser.lab_server import LabServer, chromium_options  # noqa: E402

BAR = 150.0  # milliseconds
WARM_UP, ROUNDS = 2, 10
# Resolves, 500 ms after the section's last change, with the times from the key to the frame of the last paint and to
# the frame of the last change of words.
_TIMED = """(prefix) => new Promise((done) => {
  let begin = 0;
  let painted = Infinity;
  let worded = 0;
  let quiet = setTimeout(() => done([Infinity, Infinity]), 10000);
  document.addEventListener("keydown", () => { begin = performance.now(); }, { once: true, capture: true });
  const watch = new MutationObserver((changes) => {
    if (!begin) return;
    for (const { target, type } of changes) {
      const inPlot = target.parentElement?.closest("[data-testid^=plot-]");
      if (target.dataset?.testid?.startsWith(`plot-${prefix}-`)) requestAnimationFrame(frame);
      else if (type !== "attributes" && !inPlot) requestAnimationFrame(said);
    }
    later();
  });
  const frame = () => { painted = performance.now() - begin; later(); };
  const said = () => { worded = performance.now() - begin; later(); };
  const later = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => { watch.disconnect(); done([painted, worded]); }, painted === Infinity ? 5000 : 500);
  };
  const watched = { subtree: true, childList: true, characterData: true, attributeFilter: ["data-paints"] };
  watch.observe(document.querySelector(".stMain"), watched);
})"""


def timed(page: Page, prefix: str, stroke: str) -> tuple[float, float]:
    """Return the milliseconds from one stroke to the painted plots and to the new words."""
    page.evaluate(f"window.timing = ({_TIMED})({prefix!r})" + "; null")
    page.locator(":focus").press(stroke)
    painted, worded = page.evaluate("window.timing")
    return float(painted), float(worded)


def strokes(control: Locator) -> tuple[str, str]:
    """Return the keys that move a control one stop, and back."""
    if control.get_attribute("type") == "checkbox":
        return "Space", "Space"
    back = control.get_attribute("type") == "range" and control.get_attribute("max") == control.input_value()
    return ("ArrowLeft", "ArrowRight") if back else ("ArrowRight", "ArrowLeft")


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
            page.locator(f"h2#{section.prefix}").wait_for()
        page.wait_for_timeout(2000)
        for section in sections():
            slow += not report(page, section.prefix, section.title)
        browser.close()
    return 1 if slow else 0


def report(page: Page, prefix: str, title: str) -> bool:
    """Time a section's controls, print the slowest medians and say whether they are fast enough."""
    mine = page.locator(f'[class*="st-key-{prefix}-"]')
    mine.first.scroll_into_view_if_needed()
    found: list[tuple[float, float, str]] = []
    for place in range(mine.count()):
        control = mine.nth(place).locator("input[type=range], input[type=radio]:checked, input[type=checkbox]")
        if not control.count() or not mine.nth(place).is_visible():
            continue
        control.first.focus()
        page.wait_for_timeout(1500)  # a person needs as long from reaching a control to moving it there and back
        there = strokes(control.first)
        times = [timed(page, prefix, there[turn % 2]) for turn in range(WARM_UP + ROUNDS)][WARM_UP:]
        key = (mine.nth(place).get_attribute("class") or "").partition("st-key-")[2].partition(" ")[0]
        painted, worded = (statistics.median(column) for column in zip(*times, strict=True))
        found.append((painted, worded, key))
    plots, words = max((each[0], each[2]) for each in found), max((each[1], each[2]) for each in found)
    shown = "  ".join(f"{kind} {ms:4.0f} ms {key:<14}" for kind, (ms, key) in (("plots", plots), ("words", words)))
    print(f"{prefix:>4}  {shown} of {len(found)}  {title}", flush=True)
    return max(plots[0], words[0]) <= BAR


if __name__ == "__main__":
    sys.exit(main())
