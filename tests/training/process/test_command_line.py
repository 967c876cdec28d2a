"""The command line: what it prints, where it prints it, and its exit codes."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from optim_viz import estimates, schedules
from optim_viz.cli import main
from optim_viz.comparison import TrainingSpec
from optim_viz.estimates import Measured, ProbeFailed
from optim_viz.launchers import environment
from optim_viz.run_store import RunStore, live_events, pool, progress
from tests.run_store.fake_events import SPEC, stream

Soon = Callable[[Callable[[], bool], float], None]
TWO_LANES = [
    "--lane",
    "adam,lr=0.001",
    "--lane",
    "sgd,lr=0.01",
    "--epochs",
    "2",
    "--examples",
    "512",
    "--device",
    "cpu",
]


def run(*arguments: str, home: Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "optim_viz", *arguments]
    env = {**environment(), "OPTIM_VIZ_HOME": str(home)}
    return subprocess.run(line, env=env, cwd=cwd, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """A home with one finished run, and the events that training it printed."""
    home = tmp_path_factory.mktemp("home")
    done = run("train", *TWO_LANES, "--widths", "16", "--batch-size", "64", "--name", "two lanes", "--json", home=home)
    assert (done.returncode, done.stderr) == (0, "")
    return home, [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]


def test_json_tells_every_step_epoch_and_end(trained: tuple[Path, list[dict[str, Any]]]) -> None:
    _, told = trained
    for lane in (0, 1):
        mine = [event for event in told if event["lane"] == lane]
        assert all({"event", "lane", "step", "epoch", "loss"} <= set(event) for event in mine)
        kinds = [event["event"] for event in mine]
        assert kinds == ["start", *["step"] * 8, "epoch", *["step"] * 8, "epoch", "end"]
        assert [event["step"] for event in mine if event["event"] == "step"] == list(range(1, 17))
        assert all(event["loss"] > 0 for event in mine if event["event"] == "step")
        for event in mine:
            if event["event"] in ("epoch", "end"):
                assert 0 <= event["test_accuracy"] <= 1
                assert event["test_loss"] > 0
                assert event["examples_per_second"] > 0
    first = [event["loss"] for event in told if event["event"] == "step" and event["step"] == 1]
    assert first[0] == first[1] == pytest.approx(2.3, abs=0.5)  # the same initial weights, the same batch
    ends = [event for event in told if event["event"] == "end"]
    assert [event["state"] for event in ends] == ["finished", "finished"]


def test_the_same_request_gives_the_same_numbers(trained: tuple[Path, list[dict[str, Any]]], tmp_path: Path) -> None:
    _, told = trained
    again = run("train", *TWO_LANES, "--widths=16", "--batch-size=64", "--json", home=tmp_path)
    second = [json.loads(line) for line in again.stdout.splitlines()]
    for kind in ("step", "epoch"):
        one, other = ([e["loss"] for e in sorted(events, key=order) if e["event"] == kind] for events in (told, second))
        assert one == other


def order(event: dict[str, Any]) -> tuple[int, int]:
    return event["lane"], event["step"]


def test_runs_script_and_export_speak_of_the_run(trained: tuple[Path, list[dict[str, Any]]], tmp_path: Path) -> None:
    home, told = trained
    table = run("runs", home=home).stdout
    assert "two lanes" in table
    assert "finished   100%" in table
    facts = json.loads(run("runs", "--json", home=home).stdout)
    assert (facts["state"], facts["step"], set(facts["test_accuracy"])) == ("finished", 16, {"0", "1"})
    assert "torch.optim.SGD(params, lr=0.01" in run("script", "1", home=home).stdout
    csv_file, logs = tmp_path / "run.csv", tmp_path / "logs"
    done = run("export", "1", "--csv", str(csv_file), "--tensorboard", str(logs), home=home)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    rows = list(csv.DictReader(io.StringIO(csv_file.read_text(encoding="utf-8"))))
    losses = [float(row["value"]) for row in rows if row["quantity"] == "loss" and row["lane"] == "0"]
    assert losses == [event["loss"] for event in told if event["event"] == "step" and event["lane"] == 0]
    assert {file.parent.name for file in logs.rglob("events.out.tfevents.*")} == {"0-adam", "1-sgd", "system"}
    assert run("export", "1", "--csv", "-", home=home).stdout == csv_file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("", "say what to do: app, "),
        ("fly", "invalid choice: 'fly'"),
        ("train", "train needs a lane, for example --lane adam,lr=0.001"),
        ("train --lane adamm", "unknown optimizer 'adamm': did you mean adam? Known: sgd, momentum"),
        ("train --lane adam,lr=-1", "lr = -1.0 is outside (0, inf)"),
        ("train --lane adam,bias_correction=false", "torch.optim.Adam has no bias_correction = False"),
        ("train --lane adam --epochs 0", "epochs must be a whole number from 1 to 1000, not 0"),
        ("train --lane adam --epochs x", "epochs must be a whole number from 1 to 1000, not 'x'"),
        ("train --lane adam --batch-size 100000", "batch_size must be a whole number from 1 to 60000"),
        ("train --lane adam --widths 3,x", "widths must be a whole number from 1 to 4096, not 'x'"),
        ("train --lane adam --activation cube", "activation must be one of relu, tanh"),
        ("train --lane adam --l2 nan", "l2 must be a number from 0 to 1"),
        ("train" + " --lane sgd" * 9, "a comparison has 1 to 8 lanes, not 9"),
        ("train --lan adam", "unrecognized arguments: --lan adam"),
        ("cancel 5", "there is no run 5"),
        ("resume 5", "there is no run 5"),
        ("script 5", "there is no run 5"),
        ("export 5", "export needs --csv FILE, --json FILE, --parquet FILE or --tensorboard DIR"),
        ("export 5 --csv -", "there is no run 5"),
        (
            "app --runs-at-once 0",
            "argument --runs-at-once: runs at once are a whole number from 1 to 1024, not '0'",
        ),
        ("cancel x", "argument ID: a run has a whole number, such as 3, not 'x'"),
        ("runs --store /dev/null/x", "there is no folder /dev/null for the run store"),
    ],
)
def test_every_error_is_one_clear_line_and_exit_code_2(
    arguments: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path))
    try:
        code = main(arguments.split())
    except SystemExit as left:
        code = left.code
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("optim_viz: ")
    assert err.count("\n") == 1
    assert words in err


def test_an_estimate_is_measured_and_trains_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a real process, and without the data set: its folder is empty."""
    monkeypatch.setenv("OPTIM_VIZ_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OPTIM_VIZ_DATA", str(tmp_path / "nothing"))
    own = ["train", *TWO_LANES, "--widths", "16", "--batch-size", "64", "--estimate"]
    assert main([*own, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["parameters"], said["steps_per_epoch"], said["steps"], said["tests"]) == (12_730, 8, 16, 8)
    assert 0 < said["seconds"][0] < said["seconds"][1]
    assert said["measured"]["memory"] > 60_000 * 784 * 4, "the examples of a run lie in memory"
    assert list(tmp_path.iterdir()) == [], "nothing was made or fetched"
    measured = Measured.from_dict(said["measured"] | {"memory": 421_000_000})
    monkeypatch.setattr(estimates, "measure", lambda spec: measured)
    assert main(own) == 0
    counts, total, basis = capsys.readouterr().out.splitlines()
    assert counts == "12,730 parameters, 8 steps an epoch, 16 steps, 8 tests"
    assert total.startswith("about ")
    assert total.endswith(" of training, about 420 MB of memory")
    assert basis.startswith(f"measured on {measured.device}: a step of all lanes ")

    def fail(spec: TrainingSpec) -> Measured:
        raise ProbeFailed(f"no {spec.device} device is present")

    monkeypatch.setattr(estimates, "measure", fail)
    assert main(own) == 1
    assert capsys.readouterr().err == "optim_viz: time and memory are not known: no cpu device is present\n"


def test_a_run_that_does_not_finish_has_exit_code_1_and_says_why(tmp_path: Path) -> None:
    absent = "mps" if torch.cuda.is_available() else "cuda"
    done = run("train", *TWO_LANES, "--json", f"--device={absent}", home=tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"optim_viz: run 1 failed: no {absent.upper()} device is present\n"
    ends = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(event["event"], event["lane"], event["state"]) for event in ends] == [
        ("end", 0, "failed"),
        ("end", 1, "failed"),
    ]


SIGN = """
import torch


class SignDescent(torch.optim.Optimizer):
    def __init__(self, params, lr=0.01):
        super().__init__(params, {"lr": lr})

    @torch.no_grad()
    def step(self, closure=None):
        for p in self.param_groups[0]["params"]:
            p.sub_(self.param_groups[0]["lr"] * p.grad.sign())
"""


def test_a_class_of_ones_own_trains_with_a_schedule_and_a_lane_that_cannot_ends_alone(tmp_path: Path) -> None:
    """The class lies in the working directory alone: the training process and the script find it all the same."""
    (tmp_path / "own_sign.py").write_text(SIGN)
    lanes = ["--lane", "own_sign:SignDescent,lr=0.02,schedule=cosine", "--lane", "torch.optim:SparseAdam"]
    few = ["--dataset", "digits", "--widths", "8", "--batch-size", "400", "--device", "cpu"]
    named = ["--optimizer", "own_sign:SignDescent"]
    done = run("train", *named, *lanes, *few, home=tmp_path / "home", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "lane 2 trains no further: RuntimeError: SparseAdam does not support dense gradients" in done.stderr
    store = RunStore(tmp_path / "home" / "runs.sqlite3")
    (row,) = store.rows("note", 1, after=-1)
    assert (row["lane"], row["kind"]) == (1, "failed")
    rates = store.series(1, 0, "learning_rate").values
    np.testing.assert_allclose(rates, 0.02 * schedules.get("cosine").factors(len(rates)), rtol=1e-12)
    store.close()
    script = run("script", "1", home=tmp_path / "home")
    assert "'SignDescent': lambda params: own_sign.SignDescent(params, lr=0.02)" in script.stdout
    compile(script.stdout, "script.py", "exec")


def test_detach_cancel_and_resume(store: RunStore, soon: Soon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pool.VARIABLE, "1")
    home = store.path.parent
    long = ["--lane", "sgd", "--epochs", "1000", "--examples", "512", "--widths", "8", "--device", "cpu", "--detach"]
    assert run("train", *long, home=home).stdout == "1\n"
    assert run("train", *long, "--json", home=home).stdout == '{"run": 2}\n'
    soon(lambda: store.get(1).step > 0, 60)
    assert store.get(2).state == "queued"
    assert run("cancel", "2", home=home).stdout == "run 2: cancelled\n"
    assert run("cancel", "1", home=home).stdout == "run 1: cancelled\n"
    assert "run 1 is cancelled already" in run("cancel", "1", home=home).stderr
    assert int(run("resume", "2", "--detach", home=home).stdout) == 2
    soon(lambda: store.get(2).state == "running", 60)
    assert run("cancel", "all", home=home).stdout == "cancelled 1 run\n"
    assert store.get(2).state == "cancelled"


class Terminal(io.StringIO):
    """Takes what would be drawn."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("out", [io.StringIO(), Terminal()])
def test_lines_and_bar_tell_how_far_it_is(store: RunStore, out: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_events, "PAUSE_SECONDS", 0.0)
    run_id = store.create(SPEC)
    store.append(run_id, stream())
    states = iter(["queued", "running", "finished"])
    monkeypatch.setattr(store, "advance", lambda: move(store, run_id, next(states)))
    monkeypatch.setattr(store.watch, "is_lost", lambda run: False)
    ended = progress.watch(store, run_id, out=out)
    text = out.getvalue()
    assert ended.state == "finished"
    assert "queued" in text
    assert "Adam: adam,lr=0.001, 269,322 parameters on cpu (2 threads), from step 0" in text
    assert "SGD: epoch 2, training loss 0.5000, test accuracy 82.00%, test loss 0.2000, 100,000 examples/s" in text
    assert "Adam: finished, test accuracy 82.00%, test loss 0.2000" in text
    assert "100%, step 100 of 100" in text
    assert ("\r\x1b[K" in text) == isinstance(out, Terminal)


def move(store: RunStore, run_id: int, state: str) -> None:
    with store.file.writing() as connection:
        connection.execute(
            "UPDATE runs SET state = ?, trained_since = 1.0, heartbeat = 2.0 WHERE id = ?", (state, run_id)
        )
        if state == "queued":
            connection.execute("UPDATE runs SET trained_since = NULL")


def test_nothing_is_written_below_the_home_folder(trained: tuple[Path, list[dict[str, Any]]]) -> None:
    home, _ = trained
    assert sorted(path.name for path in home.iterdir()) == ["runs.sqlite3", "runs.sqlite3.files"]
    kept = {path.name: path.stat().st_size for path in (home / "runs.sqlite3.files").iterdir() if path.is_file()}
    assert kept.pop("reserve") == 1 << 20
    assert not any(kept.values())  # logs: nothing to say
