"""The served page is closed to strangers, quiet, and wears the lab's own colours."""

from __future__ import annotations

import tomllib
from pathlib import Path

from optim_viz.figures import theme

ROOT = Path(__file__).resolve().parent.parent
CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))


def test_the_server_listens_to_this_computer_alone() -> None:
    server = CONFIG["server"]
    assert server["address"] == "127.0.0.1"
    assert server["allowedHosts"] == ["localhost", "127.0.0.1"]
    assert server["enableCORS"] is True
    assert server["enableXsrfProtection"] is True


def test_nothing_is_reported_to_anyone_and_no_traceback_reaches_a_page() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"


def test_page_and_figures_share_background_and_text() -> None:
    for mode, colours in (("light", theme.LIGHT), ("dark", theme.DARK)):
        section = CONFIG["theme"][mode]
        assert (section["backgroundColor"], section["textColor"]) == (colours.background, colours.text)
