"""A link with many faults gets a short answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from optim_viz.cli import main

LINK = "&".join(f"nonsense{n}=1" for n in range(90))


@pytest.mark.parametrize("command", ["render", "page"])
def test_of_a_hundred_faults_a_few_are_told(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / ("out.png" if command == "render" else "out.html")
    assert main([command, LINK, str(out)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert "nonsense0" in lines[0]
    assert "nonsense2" in lines[2]
    assert lines[3] == "optim_viz: and 87 more"
    assert not out.exists()
