"""The arguments of every command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from optim_viz import __version__, models, optimizer, optimizers
from optim_viz.cli.output import one_line
from optim_viz.comparison import settings
from optim_viz.models import Option
from optim_viz.surfaces import MODELS, close_names

HOMES: Final = {
    "app": "app",
    "optimizers": "listing",
    "surfaces": "listing",
    "train": "training",
    "runs": "training",
    "cancel": "training",
    "resume": "training",
    "export": "training",
    "script": "training",
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
}
"""What a core installation lacks, and the extra that brings it."""
PROGRAM: Final = "optim-viz" if Path(sys.argv[0]).stem == "optim-viz" else "python -m optim_viz"
_EPILOG: Final = (
    "A run trains in a process of its own and goes on when the terminal is closed; Ctrl-C cancels it. Exit codes: 0 "
    "where all is well, 1 where a run ended otherwise, 2 where an argument is wrong, 130 after Ctrl-C."
)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{one_line(message)}\n")


_Add = Callable[[str, str], _Parser]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read a command line; what follows `app` and is not its own goes to Streamlit, as `streamlit`.

    Raises:
        SystemExit: help was asked for (0), or an argument is wrong (2), which a line on stderr has said.
    """
    top = _Parser(prog=PROGRAM, description="See what an optimizer does.", epilog=_EPILOG, allow_abbrev=False)
    top.add_argument("--version", action="version", version=f"optim_viz {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    add = partial(_add, commands.add_parser)
    _add_app(add)
    _add_lists(add)
    _add_train(add)
    _add_run_commands(add)
    given, rest = top.parse_known_args(arguments)
    if given.command is None:
        top.error(f"say what to do: {', '.join(HOMES)}; {PROGRAM} --help tells more")
    if given.command == "app":
        given.streamlit = rest
    elif rest:
        commands.choices[given.command].error(_unrecognized(rest, given, commands.choices[given.command]))
    return given


def _add(make: Callable[..., _Parser], name: str, text: str) -> _Parser:
    return make(name, help=text, description=text, allow_abbrev=False)


def _add_app(add: _Add) -> None:
    app = add("app", "Serve the lab and all other pages to a browser, until Ctrl-C.")
    app.add_argument(
        "--host", "--server.address", metavar="ADDRESS", help="where to listen (127.0.0.1: this computer alone)"
    )
    app.add_argument("--port", "--server.port", type=_port, metavar="PORT", help="where to listen (8501)")
    app.add_argument(
        "--data",
        action="append",
        default=[],
        metavar="FILE[:COLUMN,COLUMN]",
        help="a CSV file whose fit is a surface of the lab: two or three columns, the last is fitted (again for each)",
    )
    app.add_argument(
        "--fit",
        choices=MODELS,
        default="",
        help="how --data is fitted (logistic where the last column holds 0 and 1 or -1 and 1, else least_squares)",
    )
    _add_optimizer(app)
    app.epilog = "More options go to Streamlit, for example --server.allowedHosts lab.example.org."


def _add_optimizer(command: _Parser) -> None:
    command.add_argument(
        "--optimizer",
        action="append",
        default=[],
        metavar="PACKAGE.MODULE:CLASS",
        help="a torch.optim.Optimizer class to have, beside those that are found installed (again for each)",
    )


def _add_lists(add: _Add) -> None:
    for name, text in {
        "optimizers": "List every optimizer and its hyperparameters.",
        "surfaces": "List every surface and its formula.",
    }.items():
        command = add(name, text)
        command.add_argument("--json", action="store_true", help="one JSON object a line")
        if name == "optimizers":
            command.add_argument(
                "--outside", action="store_true", help="the torch.optim.Optimizer classes that are found installed"
            )


def _add_train(add: _Add) -> None:
    train = add("train", "Train optimizers side by side, from the same weights over the same batches.")
    lane = "optimizer and hyperparameters as in a link: adam,lr=0.001 (again for each lane)"
    train.add_argument("--lane", action="append", default=[], metavar="LANE", help=lane)
    _add_optimizer(train)
    for option in settings.every_setting():
        train.add_argument(f"--{option.name.replace('_', '-')}", metavar=_metavar(option), help=_help(option))
    train.add_argument("--name", default="", help="for the list of runs")
    train.add_argument("--data", type=Path, metavar="DIR", help="folder of the data files (default: OPTIM_VIZ_DATA's)")
    _add_watching(train)
    _add_store(train)


def _metavar(option: Option) -> str:
    return {"whole": "N", "number": "X", "wholes": "N,N", "choice": "NAME"}[option.kind]


def _help(option: Option) -> str:
    allowed = f": {', '.join(option.choices)}" if option.choices else ""
    only = [name for name in models.names() if option in models.get(name).options]
    owner = f"; of {' and '.join(only)}" if only else ""
    return f"{option.help.rstrip('.')}{allowed} ({option.text(option.default)}{owner})".replace("%", "%%")


def _add_run_commands(add: _Add) -> None:
    runs = add("runs", "List all training runs.")
    runs.add_argument("--json", action="store_true", help="one JSON object a line")
    _add_store(runs)
    for name, text in {
        "cancel": "Stop a run, or take it out of the queue.",
        "resume": "Go on with a run that was cancelled, failed or lost.",
        "export": "Write what a run logged.",
        "script": "Print the PyTorch script that reproduces a run.",
    }.items():
        command = add(name, text)
        command.add_argument("run", type=_run_number, metavar="ID", help=f"number of the run, from {PROGRAM} runs")
        _add_store(command)
        if name == "resume":
            _add_watching(command)
        elif name == "export":
            _add_files(command)


def _add_files(export: _Parser) -> None:
    export.add_argument(
        "--csv", metavar="FILE", help="a row for each number, with its lane and step; - for the terminal"
    )
    export.add_argument("--json", metavar="FILE", help="one object with everything that was logged; - for the terminal")
    export.add_argument("--tensorboard", type=Path, metavar="DIR", help="event files, one folder a lane")


def _add_watching(command: _Parser) -> None:
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.add_argument("--detach", action="store_true", help="print the run's number and leave at once")


def _add_store(command: _Parser) -> None:
    command.add_argument("--store", type=Path, metavar="FILE", help="the run store (default: OPTIM_VIZ_HOME's)")


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:6]) <= 65_535 or len(text) > 5:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def _run_number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:  # what SQLite's integers hold
        raise argparse.ArgumentTypeError(f"a run has a whole number, such as 3, not {text!r}")
    return int(text)


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
