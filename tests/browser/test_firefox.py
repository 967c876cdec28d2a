"""A stock Firefox: every page of the app does its main thing, and a saved page does, from disk, what the lab does."""

from __future__ import annotations

import re
import time
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from optim_viz.run_store import RunStore
from optim_viz.saved_page import handout, page_of
from optim_viz.scenario import Scenario
from tests.browser.adam_numbers import assert_arithmetic, shown_run
from tests.browser.firefox import PROGRAM, Firefox
from tests.browser.lab_page import numbers
from tests.browser.lab_server import LabServer

QUERY = "surface=narrow_valley&start=-8,1&steps=300&lane=sgd,lr=0.018&lane=adam,lr=0.1,beta2=0.97&show=1&time=57"
STAGE = "document.querySelector('[data-testid=stage]')"
# Whoever goes to another page ends the line, and what still loads; Streamlit tries whether there is WebAssembly.
EXPECTED = re.compile(
    r"WebSocket onclose: code=1001|Failed to load script|when disconnected from server|blocked WebAssembly"
)
STATUS = "[role=status]"
OPENS, TRAINS = 120, 240  # seconds, on a slow computer that does other things
SLIDER = f"{STAGE}.querySelector('[aria-label=\"Adam beta2\"]')"


class Shown:
    """The lab in it, as far as `assert_arithmetic` asks."""

    def __init__(self, firefox: Firefox) -> None:
        self.firefox = firefox

    def arithmetic(self) -> dict[str, tuple[list[float], list[float]]]:
        drawer = f"[...{STAGE}.querySelectorAll('button')].find((one) => one.textContent === 'This step in numbers')"
        if self.firefox.evaluate(f"{drawer}.ariaExpanded ?? {drawer}.getAttribute('aria-expanded')") != "true":
            self.firefox.evaluate(f"{drawer}.click()")
        table = f"{STAGE}.querySelector('.ov-arithmetic table')"
        self.firefox.until(f"{table}?.rows.length > 1")
        cells = self.firefox.evaluate(
            f"[...{table}.rows].slice(1).map((row) => [...row.cells].map((cell) => cell.textContent))"
        )
        return {rule.split(" = ")[0]: (numbers(x), numbers(y)) for rule, x, y in cells}


pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(PROGRAM is None, reason="no Firefox is installed here; on Debian: apt-get install firefox-esr"),
]


def test_saved_pages_in_firefox(tmp_path: Path, subtests: pytest.Subtests) -> None:
    page, text = tmp_path / "lab.html", tmp_path / "handout.html"
    page.write_text(page_of(QUERY), encoding="utf-8")
    text.write_text(handout([f"# A valley\n\n?{QUERY}"]).html, encoding="utf-8")
    with Firefox() as firefox:
        firefox.open(page.as_uri())
        firefox.until(f"{STAGE}?.dataset.pending === 'false'")
        for part in (it_shows_the_numbers, a_drag_shows_another_run, it_plays):
            with subtests.test(part.__name__):
                part(firefox)
        with subtests.test("a handout's lab opens in its frame"):
            firefox.open(text.as_uri())
            firefox.until("document.querySelector('figure iframe')")
            firefox.until(f"{STAGE}?.dataset.time === '57'", firefox.frame())
        assert firefox.said == []
        assert firefox.strangers == []


def test_every_page_in_firefox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests) -> None:
    """Each is opened and its main thing used once."""
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path / "home"))
    parts = (
        the_lab_drags_and_plays,
        the_paper_follows_a_control,
        the_page_after_adam_follows_a_control,
        a_map_tells_of_a_cell,
        a_run_is_trained,
        a_sweep_is_trained,
    )
    with LabServer(tmp_path / "server.txt") as server, Firefox(server.url) as firefox:
        for part in parts:
            with subtests.test(part.__name__):
                part(firefox, server.url)
                assert [each for each in firefox.said if not EXPECTED.search(each)] == []
            firefox.said.clear()
        assert firefox.strangers == []
    with closing(RunStore()) as store:  # a part that failed may have left something training
        store.cancel_all([run.id for run in store.list_runs() if run.active])


def the_lab_drags_and_plays(firefox: Firefox, url: str) -> None:
    firefox.open(f"{url}/?{QUERY}")
    firefox.until(f"{STAGE}?.dataset.pending === 'false'", seconds=OPENS)
    it_shows_the_numbers(firefox)
    for key in ("ArrowRight", "ArrowLeft") * 60:  # until the slider's runs are here: it tells its stop then
        firefox.press(SLIDER, key)
        firefox.until(f"{STAGE}.dataset.pending === 'false'")
        if firefox.evaluate(f"{STAGE}.dataset.stop"):
            break
        time.sleep(0.5)
    a_drag_shows_another_run(firefox)
    it_plays(firefox)


