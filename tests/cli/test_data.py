"""`optim-viz app --data`: CSV files become surfaces of the lab that is served; bad ones are told before it starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from optim_viz import surfaces
from optim_viz.cli.app import add_data
from optim_viz.scenario import Scenario
from optim_viz.stage.answer import answer, opened
from tests.stage.decoder import decode

ROOT = Path(__file__).resolve().parents[2]


def test_a_file_is_a_surface_of_the_lab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.modules[surfaces.get.__module__], "_registered", {})
    monkeypatch.setenv("OPTIM_VIZ_TABLES", "[]")
    file = tmp_path / "patients.csv"
    file.write_text("age,weight,ill\n30,60,0\n50,80,1\n40,90,0\n60,70,1\n35,65,1\n", encoding="utf-8")
    add_data([f"{file}:age,ill"], "")
    assert capsys.readouterr().out == ("patients.csv, 5 rows. In the lab: surface=patients, P(ill) = σ(x·age + y)\n")
    scenario, problems = Scenario.from_url("surface=patients&batch_size=2&lane=adam,lr=0.1&steps=20")
    assert problems == ()
    assert scenario.surface_object().stochastic
    header, _ = decode(answer(None, opened(scenario.to_url()))[0])
    assert header["surface"]["title"] == "P(ill) = σ(x·age + y)"
    assert header["problems"] == []
    # A process that the lab starts, for an outside class or for torch beside a lane, has the same surface.
    program = "from optim_viz import surfaces; surfaces.register_handed_on(); print(surfaces.get('patients').minimum)"
    start = [sys.executable, "-c", program]
    done = subprocess.run(start, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    assert float(done.stdout) == surfaces.get("patients").minimum
    file.write_text("age,weight,ill\n30,60,0\n50,80,1\n40,90,0\n60,70,0\n", encoding="utf-8")
    with pytest.raises(ValueError, match="changed since the lab started; start the lab again"):
        surfaces.register_handed_on()


def test_a_bad_file_ends_the_start_with_one_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("a,b\n1,2\n2,three\n3,4\n", encoding="utf-8")
    command = [sys.executable, "-m", "optim_viz", "app", "--data", str(file), "--port", "8699"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "bad.csv, line 3: b = 'three' is no number" in done.stderr
    assert done.stderr.count("\n") == 1
