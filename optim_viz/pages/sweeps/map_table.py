"""The map of a sweep: a table whose cells are coloured by the test loss and open their runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Final

from optim_viz.comparison.lanes import short_value
from optim_viz.figures.map_colours import RAMP
from optim_viz.figures.theme import relative_luminance
from optim_viz.pages.train.look import number, swatch
from optim_viz.run_store import run_link
from optim_viz.sweeps import Cell, Sweep, SweepResults
from optim_viz.sweeps.results import Outcome

SIGNS: Final[dict[Outcome, str]] = {
    "failed": "✕ failed", "diverged": "✕ diverged", "stopped": "■ stopped", "cancelled": "‖ cancelled",
    "deleted": "deleted", "queued": "queued", "running": "running",
}  # fmt: skip
_BROKEN: Final = ("failed", "diverged", "stopped")
_HATCHED: Final = (*_BROKEN, "cancelled")


def map_table(plan: Sweep, found: SweepResults) -> str:
    """Return the map as HTML: a row an optimizer (and batch size), a column a learning rate."""
    low, high = scale(found)
    rates = plan.lr.values()
    head = "".join(f'<th scope="col">{short_value(lr)}</th>' for lr in rates)
    lanes, titles = plan.lanes(), plan.titles()
    body: list[str] = []
    for index, (lane, title) in enumerate(zip(lanes, titles, strict=True)):
        for size in plan.batch_sizes:
            name = escape(title) + (f' <span class="tr-muted">batch {size}</span>' if len(plan.batch_sizes) > 1 else "")
            cells = "".join(f"<td>{_cell(plan, found, found.cells[index, size, lr], low, high)}</td>" for lr in rates)
            body.append(f'<tr><th scope="row">{swatch(lane.colour, lane.marker)} {name}</th>{cells}</tr>')
    caption = "Test loss at the end, by optimizer and learning rate"
    return (
        f'<div class="tr-scroll" tabindex="0" role="region" aria-label="{caption}"><table class="sw-map">'
        f'<thead><tr><th scope="col">lr</th>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'
        + _key(plan, low, high)
    )


def scale(found: SweepResults) -> tuple[float, float]:
    """Return the losses that the darkest and the brightest colour stand for."""
    losses = [cell.loss for cell in found.cells.values() if cell.loss is not None and cell.loss > 0]
    if not losses:
        return 0.1, 1.0
    low = min(losses)
    sound = [cell.loss for cell in found.cells.values() if cell.outcome not in _HATCHED and cell.loss is not None]
    return low, max(max(sound, default=max(losses)), low * 1.5)


def _key(plan: Sweep, low: float, high: float) -> str:
    over = f"the median of {len(plan.seeds)} seeds" if len(plan.seeds) > 1 else "of one seed"
    return (
        f'<p class="sw-key">Mean cross-entropy over all test examples at the end of a run, {over}. '
        f'{number(low)}<span class="sw-scale" style="background: linear-gradient(90deg, {", ".join(RAMP)})"></span>'
        f"{number(high)}. Hatched: a run was stopped or cancelled, diverged or failed; the number is its last test "
        "loss. A cell opens its runs.</p>"
    )


def colour(loss: float, low: float, high: float) -> tuple[str, str]:
    """Return the colours of a cell and of the number on it, which has a contrast of at least 4.5:1 to it."""
    share = (math.log(max(loss, 1e-300)) - math.log(low)) / (math.log(high) - math.log(low))
    place = min(1.0, max(0.0, share)) * (len(RAMP) - 1)
    first = min(int(place), len(RAMP) - 2)
    parts = [
        round(int(a, 16) + (int(b, 16) - int(a, 16)) * (place - first))
        for a, b in ((RAMP[first][at : at + 2], RAMP[first + 1][at : at + 2]) for at in (1, 3, 5))
    ]
    ground = "#" + "".join(f"{part:02X}" for part in parts)
    return ground, "#FFFFFF" if relative_luminance(ground) < 0.179 else "#000000"


def _cell(plan: Sweep, found: SweepResults, cell: Cell, low: float, high: float) -> str:
    best = found.best is cell
    outcome = cell.outcome
    value = "" if cell.loss is None else f"<b>{number(cell.loss)}</b>"
    below = _below(cell)
    kind, style = "sw-empty", ""
    if outcome in _HATCHED:
        kind = "sw-broken"
    elif cell.loss is not None:
        ground, ink = colour(cell.loss, low, high)
        kind, style = "", f' style="background: {ground}; color: {ink}"'
    classes = " ".join(filter(None, ("sw-cell", kind, "sw-best" if best else "")))
    if best:
        below = f"<small>best{', ' if below else ''}</small>{below}" if below else "<small>best</small>"
    said = escape(_said(plan, cell, best))
    where = f'<span class="tr-unseen">{escape(_setting(plan, cell))}: </span>'
    link = _link(cell)
    inside = f"{where}{value} {below}"
    if link is None:
        return f'<span class="{classes}"{style} title="{said}">{inside}</span>'
    return f'<a class="{classes}"{style} href="{link}" target="_self" title="{said}">{inside}</a>'


def _below(cell: Cell) -> str:
    """Return the words under a cell's number: what is not in the ordinary way."""
    outcome, count = cell.outcome, len(cell.runs)
    if outcome == "finished":
        return ""
    words = SIGNS[outcome]
    if outcome in ("running", "queued") and cell.losses:
        words = f"{len(cell.losses)} of {count} seeds"
    elif outcome == "running":
        shares = [run.standing.run.progress for run in cell.runs if run.outcome == "running" and run.standing]
        words = f"running {min(shares):.0%}"
    elif outcome == "stopped":
        epochs = [run.standing.epoch for run in cell.runs if run.outcome == "stopped" and run.standing]
        words = f"{words}, epoch {min(epochs)}"
    if outcome not in ("running", "queued") and cell.counts[outcome] < count:
        words += f" ({cell.counts[outcome]} of {count})"
    return f"<small>{escape(words)}</small>"


