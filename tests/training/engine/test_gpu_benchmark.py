"""benchmarks/gpu.py runs with torch and NumPy alone, and does not claim CUDA where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "gpu.py"
ALONE = """
import runpy, sys

for name in ("streamlit", "plotly", "platformdirs", "psutil", "sklearn", "scipy", "tensorboard", "hypothesis"):
    sys.modules[name] = None  # an import of it says that it is not there
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", ALONE, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_device_it_says_so() -> None:
    done = run()
    assert done.returncode == 2
    assert "No CUDA device is present" in done.stdout


def test_on_the_cpu_the_parts_that_make_sense_hold() -> None:
    done = run("--device", "cpu", "--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("CUDA WAS NOT RUN") == 2
    assert "DOES NOT HOLD" not in done.stdout
    assert done.stdout.count("(3)") >= 2 * done.stdout.count("(1)")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_on_cuda_everything_holds() -> None:
    done = run("--quick")
    assert done.returncode == 0, done.stdout + done.stderr
