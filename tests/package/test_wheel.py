"""The wheel: what is in it, that its core needs NumPy alone, and that its command works from anywhere."""

from __future__ import annotations

import json
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import optim_viz
from optim_viz import surfaces
from tests.package.installing import ROOT, Installed, install


@pytest.fixture(scope="module")
def core(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel with what its metadata asks for, and nothing besides."""
    return install(wheel, tmp_path_factory.mktemp("core"), with_ours=False)


def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_installs_one_name_at_the_top(wheel: Path) -> None:
    assert {name.partition("/")[0] for name in names(wheel)} == {
        "optim_viz",
        f"optim_viz-{optim_viz.__version__}.dist-info",
    }


def test_the_wheel_holds_every_file_of_the_package_and_no_copy_of_another(wheel: Path) -> None:
    held = names(wheel)
    ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "optim_viz").rglob("*") if path.is_file()}
    ours |= {f"optim_viz/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "surfaces").rglob("*.py")}
    ours = {name for name in ours if "__pycache__" not in name and "plotly.min.js" not in name}
    served = {"optim_viz/served/app.py", "optim_viz/served/.streamlit/config.toml"}
    assert {name for name in held if name.startswith("optim_viz/")} == ours - {"optim_viz/surfaces.py"} | served


def test_the_wheel_serves_what_a_checkout_serves(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in ("app.py", ".streamlit/config.toml"):
            assert archive.read(f"optim_viz/served/{name}") == (ROOT / name).read_bytes()


def test_the_metadata_has_ranges_and_no_exact_version(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"optim_viz-{optim_viz.__version__}.dist-info/METADATA").decode()
    metadata = Parser().parsestr(text)
    assert metadata["Version"] == optim_viz.__version__
    needs = [Requirement(need) for need in metadata.get_all("Requires-Dist", [])]
    assert sorted(need.name for need in needs if need.marker is None) == ["numpy"]
    for need in needs:
        assert {each.operator for each in need.specifier} == {">=", "<"}, str(need)


def test_the_pins_of_requirements_txt_lie_within_the_ranges() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [
        *project["dependencies"],
        *(need for extra in project["optional-dependencies"].values() for need in extra),
    ]
    ranges = {Requirement(need).name: Requirement(need).specifier for need in declared}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.partition(";")[0].split("==") for line in lines if "==" in line)
    assert set(pins) <= set(ranges), "requirements.txt pins what no extra asks for"
    assert all(ranges[name].contains(version) for name, version in pins.items())


def test_the_core_needs_numpy_alone(core: Installed) -> None:
    program = """
import sys
from importlib.metadata import distributions
import optim_viz
from optim_viz import surfaces
run = optim_viz.rollout(surfaces.parse("x**2 + 10*y**2"), "adam", lr=0.1, steps=50)
print(sorted({found.name for found in distributions()}), run.loss[-1] < run.loss[0], surfaces.__name__)
try:
    import surfaces as top
except ModuleNotFoundError as error:
    print(error.name)
"""
    done = core.run("python", "-c", program)
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["['numpy', 'optim_viz'] True optim_viz.surfaces", "surfaces"]


def test_the_core_lists_what_there_is(core: Installed) -> None:
    assert core.run("optim-viz", "--version").stdout == f"optim_viz {optim_viz.__version__}\n"
    assert core.run("python", "-m", "optim_viz", "--version").stdout == f"optim_viz {optim_viz.__version__}\n"
    for command, listed in (("surfaces", surfaces.names()), ("optimizers", optim_viz.optimizers())):
        done = core.run("optim-viz", command, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == list(listed)


def test_a_command_that_needs_more_says_how_to_get_it(core: Installed) -> None:
    done = core.run("optim-viz", "app")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("optim_viz: this needs ")
    assert done.stderr.endswith(", which is not installed: pip install 'optim_viz[app]'\n")
    assert done.stderr.count("\n") == 1
    assert not list(core.cwd.iterdir())


def test_an_editable_install_uses_the_checkout_and_leaves_a_strangers_surfaces_alone(tmp_path: Path) -> None:
    editable = install(ROOT, tmp_path, with_ours=True)
    (site,) = editable.folder.rglob("site-packages")
    (site / "surfaces.py").write_text("STRANGER = True\n")
    program = """
import surfaces
import optim_viz.surfaces.catalog.booth
from optim_viz import surfaces as ours
print(surfaces.STRANGER, ours.get("booth") is optim_viz.surfaces.catalog.booth.SURFACE, optim_viz.__file__)
"""
    done = editable.run("python", "-c", program)
    assert (done.stdout.split(), done.stderr) == (["True", "True", str(ROOT / "optim_viz/__init__.py")], "")
    done = editable.run("optim-viz", "app", "--port", "0")
    assert "a port is a number" in done.stderr
