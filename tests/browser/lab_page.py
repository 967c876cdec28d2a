"""The lab in a browser page, in the words of the person who uses it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TooLate

from optim_viz.scenario import Scenario

STAGE = "[data-testid=stage]"
QUIET = """(stage) => {
  const app = document.querySelector("[data-testid=stApp]");
  const busy = stage.dataset.pending === "true" || app.dataset.testScriptState === "running";
  return !busy && performance.now() - wire.last > 450;
}"""
POLLING = 40  # milliseconds; to ask at every frame would have the browser draw frames for nothing
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
ANY = re.compile("")  # an attribute with any value
NUMBER = re.compile(r"(?<![\w.])−?\d+(?:\.\d+)?(?:e[−+]?\d+)?|not a number|−?∞", re.ASCII)


class LabPage:
    """One page with the lab in it.

    Attributes:
        page: Playwright's page.
        stage: the stage's root.
    """

    def __init__(self, page: Page) -> None:
        """Take a page that shows the lab, or is about to."""
        self.page = page
        self.stage = page.locator(STAGE)

    # ---- what the stage tells ----------------------------------------------------------------------------------

    def told(self, name: str) -> str | None:
        """Return the stage's attribute data-`name`."""
        return self.stage.get_attribute(f"data-{name}")

    @property
    def time(self) -> int:
        """The step that was painted last."""
        return int(self.told("time") or -1)

    @property
    def scenario(self) -> Scenario:
        """The scenario in the address bar; it must be free of problems."""
        query = urlsplit(self.page.url).query
        scenario, problems = Scenario.from_url(query)
        assert not problems, f"the lab wrote an address that it does not read back: {query}: {problems}"
        return scenario

    # ---- waiting -----------------------------------------------------------------------------------------------

    def until(self, condition: str, why: str, argument: object = None, seconds: float = 40) -> None:
        """Wait until a JavaScript function holds; fail with `why` and with what the stage tells.

        Args:
            condition: a function of (stage, argument).
            why: what was expected.
            argument: handed to the function.
            seconds: how long at most.
        """
        wrapped = f"""(argument) => {{
          const stage = document.querySelector("{STAGE}");
          return stage !== null && ({condition})(stage, argument);
        }}"""
        with suppress(TooLate):
            self.page.wait_for_function(wrapped, arg=argument, timeout=seconds * 1000, polling=POLLING)
            return
        told = self.page.evaluate(f"({{...document.querySelector('{STAGE}')?.dataset}})")
        pytest.fail(f"waited {seconds:g} s for this: {why}\nthe stage tells {told}\nat {self.page.url}", pytrace=False)

    def until_told(self, seconds: float = 40, **values: object) -> None:
        """Wait until the stage's attributes have these values, e.g. `until_told(time=12, playing="false")`."""
        wanted = {name: str(value) for name, value in values.items()}
        same = "(stage, wanted) => Object.entries(wanted).every(([name, value]) => stage.dataset[name] === value)"
        self.until(same, f"the stage tells {wanted}", wanted, seconds)

    def until_address(self, part: str) -> None:
        """Wait until the address bar holds `part`, and what is shown agrees with it."""
        self.until(
            "(_, part) => decodeURIComponent(location.search).includes(part)", f"the address holds {part!r}", part
        )
        self.page.evaluate(TWO_FRAMES)

    def until_opened(self) -> LabPage:
        """Wait for the first painted frame."""
        self.until("(stage) => Number(stage.dataset.frames) > 0", "the lab paints its first frame", seconds=90)
        return self

    def settle(self) -> LabPage:
        """Wait until nothing is under way between browser and server, families included, and all is painted."""
        self.page.evaluate(TWO_FRAMES)  # an edit that was just made is told as pending from the next frame on
        self.until(QUIET, "no edit is pending, no more messages between browser and server", seconds=60)
        self.page.evaluate(TWO_FRAMES)
        return self

    # ---- what a person does --------------------------------------------------------------------------------------

    def button(self, name: str) -> Locator:
        """Return the button of this name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def slider(self, name: str) -> Locator:
        """Return the slider of this name, e.g. "Time" or "Adam beta2"."""
        return self.page.get_by_role("slider", name=name, exact=True)

    def entry(self, name: str) -> Locator:
        """Return the text field of this name, in sight or in a menu that is closed."""
        return self.page.get_by_role("textbox", name=name, exact=True, include_hidden=True)

    def type(self, name: str, text: str) -> None:
        """Write into a text field, in the menu that holds it if there is one, and confirm with Enter."""
        self.entry(name).evaluate("(field) => { const menu = field.closest('details'); if (menu) menu.open = true; }")
        self.entry(name).fill(text)
        self.entry(name).press("Enter")

    def seek(self, step: int) -> None:
        """Scrub to a step."""
        self.slider("Time").fill(str(step))
        self.until_told(time=step, playing="false")

    def grip(self, name: str, share: float | None = None) -> tuple[float, float]:
        """Return where a slider's thumb is, or would be at a share (0 to 1) of its way."""
        slider = self.slider(name)
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        assert box is not None, f"the slider {name!r} is not in sight"
        if share is None:
            share = float(slider.evaluate("(range) => range.valueAsNumber / Number(range.max)"))
        thumb = 14
        return box["x"] + thumb / 2 + (box["width"] - thumb) * share, box["y"] + box["height"] / 2

    def open_drawer(self, title: str) -> LabPage:
        """Open one of the drawers under the picture, if it is not, and wait until the picture has its new size."""
        button = self.button(title)
        if button.get_attribute("aria-expanded") != "true":
            button.evaluate("(button) => button.click()")  # a test may hold the mouse down elsewhere
        self.until(
            """(stage) => {
              const place = stage.querySelector(".ov-surface").getBoundingClientRect();
              const room = place.height - stage.querySelector(".ov-ground-bar").getBoundingClientRect().height;
              const picture = ".ov-surface > canvas, .ov-plot:not([hidden]) :is(.ov-axes, .svg-container)";
              return [...stage.querySelector(".ov-surface").querySelectorAll(picture)]
                .every((one) => Math.abs(one.getBoundingClientRect().height - room) < 2);
            }""",
            f"the picture makes room for the drawer {title!r}",
        )
        return self

    # ---- what a person sees --------------------------------------------------------------------------------------

    def problem(self, name: str) -> Locator:
        """Return the visible message at a text field."""
        control = self.entry(name).locator("xpath=ancestor::*[contains(@class, 'ov-slider') or self::label][1]")
        return control.get_by_role("alert")

    def arithmetic(self) -> dict[str, tuple[list[float], list[float]]]:
        """Return the numbers of the arithmetic panel: for each symbol those in its x and in its y cell, in order."""
        self.open_drawer("This step in numbers")
        self.until("(stage) => stage.querySelector('.ov-arithmetic table').rows.length > 0", "the numbers are shown")
        cells = (
            self.page.get_by_role("table", name="This step, in numbers")
            .locator("tr")
            .evaluate_all("(rows) => rows.slice(1).map((row) => [...row.cells].map((cell) => cell.textContent))")
        )
        return {rule.split(" = ")[0]: (numbers(x), numbers(y)) for rule, x, y in cells}

    def pixels(self) -> list[str]:
        """Return what the two canvases show, as data URLs."""
        return self.page.evaluate(
            "['.ov-surface > canvas', '.ov-curves > canvas'].map((one) => document.querySelector(one).toDataURL())"
        )

    def axes(self) -> dict[str, list[float]]:
        """Return the range of every axis in sight, by plot and name."""
        return self.page.evaluate("""() => {
          const all = [...document.querySelectorAll(".ov-plot")];
          const plots = all.filter((plot) => plot.offsetParent);
          const axes = plots.flatMap((plot) => [...plot.querySelectorAll("[data-axis]")]);
          const named = ({ dataset }, holder) => `${holder.className} ${dataset.axis}`;
          return Object.fromEntries(axes.map((axis) => [named(axis, axis.closest(".ov-plot").parentElement),
            [Number(axis.dataset.low), Number(axis.dataset.high)]]));
        }""")

    def frame(self) -> dict[str, Any]:
        """Return all that makes up a frame, to be compared with another."""
        self.arithmetic()  # it is worked out while its drawer is open
        return {
            "time": self.time,
            "arithmetic": self.page.locator(".ov-arithmetic table").inner_text(),
            "axes": self.axes(),
            "pixels": self.pixels(),
        }


def numbers(text: str) -> list[float]:
    """Return the numbers in a line of the arithmetic panel; exponents that are set small are left out."""
    plain: dict[str, str] = {"not a number": "nan", "∞": "inf", "−∞": "-inf"}
    found: list[str] = NUMBER.findall(text)
    return [float(plain[one] if one in plain else one.replace("−", "-")) for one in found]


def assert_same_frame(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Fail with the part in which two frames differ."""
    for part in ("time", "arithmetic", "axes"):
        assert first[part] == second[part], f"the two frames differ in {part}"
    for name, one, other in zip(("surface", "curves"), first["pixels"], second["pixels"], strict=True):
        assert one == other, f"the two frames differ in the pixels over the {name}"
