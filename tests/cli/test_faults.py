"""What a person gets wrong at the command line: one line that says it, exit code 2, and nothing written or made."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from optim_viz import outside
from optim_viz.cli import main
from optim_viz.cli.parser import HOMES
from optim_viz.run_store import RunStore
from tests.browser.lab_server import free_port
from tests.run_store.fake_events import SPEC, stream

ROOT = Path(__file__).resolve().parents[2]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own as home, and an empty working directory."""
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OPTIM_VIZ_DATA", str(tmp_path / "data"))
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> RunStore:
    """The store, with one run that was cancelled after it had logged a little."""
    runs = RunStore()
    assert runs.path.parent == home
    run_id = runs.create(SPEC, "first")
    runs.append(run_id, stream(2))
    runs.request_cancel(run_id)
    return runs


def fault(capsys: Captured, *arguments: str) -> str:
    """Run a command that must fail, and return its one line."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("optim_viz: ")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    return err


ON_ONE_RUN = ("cancel 1", "resume 1", "export 1 --csv -", "script 1")


@pytest.mark.parametrize("command", ["train --lane sgd", "runs", *ON_ONE_RUN])
@pytest.mark.parametrize(("path", "words"), [("typo/runs.sqlite3", "there is no folder typo"), (".", ". is a folder")])
def test_a_mistyped_store_is_named_and_not_made(
    command: str, path: str, words: str, home: Path, capsys: Captured
) -> None:
    assert words in fault(capsys, *command.split(), "--store", path)
    assert not list(Path.cwd().iterdir())
    assert not home.exists()


@pytest.mark.parametrize("command", ["runs", *ON_ONE_RUN])
def test_looking_into_a_store_that_is_not_there_makes_none(command: str, home: Path, capsys: Captured) -> None:
    assert "there is no run store mine.sqlite3" in fault(capsys, *command.split(), "--store", "mine.sqlite3")
    assert not list(Path.cwd().iterdir())
    assert not home.exists()


@pytest.mark.parametrize("path", ["typo", "file"])
def test_a_mistyped_data_folder_is_named_and_not_made(path: str, home: Path, capsys: Captured) -> None:
    Path("file").touch()
    assert f"there is no folder {path}" in fault(capsys, "train", "--lane", "sgd", "--data", path)
    assert [each.name for each in Path.cwd().iterdir()] == ["file"]
    assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("train --lr 0.1", "--lr is a hyperparameter and stands in a lane, for example --lane sgd,lr=0.1"),
        ("train --lane adam --beta1=0.5", "for example --lane adam,beta1=0.5"),
        ("train --weight-decay 1", "for example --lane sgd,weight_decay=1"),
        ("train --learning-rate 0.1", "for example --lane sgd,lr=0.1"),
        ("train --lane adam --epsilon=1e-3", "for example --lane adam,eps=1e-3"),
        ("train --lane sgd --epoch 3", "did you mean --epochs?"),
        ("runs --jsno", "did you mean --json?"),
        ("runs extra", "invalid choice: 'extra'"),
        ("app extra", "app takes options alone"),
        ("app --port eighty", "a port is a number from 1 to 65535, not 'eighty'"),
        ("app --port PORT --server.nonsense 1", "Streamlit: No such option"),
        ("script 99999999999999999999", "a run has a whole number"),
        ("script -- -1", "a run has a whole number"),
    ],
)
def test_what_was_meant_is_said(arguments: str, words: str, home: Path, capsys: Captured) -> None:
    assert words in fault(capsys, *arguments.replace("PORT", str(free_port())).split())
    assert not home.exists()


@pytest.mark.parametrize(
    "arguments", ["resume {}", "{}", "train --lane {}", "train --epochs {}", "runs --store {}", "export 1 --csv {}"]
)
def test_a_long_word_is_not_repeated_whole(arguments: str, home: Path, capsys: Captured) -> None:
    del home
    assert len(fault(capsys, *arguments.format("9" * 5000).split())) < 2500


def test_a_taken_port_is_named_with_a_way_out(capsys: Captured) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        said = fault(capsys, "app", "--port", str(port))
    assert f"port {port} of 127.0.0.1 cannot be used" in said
    assert "--port 8502" in said


NUL = ("\0", *(f"{name} \0" for name in HOMES), "train --lane sgd --name a\0b", "runs --store \0")


@pytest.mark.parametrize("command", NUL)
def test_a_nul_character_is_refused(command: str, home: Path, capsys: Captured) -> None:
    assert "NUL" in fault(capsys, *command.split(" "))
    assert not home.exists()


@pytest.mark.parametrize("command", ["train --lane sgd", "resume 1"])
def test_training_without_torch_says_what_to_install(
    command: str, store: RunStore, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optim_viz.cli.training.find_spec", lambda name: None)
    assert "needs torch, which is not installed: pip install 'optim_viz[train]'" in fault(capsys, *command.split())
    assert len(store.list_runs()) == 1


def test_no_command_but_the_worker_imports_torch(store: RunStore, tmp_path: Path) -> None:
    place = str(tmp_path / "table.csv"), str(tmp_path / "logs")
    lines = ["surfaces", "optimizers", "runs", "cancel 99", "script 1", "--help", "train --help", "train --lane nope"]
    commands = [*map(str.split, lines), ["export", "1", "--csv", place[0], "--tensorboard", place[1]]]
    program = f"import sys\nfrom optim_viz.cli import main\nfor line in {commands}: main(line)\n"
    program += "print('LOADED', sorted({'torch', 'streamlit', 'plotly'} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPTIM_VIZ_HOME": str(store.path.parent)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "LOADED []"
    assert Path(place[0]).exists()


class TestExport:
    """`export` fills a file or leaves it alone."""

    @pytest.fixture
    def file(self, store: RunStore, tmp_path: Path) -> Path:
        del store
        path = tmp_path / "export" / "run.csv"
        path.parent.mkdir()
        path.write_text("kept")
        path.chmod(0o640)
        return path

    def test_an_unknown_run_leaves_the_file_alone(self, file: Path, capsys: Captured) -> None:
        assert "there is no run 999" in fault(capsys, "export", "999", "--csv", str(file))
        assert file.read_text() == "kept"

    def test_a_failure_half_way_leaves_the_file_alone(
        self, file: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(self: RunStore, *arguments: object) -> None:
            raise OSError(28, os.strerror(28))

        monkeypatch.setattr(RunStore, "rows", fail)
        assert os.strerror(28) in fault(capsys, "export", "1", "--csv", str(file))
        assert file.read_text() == "kept"
        assert [path.name for path in file.parent.iterdir()] == ["run.csv"]

    def test_a_filled_file_takes_the_place_of_the_old_and_keeps_its_permissions(self, file: Path) -> None:
        link = file.with_name("link.csv")
        link.symlink_to(file)
        assert main(["export", "1", "--csv", str(link)]) == 0
        assert file.read_text().startswith("run,lane,optimizer,step,")
        assert link.is_symlink()
        assert file.stat().st_mode & 0o777 == 0o640

    def test_a_new_file_has_the_usual_permissions(self, file: Path) -> None:
        new = file.with_name("new.csv")
        plain = file.with_name("plain")
        plain.touch()
        assert main(["export", "1", "--csv", str(new)]) == 0
        assert new.stat().st_mode == plain.stat().st_mode

    def test_what_is_no_file_is_written_as_it_is(self, file: Path, capfd: pytest.CaptureFixture[str]) -> None:
        del file
        assert main(["export", "1", "--csv", "/dev/stdout"]) == 0
        assert capfd.readouterr().out.startswith("run,lane,optimizer,step,")
        assert main(["export", "1", "--csv", os.devnull]) == 0
        assert main(["page", "steps=2&lane=sgd,lr=0.01", os.devnull, "--still"]) == 0
        assert Path(os.devnull).is_char_device()

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
    @pytest.mark.parametrize("command", ["page --still lane=sgd", "export 1 --csv", "export 1 --json"])
    def test_no_command_puts_a_file_in_the_place_of_a_device_or_a_pipe(self, command: str, file: Path) -> None:
        """Saved by root to /dev/null, a page took the place of the device."""
        file.unlink()
        os.mkfifo(file)
        with ThreadPoolExecutor(1) as pool:
            received = pool.submit(file.read_bytes)
            assert main([*command.split(), str(file)]) == 0
            assert len(received.result(timeout=60)) > 20
        assert file.is_fifo()

    @pytest.mark.parametrize(("name", "words"), [("no/where.csv", "there is no folder"), (".", "is a folder")])
    def test_a_place_that_cannot_be_written_is_named(self, name: str, words: str, file: Path, capsys: Captured) -> None:
        assert words in fault(capsys, "export", "1", "--csv", str(file.parent / name))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Lion", "optimizer = 'Lion' is not of the form package.module:Class"),
        ("nowhere.at.all:Lion", "no class Lion is found in the source of nowhere.at.all; is it installed?"),
        ("torch.optim:Adaam", "no class Adaam is found in the source of torch.optim; is it installed?"),
    ],
)
def test_an_optimizer_that_is_not_there_ends_the_start(
    name: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv(outside.VARIABLE, "")
    assert words in fault(capsys, "app", "--optimizer", name)
