"""The command that draws pictures and films."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from optim_viz import render as rendering
from optim_viz.cli.output import refused
from optim_viz.scenario import Problem, Scenario

_FILM_ONLY = ("fps", "steps", "every", "once")


def render(given: argparse.Namespace) -> int:
    """Draw a scenario into a file whose ending says what it is.

    Exit code 2, and no picture, where something in the link or the file is wrong.
    """
    kind = rendering.kind_of(given.out)
    scenario, problems = _scenario(given.scenario)
    if refused(problems):
        return 2
    look = rendering.Look(
        theme="dark" if given.dark else "light",
        size=given.size,
        view=given.view,
        parts=tuple(given.show.split(",")),
        plots=tuple(given.plots.split(",")) if given.plots else None,
    )
    if kind in rendering.PICTURES:
        set_for_films = [name for name in _FILM_ONLY if getattr(given, name) not in (None, False)]
        if set_for_films:
            raise ValueError(f"--{set_for_films[0]} is for films, whose names end with .{', .'.join(rendering.FILMS)}")
        rendering.picture(scenario, given.out, look, step=given.step)
    else:
        if given.step is not None:
            raise ValueError("--step is for pictures; a film takes --steps FIRST,LAST")
        first, last = given.steps or (0, None)
        progress = _Progress()
        try:
            rendering.film(
                scenario,
                given.out,
                look,
                fps=given.fps or 30.0,
                first=first,
                last=last,
                every=given.every,
                loop=not given.once,
                tick=progress.tick,
            )
        finally:
            progress.end()
    print(f"{given.out}: {_megabytes(given.out)}")
    return 0


def _scenario(text: str) -> tuple[Scenario, tuple[Problem, ...]]:
    """Read a scenario from a JSON file, as the lab saves it, or from a link."""
    if not text.lower().endswith(".json"):
        return rendering.read_link(text)
    scenario, problems = Scenario.from_json(Path(text).read_text(encoding="utf-8"))
    fatal = next((problem for problem in problems if problem.field == "scenario"), None)
    if fatal:
        raise ValueError(f"{text}: {fatal.message}")
    return scenario, problems


def _megabytes(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"


class _Progress:
    """Tells on a terminal, in one line, how many frames are done."""

    def __init__(self) -> None:
        self.shown = False

    def tick(self, done: int, count: int) -> None:
        if sys.stderr.isatty() and (done % 10 == 0 or done == count):
            print(f"\r{done} of {count} frames", end="", file=sys.stderr, flush=True)
            self.shown = True

    def end(self) -> None:
        if self.shown:
            print(file=sys.stderr)