def _setting(plan: Sweep, cell: Cell) -> str:
    return f"{plan.titles()[cell.optimizer]}, lr {short_value(cell.lr)}, batch {cell.batch_size}"


def _said(plan: Sweep, cell: Cell, best: bool) -> str:
    """Say in words what a cell shows."""
    parts = [_setting(plan, cell)]
    if cell.loss is not None:
        parts.append(f"test loss {number(cell.loss)}")
        if len(cell.losses) > 1:
            parts.append(f"{number(min(cell.losses))} to {number(max(cell.losses))} over {len(cell.losses)} seeds")
    parts += [f"{count} {outcome}" for outcome, count in cell.counts.items() if outcome != "finished"]
    return ("best: " if best else "") + "; ".join(parts)


def _link(cell: Cell) -> str | None:
    """Return the address that shows a cell's runs: its one run, or all side by side."""
    runs = [run.standing.run for run in cell.runs if run.standing is not None]
    return escape(run_link(runs)) if runs else None


def endings(plan: Sweep, found: SweepResults) -> Sequence[str]:
    """Return, as HTML, a sentence for every run that did not get to its end by itself, and why."""
    said: list[str] = []
    for run in found.runs:
        standing = run.standing
        if run.outcome not in _BROKEN or standing is None:
            continue
        title = f"{plan.titles()[run.point.optimizer]}, lr {short_value(run.point.lr)}, batch {run.point.batch_size}"
        if run.outcome == "failed":
            reason = f"{standing.run.state}: {standing.run.message}"
        elif standing.stopped:
            reason = f"stopped: {standing.stopped}"
        else:
            reason = f"diverged: its loss is not finite from step {standing.diverged_at} on"
        said.append(
            f'<a href="{escape(run_link([standing.run]))}" target="_self">{escape(title)}, seed {run.point.seed}</a> '
            f"{escape(reason)}"
        )
    return said
