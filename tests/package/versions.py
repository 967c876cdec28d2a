"""Tries both ends of the version ranges in pyproject.toml. Run by hand, from anywhere; it takes minutes and gigabytes.

    python tests/package/versions.py                 the core and the pages
    python tests/package/versions.py app train       training too

Each end is an environment of its own in a temporary folder: the wheel with the extras, every declared package at its
lowest version (or the newest that the registry has), and pytest. It runs the tests that need no more than these
packages, and starts `optim-viz app` in an empty folder.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
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
NEEDS_TORCH = ("import torch", "from torch")
TOOLS = ("pytest", "hypothesis")
SHOW = "from importlib.metadata import distributions as d; print(*sorted(f'{e.name}=={e.version}' for e in d()))"


def lowest(extras: list[str]) -> list[str]:
    """Return "name==version" for every package that the core and these extras declare, at its lowest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    needs = [Requirement(each) for group in groups for each in group]
    return [f"{need.name}=={each.version}" for need in needs for each in need.specifier if each.operator == ">="]


def paths(extras: list[str]) -> list[str]:
    """Return the test files to run: without training, only those that do not import torch."""
    found: list[Path] = []
    for part in ("", *extras):
        for name in TESTS[part]:
            place = ROOT / "tests" / name
            found += sorted(place.rglob("test_*.py")) if place.is_dir() else [place]
    texts = {path: path.read_text(encoding="utf-8") for path in found}
    allowed = [path for path in found if "train" in extras or not any(word in texts[path] for word in NEEDS_TORCH)]
    return [str(path.relative_to(ROOT)) for path in allowed]


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
    line = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "filterwarnings=default", *paths(extras)]
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
