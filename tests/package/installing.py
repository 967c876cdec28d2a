"""Builds the wheel and installs it into environments of its own, as a person's would be."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel in it, used from an empty folder.

    Attributes:
        folder: the environment's.
        cwd: an empty folder.
    """

    folder: Path
    cwd: Path

    @property
    def scripts(self) -> Path:
        """Where its programs lie."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def command(self) -> str:
        """The program optim-viz."""
        return str(self.scripts / "optim-viz")

    def environment(self) -> dict[str, str]:
        """An environment in which nothing points at this checkout, and runs are kept beside the empty folder."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "STREAMLIT_"))}
        return {
            **kept,
            "OPTIM_VIZ_HOME": str(self.cwd.parent / "home"),
            "OPTIM_VIZ_DATA": str(self.cwd.parent / "data"),
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one of its programs in the empty folder."""
        line = [str(self.scripts / command[0]), *command[1:]]
        return subprocess.run(
            line, cwd=self.cwd, env=self.environment(), capture_output=True, text=True, encoding="utf-8", timeout=120
        )


def build(target: Path) -> Path:
    """Build the wheel from this checkout and return it."""
    pip("wheel", "--no-deps", "--wheel-dir", str(target), str(ROOT))
    (wheel,) = target.glob("*.whl")
    return wheel


def install(what: Path, folder: Path, *, with_ours: bool) -> Installed:
    """Install the package into a new environment.

    Args:
        what: the wheel that `build` returned, or the checkout, which is installed editable.
        folder: an empty one.
        with_ours: see the packages of the environment that runs this test, which are gigabytes to install again;
            else install what the wheel's metadata asks for, and nothing besides.
    """
    environment = folder / "venv"
    venv.create(environment, symlinks=os.name != "nt")
    installed = Installed(environment, folder / "empty")
    installed.cwd.mkdir()
    options = [*(["--no-deps"] if with_ours else []), *(["--editable"] if what.is_dir() else [])]
    pip("--python", str(environment), "install", *options, str(what))
    if with_ours:
        own = sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)})
        (Path(own) / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return installed


def pip(*arguments: str) -> None:
    """Run pip; fail with its own words."""
    line = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
