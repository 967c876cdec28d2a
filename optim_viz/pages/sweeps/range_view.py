"""A range test on the page: the loss against the growing rate, and the rate it suggests for each optimizer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from optim_viz.comparison.lanes import short_value
from optim_viz.figures import sweeps as figures
from optim_viz.pages import say
from optim_viz.pages.train.look import swatch, table
from optim_viz.run_store import RunStore, StoreError, run_link
from optim_viz.run_store.groups import Standing, StoredSweep
from optim_viz.stage.plot import plot
from optim_viz.sweeps import Cell, LogRange, Point, RateCurve, Sweep, SweepResults, rate_curve
from optim_viz.sweeps.launching import train_query
from optim_viz.sweeps.results import SeedRun, outcome_of


def one_run(plan: Sweep, standings: Mapping[int, Standing]) -> SweepResults:
    """Return how it stands with the one run of a range test, in the form in which a sweep has it."""
    point = Point(0, plan.lr.first, plan.batch_sizes[0], plan.seeds[0])
    run = SeedRun(point, outcome_of(standings.get(0)), standings.get(0))
    if run.outcome in ("diverged", "stopped"):  # which is what it is for
        run = replace(run, outcome="finished")
    return SweepResults({(0, point.batch_size, point.lr): Cell(0, point.batch_size, point.lr, (run,))}, None)


def curves(store: RunStore, run: int, lanes: int) -> list[RateCurve | None]:
    """Read the curves of a range test; None of a lane that has no point yet.

    Raises:
        StoreError: the store cannot be read.
    """
    rates: list[dict[int, float]] = [{} for _ in range(lanes)]
    losses: list[dict[int, float]] = [{} for _ in range(lanes)]
    for kind, field, found in (("learning_rate", "lr", rates), ("step", "loss", losses)):
        for row in store.rows(kind, run):
            if row["lane"] < lanes:
                value = row[field]
                found[row["lane"]][row["step"]] = float("nan") if value is None else float(value)
    curves: list[RateCurve | None] = []
    for lr, loss in zip(rates, losses, strict=True):
        steps = sorted(lr.keys() & loss.keys())
        points = np.array([lr[step] for step in steps]), np.array([loss[step] for step in steps])
        curves.append(rate_curve(*points) if steps else None)
    return curves


def draw(store: RunStore, stored: StoredSweep, plan: Sweep, found: SweepResults) -> None:
    """Draw the curves and the suggestions."""
    run = next((each.standing.run for each in found.runs if each.standing is not None), None)
    if run is None:
        say.info("The run of this range test was deleted.")
        return
    try:
        read = curves(store, run.id, len(plan.optimizers))
    except StoreError as error:
        say.error(str(error))
        return
    st.html(_table(plan, read, over=not found.active))
    plot(
        figures.range_figure(plan, read),
        key=f"sweep-{stored.id}-range",
        height=figures.HEIGHT,
        label=_label(plan, read),
    )
    st.html(
        '<p class="sw-key">The rate grows by the same factor at every step, from 0.000001 to 10. The training loss is '
        "a running mean (0.9). ▼ where it falls steepest: a rate that trains well from the start. Dotted: from there "
        "on the loss stays above 1.5 times its lowest, or is no number. Smith (2017), section 3.3. "
        f'<a class="sw-link" href="{escape(run_link([run]))}" target="_self">Open its run</a></p>'
    )


def _table(plan: Sweep, read: list[RateCurve | None], *, over: bool) -> str:
    """Return the suggestions; they are given once the test is over."""
    body: list[list[str]] = []
    suggested: list[float] = []
    for index, (lane, title, curve) in enumerate(zip(plan.lanes(), plan.titles(), read, strict=True)):
        rate = None if curve is None or not over else curve.steepest
        breaks = None if curve is None or not over else curve.breaks_at
        cell = ""
        if rate is not None:
            rate = rounded(rate)
            suggested.append(rate)
            point = Point(index, rate, plan.batch_sizes[0], plan.seeds[0])
            href = escape("./train?" + urlencode(train_query(plan, point), doseq=True, safe=",=.:"))
            whose = f'<span class="tr-unseen"> of {escape(title)}</span>'
            cell = f'<a href="{href}" target="_self">use lr {short_value(rate)}{whose}</a>'
        body.append(
            [
                f"{swatch(lane.colour, lane.marker)} {escape(title)}",
                "–" if rate is None else short_value(rate),
                "–" if breaks is None else short_value(rounded(breaks)),
                cell,
            ]
        )
    text = table(
        ("Optimizer", "Falls steepest at lr", "Breaks away from lr", ""), body, "What the range test suggests", texts=1
    )
    if not suggested:
        return text
    around = LogRange(rounded(min(suggested) / 10), rounded(max(suggested) * 10), 9)
    href = escape("./sweeps?" + urlencode(replace(plan, lr=around).query(), doseq=True, safe=",=.:"))
    return text + f'<p class="tr-action"><a class="tr-button" href="{href}" target="_self">Sweep around these</a></p>'


def rounded(rate: float) -> float:
    """Return a rate in two digits, as one would type it."""
    return float(f"{rate:.2g}")


def _label(plan: Sweep, read: list[RateCurve | None]) -> str:
    parts = ["Training loss against the growing learning rate"]
    for title, curve in zip(plan.titles(), read, strict=True):
        if curve is not None and curve.steepest is not None:
            parts.append(f"{title}: steepest at lr {short_value(rounded(curve.steepest))}")
    return "; ".join(parts)
