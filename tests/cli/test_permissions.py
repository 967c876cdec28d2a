"""Where nothing may be written: one line that names the place, nothing half made, and what is there is still read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optim_viz.launchers import environment
from optim_viz.run_store import RunStore, checkpoint_path
from tests.run_store.fake_events import SPEC, stream

COMMAND = "import sys; from optim_viz.cli import main; sys.exit(main(sys.argv[1:]))"
WORKER = "import sys; from optim_viz.training import worker; worker.CHECKPOINT_SECONDS = 0.0; sys.exit(worker.main())"
BOUND = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.name == "posix" and os.geteuid() == 0 else []
"""Before a command: root without its powers is bound by permissions as everybody is."""

pytestmark = pytest.mark.skipif(
    bool(BOUND) and shutil.which(BOUND[0]) is None, reason="root cannot lay down its powers"
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that can be removed again."""
    yield tmp_path
    for each in tmp_path.rglob("*"):
        if each.is_dir():
            each.chmod(0o755)


@pytest.fixture
def closed(folder: Path) -> Path:
    """A folder in which nothing may be written, with a store of one run in it."""
    home = folder / "home"
    with_run(home / "runs.sqlite3")
    home.chmod(0o555)
    return home


def with_run(path: Path) -> None:
    store = RunStore(path)
    store.append(store.create(SPEC, "first"), stream())
    store.request_cancel(1)
    store.close()


def run(home: Path, *arguments: str, program: str = COMMAND) -> subprocess.CompletedProcess[str]:
    settings = {**environment(), "OPTIM_VIZ_HOME": str(home), "MPLCONFIGDIR": str(home.parent)}
    command = [*BOUND, sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=settings)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("train --dataset digits --lane sgd", "is read-only"),
        ("resume 1", "is read-only"),
        ("export 1 --csv {}/run.csv", "{}"),
        ("export 1 --json {}/run.json", "{}"),
        ("page --still steps=2&lane=sgd {}/lab.html", "{}"),
        ("export steps=2&lane=sgd --table runs --csv {}/lab.csv", "{}"),
        ("render steps=2&lane=sgd {}/lab.svg", "{}"),
    ],
)
def test_a_place_that_may_not_be_written_is_named_in_one_line(closed: Path, arguments: str, words: str) -> None:
    before = sorted(each.name for each in closed.iterdir())
    done = run(closed, *(part.format(closed) for part in arguments.split()))
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert words.format(closed) in done.stderr
    assert sorted(each.name for each in closed.iterdir()) == before


def test_what_is_there_is_read_all_the_same(closed: Path) -> None:
    assert "first" in run(closed, "runs").stdout
    assert run(closed, "export", "1", "--csv", "-").stdout.count("\n") > 100


def test_checkpoints_that_may_not_be_written_fail_the_run_with_the_reason_and_its_points(folder: Path) -> None:
    home = folder / "home"
    home.mkdir()
    store = RunStore(home / "runs.sqlite3")
    spec = {"lanes": ["sgd"], "dataset": "digits", "widths": [8], "examples": 512, "device": "cpu", "epochs": 900}
    number = store.create(spec)
    store.close()
    below = checkpoint_path(store.path, number).parent
    below.mkdir(exist_ok=True)
    below.chmod(0o555)
    done = run(home, "--store", str(store.path), program=WORKER)
    assert done.returncode == 0, done.stderr
    found = store.get(number)
    assert found.state == "failed"
    assert f"the checkpoint {checkpoint_path(store.path, number)} cannot be written: Permission denied" in found.message
    assert len(store.series(number, 0, "loss", 10**6).steps) == found.step > 0
    store.close()
