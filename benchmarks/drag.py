"""What a drag, a release, playing and a start cost in a real Chromium, beside the same lab done the usual way.

    python -m benchmarks.drag            # everything
    python -m benchmarks.drag crowded    # only the drag and the playing with everything drawn at once

The lab is the first scenario (five lanes x 300 steps); Adam's beta2 is dragged with real mouse moves. The usual way
is benchmarks/_usual_way.py (st.slider and a Plotly figure with frames), changed by one arrow key, in the same run and
the same browser. Crowded means pinned runs, marks, ellipses and clouds of 64 starts besides. The exit code is 1 if a
claim does not hold.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from anywhere, installed or not

from benchmarks import _page_timing as timing  # noqa: E402
from tests.browser.in_page import WIRE  # noqa: E402
from tests.browser.lab_page import LabPage  # noqa: E402
from tests.browser.lab_server import LabServer, chromium_options  # noqa: E402

SLIDER = "Adam beta2"
TICKS, RELEASES, CHANGES, STARTS, STRIPS = 300, 20, 12, 3, 8
SIX_LANES = (
    "surface=narrow_valley&steps=1000&lane=sgd,lr=0.018&lane=momentum,lr=0.006&lane=adagrad,lr=0.8"
    "&lane=rmsprop,lr=0.04&lane=adam,lr=0.15&lane=amsgrad,lr=0.15&speed=1&time=0"
)
CROWDED = (
    "surface=narrow_valley&start=-8,1&lane=adam,lr=0.15&lane=full_adagrad,lr=0.5&lane=shampoo,lr=0.5&lane=soap,lr=0.1"
    "&lane=schedule_free,lr=0.015&lane=sam,lr=0.018,rho=0.5"
    "&pin=adam,lr=0.3&pin=full_adagrad,lr=1&pin=shampoo,lr=1&pin=soap,lr=0.05&pin=schedule_free,lr=0.01&pin=sam,lr=0.01"
)
CLOUD = "&cloud=64,0.1"


@dataclass(frozen=True)
class Claim:
    """One line of the report; the claim holds if value <= bar, or value >= bar for `least`."""

    text: str
    value: float
    bar: float
    unit: str
    least: bool = False

    @property
    def holds(self) -> bool:
        """Whether the measured value keeps the bar."""
        return self.value >= self.bar if self.least else self.value <= self.bar

    def __str__(self) -> str:
        """Return value, bar and verdict."""
        sign, verdict = (">=" if self.least else "<="), ("ok" if self.holds else "MISSED")
        return f"  {self.text:<62} {self.value:10.4g} {self.unit:<4} {sign} {self.bar:<7g} {verdict}"


def open_page(browser: Browser, url: str) -> Page:
    """Open a page of 1440x900 in a fresh context, its messages counted."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    context.add_init_script(WIRE)
    context.add_init_script(timing.PAINTED)
    page = context.new_page()
    page.goto(url)
    return page


def wait_for_a_calm_machine(page: Page) -> str:
    """Wait, a minute at most, until an idle page gets its frames in time; say how calm the machine was then."""
    for _ in range(20):
        gaps = page.evaluate(timing.PACE, 120)
        if gaps[60] < 17.5 and gaps[114] < 22:
            break
        time.sleep(1)
    return f"idle frame {gaps[60]:.1f} ms, p95 {gaps[114]:.1f} ms, load {os.getloadavg()[0]:.1f}"


def back_and_forth(count: int) -> Iterator[float]:
    """Yield places on a slider (0 to 1), from the right to the left and back, 48 moves each way."""
    for n in range(count):
        at = n % 96
        yield 0.97 - 0.94 * (at if at < 48 else 96 - at) / 48


