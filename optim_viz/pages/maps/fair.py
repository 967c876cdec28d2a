"""Which is best, fairly: equal rates beside tuned ones, what tuning costs, and how much of it is luck."""

from __future__ import annotations

import math
from html import escape

import streamlit as st

from optim_viz.figures.fairness import attempts_figure, bands_figure
from optim_viz.figures.theme import LIGHT
from optim_viz.maps import Attempt, Fair
from optim_viz.maps.ensemble import SEEDS
from optim_viz.pages.maps import controls
from optim_viz.pages.maps.jobs import Result
from optim_viz.pages.maps.settings import MapSettings
from optim_viz.stage.plot import plot

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def show(settings: MapSettings, result: Result) -> None:
    """Show the table, the cost of attempts, and the bands where there is luck."""
    known = settings.surface.minimum is not None
    st.html(
        '<h2 class="mp-title">Which is best, fairly?</h2><p class="mp-lead">At one learning rate for all, a comparison '
        "says more about the rate than about the optimizers. Here each is tuned with the same number of attempts, "
        "drawn at random over the ranges of its main sliders.</p>"
    )
    controls.fairness_controls(settings)
    titles = settings.titles()
    st.html(_table(titles, result.fair, settings, known))
    names = [(title, LIGHT.lanes[lane.colour]) for title, lane in zip(titles, settings.lanes(), strict=True)]
    with st.container(key="maps-charts"):
        with st.container(key="maps-cost"):
            _cost(names, result, known)
        if result.bands:
            with st.container(key="maps-luck"):
                _luck(names, result, known)


def _table(titles: tuple[str, ...], fair: list[Fair], settings: MapSettings, known: bool) -> str:
    """Return a row for each optimizer; the best of each column stands out."""
    equal = f"At lr {settings.equal:g}"
    head = ["Optimizer", equal, f"Best of {settings.attempts} attempts", "Its setting", "Good lr", "An attempt works"]
    scores = [_score(each.best, known) for each in fair]
    at_equal = [_score(each.equal, known) for each in fair]
    rows: list[str] = []
    for title, each, score, plain_score in zip(titles, fair, scores, at_equal, strict=True):
        good = "none" if each.good is None else f"{each.good[0]:.2g} to {each.good[1]:.2g}, {each.decades:.2f} decades"
        cells = [
            (_outcome(each.equal, known), plain_score == min(at_equal) < math.inf),
            (_outcome(each.best, known), score == min(scores) < math.inf),
            (_setting(each), False),
            (good, each.decades == max(one.decades for one in fair) > 0),
            (f"{each.chance:.0%} of the time" if each.chance >= 0.01 else f"{each.chance:.1%} of the time", False),
        ]
        inner = "".join(f"<td{' class=mp-first' if first else ''}>{text}</td>" for text, first in cells)
        rows.append(f'<tr><th scope="row">{escape(title)}</th>{inner}</tr>')
    top = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    words = (
        f"A rate or an attempt is good if its run comes within {settings.tolerance:g} of the minimum in "
        f"{settings.scenario.steps:,} steps."
        if known
        else "The minimum is not known: a run is good if it makes all but a hundredth of the best run's way down."
    )
    return (
        '<div class="mp-scroll" tabindex="0" role="region" aria-label="Fair comparison"><table class="mp-table">'
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table></div><p class=mp-lead>{words} Settings "
        "that are not varied are those of the lane.</p>"
    )


def _score(attempt: Attempt | None, known: bool) -> float:
    if attempt is None or math.isnan(attempt.gap):
        return math.inf
    if not known:
        return attempt.gap
    return float(attempt.arrived) if attempt.arrived >= 0 else math.inf


def _outcome(attempt: Attempt | None, known: bool) -> str:
    if attempt is None:
        return "–"
    if math.isnan(attempt.gap):
        return "diverged"
    if known and attempt.arrived >= 0:
        return f"{attempt.arrived:,} steps"
    return f"ends {attempt.gap:.2g} above" if known else f"loss {attempt.gap:.4g}"


def _setting(fair: Fair) -> str:
    """Say how the best attempt was set, as HTML."""
    if fair.best is None:
        return ""
    short = {each.name: each.short for each in fair.rule.hyperparameters}
    values = {name: float(fair.best.hyperparameters[name]) for name in fair.searched}
    return escape(", ".join(f"{short[name]} {_short(value)}" for name, value in values.items()))


def _short(value: float) -> str:
    """Write a number in three digits; of one close below 1 what it lacks, in two."""
    return f"{1 - float(f'{1 - value:.2g}'):.10g}" if 0.9 < value < 1 else f"{value:.3g}"


def _cost(names: list[tuple[str, str]], result: Result, known: bool) -> None:
    """Show what the best of 1, 2, 3, ... attempts comes to."""
    curves = [
        (name, colour, _DASHES[place % len(_DASHES)], fair.best_of)
        for place, ((name, colour), fair) in enumerate(zip(names, result.fair, strict=True))
    ]
    words = "steps to tolerance" if known else "final loss"
    st.html(
        '<h3 class="mp-title">What an attempt is worth</h3><p class="mp-lead">The median, over many searches, of the '
        f"best {'number of steps' if known else 'final loss'} after so many attempts"
        f"{'; a curve begins where half the searches arrive' if known else ''}.</p>"
    )
    if all(not _finite(fair) for fair in result.fair):
        st.html('<p class="mp-lead">No optimizer arrives in half the searches, whatever the attempts.</p>')
        return
    label = f"Median of the best {words} against the number of attempts, for {', '.join(name for name, _ in names)}"
    plot(attempts_figure(curves, words, False), key="maps-cost-plot", height=300, label=label)


def _finite(fair: Fair) -> bool:
    return any(math.isfinite(value) for value in fair.best_of.tolist())


def _luck(names: list[tuple[str, str]], result: Result, known: bool) -> None:
    """Show the losses of many seeds."""
    bands = [(name, colour, band) for (name, colour), band in zip(names, result.bands, strict=True)]
    st.html(
        f'<h3 class="mp-title">How much is luck</h3><p class="mp-lead">The lanes as they are, with {SEEDS} seeds: the '
        "line is the median of the losses, the band holds those from 10 to 90 %.</p>"
    )
    label = f"Losses of {SEEDS} seeds against the step, for {', '.join(name for name, _ in names)}"
    plot(bands_figure(bands, known), key="maps-luck-plot", height=300, label=label)
