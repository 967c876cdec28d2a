"""What every test shares: repeatable random examples, the order of the suite, and a way to run outside tools."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

from tests import removed
from tests.package.installing import Installed, build, install

ROOT = Path(__file__).resolve().parent.parent
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

# The same examples at every run, on machines of any speed: a failure can always be had again.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the browser's tests last, so that what is quick and what explains a failure comes first.

    Those that take long come first among them: no worker is left alone with one while the others have nothing to do.
    """
    items.sort(key=_turn)
    if removed.removed():
        for item in items:
            why = removed.reason(item) if item.get_closest_marker("browser") else None
            if why is not None:
                item.add_marker(pytest.mark.skip(reason=why))


def _turn(item: pytest.Item) -> tuple[bool, bool]:
    browser, long = (item.get_closest_marker(name) is not None for name in ("browser", "long"))
    return browser, browser and not long


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give a file's tests to one worker, and all tests of the installed wheel to the same, which installs it once."""
    installs = {"wheel", "installed"} & set(getattr(item, "fixturenames", ()))
    item.add_marker(pytest.mark.xdist_group("wheel" if installs else item.path.relative_to(ROOT).as_posix()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Skip a test that fails because what it is about was taken away; see tests/removed.py."""
    report = yield
    return _skipped(report, removed.reason(item, report)) if report.failed and removed.removed() else report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Skip a file of tests that cannot be imported for the same reason."""
    report = yield
    return _skipped(report, removed.reason_of_file(report)) if report.failed and removed.removed() else report


def _skipped(report: Report, why: str | None) -> Report:
    """Make a skip of a report, where there is a reason."""
    if why is not None:
        report.outcome = "skipped"
        report.longrepr = (report.nodeid, 0, f"Skipped: {why}")
    return report


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