def drag_ticks(lab: LabPage) -> tuple[list[float], int]:
    """Drag the slider; return each tick's milliseconds and the messages that the page sent meanwhile."""
    mouse, page = lab.page.mouse, lab.page
    places = [lab.grip(SLIDER, share) for share in back_and_forth(TICKS)]
    mouse.move(*lab.grip(SLIDER))
    lab.settle()
    page.evaluate(timing.TICKS)
    sent = page.evaluate("wire.sent")
    mouse.down()
    for place in places:
        begin = time.perf_counter()
        mouse.move(*place)
        time.sleep(max(0.0, 1 / 60 - (time.perf_counter() - begin)))
    messages = page.evaluate("wire.sent") - sent
    ticks = page.evaluate("ticks")
    mouse.up()
    lab.settle()
    return ticks, messages


def releases(lab: LabPage) -> tuple[list[float], list[int], list[int], list[float]]:
    """Drag and release; return ms and bytes to the up-to-date picture, bytes after it, ms to its lane's last strip."""
    mouse, page = lab.page.mouse, lab.page
    times: list[float] = []
    answers: list[int] = []
    later: list[int] = []
    strips: list[float] = []
    for n in range(RELEASES):
        share = 0.25 + 0.5 * (n * 0.618 % 1)
        mouse.move(*lab.grip(SLIDER))
        lab.settle()
        mouse.down()
        mouse.move(*lab.grip(SLIDER, share), steps=6)
        page.evaluate(timing.RELEASED)
        page.evaluate(timing.STRIPS, "pointerup")
        before = page.evaluate("wire.bytes")
        mouse.up()
        result = page.evaluate("released")
        strips.append(page.evaluate("stripped"))
        lab.settle()
        times.append(result["ms"])
        answers.append(result["bytes"])
        later.append(page.evaluate("wire.bytes") - before - result["bytes"])
    return times, answers, later, strips


def all_strips(lab: LabPage) -> list[float]:
    """Move the start, which every strip of the five lanes depends on; return milliseconds to the last of them."""
    times: list[float] = []
    start = lab.entry("Start x, y")
    start.evaluate("(field) => { field.closest('details').open = true; }")
    for n in range(STRIPS):
        lab.settle()
        start.fill(f"-7.{n + 1}, 1")
        lab.page.evaluate(timing.STRIPS, "keydown")
        start.press("Enter")
        times.append(lab.page.evaluate("stripped"))
    return times


def frames_a_second(browser: Browser, url: str, query: str = SIX_LANES) -> dict[str, float]:
    """Play six lanes x 1000 steps for five seconds."""
    page = open_page(browser, f"{url}/?{query}")
    lab = LabPage(page).until_opened().settle()
    print(f"  before playing: {wait_for_a_calm_machine(page)}", flush=True)
    lab.button("Play").click()
    lab.until_told(playing="true")
    played = page.evaluate(timing.PLAYED, 5)
    page.context.close()
    return played


def crowded(browser: Browser, url: str) -> list[Claim]:
    """Drag and play with everything drawn at once: six lanes, their pinned runs, marks, ellipses and clouds."""
    page = open_page(browser, f"{url}/?{CROWDED}{CLOUD}&steps=300&time=300")
    lab = LabPage(page).until_opened()
    lab.until_told(clouds=6, pinned=6)
    lab.settle()
    print(f"  before the crowded drag: {wait_for_a_calm_machine(page)}", flush=True)
    ticks, messages = drag_ticks(lab)
    page.context.close()
    play = f"{CROWDED}&steps=1000&speed=1&time=0"
    without, clouds = (frames_a_second(browser, url, query)["fps"] for query in (play, play + CLOUD))
    return [
        Claim("crowded drag: input to painted frame, median", median(ticks), 16.7, "ms"),
        Claim("crowded drag: input to painted frame, 95th percentile", quantiles(ticks, n=20)[-1], 25, "ms"),
        Claim("crowded drag: ticks measured", len(ticks), 150, "", least=True),
        Claim("crowded drag: messages to the server", messages, 0, ""),
        Claim("playing six lanes, pins, marks and ellipses: frames a second", without, 55, "", least=True),
        Claim("the same with clouds of 64: frames a second", clouds, 50, "", least=True),
    ]


def seconds_to_first_frame(browser: Browser, folder: Path) -> list[float]:
    """From a server process's start to the lab's first painted frame, in a browser that is running already."""
    seconds: list[float] = []
    for n in range(STARTS):
        begin = time.time()
        with LabServer(folder / f"start{n}.txt") as server:
            page = open_page(browser, server.url)
            seconds.append(page.evaluate("firstFrame") / 1000 - begin)
            page.context.close()
    return seconds


