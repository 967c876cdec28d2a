"""Films: their frames, sizes and particles, read back by ffmpeg and Pillow; and jobs in a process of their own."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from optim_viz import render
from optim_viz.figures.theme import LIGHT
from optim_viz.render import jobs
from optim_viz.scenario import Scenario
from tests.render.reading import frames, head_of
from tests.render.test_pictures import LINK, drawn_scene

WIDE = render.Look(size="960x540", view="panels", parts=("ground",))
SMALL = render.Look(size="320x240", parts=("ground",))


def test_the_particles_of_a_film_are_where_the_run_is(tmp_path: Path) -> None:
    ticks: list[tuple[int, int]] = []
    scenario = render.read_link(LINK)[0]
    round_heads = replace(scenario, lanes=tuple(replace(lane, marker="circle") for lane in scenario.lanes))
    file = render.film(
        round_heads,
        tmp_path / "race.mp4",
        WIDE,
        first=5,
        last=20,
        every=5,
        fps=12,
        tick=lambda *done: ticks.append(done),
    )
    shown = frames(file, 960, 540)
    assert len(shown) == 4
    assert ticks == [(1, 4), (2, 4), (3, 4), (4, 4)]
    found, panels = drawn_scene(WIDE)
    for frame, step in zip(shown, (5, 10, 15, 20), strict=True):
        for lane, panel in zip(found.lanes, panels, strict=True):
            head = head_of(frame, LIGHT.lanes[lane.colour])
            np.testing.assert_allclose(head, panel.at(*lane.theta[step]), atol=2.0)


def test_a_webm_of_odd_sides_has_even_ones(tmp_path: Path) -> None:
    look = render.Look(size="321x243", parts=("ground",))
    file = render.film(LINK, tmp_path / "race.webm", look, last=4)
    assert len(frames(file, 320, 242)) == 5


def test_a_gif_has_every_frame_and_ends_as_the_picture_does(tmp_path: Path) -> None:
    look = render.Look(size="480x360")
    render.film(LINK, tmp_path / "race.gif", look, first=10, last=22, every=4, fps=20)
    render.picture(LINK, tmp_path / "race.png", look, step=22)
    with Image.open(tmp_path / "race.gif") as film, Image.open(tmp_path / "race.png") as still:
        assert (film.size, film.n_frames, film.info["loop"]) == ((480, 360), 4, 0)  # pyright: ignore
        durations: list[Any] = []
        for place in range(4):
            film.seek(place)
            durations.append(film.info["duration"])
        assert durations == [50, 50, 50, 1500]
        apart = np.abs(np.asarray(film.convert("RGB"), int) - np.asarray(still.convert("RGB"), int)).max(axis=-1)
    assert np.median(apart) <= 4
    assert (apart > 60).mean() < 0.01


def test_a_gif_that_plays_once_has_no_loop(tmp_path: Path) -> None:
    render.film(LINK, tmp_path / "race.gif", render.Look(size="320x240", parts=("ground",)), last=3, loop=False)
    with Image.open(tmp_path / "race.gif") as film:
        assert "loop" not in film.info


@pytest.mark.parametrize("name", ["race.mp4", "race.gif"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_what_stops_a_film_leaves_what_was_there(name: str, error: type[BaseException], tmp_path: Path) -> None:
    before = tmp_path / name
    before.write_text("an older film")

    def stop(done: int, count: int) -> None:
        if done == 2:
            raise error

    with pytest.raises(error):
        render.film(LINK, before, SMALL, last=30, tick=stop)
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert before.read_text() == "an older film"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"fps": 0}, "fps = 0 is outside 1 to 120"),
        ({"first": 41}, "step 41 is outside the run"),
        ({"first": 9, "last": 9}, "first step is before its last"),
        ({"every": 0}, "1 step or more"),
    ],
)
def test_frames_that_are_none_are_refused(more: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        render.film(LINK, tmp_path / "race.mp4", **more)


def test_a_film_has_about_three_hundred_frames_unless_somebody_chooses() -> None:
    long = Scenario.from_url(LINK.replace("steps=40", "steps=4000"))[0]
    steps = render.frame_steps(long)
    assert 280 <= len(steps) <= render.FRAMES + 1
    assert (steps[0], steps[-1]) == (0, 4000)
    assert len(render.frame_steps(long, 100, 200, 3)) == 35


def until_over(told: dict[str, Any], scenario: Scenario) -> tuple[dict[str, Any], bytes | None]:
    until = time.monotonic() + 120
    content = None
    while told["state"] in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.05)
        told, content = jobs.answer(scenario, {"follow": told["token"]})
    return told, content


def test_a_job_draws_in_a_process_and_hands_its_file_over_once() -> None:
    scenario = Scenario.from_url(f"{LINK}&time=20")[0]
    options = {"kind": "svg", "look": {"size": "480x360", "parts": ["ground"], "theme": "dark"}}
    told, content = jobs.answer(scenario, {"start": options})
    assert told["state"] in ("waiting", "running")
    told, content = until_over(told, scenario)
    assert told["state"] == "done", told["error"]
    assert content is not None
    assert b"<svg" in content
    told, content = jobs.answer(scenario, {"follow": told["token"]})
    assert (told["state"], content) == ("failed", None)


def test_a_job_that_is_cancelled_ends_its_process() -> None:
    scenario = Scenario.default()
    told, _ = jobs.answer(scenario, {"start": {"kind": "mp4"}})
    job = jobs._jobs[told["token"]]
    told, content = jobs.answer(scenario, {"cancel": told["token"]})
    assert (told["state"], content) == ("cancelled", None)
    until = time.monotonic() + 60
    while not job._future.done() and time.monotonic() < until:
        time.sleep(0.05)
    assert job._future.done()
    assert job._process is None or job._process.poll() is not None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"start": {"kind": "exe"}}, "ends with one of"),
        ({"start": {"kind": "png", "look": {"size": "9x9"}}}, "240 to 4096"),
        ({"start": {"kind": "mp4", "last": 1e300}}, "last must be a whole number"),
        ({"start": {"kind": "mp4", "fps": "fast"}}, "fps must be a number"),
        ({"start": {"kind": "mp4", "last": 5000}}, "outside the run"),
        ({"follow": "nobody"}, "begin again"),
        ({"start": {"kind": "png", "look": {"parts": [["ground"]] * 900}}}, "no part is called"),
    ],
)
def test_a_job_that_is_asked_for_wrongly_says_so(asked: dict[str, Any], said: str) -> None:
    told, content = jobs.answer(Scenario.default(), asked)
    assert (told["state"], content) == ("failed", None)
    assert said in told["error"]