def follows(firefox: Firefox, control: str, plot: str) -> None:
    """Press a key in a control of a page of sections, and wait until its plot is painted anew."""
    painted = f"Number(document.querySelector('[data-testid={plot}]')?.dataset.paints)"
    firefox.until(f"document.querySelector('[data-testid={plot}]')", seconds=OPENS)
    firefox.evaluate(f"document.querySelector('[data-testid={plot}]').scrollIntoView({{block: 'center'}})")
    firefox.until(f"{painted} > 0")
    before = firefox.evaluate(painted)
    firefox.press(f"document.querySelector('.st-key-{control} :is([role=slider], input[type=range])')", "ArrowRight")
    firefox.until(f"{painted} > {before}")


def the_paper_follows_a_control(firefox: Firefox, url: str) -> None:
    firefox.open(f"{url}/paper")
    follows(firefox, "s4-scale", "plot-s4-plot")
    firefox.until("location.search.includes('s4.scale=')")


def the_page_after_adam_follows_a_control(firefox: Firefox, url: str) -> None:
    firefox.open(f"{url}/after")
    follows(firefox, "a1-angle", "plot-a1-paths")
    firefox.until("location.search.includes('a1.angle=35')")


def a_map_tells_of_a_cell(firefox: Firefox, url: str) -> None:
    firefox.open(f"{url}/maps?surface=booth&lane=sgd,lr=0.01&cells=16&steps=50&across=lr&up=x")
    firefox.until("document.querySelector('.mp-plot[data-paints]')", seconds=OPENS)
    firefox.press("document.querySelector('[role=application]')", "ArrowUp")
    firefox.until("[...document.querySelectorAll('.mp-root')].some((one) => one.dataset.cell)")
    firefox.until("/^lr /.test(document.querySelector('.mp-setting')?.textContent)")


def click(firefox: Firefox, button: str) -> None:
    """Press the button of this text, once it is there and the page stands still."""
    found = f"[...document.querySelectorAll('button')].find((one) => one.textContent.trim() === '{button}')"
    firefox.until(f"{found} && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")
    firefox.evaluate(f"{found}.click()")


def a_run_is_trained(firefox: Firefox, url: str) -> None:
    firefox.open(f"{url}/train?dataset=digits&model=logistic&epochs=2&lane=sgd,lr=0.01&lane=adam,lr=0.001")
    firefox.until(f"document.querySelector('{STATUS}') || document.querySelector('.ov-header')", seconds=OPENS)
    click(firefox, "Launch")
    firefox.until("location.search.includes('run=1')")
    firefox.until(f"{says('Run 1')}?.includes('finished')", seconds=TRAINS)
    firefox.until("document.querySelector('[data-testid^=plot-train-loss] .main-svg')")


def a_sweep_is_trained(firefox: Firefox, url: str) -> None:
    form = "optimizer=sgd&lr=0.01,0.1,2&batches=32&seeds=0&dataset=digits&model=logistic&epochs=1"
    firefox.open(f"{url}/sweeps?{form}")
    firefox.until("document.querySelector('.st-key-sweeps-fields')", seconds=OPENS)
    click(firefox, "Start the sweep")
    firefox.until("location.search.includes('sweep=1')")
    firefox.until(f"{says('Sweep 1')}?.includes('2 of 2 runs over')", seconds=TRAINS)


def says(words: str) -> str:
    """What a status of the page says that holds these words."""
    texts = f"[...document.querySelectorAll('{STATUS}')].map((one) => one.textContent)"
    return f"{texts}.find((text) => text.includes('{words}'))"


def it_shows_the_numbers(firefox: Firefox) -> None:
    assert_arithmetic(cast("Any", Shown(firefox)), shown_run(scenario()), 57)


def a_drag_shows_another_run(firefox: Firefox) -> None:
    box = firefox.evaluate(f"{SLIDER}.getBoundingClientRect()")
    share = firefox.evaluate(f"{SLIDER}.valueAsNumber / Number({SLIDER}.max)")
    y, thumb = box["y"] + box["height"] / 2, 14
    left, room = box["x"] + thumb / 2, box["width"] - thumb
    firefox.drag((left + room * share, y), (left + room * 0.8, y))
    firefox.until(f"{STAGE}.dataset.pending === 'false' && Number({STAGE}.dataset.stop?.split(':')[2]) > 45")
    beta2 = float(firefox.evaluate(f"{SLIDER}.getAttribute('aria-valuetext')"))
    assert beta2 > 0.985
    assert_arithmetic(cast("Any", Shown(firefox)), shown_run(scenario(), beta2=beta2), 57)


def it_plays(firefox: Firefox) -> None:
    firefox.evaluate(f"[...{STAGE}.querySelectorAll('button')].find((one) => one.ariaLabel === 'Play').click()")
    firefox.until(f"Number({STAGE}.dataset.time) > 60")


def scenario() -> Scenario:
    found, problems = Scenario.from_url(QUERY)
    assert not problems
    return found
