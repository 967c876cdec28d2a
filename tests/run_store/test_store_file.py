"""The file in every state it may be found in: new, old, newer, damaged, another program's, read-only, full, in use."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from optim_viz.launchers import environment
from optim_viz.run_store import (
    RunStore,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    checkpoint_path,
    queue,
    schema,
    store_file,
)
from tests.run_store import old_store
from tests.run_store.fake_events import SPEC, looks, step, stream


def test_a_store_of_an_older_version_is_brought_forward_with_all_it_holds(path: Path) -> None:
    old_store.build(path)
    store = RunStore(path)
    with store.file.reading() as connection:
        assert schema.version(connection) == schema.VERSION > old_store.OLD_VERSION
    assert store.get(7).name == "old"
    assert store.series(7, 0, "loss").values.tolist() == [2.3, 2.2, 2.1]
    store.append(7, looks(0, 10))
    assert store.histogram(7, 0) is not None
    assert store.create(SPEC) == 8


def test_a_run_that_an_older_version_trains_is_judged_by_its_heart(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old_store.build_training(path, 1000.0)
    store, now = RunStore(path), time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    run = store.get(3)
    assert (run.state, run.launcher, run.handle) == ("running", "local", None)
    assert run.seconds_trained() == 15.0
    now += queue.SILENT_SECONDS - 0.1
    with store.file.writing() as connection:  # as the old process does
        connection.execute("UPDATE runs SET heartbeat = 1011.0")
    assert store.get(3).state == "running"
    now += queue.SILENT_SECONDS + 0.1
    assert store.get(3).state == "lost"


def test_a_migration_that_fails_leaves_the_old_store_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old_store.build(path)
    monkeypatch.setattr(schema, "STEPS", (schema.STEPS[0], "CREATE TABLE extra (x);\nCREATE TABLE runs (clash)"))
    with pytest.raises(StoreError, match="already exists"):
        RunStore(path)
    monkeypatch.undo()
    assert RunStore(path).get(7).name == "old"


def test_a_store_of_a_newer_version_is_left_alone(path: Path) -> None:
    RunStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"newer version of optim_viz \(99\)"):
        RunStore(path)
    assert path.read_bytes() == before


def test_many_who_open_a_new_store_at_once_all_succeed(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: RunStore(path), range(8)))
        numbers = list(pool.map(lambda store: store.create(SPEC), stores))
    assert sorted(numbers) == list(range(1, 9))
    with stores[0].file.reading() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_threads_share_one_store(store: RunStore) -> None:
    run = store.create(SPEC)
    with ThreadPoolExecutor(4) as pool:
        done = pool.map(lambda lane: store.append(run, [step(lane, n) for n in range(1, 200)]), range(4))
        reads = [pool.submit(store.list_runs) for _ in range(50)]
        assert list(done) == [None] * 4
        assert all(read.result()[0].id == run for read in reads)
    assert all(len(store.series(run, lane, "loss").steps) == 199 for lane in range(4))


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 500)


def torn(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)  # the first page, with header and schema, stays
    path.write_bytes(bytes(content))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 3 * 4096])


def garbled(path: Path) -> None:
    """Bytes that are no UTF-8 where the names of tables stand: what SQLite says of them is no text for Python."""
    content = path.read_bytes()
    path.write_bytes(content.replace(b"CREATE TABLE runs", b"CRE\xb0\x97 T\xedBLE r\xff\xfens"))


def unclosed(path: Path) -> None:
    """A name that does not end: SQLite repeats all that follows, a screenful."""
    path.write_bytes(path.read_bytes().replace(b"id INTEGER PRIMARY KEY", b"[d INTEGER PRIMARY KEY"))


@pytest.mark.parametrize("damage", [garbage, torn, cut, garbled, unclosed])
def test_a_damaged_store_is_moved_aside_and_named(path: Path, damage: Callable[[Path], None]) -> None:
    store = RunStore(path)
    run = store.create(SPEC)
    store.append(run, stream())
    checkpoint_path(path, run).parent.mkdir(parents=True, exist_ok=True)
    checkpoint_path(path, run).write_bytes(b"checkpoint")
    store.close()
    damage(path)
    left = path.read_bytes()
    with pytest.raises(StoreDamaged) as caught:
        RunStore(path).list_runs()
    error = caught.value
    assert error.moved_to is not None
    assert error.moved_to.read_bytes() == left
    assert str(path) in str(error)
    assert str(error.moved_to) in str(error)
    assert len(str(error)) < 400 + len(f"{path}{error.moved_to}")
    assert "\n" not in str(error)
    assert error.moved_to.with_name(error.moved_to.name + ".files").is_dir()
    assert RunStore(path).list_runs() == []  # a new one
    assert RunStore(path).create(SPEC) == 1
    assert not checkpoint_path(path, 1).exists()


def test_damage_that_shows_while_the_store_is_open_is_found(path: Path) -> None:
    store = RunStore(path)
    run = store.create(SPEC)
    store.append(run, stream(500))
    store.close()
    store.list_runs()
    torn(path)
    with pytest.raises(StoreDamaged):
        store.append(run, stream(2000))
    assert store.list_runs() == []


@pytest.mark.parametrize("name", ["notes.txt", "other.sqlite3"])
def test_another_programs_file_is_never_touched(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "notes.txt":
        path.write_text("my notes\n" * 100)
    else:
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE theirs (x)")
        connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"is no run store .* left alone|is another program's database"):
        RunStore(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_folder_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        RunStore(tmp_path / "file" / "runs.sqlite3")
    (tmp_path / "runs.sqlite3").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        RunStore(tmp_path / "runs.sqlite3")


READER = """
import os, sys
from optim_viz.run_store import RunStore, StoreReadOnly
if os.geteuid() == 0:  # permissions do not bind root: go on as nobody
    os.setgid(65534)
    os.setuid(65534)
