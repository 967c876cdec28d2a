"""What every visitor shares stays out of the collection that Streamlit runs after each request."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import gc, sys
from streamlit.testing.v1 import AppTest

def run(page):
    app = AppTest.from_file("app.py", default_timeout=60)
    if page != "lab":
        app.switch_page(f"optim_viz/pages/{page}/page.py")
    assert not app.run().exception
    return gc.get_freeze_count()

first = run(sys.argv[1])
walked = len(gc.get_objects())
second = run("lab")
print(first, walked, second)
"""


@pytest.mark.parametrize("page", ["lab", "paper", "train"])
def test_the_first_page_that_is_opened_freezes_what_is_loaded_once(page: str) -> None:
    """In a process of its own: pytest's own objects are many, and freezing is for good."""
    done = subprocess.run([sys.executable, "-c", PROBE, page], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    frozen, walked, later = map(int, done.stdout.split())
    assert frozen > 50_000, "Streamlit and the lab are frozen"
    assert walked < frozen / 5, "little is left to walk"
    assert later <= frozen, "once: what a later session makes is collected as ever"
