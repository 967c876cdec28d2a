"""The commands that take numbers and scripts away: of a training run by its number, of the lab by a link."""

from __future__ import annotations

import argparse
import sys

from optim_viz.cli import training
from optim_viz.cli.output import refused, write_table
from optim_viz.scenario import Problem, Scenario


def export(given: argparse.Namespace) -> int:
    """Write what a training run logged, or the numbers of a link.

    Exit code 2, and no file, where something in the link is wrong.
    """
    if isinstance(given.run, int):
        return training.export(given)
    from optim_viz.exports import table

    wanted = {form: getattr(given, form) for form in ("csv", "json", "parquet") if getattr(given, form) is not None}
    if not wanted:
        raise ValueError("export of a link needs --csv FILE, --json FILE or --parquet FILE")
    if given.tensorboard is not None:
        raise ValueError("TensorBoard's files are of a training run; a link has tables: --csv, --json or --parquet")
    scenario, problems = _opened(given.run)
    if refused(problems):
        return 2
    found = table(scenario, given.table or "runs")
    for form, name in wanted.items():
        write_table(found, name, form)
    return 0


def script(given: argparse.Namespace) -> int:
    """Print the script of a training run, or of a link; exit code as for `export`."""
    if isinstance(given.run, int):
        return training.script(given)
    from optim_viz.exports import script as written

    scenario, problems = _opened(given.run)
    if refused(problems):
        return 2
    sys.stdout.write(written(scenario, given.wanted or "torch"))
    return 0


def _opened(link: str) -> tuple[Scenario, tuple[Problem, ...]]:
    """Return what a link shows, or its query alone, and what was wrong in it."""
    from optim_viz.stage.answer import opened

    kept = opened(link.partition("#")[0].rpartition("?")[2])
    return kept.scenario, kept.problems
