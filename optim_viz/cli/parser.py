"""The arguments of every command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Final

from optim_viz import __version__, optimizer, optimizers
from optim_viz.cli.lab_arguments import add_app, add_lists, add_page, add_render
from optim_viz.cli.program import PROGRAM, Parser, add_command
from optim_viz.cli.training_arguments import add_run_commands, add_sweep, add_train
from optim_viz.surfaces import close_names

HOMES: Final = {
    "app": "app",
    "optimizers": "listing",
    "surfaces": "listing",
    "page": "page",
    "render": "render",
    "train": "training",
    "sweep": "sweeping",
    "runs": "training",
    "cancel": "training",
    "resume": "training",
    "export": "exporting",
    "script": "exporting",
}
"""The module of this package whose function of the command's name carries it out; loaded when the command is given."""
EXTRAS: Final = {
    "click": "app",
    "streamlit": "app",
    "plotly": "app",
    "psutil": "train",
    "platformdirs": "train",
    "tensorboard": "train",
    "sklearn": "train",
    "torch": "train",
    "ray": "ray",
    "matplotlib": "render",
    "imageio_ffmpeg": "render",
}
"""What a core installation lacks, and the extra that brings it."""
_EPILOG: Final = (
    "A run trains in a process of its own and goes on when the terminal is closed; Ctrl-C cancels it. Exit codes: 0 "
    "where all is well, 1 where a run ended otherwise, 2 where an argument is wrong, 130 after Ctrl-C."
)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read a command line; what follows `app` and is not its own goes to Streamlit, as `streamlit`.

    Raises:
        SystemExit: help was asked for (0), or an argument is wrong (2), which a line on stderr has said.
    """
    top = Parser(prog=PROGRAM, description="See what an optimizer does.", epilog=_EPILOG, allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"optim_viz {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    add = partial(add_command, commands.add_parser)
    add_app(add)
    add_lists(add)
    add_page(add)
    add_render(add)
    add_train(add)
    add_sweep(add)
    add_run_commands(add)
    given, rest = top.parse_known_args(arguments)
    if given.command is None:
        top.error(f"say what to do: {', '.join(HOMES)}; {PROGRAM} --help tells more")
    if given.command == "app":
        given.streamlit = rest
    elif rest:
        commands.choices[given.command].error(_unrecognized(rest, given, commands.choices[given.command]))
    return given


def _unrecognized(words: Sequence[str], given: argparse.Namespace, command: argparse.ArgumentParser) -> str:
    """Say what an argument should have been, where that can be guessed."""
    word = words[0].partition("=")[0]
    named = word.lstrip("-").replace("-", "_")
    options = [option for action in command._actions for option in action.option_strings]
    close = close_names(word, options)
    if given.command == "train":
        lanes = [lane.partition(",")[0] for lane in given.lane]
        for name in sorted(optimizers(), key=lambda name: name not in lanes):
            known = [each.name for each in optimizer(name).hyperparameters]
            meant = (named,) if named in known else () if close else close_names(named, known)
            if meant:
                value = words[0].partition("=")[2] or next(iter(words[1:]), "VALUE")
                return f"{word} is a hyperparameter and stands in a lane, for example --lane {name},{meant[0]}={value}"
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"unrecognized arguments: {' '.join(words)}{hint}"
