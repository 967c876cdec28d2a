"""Pictures and films of a scenario without a browser: PNG, SVG, PDF, GIF, MP4 and WebM.

    from optim_viz import render
    render.picture("surface=himmelblau&lane=adam&lane=sgd", "race.pdf", render.Look(size="paper"), step=80)
    render.film("surface=himmelblau&lane=adam&lane=sgd", "race.mp4", render.Look(theme="dark"), fps=30)

The stage's colours, markers, landscape and names, drawn by Matplotlib; it and what else is needed come with
`pip install 'optim_viz[render]'` and are imported when something is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from optim_viz import stories
from optim_viz.new_file import beside
from optim_viz.render.files import FILMS, PICTURES, kind_of, missing, need
from optim_viz.render.look import PARTS, SIZES, VIEWS, Look
from optim_viz.render.scene import scene
from optim_viz.scenario import Problem, Scenario, few

__all__ = [
    "FILMS",
    "FRAMES",
    "PARTS",
    "PICTURES",
    "SIZES",
    "VIEWS",
    "Look",
    "film",
    "frame_steps",
    "kind_of",
    "missing",
    "picture",
    "read_link",
]

FRAMES = 300
"""A film has about so many frames, or one a step where the run is shorter, unless somebody chooses otherwise."""
MOST_FRAMES = 6000


def picture(scenario: Scenario | str, path: str | Path, look: Look | None = None, *, step: int | None = None) -> Path:
    """Draw a scenario after some steps, into a PNG, SVG or PDF file.

    An SVG and a PDF hold lines and text, no pixels but for the surface in 3D. The file is written beside its place and
    then renamed, so that one that was there is never half written.

    Args:
        scenario: a scenario, or a link of the lab.
        path: of the file; its ending says the format.
        look: colours, size, view and parts; light, as large as a slide, with all parts where None.
        step: 0 to the scenario's steps; its own time where None, or the end where it has none.

    Returns:
        The path.

    Raises:
        ValueError: a wrong ending, link, step or look, or a folder that is not there; the message says what to do.
        ModuleNotFoundError: Matplotlib is not installed.
        OSError: the file cannot be written.
    """
    kind = kind_of(path, PICTURES)
    asked, chosen = _scenario(scenario), look or Look()
    time = asked.steps if asked.time is None else asked.time
    time = _step(asked, time if step is None else step)
    need(kind)
    with beside(Path(path)) as new:
        from optim_viz.render.painting import save_picture  # here, so that Matplotlib is imported only when it draws

        save_picture(scene(asked, chosen), new, kind, chosen, time)
    return Path(path)


def film(
    scenario: Scenario | str,
    path: str | Path,
    look: Look | None = None,
    *,
    fps: float = 30.0,
    first: int = 0,
    last: int | None = None,
    every: int | None = None,
    loop: bool = True,
    tick: Callable[[int, int], None] | None = None,
) -> Path:
    """Draw a scenario's run as a film, into an MP4, WebM or GIF file.

    Args:
        scenario: a scenario, or a link of the lab.
        path: of the file; its ending says the format.
        look: as for `picture`.
        fps: frames a second, 1 to 120; a GIF knows hundredths of a second, and at most 50.
        first: step of the first frame.
        last: step of the last one; the end of the run where None.
        every: steps from frame to frame; where None, as many as make about `FRAMES` frames.
        loop: a GIF begins again at its end, after a rest.
        tick: called with the frames that are done and all of them, after each; what it raises ends the work, and
            leaves no file.

    Returns:
        The path.

    Raises:
        ValueError: as for `picture`, or frames or steps out of range.
        ModuleNotFoundError: Matplotlib, or for MP4 and WebM imageio-ffmpeg, is not installed.
        OSError: the file cannot be written.
    """
    kind = kind_of(path, FILMS)
    asked, chosen = _scenario(scenario), look or Look()
    times = frame_steps(asked, first, last, every)
    if not (math.isfinite(fps) and 1 <= fps <= 120):
        raise ValueError(f"fps = {fps:g} is outside 1 to 120 frames a second")
    need(kind)
    with beside(Path(path)) as new:
        from optim_viz.render.films import save_film

        save_film(scene(asked, chosen), new, kind, chosen, times, fps=fps, loop=loop, tick=tick or (lambda _, __: None))
    return Path(path)


def frame_steps(scenario: Scenario, first: int = 0, last: int | None = None, every: int | None = None) -> Sequence[int]:
    """Return the step of each frame of a film; the last step is always among them.

    Raises:
        ValueError: a step outside the run, or more than `MOST_FRAMES` frames.
    """
    end = _step(scenario, scenario.steps if last is None else last)
    begin = _step(scenario, first)
    if begin >= end:
        raise ValueError(f"a film's first step is before its last, not {begin} and {end}")
    stride = max(1, math.ceil((end - begin) / FRAMES)) if every is None else every
    if stride < 1:
        raise ValueError(f"every = {stride}: from frame to frame there is 1 step or more")
    times = [*range(begin, end, stride), end]
    if len(times) > MOST_FRAMES:
        raise ValueError(f"{len(times)} frames are more than {MOST_FRAMES}: take every {stride * 2}th step, or fewer")
    return times


def _step(scenario: Scenario, step: int) -> int:
    if not 0 <= step <= scenario.steps:
        raise ValueError(f"step {step} is outside the run, which has the steps 0 to {scenario.steps}")
    return step


def read_link(link: str) -> tuple[Scenario, tuple[Problem, ...]]:
    """Read a link, or its query alone; what it leaves out is that of the story it names."""
    query = link.partition("#")[0].rpartition("?")[2]
    scenario, problems = Scenario.from_url(query)
    if scenario.story in stories.names():
        return Scenario.from_url(query, stories.get(scenario.story).scenario)
    return scenario, problems


def _scenario(given: Scenario | str) -> Scenario:
    """Return the scenario, read from a link where it is one.

    Raises:
        ValueError: something in the link is wrong.
    """
    if isinstance(given, Scenario):
        return given
    scenario, problems = read_link(given)
    if problems:
        raise ValueError("; ".join(few(problems)))
    return scenario
