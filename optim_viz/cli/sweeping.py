"""The command that trains a sweep, shows how it goes, and prints the table of what every setting came to."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from optim_viz.cli.training import opened_store, require_torch
from optim_viz.comparison.lanes import short_value
from optim_viz.run_store import RunStore
from optim_viz.sweeps import Sweep, SweepResults, launch, results
from optim_viz.sweeps.launching import as_lists
from optim_viz.sweeps.link import read
from optim_viz.sweeps.results import Cell

_POLL_SECONDS: Final = 0.5


def sweep(given: argparse.Namespace) -> int:
    """Launch a sweep, wait until all its runs are over, and print its table; Ctrl-C cancels them."""
    names = ("optimizer", "lr", "batches", "seeds", "stop", *given.sweep_settings)
    query: dict[str, Any] = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    plan, problems = read(as_lists(query))
    if problems:
        raise ValueError(problems[0])
    require_torch()
    if given.data is not None and not given.data.is_dir():
        raise ValueError(f"there is no folder {given.data}: make it, or name the one that holds the data files")
    store = opened_store(given, may_be_new=True)
    number = launch(store, plan, given.name, None if given.data is None else str(Path(given.data)))
    if given.detach:
        print(number)
        return 0
    try:
        found = _watched(store, number, plan)
    except KeyboardInterrupt:
        count = store.cancel_sweep(number)
        print(f"\ncancelled {count} runs of sweep {number}", file=sys.stderr)
        return 130
    print(table(plan, found))
    over = ("finished", "stopped", "diverged")
    return 0 if all(run.outcome in over for run in found.runs) else 1


def _watched(store: RunStore, number: int, plan: Sweep) -> SweepResults:
    """Wait until a sweep is over; say on the error stream how far it is."""
    said = ""
    while True:
        store.advance()
        found = results(plan, store.standings(number))
        counts = Counter(run.outcome for run in found.runs)
        text = f"sweep {number}: " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        if text != said:
            said = text
            print(text, file=sys.stderr, flush=True)
        if not found.active:
            return found
        time.sleep(_POLL_SECONDS)


def table(plan: Sweep, found: SweepResults) -> str:
    """Return the test losses as text: a row an optimizer and batch size, a column a learning rate; * marks the best."""
    rates = plan.lr.values()
    rows = [["lr", *map(short_value, rates)]]
    for index, title in enumerate(plan.titles()):
        for size in plan.batch_sizes:
            name = title if len(plan.batch_sizes) == 1 else f"{title}, batch {size}"
            rows.append([name, *(_text(found, found.cells[index, size, lr]) for lr in rates)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    best = found.best
    if best is not None and best.loss is not None:
        over = f", median of {len(best.runs)} seeds" if len(best.runs) > 1 else ""
        title = plan.titles()[best.optimizer]
        lines.append(
            f"best: {title}, lr {short_value(best.lr)}, batch {best.batch_size}: test loss {best.loss:.4g}{over}"
        )
    return "\n".join(lines)


def _text(found: SweepResults, cell: Cell) -> str:
    loss = "" if cell.loss is None else f"{cell.loss:.4g}"
    if cell.outcome == "finished":
        return loss + ("*" if cell is found.best else "")
    return f"{loss} {cell.outcome}".strip()
