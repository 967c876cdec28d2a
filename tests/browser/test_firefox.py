"""A saved page in a stock Firefox: from disk it shows the lab's numbers, plays, and can be dragged."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from optim_viz.saved_page import handout, page_of
from optim_viz.scenario import Scenario
from tests.browser.adam_numbers import assert_arithmetic, shown_run
from tests.browser.firefox import PROGRAM, Firefox
from tests.browser.lab_page import numbers

QUERY = "surface=narrow_valley&start=-8,1&steps=300&lane=sgd,lr=0.018&lane=adam,lr=0.1,beta2=0.97&show=1&time=57"
STAGE = "document.querySelector('[data-testid=stage]')"
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


@pytest.mark.skipif(PROGRAM is None, reason="no Firefox is installed here; on Debian: apt-get install firefox-esr")
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
