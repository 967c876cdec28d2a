"""A link with many faults gets a short answer."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

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


@pytest.mark.parametrize("links", [["?lanes=adam"], ["?lane=adam,lr=0.1", "?surface=nowhere"]])
def test_nothing_of_a_page_is_made_where_a_link_is_wrong(
    links: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.html"
    with mock.patch("optim_viz.saved_page.page.answer", side_effect=AssertionError("it ran")):
        assert main(["page", *links, str(out)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not out.exists()
