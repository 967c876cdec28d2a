"""The arguments of the commands that train, and of those that look after runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from optim_viz import models
from optim_viz.cli.lab_arguments import add_optimizer
from optim_viz.cli.program import PROGRAM, Add, Parser, add_command
from optim_viz.comparison import settings
from optim_viz.models import Option


def add_train(add: Add) -> None:
    """Add `train`."""
    train = add("train", "Train optimizers side by side, from the same weights over the same batches.")
    lane = "optimizer and hyperparameters as in a link: adam,lr=0.001 (again for each lane)"
    train.add_argument("--lane", action="append", default=[], metavar="LANE", help=lane)
    add_optimizer(train)
    for option in settings.every_setting():
        train.add_argument(f"--{option.name.replace('_', '-')}", metavar=_metavar(option), help=_help(option))
    train.add_argument("--name", default="", help="for the list of runs")
    train.add_argument("--data", type=Path, metavar="DIR", help="folder of the data files (default: OPTIM_VIZ_DATA's)")
    train.add_argument(
        "--estimate",
        action="store_true",
        help="train nothing: print parameters, steps, and the time and memory that a probe of some seconds measures",
    )
    _add_watching(train)
    _add_store(train)


def add_sweep(add: Add) -> None:
    """Add `sweep`."""
    sweep = add("sweep", "Train optimizers at many learning rates, batch sizes and seeds, and print a table.")
    for name, metavar, text in (
        ("lr", "FROM,TO,COUNT", "learning rates at equal ratios: 0.0001,1,5"),
        ("batches", "N,N", "batch sizes"),
        ("seeds", "N,N", "seeds: 0,1,2 or 0-4"),
        ("stop", "X", "end a run whose test loss is above so many times that of guessing (1.5), or off"),
    ):
        sweep.add_argument(f"--{name}", metavar=metavar, help=text)
    sweep.add_argument(
        "--optimizer", action="append", metavar="LANE", help="as a lane without lr: adam,beta2=0.99 (again for each)"
    )
    own = [option for option in settings.every_setting() if option.name not in settings.SET_BY_SWEEP]
    for option in own:
        sweep.add_argument(f"--{option.name.replace('_', '-')}", metavar=_metavar(option), help=_help(option))
    sweep.set_defaults(sweep_settings=[option.name for option in own])
    sweep.add_argument("--name", default="", help="for the list of sweeps")
    sweep.add_argument("--data", type=Path, metavar="DIR", help="folder of the data files (default: OPTIM_VIZ_DATA's)")
    sweep.add_argument("--detach", action="store_true", help="print the sweep's number and leave at once")
    _add_store(sweep)


def _metavar(option: Option) -> str:
    return {"whole": "N", "number": "X", "wholes": "N,N", "choice": "NAME"}[option.kind]


def _help(option: Option) -> str:
    allowed = f": {', '.join(option.choices)}" if option.choices else ""
    only = [name for name in models.names() if option in models.get(name).options]
    owner = f"; of {' and '.join(only)}" if only else ""
    return f"{option.help.rstrip('.')}{allowed} ({option.text(option.default)}{owner})".replace("%", "%%")


def add_run_commands(add: Add) -> None:
    """Add what is done with runs: `runs`, `cancel`, `resume`, `export` and `script`."""
    runs = add("runs", "List all training runs, delete some, or import one.")
    runs.add_argument("--json", action="store_true", help="one JSON object a line")
    _add_store(runs)
    actions = runs.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser)
    imported = add_command(actions.add_parser, "import", "Take in a run that was exported as JSON, here or elsewhere.")
    imported.add_argument("file", type=Path, metavar="FILE", help=f"what {PROGRAM} export ID --json FILE wrote")
    _add_store(imported, default=argparse.SUPPRESS)
    link = add_command(actions.add_parser, "link", "Print the link of a run, for people who do not see all runs.")
    link.add_argument("run", type=_run_number, metavar="ID", nargs="+", help="number of a run")
    link.add_argument("--new", action="store_true", help="a new one: links that were sent before show nothing any more")
    link.add_argument("--at", default="http://localhost:8501", metavar="ADDRESS", help="of the lab (%(default)s)")
    _add_store(link, default=argparse.SUPPRESS)
    for name, text in {
        "delete": "Delete runs; one that trains is cancelled. For 30 seconds restore brings them back.",
        "restore": "Bring deleted runs back.",
    }.items():
        action = add_command(actions.add_parser, name, text)
        action.add_argument("run", type=_run_number, metavar="ID", nargs="+", help="number of a run")
        _add_store(action, default=argparse.SUPPRESS)  # else it would undo one that stands before the action
    for name, text in {
        "cancel": "Stop a run, or take it out of the queue; or all of them.",
        "resume": "Go on with a run that was cancelled, failed or lost.",
        "export": "Write what a training run logged, or the numbers of a link of the lab.",
        "script": "Print the PyTorch script that reproduces a training run, or the runs of a link of the lab.",
    }.items():
        command = add(name, text)
        number = f"number of the run, from {PROGRAM} runs"
        if name == "cancel":
            command.add_argument("run", type=_run_or_all, metavar="ID", help=f"{number}; all for every one not over")
        elif name in ("export", "script"):
            also = "or a link of the lab, in quotes, or what follows the '?' in it"
            command.add_argument("run", type=_run_or_link, metavar="ID", help=f"{number}; {also}")
        else:
            command.add_argument("run", type=_run_number, metavar="ID", help=number)
        _add_store(command)
        if name == "resume":
            _add_watching(command)
        elif name == "export":
            _add_files(command)
        elif name == "script":
            command.add_argument(
                "--for",
                dest="wanted",
                choices=("python", "torch", "optax", "latex"),
                help="of a link: optim_viz's own Python, PyTorch (the default), optax, or the rules as LaTeX",
            )


def _add_files(export: Parser) -> None:
    export.add_argument(
        "--csv", metavar="FILE", help="a row for each number, with its lane and step; - for the terminal"
    )
    export.add_argument("--json", metavar="FILE", help="one object with everything that was logged; - for the terminal")
    export.add_argument("--parquet", metavar="FILE", help="the table of --csv, with units; needs pyarrow")
    export.add_argument(
        "--table",
        choices=("runs", "scoreboard", "clouds"),
        help="of a link: every step (the default), how the runs end, or every place of its clouds",
    )
    export.add_argument("--tensorboard", type=Path, metavar="DIR", help="event files, one folder a lane")


def _add_watching(command: Parser) -> None:
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.add_argument("--detach", action="store_true", help="print the run's number and leave at once")


def _add_store(command: Parser, default: str | None = None) -> None:
    command.add_argument(
        "--store", type=Path, default=default, metavar="FILE", help="the run store (default: OPTIM_VIZ_HOME's)"
    )


def _run_or_all(text: str) -> int | None:
    return None if text == "all" else _run_number(text)


def _run_or_link(text: str) -> int | str:
    return text if "=" in text else _run_number(text)


def _run_number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:  # what SQLite's integers hold
        raise argparse.ArgumentTypeError(f"a run has a whole number, such as 3, not {text!r}")
    return int(text)
