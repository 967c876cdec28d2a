"""The command `runs`: the list, and what is done to runs of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optim_viz.cli import main
from optim_viz.run_store import RunStore
from tests.run_store.fake_events import SPEC, stream

Captured = pytest.CaptureFixture[str]


def test_runs_are_deleted_and_restored(tmp_path: Path, capsys: Captured) -> None:
    path = str(tmp_path / "runs.sqlite3")
    store = RunStore(path)
    runs = [store.create(SPEC, name) for name in ("one", "two", "three")]
    store.request_cancel(runs[2])
    store.request_cancel(runs[1])
    store.request_cancel(runs[0])
    capsys.readouterr()
    assert main(["runs", "--store", path, "delete", "1", "3"]) == 0
    assert "deleted 1 3; within 30 seconds: " in capsys.readouterr().out
    assert main(["runs", "--store", path]) == 0
    assert "two" in (said := capsys.readouterr().out)
    assert "one" not in said
    assert main(["runs", "restore", "1", "3", "--store", path]) == 0
    assert capsys.readouterr().out == "run 1: cancelled\nrun 3: cancelled\n"
    assert [run.id for run in store.list_runs()] == [3, 2, 1]
    for arguments, words in (
        (["delete", "9"], "there is no run 9"),
        (["restore", "2"], "run 2 cannot be brought back: it was not deleted"),
        (["restore", "two"], "a run has a whole number, such as 3, not 'two'"),
        (["delete"], "the following arguments are required: ID"),
    ):
        assert main(["runs", *arguments, *(["--store", path] if len(arguments) > 1 else [])]) == 2
        assert words in capsys.readouterr().err
    store.close()


def test_an_export_is_imported(tmp_path: Path, capsys: Captured) -> None:
    first, second, file = (str(tmp_path / name) for name in ("a.sqlite3", "b.sqlite3", "run.json"))
    store = RunStore(first)
    run = store.create(SPEC, "moved")
    store.append(run, stream(10))
    store.request_cancel(run)
    store.close()
    assert main(["export", str(run), "--store", first, "--json", file]) == 0
    capsys.readouterr()
    assert main(["runs", "import", file, "--store", second]) == 0
    assert capsys.readouterr().out == "1\n"
    assert main(["runs", "--store", second, "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert (listed["name"], listed["state"], listed["step"], listed["imported"]) == ("moved", "cancelled", 10, True)
    Path(file).write_text("{}")
    for arguments, words in (
        ((file,), "the file is no export of a run: it has no 'run'"),
        ((str(tmp_path / "none.json"),), "none.json"),
        ((str(tmp_path),), str(tmp_path)),
    ):
        assert main(["runs", "import", *arguments, "--store", second]) == 2
        err = capsys.readouterr().err
        assert words in err
        assert err.count("\n") == 1


def test_a_run_that_is_nobodys_has_a_link(tmp_path: Path, capsys: Captured) -> None:
    path = str(tmp_path / "runs.sqlite3")
    store = RunStore(path)
    key = store.link_key(store.create(SPEC, "of the command line"))
    capsys.readouterr()
    assert main(["runs", "link", "1", "--at", "https://lab.example.org/", "--store", path]) == 0
    assert capsys.readouterr().out == f"https://lab.example.org/train?run=1&key={key}\n"
    assert main(["runs", "link", "1", "--new", "--at", "https://lab.example.org/", "--store", path]) == 0
    new = store.link_key(1)
    assert capsys.readouterr().out == f"https://lab.example.org/train?run=1&key={new}\n"
    assert new != key
    assert main(["runs", "link", "9", "--store", path]) == 2
    assert "there is no run 9" in capsys.readouterr().err
    store.close()
