"""The command line: train, and look after what was trained.

    python -m optim_viz train --lane adam,lr=0.001 --lane sgd,lr=0.01 --epochs 1 --batch-size 128 --seed 0
    python -m optim_viz runs
    python -m optim_viz cancel 3
    python -m optim_viz resume 3
    python -m optim_viz export 3 --csv run.csv --tensorboard logs
    python -m optim_viz script 3

A run trains in a process of its own and goes on when the terminal is closed; Ctrl-C cancels it. Exit codes: 0 where all
is well (for train and resume: every lane finished), 1 where a run ended otherwise, 2 with one line that says what is
wrong where nothing could be done, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from optim_viz.comparison.spec import ACTIVATIONS, DEVICES, TrainingSpec
from optim_viz.run_store import RunStore, StoreError
from optim_viz.run_store.progress import launch, watch

_SPEC = ("activation", "l2", "epochs", "batch_size", "seed", "device", "examples")
_CANCEL_SECONDS = 5.0  # a stop takes less than one


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{_line(message)}\n")


def _line(message: object) -> str:
    return f"optim_viz: {' '.join(str(message).split())}"


def parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    top = _Parser(prog="python -m optim_viz", description="Train optimizers on MNIST side by side.", allow_abbrev=False)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    def add(
        name: str, work: Callable[[argparse.Namespace], int], text: str, *, one_run: bool
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        command.set_defaults(work=work)
        command.add_argument("--store", type=Path, metavar="FILE", help="the run store (default: OPTIM_VIZ_HOME's)")
        if one_run:
            command.add_argument("run", type=int, metavar="ID", help="number of the run")
        return command

    train = add("train", _train, "Train lanes side by side.", one_run=False)
    _add_training_options(train)
    resume = add("resume", _resume, "Go on with a run that was cancelled, failed or lost.", one_run=True)
    for command in (train, resume):
        command.add_argument("--json", action="store_true", help="one JSON object a line")
        command.add_argument("--detach", action="store_true", help="print the run's number and leave at once")
    add("runs", _runs, "List all runs.", one_run=False).add_argument("--json", action="store_true", help="a line each")
    add("cancel", _cancel, "Stop a run, or take it out of the queue.", one_run=True)
    export = add("export", _export, "Write what a run logged.", one_run=True)
    export.add_argument("--csv", metavar="FILE", help="one row a lane and step; - for the terminal")
    export.add_argument("--tensorboard", type=Path, metavar="DIR", help="event files, one folder a lane")
    add("script", _script, "Print the PyTorch script that reproduces a run.", one_run=True)
    return top


def _add_training_options(train: argparse.ArgumentParser) -> None:
    lane_help = "optimizer and hyperparameters as in a link: adam,lr=0.001 (again for each lane)"
    train.add_argument("--lane", action="append", default=[], metavar="LANE", help=lane_help)
    train.add_argument("--epochs", type=int, default=1, help="passes over the training data (1)")
    train.add_argument("--batch-size", type=int, default=128, help="examples a step (128)")
    train.add_argument("--seed", type=int, default=0, help="of initial weights and batch order (0)")
    train.add_argument("--widths", default="256,256", help="hidden layers (256,256); none for logistic regression")
    train.add_argument("--activation", default="relu", choices=ACTIVATIONS, help="of the hidden layers (relu)")
    train.add_argument("--l2", type=float, default=0.0, help="λ of λ·Σw² added to the loss (0)")
    train.add_argument("--device", default="auto", choices=DEVICES, help="where to train (auto)")
    train.add_argument("--examples", type=int, help="train on the first so many of the 60,000 only")
    train.add_argument("--name", default="", help="for the list of runs")
    train.add_argument("--data", metavar="DIR", help="folder of the MNIST files (default: OPTIM_VIZ_DATA's)")


def _train(given: argparse.Namespace) -> int:
    if not given.lane:
        raise ValueError("train needs a lane, for example --lane adam,lr=0.001")
    asked = {name: getattr(given, name) for name in _SPEC} | {"lanes": given.lane, "widths": _widths(given.widths)}
    spec = TrainingSpec.from_dict(asked)
    store = RunStore(given.store)
    run_id = launch(spec, given.name, store, given.data)
    return _shown(store, run_id, given)


def _widths(text: str) -> list[int]:
    parts = [] if text.strip().lower() in ("", "none") else text.split(",")
    try:
        return [int(part) for part in parts]
    except ValueError as error:
        raise ValueError(f"widths must be whole numbers such as 256,256, or none, not {text!r}") from error


def _resume(given: argparse.Namespace) -> int:
    store = RunStore(given.store)
    store.resume(given.run)
    return _shown(store, given.run, given)


def _shown(store: RunStore, run_id: int, given: argparse.Namespace) -> int:
    """Show the run until it ends; Ctrl-C cancels it."""
    if given.detach:
        print(json.dumps({"run": run_id}) if given.json else run_id)
        return 0
    try:
        run = watch(store, run_id, as_json=given.json)
    except KeyboardInterrupt:
        store.request_cancel(run_id)
        print(f"\n{_line(f'cancelled run {run_id}; to go on: python -m optim_viz resume {run_id}')}", file=sys.stderr)
        return 130
    if run.state == "finished":
        return 0
    print(_line(f"run {run_id} {run.state}{': ' if run.message else ''}{run.message}"), file=sys.stderr)
    return 1


def _runs(given: argparse.Namespace) -> int:
    store = RunStore(given.store)
    store.advance()
    results = store.results()
    for run in store.list_runs():
        lanes = [(result.lane, result.test_accuracy) for result in results.get(run.id, [])]
        if given.json:
            facts: dict[str, Any] = {"run": run.id, "name": run.name, "state": run.state, "message": run.message}
            facts |= {"step": run.step, "total_steps": run.total_steps, "spec": dict(run.spec)}
            print(json.dumps(facts | {"test_accuracy": dict(lanes)}, ensure_ascii=False))
            continue
        best = max((accuracy for _, accuracy in lanes if accuracy is not None), default=None)
        score = "" if best is None else f"{best:.2%}"
        print(f"{run.id:>5}  {run.state:<9}  {run.progress:>4.0%}  {score:>7}  {run.name}  {run.message}".rstrip())
    return 0


def _cancel(given: argparse.Namespace) -> int:
    store = RunStore(given.store)
    store.request_cancel(given.run)
    deadline = time.monotonic() + _CANCEL_SECONDS
    while store.get(given.run).active and time.monotonic() < deadline:
        time.sleep(0.05)
    print(f"run {given.run}: {store.get(given.run).state}")
    return 0


def _export(given: argparse.Namespace) -> int:
    from optim_viz.training import export

    if given.csv is None and given.tensorboard is None:
        raise ValueError("export needs --csv FILE or --tensorboard DIR")
    store = RunStore(given.store)
    if given.csv == "-":
        export.write_csv(store, given.run, sys.stdout)
    elif given.csv is not None:
        with Path(given.csv).open("w", encoding="utf-8", newline="") as file:
            export.write_csv(store, given.run, file)
    if given.tensorboard is not None:
        export.write_tensorboard(store, given.run, given.tensorboard)
    return 0


def _script(given: argparse.Namespace) -> int:
    from optim_viz.comparison.script import script

    run = RunStore(given.store).get(given.run)
    sys.stdout.write(script(TrainingSpec.from_dict(run.spec), run.data))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        given = parser().parse_args(arguments)
        code = given.work(given)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever read our lines has left; a run goes on without them
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except KeyboardInterrupt:
        return 130
    except (StoreError, ValueError) as error:
        print(_line(error), file=sys.stderr)
    except OSError as error:
        print(_line(f"{error.filename or ''}: {error.strerror}"), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
