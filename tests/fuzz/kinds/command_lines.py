"""Command lines: every command with options and values of anything; nothing is trained and nothing served."""

from __future__ import annotations

import contextlib
import io
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from optim_viz.cli import main
from optim_viz.cli.parser import HOMES
from optim_viz.run_store import RunStore
from optim_viz.saved_page import Saved
from optim_viz.sweeps import results
from tests.fuzz.harness import Kind
from tests.fuzz.pieces import word
from tests.run_store.fake_events import SPEC, stream

OPTIONS = (
    *("--lane", "--epochs", "--batch-size", "--seed", "--widths", "--activation", "--l2", "--device", "--examples"),
    *("--name", "--data", "--store", "--json", "--detach", "--csv", "--tensorboard", "--help", "--version", "--nope"),
    *("--lr", "--host", "--port", "--", "-", "--epochs=1", "--store=typo/x", "--widths=", "--json=1", "--lane=rmsprop"),
    *("--data=.", "@file", "%s", "{}", "adam", "sgd,lr=0.1", "adam,lr=", "adam,betas=0.9", "Adam", "none", "256,256"),
    *("relu", "cpu", "cuda", "/dev/null", ".", "file", "1", "2", "999", "runs", "list"),
)


MOST_LINES = 4
"""Of each link's faults, the first few."""
OF_LINKS = {"page", "render", "export", "script"}

# A command writes where the person who types it says; these cases write into their folder.
_LEADS_OUT = re.compile(r"(^|=)[/~\\]|\.\.|:\\|^file:")


def make(draw: Random) -> list[str]:
    """Draw a command line."""
    words = [word(draw, *OPTIONS, *OPTIONS, *HOMES) for _ in range(draw.randrange(7))]
    line = [draw.choice([*HOMES]) if draw.random() < 0.8 else word(draw, *OPTIONS), *words]
    return [text for text in line if text == os.devnull or not _LEADS_OUT.search(text)]


def _lookup(host: str, *arguments: Any, **named: Any) -> list[Any]:
    """Look a host's address up as if no other computer could be asked."""
    if host not in ("127.0.0.1", "localhost"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return _LOOKUP("127.0.0.1", *arguments, **named)


_LOOKUP = socket.getaddrinfo


def ready(folder: Path) -> Callable[[list[str]], str]:
    """Make a home with one run, which was cancelled after it had logged a little."""
    homes = {"OPTIM_VIZ_HOME": str(folder / "home"), "OPTIM_VIZ_DATA": str(folder / "data")}
    with mock.patch.dict(os.environ, homes):
        store = RunStore()
        first = store.create(SPEC, "first")
        store.append(first, stream(2))
        store.request_cancel(first)

    def run(line: list[str]) -> str:
        with (
            mock.patch.dict(os.environ, homes),
            mock.patch.object(RunStore, "launch", return_value=1),
            mock.patch("optim_viz.cli.sweeping.launch", return_value=1),
            mock.patch("optim_viz.cli.sweeping._watched", lambda store, number, plan: results(plan, {})),
            mock.patch("optim_viz.cli.page.saved", return_value=Saved("", 0)),
            mock.patch("optim_viz.cli.page.handout", return_value=Saved("", 0)),
            mock.patch.object(socket, "getaddrinfo", _lookup),
            mock.patch.object(RunStore, "resume", RunStore.get),
            mock.patch("optim_viz.render.picture"),
            mock.patch("optim_viz.render.film"),
            mock.patch("optim_viz.cli.app.streamlit.main"),
            contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")),
            contextlib.redirect_stderr(io.StringIO()) as told,
        ):
            code = main(line)
        text = told.getvalue()
        assert code in (0, 1, 2), code
        if code == 2:
            lines = text.splitlines()
            assert 1 <= len(lines) <= (MOST_LINES * len(line) if {*line[:1]} & OF_LINKS else 1), text
            assert all(told.startswith("optim_viz: ") and len(told) < 3000 for told in lines), text
        return f"exit code {code}"

    for name in HOMES:
        run([name])
    return run


KIND = Kind("command lines", 120, ready, make)