store = RunStore(sys.argv[1])
run = store.list_runs()[0]
print(run.id, store.read_only, len(store.series(run.id, 0, "loss").steps))
store.advance()
for change in (lambda: store.launch({"lanes": []}), lambda: store.rename(1, "x"), lambda: store.append(1, [])):
    try:
        change()
        print("written")
    except StoreReadOnly as error:
        print(error)
"""


@pytest.mark.parametrize("open_elsewhere", [False, True])
def test_a_read_only_store_is_read_and_says_so_when_written(open_elsewhere: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="optim_viz_"))
    try:
        store = RunStore(folder / "runs.sqlite3")
        store.append(store.create(SPEC), stream())
        if not open_elsewhere:
            store.close()
        for file in folder.iterdir():
            file.chmod(0o444)
        folder.chmod(0o555)
        command = [sys.executable, "-c", READER, str(store.path)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment())
        assert done.stderr == ""
        first, *rest = done.stdout.splitlines()
        assert first == "1 True 100"
        assert len(rest) == 3
        assert all(f"the run store {store.path} is read-only" in line and "OPTIM_VIZ_HOME" in line for line in rest)
        store.close()
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_full_disk_is_said_and_keeps_what_was_there(store: RunStore) -> None:
    run = store.create(SPEC)
    store.append(run, stream())
    with store.file.writing() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    with store.file.reading() as connection:
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreFull, match=f"the disk that holds {store.path} is full"):
        store.append(run, stream(3000))
    assert len(store.series(run, 0, "loss").steps) == 100
    store.rename(run, "still writable in place")


def test_a_store_that_somebody_holds_is_busy_not_broken(
    path: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_file, "WAIT_SECONDS", 0.1)
    impatient = RunStore(path)
    with store.file.writing(), pytest.raises(StoreBusy, match="in use by another process"):
        impatient.create(SPEC)
    assert impatient.create(SPEC) == 1


def test_a_store_that_is_removed_while_open_starts_anew(store: RunStore) -> None:
    store.create(SPEC)
    for file in store.path.parent.glob("runs.sqlite3*"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    assert store.list_runs() == []
    assert store.create(SPEC) == 1
    shutil.rmtree(store.path.parent)
    with pytest.raises(StoreError, match="is gone, and the run store with it"):
        store.list_runs()
    assert not store.path.parent.exists()


def test_readers_are_not_held_up_by_a_writer(path: Path, store: RunStore) -> None:
    run = store.create(SPEC)
    with store.file.writing() as connection:
        connection.execute("UPDATE runs SET name = 'half done'")
        names: list[str] = []
        reader = threading.Thread(target=lambda: names.append(RunStore(path).get(run).name))
        reader.start()
        reader.join(5)
    assert names == ["Adam · SGD"]
