"""The commands that train and look after what was trained. Another process trains: none of them needs torch."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from optim_viz import outside
from optim_viz.cli.output import one_line, write_table
from optim_viz.cli.program import PROGRAM
from optim_viz.comparison import TrainingSpec, settings
from optim_viz.new_file import replacing
from optim_viz.run_store import UNDO_SECONDS, RunStore, queue, run_link
from optim_viz.run_store.importing import MAX_BYTES
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
    require_torch()
    if given.estimate:
        return _estimate(spec, as_json=given.json)
    if given.data is not None and not given.data.is_dir():
        raise ValueError(f"there is no folder {given.data}: make it, or name the one that holds the data files")
    store = opened_store(given, may_be_new=True)
    run_id = store.launch(spec.to_dict(), given.name, None if given.data is None else str(given.data))
    return _shown(store, run_id, given)


def _estimate(spec: TrainingSpec, *, as_json: bool) -> int:
    """Print what a comparison takes: what is exact, then what a probe measures of the rest. Nothing is trained."""
    from optim_viz import estimates
    from optim_viz.estimates.words import basis, counted, spoken_bytes, spoken_range

    counts = estimates.counts(spec)
    if not as_json:
        print(counted(counts), flush=True)
    try:
        found = estimates.estimate(spec, estimates.measure(spec))
    except estimates.ProbeFailed as error:
        print(one_line(f"time and memory are not known: {error}"), file=sys.stderr)
        return 1
    measured = found.measured
    if as_json:
        print(json.dumps(asdict(found.counts) | {"seconds": found.seconds, "measured": measured.to_dict()}))
        return 0
    memory = "" if measured.memory is None else f", about {spoken_bytes(measured.memory)} of memory"
    print(f"about {spoken_range(*found.seconds)} of training{memory}")
    print(basis(found))
    return 0


def require_torch() -> None:
    """Check, without loading it, that the process that will train finds torch.

    Raises:
        ModuleNotFoundError: it will not.
    """
    if find_spec("torch") is None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")


def opened_store(given: argparse.Namespace, *, may_be_new: bool = False) -> RunStore:
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
    require_torch()
    store = opened_store(given)
    queue.settle(store.file, store.watch)
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
    """Print a line for each run: number, state, progress, best accuracy, name; or delete runs, or bring them back."""
    if given.action == "import":
        return _import(given)
    store = opened_store(given)
    if given.action == "link":
        return _link(store, given)
    if given.action is not None:
        return {"delete": _delete, "restore": _restore}[given.action](store, given.run)
    queue.settle(store.file, store.watch)
    store.advance()
    results = store.results()
    for run in store.list_runs():
        lanes = [(result.lane, result.test_accuracy) for result in results.get(run.id, [])]
        if given.json:
            facts: dict[str, Any] = {"run": run.id, "name": run.name, "state": run.state, "message": run.message}
            facts |= {"notes": run.notes, "imported": run.imported is not None}
            facts |= {"step": run.step, "total_steps": run.total_steps, "spec": dict(run.spec)}
            print(json.dumps(facts | {"test_accuracy": dict(lanes)}, ensure_ascii=False))
            continue
        best = max((accuracy for _, accuracy in lanes if accuracy is not None), default=None)
        score = "" if best is None else f"{best:.2%}"
        print(f"{run.id:>5}  {run.state:<9}  {run.progress:>4.0%}  {score:>7}  {run.name}  {run.message}".rstrip())
    return 0


def _import(given: argparse.Namespace) -> int:
    """Take in an export and print the number of the new run."""
    with given.file.open("rb") as file:
        content = file.read(MAX_BYTES + 1)  # what is larger is refused
    print(opened_store(given, may_be_new=True).import_run(content))
    return 0


def _link(store: RunStore, given: argparse.Namespace) -> int:
    """Print the link of each run, with its key, or with a new one."""
    for run_id in given.run:
        key = store.renew_link(run_id) if given.new else store.link_key(run_id)
        run = replace(store.get(run_id), key=key)
        print(f"{given.at.rstrip('/')}/{run_link([run]).removeprefix('./')}")
    return 0


def _delete(store: RunStore, run_ids: list[int]) -> int:
    store.delete(*run_ids)
    numbers = " ".join(map(str, run_ids))
    print(f"deleted {numbers}; within {UNDO_SECONDS:.0f} seconds: {PROGRAM} runs restore {numbers}")
    return 0


def _restore(store: RunStore, run_ids: list[int]) -> int:
    store.restore(*run_ids)
    for run_id in run_ids:
        print(f"run {run_id}: {store.get(run_id).state}")
    return 0


def cancel(given: argparse.Namespace) -> int:
    """Stop a run and print how it stands; or all that wait or train, and print how many those were."""
    store = opened_store(given)
    deadline = time.monotonic() + _CANCEL_SECONDS
    if given.run is None:
        count = store.cancel_all()
        while any(run.active for run in store.list_runs()) and time.monotonic() < deadline:
            time.sleep(0.05)
        left = sum(run.active for run in store.list_runs())
        print(f"cancelled {count} run{'' if count == 1 else 's'}" + (f", {left} not ended yet" if left else ""))
        return 0
    store.request_cancel(given.run)
    while store.get(given.run).active and time.monotonic() < deadline:
        time.sleep(0.05)
    print(f"run {given.run}: {store.get(given.run).state}")
    return 0


def export(given: argparse.Namespace) -> int:
    """Write what a run logged; the run is looked up before any file is touched."""
    from optim_viz.run_store import export as exporting

    if given.csv is None and given.json is None and given.parquet is None and given.tensorboard is None:
        raise ValueError("export needs --csv FILE, --json FILE, --parquet FILE or --tensorboard DIR")
    if given.table is not None:
        raise ValueError(f"--table {given.table} is of a link of the lab; a training run has one table")
    store = opened_store(given)
    store.get(given.run)
    for name, write in ((given.csv, exporting.write_csv), (given.json, exporting.write_json)):
        if name == "-":
            write(store, given.run, sys.stdout)
        elif name is not None:
            with replacing(Path(name)) as file:
                write(store, given.run, file)
    if given.parquet is not None:
        write_table(exporting.run_table(store, given.run), given.parquet, "parquet")
    if given.tensorboard is not None:
        exporting.write_tensorboard(store, given.run, given.tensorboard)
    return 0


def script(given: argparse.Namespace) -> int:
    """Print the PyTorch script that reproduces a run."""
    from optim_viz.comparison.script import script as written

    if given.wanted not in (None, "torch"):
        raise ValueError(f"a training run has a PyTorch script alone; --for {given.wanted} is of a link of the lab")
    store = opened_store(given)
    run = store.get(given.run)
    outside.make_known(filter(None, run.classes.split(",")), run.folder)
    ways = {row["lane"]: row["text"] for row in store.rows("note", run.id, -1) if row["kind"] == "way"}
    sys.stdout.write(written(TrainingSpec.from_dict(run.spec), run.data, ways))
    return 0
