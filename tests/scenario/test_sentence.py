"""Messages begin with a capital letter where people read them, and names stay as they are written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import optim_viz
from optim_viz.scenario import sentence


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("there is no run 5 in your list", "There is no run 5 in your list"),
        ("a link longer than 20000 characters is not read", "A link longer than 20000 characters is not read"),
        ("it must be a number", "It must be a number"),
        ("unknown name 'nois' is left out", "Unknown name 'nois' is left out"),
        ("no, that is none", "No, that is none"),
        ("don't", "Don't"),
        ("Nothing was imported: x", "Nothing was imported: x"),
        ("lr must be 0 to 1, not 2", "lr must be 0 to 1, not 2"),
        ("steps must be 1 to 20000, not 0", "steps must be 1 to 20000, not 0"),
        ("beta1 is too large", "beta1 is too large"),
        ("weight_decay is too large", "weight_decay is too large"),
        ("lanes.2.lr: not a number", "lanes.2.lr: not a number"),
        ("lr 3 is beyond the edge", "lr 3 is beyond the edge"),
        ("sgd has no beta1", "sgd has no beta1"),
        ("k = 3 is outside 0 to 1", "k = 3 is outside 0 to 1"),
        ("runs.sqlite3 cannot be opened", "runs.sqlite3 cannot be opened"),
        ("/data/x is a folder", "/data/x is a folder"),
        ("'x' is no file", "'x' is no file"),
        ("é", "é"),
        ("", ""),
    ],
)
def test_a_message_becomes_a_sentence(message: str, said: str) -> None:
    assert sentence(message) == said
    assert sentence(said) == said


def test_pages_have_one_way_to_say_something_in_a_box() -> None:
    boxes = re.compile(r"\bst\.(?:error|warning|info|success|exception)\b")
    pages = Path(optim_viz.__file__).parent / "pages"
    found = [path.name for path in pages.rglob("*.py") if boxes.search(path.read_text(encoding="utf-8"))]
    assert found == ["say.py"]
