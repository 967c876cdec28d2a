"""What every test shares: repeatable random examples, the order of the suite, and a way to run outside tools."""

from __future__ import annotations

import inspect
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

import optim_viz
from tests.package.installing import Installed, build, install

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/truths/golden"

# The same examples at every run, on machines of any speed: a failure can always be had again.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last, so that what is quick and what explains a failure comes first."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    _skip_what_is_about_removed_optimizers(items)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give a file's tests to one worker, and all tests of the installed wheel to the same, which installs it once."""
    installs = {"wheel", "installed"} & set(getattr(item, "fixturenames", ()))
    item.add_marker(pytest.mark.xdist_group("wheel" if installs else item.path.relative_to(ROOT).as_posix()))


def _skip_what_is_about_removed_optimizers(items: list[pytest.Item]) -> None:
    """Skip tests that name an optimizer whose file was taken away: golden values are left of it, but no rule."""
    removed = {path.stem for path in GOLDEN.glob("*.json")} - set(optim_viz.optimizers())
    if not removed:
        return
    named = re.compile(rf"""["']({"|".join(sorted(removed))})["',]""")
    for item in items:
        if isinstance(item, pytest.Function):
            params = item.callspec.params if hasattr(item, "callspec") else {}
            found = named.search(inspect.getsource(inspect.unwrap(item.function)) + repr(params))
            if found:
                item.add_marker(pytest.mark.skip(reason=f"the optimizer {found.group(1)} was removed"))


@pytest.fixture(scope="session")
def check() -> Callable[..., str]:
    """Run a tool in the repository's root; fail with the tool's own words, else return what it printed."""

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
        if done.returncode != 0:
            pytest.fail(f"{' '.join(command)}\n{done.stdout}{done.stderr}", pytrace=False)
        return done.stdout

    return run


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment of its own that sees the packages of this one."""
    return install(wheel, tmp_path_factory.mktemp("installed"), with_ours=True)
