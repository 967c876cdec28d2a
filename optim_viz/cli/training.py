"""The commands that train and look after what was trained. Another process trains: none of them needs torch."""

from __future__ import annotations

import argparse
import json
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from optim_viz import outside
from optim_viz.cli.output import one_line, replacing
from optim_viz.cli.parser import PROGRAM
from optim_viz.comparison import TrainingSpec, settings
from optim_viz.run_store import RunStore
from optim_viz.run_store.progress import watch

_CANCEL_SECONDS: Final = 5.0  # a stop takes less than one


def train(given: argparse.Namespace) -> int:
    """Launch a comparison and show it until it ends."""
    if not given.lane:
        raise ValueError("train needs a lane, for example --lane adam,lr=0.001")
    outside.make_known(given.optimizer, str(Path.cwd()))
    texts = {each.name: getattr(given, each.name) for each in settings.every_setting()}
    given_texts = {name: text for name, text in texts.items() if text is not None}
    spec = TrainingSpec.from_dict({"lanes": given.lane} | settings.spec_part(settings.parse(given_texts)))
    _require_torch()
    if given.data is not None and not given.data.is_dir():
        raise ValueError(f"there is no folder {given.data}: make it, or name the one that holds the data files")
    store = _store(given, may_be_new=True)
    run_id = store.launch(spec.to_dict(), given.name, None if given.data is None else str(given.data))
    return _shown(store, run_id, given)


def _require_torch() -> None:
    """Check, without loading it, that the process that will train finds torch.

    Raises:
        ModuleNotFoundError: it will not.
    """
    if find_spec("torch") is None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")


def _store(given: argparse.Namespace, *, may_be_new: bool = False) -> RunStore:
    """Open the run store; one that was named must be there, or at least its folder where a run may be its first.

    Raises:
        ValueError: it is not.
    """
    path: Path | None = given.store
    if path is not None:
        if path.is_dir():
            raise ValueError(f"{path} is a folder: name the run store in it, a file such as runs.sqlite3")
        if not path.parent.is_dir():
            raise ValueError(f"there is no folder {path.parent} for the run store: make it, or name another file")
        if not may_be_new and not path.exists():
            raise ValueError(f"there is no run store {path}")
    return RunStore(path)


def resume(given: argparse.Namespace) -> int:
    """Go on with a run and show it until it ends."""
    _require_torch()
    store = _store(given)
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
        print(f"\n{one_line(f'cancelled run {run_id}; to go on: {PROGRAM} resume {run_id}')}", file=sys.stderr)
        return 130
    if run.state != "finished" or run.message:  # one that finished may have lost a lane on the way
        print(one_line(f"run {run_id} {run.state}{': ' if run.message else ''}{run.message}"), file=sys.stderr)
    return 0 if run.state == "finished" else 1


def runs(given: argparse.Namespace) -> int:
    """Print a line for each run: number, state, progress, best accuracy, name."""
    store = _store(given)
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


def cancel(given: argparse.Namespace) -> int:
    """Stop a run and print how it stands."""
    store = _store(given)
    store.request_cancel(given.run)
    deadline = time.monotonic() + _CANCEL_SECONDS
    while store.get(given.run).active and time.monotonic() < deadline:
        time.sleep(0.05)
    print(f"run {given.run}: {store.get(given.run).state}")
    return 0


def export(given: argparse.Namespace) -> int:
    """Write what a run logged; the run is looked up before any file is touched."""
    from optim_viz.run_store import export as exporting

    if given.csv is None and given.json is None and given.tensorboard is None:
        raise ValueError("export needs --csv FILE, --json FILE or --tensorboard DIR")
    store = _store(given)
    store.get(given.run)
    for name, write in ((given.csv, exporting.write_csv), (given.json, exporting.write_json)):
        if name == "-":
            write(store, given.run, sys.stdout)
        elif name is not None:
            with replacing(Path(name)) as file:
                write(store, given.run, file)
    if given.tensorboard is not None:
        exporting.write_tensorboard(store, given.run, given.tensorboard)
    return 0


def script(given: argparse.Namespace) -> int:
    """Print the PyTorch script that reproduces a run."""
    from optim_viz.comparison.script import script as written

    store = _store(given)
    run = store.get(given.run)
    outside.make_known(filter(None, run.classes.split(",")), run.folder)
    ways = {row["lane"]: row["text"] for row in store.rows("note", run.id, -1) if row["kind"] == "way"}
    sys.stdout.write(written(TrainingSpec.from_dict(run.spec), run.data, ways))
    return 0
