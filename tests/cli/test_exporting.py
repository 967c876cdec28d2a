"""`optim-viz export LINK` and `optim-viz script LINK`: the lab's numbers and scripts without the lab."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import optim_viz
from optim_viz import exports, tables
from optim_viz.cli import main
from optim_viz.scenario import Scenario

LINK = "surface=booth&start=1,2&steps=20&lane=adam,lr=0.1&lane=sgd,lr=0.01"
Captured = pytest.CaptureFixture[str]


def test_a_link_is_written_in_every_format_and_read_back(tmp_path: Path, capsys: Captured) -> None:
    files = {form: tmp_path / f"runs.{form}" for form in tables.FORMATS}
    options = [text for form, file in files.items() for text in (f"--{form}", str(file))]
    assert main(["export", f"http://localhost:8501/?{LINK}#top", *options]) == 0
    run = optim_viz.rollout("booth", "sgd", lr=0.01, start=(1, 2), steps=20)
    for file in files.values():
        table = tables.read(file)
        np.testing.assert_array_equal(table["loss"][table["lane"] == "SGD"], run.loss)
    assert main(["export", LINK, "--csv", "-", "--table", "scoreboard"]) == 0
    board = tables.from_csv(capsys.readouterr().out.encode())
    assert board["loss"].tolist()[1] == run.loss[-1]
    assert main(["export", f"{LINK}&cloud=3,0.1", "--csv", "-", "--table", "clouds"]) == 0
    assert len(tables.from_csv(capsys.readouterr().out.encode())) == 2 * 3 * 21


def test_a_link_is_printed_as_a_script(capsys: Captured) -> None:
    for options, name in (([], "torch"), (["--for", "latex"], "latex"), (["--for", "python"], "python")):
        assert main(["script", LINK, *options]) == 0
        assert capsys.readouterr().out == exports.script(Scenario.from_url(LINK)[0], name)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", LINK], "export of a link needs --csv FILE, --json FILE or --parquet FILE"),
        (["export", LINK, "--csv", "-", "--tensorboard", "logs"], "TensorBoard's files are of a training run"),
        (["export", LINK, "--parquet", "-"], "Parquet is no text: name a file instead of -"),
        (["export", LINK, "--csv", "no/where.csv"], "there is no folder"),
        (["export", "lane", "--csv", "-"], "a run has a whole number, such as 3, not 'lane'"),
        (["export", LINK, "--csv", "-", "--table", "clouds"], "there is no cloud: the button Cloud"),
        (["export", "3", "--csv", "-", "--table", "runs"], "--table runs is of a link of the lab"),
        (["script", "3", "--for", "optax"], "--for optax is of a link of the lab"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(arguments: list[str], words: str, capsys: Captured) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        ["script", "LINK"],
        ["export", "LINK", "--csv", "OUT/runs.csv"],
        ["page", "LINK", "OUT/page.html", "--still"],
        ["page", "story=saddle", "LINK", "OUT/handout.html", "--still"],
        ["render", "LINK", "OUT/picture.png"],
    ],
    ids=lambda command: f"{command[0]}-{len(command)}",
)
@pytest.mark.parametrize("fault", ["surface=rosenbrok", "lane=adm", "lane=adam,lr=abc", "noise=-1", "nois=1"])
def test_a_link_with_a_fault_gives_nothing_else_instead(
    command: list[str], fault: str, tmp_path: Path, capsys: Captured
) -> None:
    link = f"surface=booth&steps=2&{fault}" if not fault.startswith("surface") else f"{fault}&steps=2&lane=adam"
    assert main([each.replace("LINK", link).replace("OUT", str(tmp_path)) for each in command]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert fault.partition("=")[0] in err or fault.rpartition("=")[2] in err
    assert list(tmp_path.iterdir()) == []
