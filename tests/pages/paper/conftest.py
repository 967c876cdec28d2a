"""What the tests of the Paper page share."""

from __future__ import annotations

import pytest

from optim_viz.pages.paper.controls import Controls


@pytest.fixture
def controls(monkeypatch: pytest.MonkeyPatch) -> dict[str, Controls]:
    """The controls of each section that was opened last, by their prefix."""
    found: dict[str, Controls] = {}
    begin = Controls.__init__

    def note(self: Controls, prefix: str) -> None:
        begin(self, prefix)
        found[prefix] = self

    monkeypatch.setattr(Controls, "__init__", note)
    return found
