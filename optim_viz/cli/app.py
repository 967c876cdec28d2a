"""`optim-viz app`: the pages in a browser, served as the repository's own `streamlit run app.py` serves them.

Streamlit reads the settings beside the script that it runs, after those of the working directory and of the person's
home, so the shipped ones hold anywhere; environment variables (STREAMLIT_SERVER_PORT) and options come after them.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from click import ClickException
from streamlit.web import cli as streamlit

from optim_viz import byte_cache, outside, surfaces
from optim_viz.launchers import ray
from optim_viz.pages import site_header
from optim_viz.run_store import limits, pool, visitors

PACKAGE: Final = Path(__file__).resolve().parent.parent


def served_folder() -> Path:
    """Return where app.py and .streamlit/config.toml lie: in the package once installed, else at the checkout's top."""
    installed = PACKAGE / "served"
    return installed if installed.is_dir() else PACKAGE.parent


def app(given: argparse.Namespace) -> int:
    """Serve the pages until Ctrl-C."""
    host = given.host or os.environ.get("STREAMLIT_SERVER_ADDRESS") or "127.0.0.1"
    port = given.port or os.environ.get("STREAMLIT_SERVER_PORT") or 8501
    if given.streamlit and not given.streamlit[0].startswith("-"):
        raise ValueError(f"app takes options alone, and {given.streamlit[0]!r} is none; see optim-viz app --help")
    byte_cache.limit_from(os.environ.get(byte_cache.VARIABLE))  # refused here, not in the first visitor's page
    add_data(given.data, given.fit)
    outside.make_known(given.optimizer, str(Path.cwd()))
    pool.set_at_once(given.runs_at_once)
    set_visitors(given)
    set_ray(given.ray)
    require_free_port(host, port)
    options = [*given.streamlit, "--server.address", host, "--server.port", str(port)]
    try:
        streamlit.main(["run", str(served_folder() / "app.py"), *options], standalone_mode=False)
    except ClickException as error:
        raise ValueError(f"Streamlit: {error.format_message()}") from error
    if os.getpid() == 1:
        # In a container, where the signal that has ended the server cannot end the process: it would take its memory
        # apart, for seconds on a busy machine.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
    return 0


def set_visitors(given: argparse.Namespace) -> None:
    """Say for this process's pages whose runs a visitor sees, how much they may have, and whether they may train.

    Raises:
        ValueError: a variable of the environment says something that is no choice.
    """
    if given.whose_runs:
        os.environ[visitors.VARIABLE] = given.whose_runs
    if given.limits is not None:
        os.environ[limits.VARIABLE] = given.limits
    if given.no_train:
        os.environ[site_header.TRAIN] = "off"
    visitors.whose_runs()
    limits.Limits.from_environment()
    site_header.pages()


def set_ray(address: str | None) -> None:
    """Let this process's pages train on a Ray cluster; None changes nothing.

    Raises:
        ModuleNotFoundError: Ray is not installed.
    """
    if address is not None:
        if find_spec("ray") is None:
            raise ModuleNotFoundError("No module named 'ray'", name="ray")
        os.environ[ray.VARIABLE] = address


def add_data(files: list[str], model: str) -> None:
    """Make surfaces of CSV files for this process's lab and those that it starts, and say under which names.

    Args:
        files: each a file, or FILE:COLUMN,COLUMN.
        model: one of `surfaces.MODELS`; "" chooses by the last column.

    Raises:
        ValueError: a file cannot be read or fitted; the message names line and value.
    """
    for text in files:
        file, colon, columns = (text, "", "") if Path(text).exists() else text.rpartition(":")
        named = [name.strip() for name in columns.split(",")] if colon else []
        surface = surfaces.register_csv(file if colon else text, named, model)
        print(f"{surface.source} In the lab: surface={surface.name}, {surface.title}", flush=True)
    surfaces.names()  # looks for those of installed packages, and tells of any that fails, before a browser comes


def require_free_port(host: str, port: str | int) -> None:
    """Check that a server can listen.

    Raises:
        ValueError: it cannot; the message names another way.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":  # a port that was left a moment ago counts as free, as it does for Streamlit
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        running = f"perhaps the lab runs already: http://{host}:{port}. Another port: --port 8502"
        raise ValueError(f"port {port} of {host} cannot be used ({error}); {running}") from error
