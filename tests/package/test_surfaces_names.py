"""`surfaces` and `optim_viz.surfaces` are the same modules in a checkout, and a stranger's `surfaces` is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(program: str, cwd: Path, *path: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "first",
    [
        "import surfaces",
        "import optim_viz",
        "import optim_viz.surfaces",
        "import surfaces.compiler",
        "import optim_viz.surfaces.catalog.booth",
        "from optim_viz.surfaces import kernels",
    ],
)
def test_both_names_give_the_same_modules_in_any_order(first: str) -> None:
    program = f"""
{first}
import pkgutil, sys
from importlib import import_module
names = ["surfaces", *(found.name for found in pkgutil.walk_packages(["surfaces"], "surfaces."))]
for number, name in enumerate(names):
    pair = [name, f"optim_viz.{{name}}"]
    one, other = (import_module(each) for each in (pair if number % 2 else pair[::-1]))
    assert one is other is sys.modules[name] is sys.modules[f"optim_viz.{{name}}"], name
    assert one.__spec__.name == one.__name__ == name
print(len(names))
"""
    assert int(run(program, ROOT)) > 20


def test_classes_and_pickles_are_one() -> None:
    program = """
import pickle
import optim_viz.surfaces.parameter as here
import surfaces.parameter as there
assert pickle.loads(pickle.dumps(there.SurfaceParameter)) is here.SurfaceParameter
from optim_viz.surfaces import Surface, get
import surfaces
assert isinstance(surfaces.get("booth"), Surface) and get("booth") is surfaces.get("booth")
"""
    run(program, ROOT)


def test_a_strangers_surfaces_is_neither_used_nor_hidden(tmp_path: Path) -> None:
    stranger = tmp_path / "site" / "surfaces"
    stranger.mkdir(parents=True)
    (stranger / "__init__.py").write_text("STRANGER = True\n")
    (stranger / "kernels.py").write_text("STRANGER = True\n")
    program = """
import optim_viz
from optim_viz.surfaces import Surface, compiler, get
import optim_viz.surfaces.catalog.booth
import surfaces, surfaces.kernels
assert surfaces.STRANGER and surfaces.kernels.STRANGER
assert optim_viz.surfaces is not surfaces and Surface.__module__ == "optim_viz.surfaces.surface"
print(optim_viz.rollout(get("booth"), "sgd", lr=0.01, steps=3).loss.size)
"""
    for first in ("import surfaces.kernels", "import optim_viz"):
        assert run(first + program, tmp_path, stranger.parent, ROOT) == "4"