def usual_changes(browser: Browser, folder: Path) -> tuple[list[float], list[int]]:
    """Change the usual way's slider by arrow keys; return milliseconds and bytes to each new chart."""
    with LabServer(folder / "usual.txt", app="benchmarks/_usual_way.py") as server:
        page = open_page(browser, server.url)
        page.wait_for_function("() => document.querySelector('.gtitle')?.textContent.endsWith('0.950')")
        thumb = page.get_by_role("slider")
        thumb.focus()
        times: list[float] = []
        sizes: list[int] = []
        for n in range(CHANGES):
            page.wait_for_timeout(1500)
            page.evaluate(timing.CHANGED, f"{0.951 + n / 1000:.3f}")
            page.keyboard.press("ArrowRight")
            result = page.evaluate("changed")
            times.append(result["ms"])
            sizes.append(result["bytes"])
        page.context.close()
    return times, sizes


def report(browser: Browser, folder: Path) -> list[Claim]:
    """Measure everything, print what is no claim, and return the claims."""
    starts = seconds_to_first_frame(browser, folder)
    with LabServer(folder / "lab.txt") as server:
        page = open_page(browser, f"{server.url}/?time=300")
        lab = LabPage(page).until_opened().settle()
        print(f"  before the drag: {wait_for_a_calm_machine(page)}", flush=True)
        ticks, messages = drag_ticks(lab)
        release, answers, later, own_strips = releases(lab)
        strips = all_strips(lab)
        page.context.close()
        played = frames_a_second(browser, server.url)
        full = crowded(browser, server.url)
    usual, usual_bytes = usual_changes(browser, folder)
    print(f"  {len(ticks)} drag ticks, {len(release)} releases, {len(usual)} usual changes, {len(starts)} starts")
    print(f"  usual way: {median(usual):.0f} ms and {median(usual_bytes) / 1e6:.2f} MB a change")
    print(
        f"  release: {median(answers) / 1e3:.0f} kB; in quiet moments after it, families: {median(later) / 1e6:.2f} MB"
    )
    print(
        f"  starts: {', '.join(f'{one:.2f}' for one in starts)} s; playing: {played['steps']} steps in 5 s", flush=True
    )
    tick = median(ticks)
    return [
        Claim("drag: input to painted frame, median", tick, 16.7, "ms"),
        Claim("drag: input to painted frame, 95th percentile", quantiles(ticks, n=20)[-1], 25, "ms"),
        Claim("drag: ticks measured", len(ticks), 150, "", least=True),
        Claim("drag: messages to the server", messages, 0, ""),
        Claim("release: to all plots up to date, median", median(release), 250, "ms"),
        Claim("release: to its lane's strips up to date, median", median(own_strips) / 1000, 1, "s"),
        Claim("a new start: to all strips of five lanes, median", median(strips) / 1000, 1, "s"),
        Claim("playing six lanes x 1000 steps: frames a second", played["fps"], 55, "", least=True),
        Claim("server's start to first painted frame, median", median(starts), 5, "s"),
        Claim("usual change / drag tick", median(usual) / tick, 40, "x", least=True),
        Claim("usual change / release", median(usual) / median(release), 9, "x", least=True),
        Claim("bytes of a release / bytes of a usual change", median(answers) / median(usual_bytes), 1 / 20, ""),
        *full,
    ]


def main() -> int:
    """Print the claims; return 0 if all hold."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_options())  # pyright: ignore[reportArgumentType]
        print(f"Chromium {browser.version}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}", flush=True)
        if sys.argv[1:] == ["crowded"]:
            with LabServer(Path(folder) / "lab.txt") as server:
                claims = crowded(browser, server.url)
        else:
            claims = report(browser, Path(folder))
        browser.close()
    print("\n".join(map(str, claims)))
    return 0 if all(claim.holds for claim in claims) else 1


if __name__ == "__main__":
    sys.exit(main())
