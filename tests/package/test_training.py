"""Training with an installed wheel, offline, from an empty folder."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.package.installing import Installed


def test_the_installed_command_trains_on_data_that_needs_no_download(installed: Installed, tmp_path: Path) -> None:
    lanes = ["--lane", "adam,lr=0.001", "--lane", "sgd,lr=0.1"]
    settings = ["--dataset", "digits", "--epochs", "2", "--device", "cpu"]
    done = installed.run("optim-viz", "train", *settings, *lanes, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    ends = [event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "end"]
    assert [end["state"] for end in ends] == ["finished", "finished"]
    assert all(end["test_accuracy"] > 0.5 for end in ends)  # ten digits: guessing gives 0.1

    (run,) = [json.loads(line) for line in installed.run("optim-viz", "runs", "--json").stdout.splitlines()]
    assert (run["run"], run["state"]) == (1, "finished")

    table, logs = tmp_path / "run.csv", tmp_path / "logs"
    assert installed.run("optim-viz", "export", "1", "--csv", str(table), "--tensorboard", str(logs)).returncode == 0
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["optimizer"].partition(",")[0] for row in rows if row["optimizer"]} == {"adam", "sgd"}
    assert {file.parent.name for file in logs.rglob("events.out.tfevents.*")} == {"0-adam", "1-sgd", "system"}

    script = installed.run("optim-viz", "script", "1").stdout
    assert "torch.optim.Adam(" in script
    assert list(installed.cwd.iterdir()) == [], "training wrote into the folder it was started in"
