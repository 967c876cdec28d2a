"""Every command writes to every terminal: what an encoding lacks is escaped, and nothing else changes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from optim_viz.cli import main
from optim_viz.cli.parser import HOMES
from optim_viz.run_store import RunStore
from optim_viz.run_store.progress import watch
from tests.run_store.fake_events import SPEC, stream

NAME = "λ·m̂ − 😀"
ENCODINGS = ("ascii", "cp1252", "latin-1", "shift_jis", "utf-8")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one run whose name few encodings can write."""
    path = tmp_path_factory.mktemp("store") / "runs.sqlite3"
    runs = RunStore(path)
    run_id = runs.create(SPEC, NAME)
    runs.append(run_id, stream(2))
    runs.close()
    return path


def written(encoding: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    """Run a command whose output goes to a file of this encoding; return its exit code and what it wrote."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding, newline="") for _ in range(2)]
    for name, stream_ in zip(("stdout", "stderr"), streams, strict=True):
        monkeypatch.setattr(sys, name, stream_)
    code = main(arguments)
    monkeypatch.undo()
    texts: list[str] = []
    for each in streams:
        each.flush()
        texts.append(each.buffer.getvalue().decode(encoding))  # pyright: ignore[reportAttributeAccessIssue]
    return code, "".join(texts)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_command_says_how_it_is_used(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in HOMES:
        code, text = written(encoding, monkeypatch, command, "--help")
        assert code == 0
        assert f" {command} " in text


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("command", ["runs", "script 1", "export 1 --csv -", "surfaces", "optimizers", "cancel 99"])
def test_every_command_writes_in_any_encoding(
    encoding: str, command: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = ["--store", str(store)] if command.split()[0] not in ("surfaces", "optimizers") else []
    code, text = written(encoding, monkeypatch, *command.split(), *kept)
    assert code == (2 if command == "cancel 99" else 0)
    assert text


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_read_back_as_it_was_meant(encoding: str, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = written(encoding, monkeypatch, "runs", "--json", "--store", str(store))
    assert code == 0
    assert json.loads(text)["name"] == NAME


class Terminal(io.TextIOWrapper):
    """A terminal of some encoding."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("encoding", "bar"), [("ascii", "...."), ("cp437", "░░░░"), ("utf-8", "░░░░")])
def test_the_progress_bar_is_drawn_in_signs_that_the_terminal_has(
    encoding: str, bar: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = RunStore(tmp_path / "runs.sqlite3")
    run_id = runs.create(SPEC, "")
    shown = io.BytesIO()
    monkeypatch.setattr("optim_viz.run_store.progress.live_events", lambda store, run_id: [(store.get(run_id), [])])
    terminal = Terminal(shown, encoding, newline="")
    watch(runs, run_id, out=terminal)
    assert bar in shown.getvalue().decode(encoding)


@pytest.mark.parametrize(
    "environment",
    [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=["PYTHONIOENCODING", "LC_ALL"],
)
def test_a_real_process_with_an_ascii_terminal(environment: dict[str, str], store: Path) -> None:
    line = [sys.executable, "-m", "optim_viz", "runs", "--json", "--store", str(store)]
    done = subprocess.run(line, env={**os.environ, **environment}, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("ascii"))["name"] == NAME
