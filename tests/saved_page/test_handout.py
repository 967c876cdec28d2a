"""Handouts: text and labs in one file, as Python makes them."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import optim_viz
from optim_viz.cli import main
from optim_viz.saved_page import Saved, handout
from optim_viz.saved_page.still import HEIGHT, WIDTH, png, still
from optim_viz.scenario import Scenario
from tests.saved_page.test_page import part
from tests.stage.decoder import decode

LINK = "?surface=booth&steps=20&lane=sgd,lr=0.05&start=-8,5"
TEXT = f"""# Booth's *function*

A first paragraph with `code` <script>alert(1)</script>
and **two** lines.

- one & only
- two
{LINK}
After it: {LINK} is no lab within a line.
### Small
"""


@pytest.fixture(scope="module")
def made() -> Saved:
    scenario = Scenario.from_url("surface=beale&steps=9&lane=adam,lr=0.1")[0]
    return handout([TEXT, scenario], lab="https://lab.example/a")


def test_text_is_shown_as_text_in_its_order(made: Saved) -> None:
    main_part = made.html.partition("<main>")[2].partition("</main>")[0]
    without_figures = re.sub(r"<figure.*?</figure>", "<figure/>", main_part, flags=re.DOTALL)
    assert without_figures.strip().split("\n") == [
        "<h1>Booth&#x27;s <em>function</em></h1>",
        "<p>A first paragraph with <code>code</code> &lt;script&gt;alert(1)&lt;/script&gt; and <strong>two</strong> "
        "lines.</p>",
        "<ul><li>one &amp; only</li><li>two</li></ul>",
        "<figure/>",
        f"<p>After it: {LINK.replace('&', '&amp;')} is no lab within a line.</p>",
        "<h3>Small</h3>",
        "<figure/>",
    ]
    assert "<title>Booth&#x27;s *function* · optim_viz</title>" in made.html
    assert "https://lab.example/a?surface=beale&amp;" in made.html


def test_one_program_serves_labs_with_runs_of_their_own(made: Saved) -> None:
    assert made.html.count('id="program"') == 1
    for place, name in ((1, "booth"), (2, "beale")):
        header, blocks = decode(part(made, f"opening-{place}"))
        assert header["scenario"]["surface"] == name
        rate, optimizer = (0.05, "sgd") if name == "booth" else (0.1, "adam")
        steps = header["scenario"]["steps"]
        start = tuple(header["scenario"]["start"])
        run = optim_viz.rollout(name, optimizer, lr=rate, steps=steps, start=start)
        key = header["lanes"][0]["key"]
        np.testing.assert_array_equal(blocks[key][header["arrays"][key]["channels"].index("loss")], run.loss)
    assert made.draggable == 1 + 3


def test_its_policy_lets_in_two_scripts_and_no_address(made: Saved) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', made.html)
    assert policy
    assert policy[1].count("sha256-") == 2
    assert "http" not in policy[1]
    assert "connect-src" not in policy[1]


def test_no_lab_too_many_and_a_bad_link_are_told() -> None:
    with pytest.raises(ValueError, match="1 to 12 labs, not 0: a line that is a link is one"):
        handout(["# Nothing to see"])
    with pytest.raises(ValueError, match="not 13"):
        handout(["?surface=booth&steps=1&lane=sgd\n" * 13], drag=False)
    wrong = handout(["?surface=booth&steps=2&lane=sgd,lr=fast"], drag=False)
    assert [problem.partition(":")[0] for problem in wrong.problems] == ["lab 1"]


def test_the_still_picture_draws_the_run() -> None:
    scenario = Scenario.from_url(LINK[1:])[0]
    svg = ElementTree.fromstring(still(scenario))  # noqa: S314 - our own
    path = [each for each in svg.iter() if each.tag.endswith("polyline")][-1].attrib["points"]
    points = np.array([point.split(",") for point in path.split()], dtype=float)
    run = optim_viz.rollout("booth", "sgd", lr=0.05, steps=20, start=(-8.0, 5.0))
    # Booth's domain is a square of side 20, which the picture's height shows: one scale for both axes.
    scale = HEIGHT / 20
    wanted = np.stack([WIDTH / 2 + scale * run.theta[:, 0], HEIGHT / 2 - scale * run.theta[:, 1]], axis=1)
    np.testing.assert_allclose(points[0], wanted[0], atol=0.06)
    np.testing.assert_allclose(points[-1], wanted[-1], atol=0.06)
    away = np.abs(points[:, None] - wanted[None]).max(axis=2).min(axis=0)
    assert away.max() < 0.11, "each step of the run is a point of the path"


def test_a_run_that_leaves_the_numbers_ends_in_the_picture() -> None:
    text = still(Scenario.from_url("surface=booth&steps=900&lane=sgd,lr=0.9")[0])
    assert "nan" not in text
    assert "inf" not in text


def test_pixels_are_a_png() -> None:
    rgb = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    content = png(rgb)
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", content[16:24]) == (4, 2)
    at = content.index(b"IDAT")
    (length,) = struct.unpack(">I", content[at - 4 : at])
    lines = zlib.decompress(content[at + 4 : at + 4 + length])
    assert lines == b"\0" + rgb[0].tobytes() + b"\0" + rgb[1].tobytes()


def test_the_command_makes_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, out = tmp_path / "valley.md", tmp_path / "out.html"
    text.write_text(TEXT, encoding="utf-8")
    assert main(["page", str(text), LINK, str(out), "--still", "--title", "Two <labs>"]) == 0
    assert out.stat().st_size < 3e6
    page = out.read_text(encoding="utf-8")
    assert "<title>Two &lt;labs&gt; · optim_viz</title>" in page
    assert page.count("<figure ") == 2
    assert main(["page", str(tmp_path / "none.md"), str(out)]) != 0
    assert "cannot be read" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == page, "what was there stays"
