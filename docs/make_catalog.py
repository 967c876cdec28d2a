"""Write docs/catalog.md from what the optimizers and surfaces declare.

Run `python docs/make_catalog.py` after adding or changing one; tests/test_docs.py says when that was forgotten.
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))  # the packages lie beside docs/ and need not be installed

import optim_viz  # noqa: E402
import surfaces  # noqa: E402

HEAD = """# Optimizers, surfaces and schedules

This page is written by `python docs/make_catalog.py` from what each file declares.
"""


def optimizer_section(name: str) -> str:
    """One optimizer: title, key, source, and a table of its hyperparameters."""
    rule = optim_viz.optimizer(name)
    lines = [f"### {rule.title}", "", f"`{name}`. {rule.source.rstrip('.')}.", ""]
    lines += ["| hyperparameter | default | allowed | what it is |", "|---|---|---|---|"]
    for each in rule.hyperparameters:
        allowed = "True, False" if each.scale == "choice" else str(each.allowed)
        symbol = "" if each.symbol == each.name else f" {each.symbol}"
        lines.append(f"| `{each.name}`{symbol} | {each.default} | {allowed} | {each.help} |")
    recorded = ", ".join(f"`{state}` {rule.symbols[state]}" for state in rule.states)
    return "\n".join([*lines, "", f"Recorded at every step: {recorded or 'nothing but the step itself'}."])


def surface_row(name: str) -> str:
    """One row of the surfaces' table."""
    surface = surfaces.get(name)
    (x0, x1), (y0, y1) = surface.domain
    domain = f"[{x0:g}, {x1:g}] × [{y0:g}, {y1:g}]"
    minimum = "none" if surface.minimum is None else f"{surface.minimum:g}"
    return f"| `{name}` | {surface.title} | {domain} | {minimum} | {surface.note} | {surface.source} |"


def schedule_row(name: str) -> str:
    """One row of the schedules' table."""
    schedule = optim_viz.schedules.get(name)
    numbers = ", ".join(
        f"`{each.name}` {each.symbol} = {each.default:g} ({each.low:g} to {each.high:g})"
        for each in schedule.parameters
    )
    return f"| `{name}` | {schedule.title} | {schedule.sentence} | {numbers or 'none'} | {schedule.source} |"


def catalog() -> str:
    """The whole page."""
    optimizers = [optimizer_section(name) for name in optim_viz.optimizers()]
    table = ["| name | title | domain | minimum | what to look for | source |", "|---|---|---|---|---|---|"]
    table += [surface_row(name) for name in surfaces.names()]
    plans = ["| name | title | what it does | numbers and defaults | source |", "|---|---|---|---|---|"]
    plans += [schedule_row(name) for name in optim_viz.schedules.names()]
    parts = ["## Surfaces", "\n".join(table), "## Schedules", "\n".join(plans)]
    return "\n\n".join([HEAD.rstrip(), "## Optimizers", *optimizers, *parts]) + "\n"


if __name__ == "__main__":
    (DOCS / "catalog.md").write_text(catalog(), encoding="utf-8")
