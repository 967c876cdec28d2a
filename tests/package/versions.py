"""Tries both ends of the version ranges in pyproject.toml. Run by hand, from anywhere; it takes minutes and gigabytes.

    python tests/package/versions.py                 the core and the pages
    python tests/package/versions.py app train       training too

Each end is an environment of its own in a temporary folder: the wheel with the extras, every declared package at its
lowest version (or the newest that the registry has), and pytest. It runs the tests that need no more than these
packages, and starts `optim-viz app` in an empty folder.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # started by its path, not installed

from packaging.requirements import Requirement  # noqa: E402

from tests.browser.lab_server import free_port  # noqa: E402
from tests.package.installing import Installed, build, install, pip  # noqa: E402

TESTS = {
    "": ["surfaces", "rollout", "update_rules", "scenario", "diagnostics"],
    "app": ["stage", "figures", "pages/test_lab.py", "pages/paper/test_pictures.py"],
    "train": ["training/engine"],
}
"""What is run for the core and for each extra."""
IN_OTHER_PROCESSES = {"surfaces/test_adding.py": {"torch"}, "stage/test_outside_lanes.py": {"torch"}}
"""What tests need that they do not import themselves."""
ABSENT = "import sys; from importlib.util import find_spec as f; print(*(n for n in sys.argv[1:] if f(n) is None))"
TOOLS = ("pytest", "hypothesis")
SHOW = "from importlib.metadata import distributions as d; print(*sorted(f'{e.name}=={e.version}' for e in d()))"


def lowest(extras: list[str]) -> list[str]:
    """Return "name==version" for every package that the core and these extras declare, at its lowest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    needs = [Requirement(each) for group in groups for each in group]
    return [f"{need.name}=={each.version}" for need in needs for each in need.specifier if each.operator == ">="]


def paths(extras: list[str], installed: Installed) -> list[str]:
    """Return the test files to run: those that import nothing, themselves or through others, that is not there."""
    found: list[Path] = []
    for part in ("", *extras):
        for name in TESTS[part]:
            place = ROOT / "tests" / name
            found += sorted(place.rglob("test_*.py")) if place.is_dir() else [place]
    needs = {path: imported(path) for path in found}
    for name, more in IN_OTHER_PROCESSES.items():
        if (path := ROOT / "tests" / name) in needs:
            needs[path] |= more
    names = sorted(set().union(*needs.values()))
    absent = set(installed.run("python", "-c", ABSENT, *names).stdout.split())
    left_out = {path: needs[path] & absent for path in found if needs[path] & absent}
    for path, lacking in left_out.items():
        print(f"left out, for it needs {', '.join(sorted(lacking))}: {path.relative_to(ROOT)}")
    return [str(path.relative_to(ROOT)) for path in found if path not in left_out]


@cache
def imported(path: Path) -> frozenset[str]:
    """Return the top-level names that a file of tests imports, with those of the files of tests that it imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            found.add(name.partition(".")[0])
            beside = (ROOT / name.replace(".", "/")).with_suffix(".py")
            if name.startswith("tests.") and beside.is_file():
                found |= imported(beside)
    return frozenset(name for name in found if not (ROOT / name).exists())  # else it is of the checkout itself


def serves(installed: Installed) -> bool:
    """Whether `optim-viz app` answers within half a minute."""
    port = free_port()
    line = [installed.command, "app", "--port", str(port)]
    with subprocess.Popen(line, cwd=installed.cwd, env=installed.environment(), stdout=subprocess.DEVNULL) as server:
        try:
            for _ in range(60):
                time.sleep(0.5)
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
                        return answer.read() == b"ok"
                except OSError:
                    continue
            return False
        finally:
            server.terminate()


def attempt(end: str, extras: list[str], wheel: Path, folder: Path) -> bool:
    """Install one end and try it; return whether all went well."""
    folder.mkdir()
    wanted = lowest(extras) if end == "lowest" else []
    installed = install(wheel, folder, with_ours=False)
    pip("--python", str(installed.folder), "install", "--upgrade", f"{wheel}[{','.join(extras)}]", *wanted, *TOOLS)
    print(end, installed.run("python", "-c", SHOW).stdout, flush=True)
    # Old versions warn of their own parts; what is asked here is whether the numbers and the pages are right.
    line = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "filterwarnings=default", *paths(extras, installed)]
    tested = subprocess.run([installed.scripts / "python", *line], cwd=ROOT).returncode == 0
    served = serves(installed) if "app" in extras else True
    print(f"{end}: tests {'pass' if tested else 'FAIL'}, app {'answers' if served else 'does NOT answer'}", flush=True)
    return tested and served


def main() -> None:
    """Try the lowest and the newest versions."""
    extras = sys.argv[1:] or ["app"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        results = [attempt(end, extras, wheel, folder / end) for end in ("lowest", "newest")]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
