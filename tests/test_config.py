"""The served page is closed to strangers, quiet, and wears the lab's own colours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from optim_viz.figures import theme

ROOT = Path(__file__).resolve().parent.parent
CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))

IN_FORCE = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "global.minCachedMessageSize": 1e12,
    "runner.fastReruns": False,
    "runner.postScriptGC": False,
    "server.address": "127.0.0.1",
    "server.allowedHosts": ["localhost", "127.0.0.1"],
    "server.corsAllowedOrigins": [],
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.scriptHealthCheckEnabled": False,
    "server.trustedUserHeaders": {},
}


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


def test_what_streamlit_makes_of_it_is_closed_and_quiet(tmp_path: Path) -> None:
    """The settings in force, with none of a person's own: no report to anyone, no way in besides the pages."""
    program = (
        "import json; from streamlit import config\n"
        f"config._main_script_path = {str(ROOT / 'app.py')!r}\n"
        f"print(json.dumps({{name: config.get_option(name) for name in {sorted(IN_FORCE)!r}}}))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    environment |= {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert json.loads(said.stdout) == IN_FORCE, said.stderr
