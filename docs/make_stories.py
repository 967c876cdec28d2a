"""Write docs/stories.md from what the stories declare and from the numbers of their runs, and draw their pictures.

Run `python docs/make_stories.py` after adding or changing one; tests/test_docs.py says when that was forgotten. Names
after it are the stories whose pictures are drawn anew: none leaves those alone that are there.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))  # the packages lie beside docs/ and need not be installed

from optim_viz import render, stories  # noqa: E402
from optim_viz.stories import Story, trajectories  # noqa: E402

FOLDER = DOCS / "stories"
LOOK = render.Look(size="960x600", parts=("ground",))
QUALITY = 88  # of WebP
HEAD = """# Stories

This page is written by `python docs/make_stories.py`. Every sentence is tested on the numbers of its runs. A link is
what follows the address of a lab: `http://127.0.0.1:8501/?story=narrow_valley`.
"""


def gallery() -> str:
    """The whole page."""
    told = [stories.get(name) for name in stories.names()]
    lines = [HEAD.rstrip()]
    for group, members in groupby(told, key=lambda story: story.group):
        lines += ["", f"## {group}"]
        for story in members:
            lines += ["", *_section(story)]
    return "\n".join(lines) + "\n"


def _section(story: Story) -> Iterator[str]:
    """One story: its question, what is said of it, its lanes, what to try and what is seen then."""
    runs = trajectories(story.scenario)
    titles = story.scenario.titles()
    yield f"### {story.title}"
    yield ""
    if story.question is not None:
        yield f"*{story.question.text}* {story.question.said(runs, titles)}"
        yield ""
    yield story.sentence.said(runs)
    yield ""
    yield f"![{', '.join(titles)} after {story.scenario.steps} steps](stories/{story.name}.webp)"
    yield ""
    yield f"`?{story.link}` · {', '.join(titles)} · {story.scenario.steps} steps"
    if story.moves:
        yield ""
    for move in story.moves:
        yield f"- **{move.label}.** {move.sentence.said(trajectories(move.scenario))}"


def pictures() -> dict[str, Path]:
    """Where the picture of each story is."""
    return {name: FOLDER / f"{name}.webp" for name in stories.names()}


def draw(name: str, path: Path) -> None:
    """Draw a story's runs at their end."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = stories.get(name).scenario
        drawn = render.picture(scenario, Path(folder) / "story.png", LOOK, step=scenario.steps)
        Image.open(drawn).convert("RGB").save(path, quality=QUALITY, method=6)


if __name__ == "__main__":
    (DOCS / "stories.md").write_text(gallery(), encoding="utf-8")
    FOLDER.mkdir(exist_ok=True)
    for name, path in pictures().items():
        if name in sys.argv[1:] or not path.exists():
            draw(name, path)
