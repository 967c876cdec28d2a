"""One sweep, live: how far it is, what can be done with it, its map and its curves; or one range test.

Everything that moves is drawn by one fragment that runs every second while something is queued or training, as on the
Train page: when the last run ends it asks for one whole run of the page, which mounts it without a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from optim_viz.comparison.lanes import short_value
from optim_viz.figures import sweeps as figures
from optim_viz.pages import say
from optim_viz.pages.save_table import save_buttons
from optim_viz.pages.sweeps import range_view
from optim_viz.pages.sweeps.map_table import endings, map_table
from optim_viz.pages.train import navigation, new_link
from optim_viz.pages.train.look import duration, number
from optim_viz.pages.train.run_view import spec_facts
from optim_viz.run_store import RESUMABLE, UNDO_SECONDS, RunStore, StoreBusy, StoreError
from optim_viz.run_store.groups import StoredSweep
from optim_viz.stage.plot import plot
from optim_viz.sweeps import Point, Sweep, SweepResults, plan_of, results
from optim_viz.sweeps.launching import train_query

_TROUBLE: Final = "sweeps_trouble"
_FEW: Final = 4


def show(store: RunStore, stored: StoredSweep) -> None:
    """Draw a sweep; it goes on by itself for as long as something can change."""
    try:
        kind, plan = plan_of(stored)
    except ValueError as error:
        say.error(str(error))
        _delete(store, stored, active=False)
        return
    with st.container(key="train-actions", horizontal=True, gap="small", vertical_alignment="center"):
        st.html(f'<h1 class="tr-title">{escape(stored.name)}</h1>', width="stretch")
        st.button("Change and run again", key="sweeps-again", on_click=navigation.go, args=(plan.query(),))
    st.html(new_link.said() or "<span hidden></span>")
    draw = _grid if kind == "grid" else range_view.draw
    try:
        ticking = any(each.run.active for each in store.standings(stored.id).values())
    except StoreError as error:
        say.error(str(error))
        return
    st.fragment(_live, run_every="1s" if ticking else None)(store, stored, plan, draw, ticking)


Draw = Callable[[RunStore, StoredSweep, Sweep, SweepResults], None]


def _live(store: RunStore, stored: StoredSweep, plan: Sweep, draw: Draw, ticking: bool) -> None:
    if navigation.wanted():  # it was deleted, and another view is to be drawn
        st.rerun()
    try:
        store.advance()
        standings = store.standings(stored.id)
    except StoreBusy as error:
        say.warning(str(error))
        return
    except StoreError as error:
        say.error(str(error))
        return
    found = range_view.one_run(plan, standings) if draw is range_view.draw else results(plan, standings)
    if ticking != found.active:
        st.rerun()
    _head(store, stored, plan, found, draw)
    draw(store, stored, plan, found)


def _head(store: RunStore, stored: StoredSweep, plan: Sweep, found: SweepResults, draw: Draw) -> None:
    counts, runs = found.counts, found.runs
    over = sum(run.done for run in runs)
    words = [f"{over} of {len(runs)} runs over" if len(runs) > 1 else ("over" if over else "running")]
    words += [
        f"{counts[each]} {each}"
        for each in ("running", "stopped", "diverged", "failed", "cancelled", "deleted")
        if counts[each]
    ]
    left = found.seconds_left()
    if left is not None:
        words.append(f"about {duration(left)} left")
    facts = spec_facts(plan.spec(plan.points()[0]).to_dict())
    facts = [fact for fact in facts if not fact.startswith(("batch ", "seed "))]
    if draw is _grid:
        above = plan.stop_above
        facts.append("nothing is stopped early" if above is None else f"stopped above {above:g} × guessing")
    st.html(
        f'<p class="tr-state" role="status"><b>Sweep {stored.id}</b> {escape(", ".join(words))} '
        f"<span>· {escape(' · '.join(facts))}</span></p>"
    )
    steps = sum(run.standing.run.progress if run.standing and not run.done else float(run.done) for run in runs)
    with st.container(gap="small"):  # always there: what comes and goes in it moves none of the buttons below
        if found.active or over < len(runs):
            st.progress(min(1.0, steps / max(1, len(runs))))
        trouble = st.session_state.pop(_TROUBLE, None) or new_link.trouble()
        if trouble and isinstance(trouble, str):
            say.error(trouble)
    if not all(run.standing.run.own for run in runs if run.standing):
        st.html('<p class="tr-lead">You see this sweep by its link. Only whoever launched it can change it.</p>')
        return
    # What deletes stays at the far end (look.py): whoever presses Resume twice must not meet it in Resume's place.
    with st.container(horizontal=True, gap="small"):
        if found.active:
            st.button("Cancel all", key="sweeps-cancel", on_click=_do, args=(store.cancel_sweep, stored.id))
        if any(run.standing and run.standing.run.state in RESUMABLE for run in runs):
            st.button("Resume", key="sweeps-resume", type="primary", on_click=_do, args=(store.resume_sweep, stored.id))
        if any(run.standing and run.standing.run.key for run in runs):
            new_link.button(store, next(iter(stored.runs.values())), {"sweep": str(stored.id)}, "sweep")
        with st.container(key="sweeps-delete", width="content"):
            _delete(store, stored, active=found.active)


def _do(what: Callable[[int], object], sweep: int) -> None:
    try:
        what(sweep)
    except StoreError as error:
        st.session_state[_TROUBLE] = str(error)


def _delete(store: RunStore, stored: StoredSweep, *, active: bool) -> None:
    """Draw the control that removes a sweep; the list beside the page brings it back."""
    st.button(
        "Cancel and delete" if active else "Delete",
        key="train-delete-sweep",
        on_click=_remove,
        args=(store, stored.id),
        help=f"For {UNDO_SECONDS:.0f} seconds it can be brought back, above the list.",
    )


def _remove(store: RunStore, sweep: int) -> None:
    try:
        store.delete_sweep(sweep)
        navigation.go({})
    except StoreError as error:
        st.session_state[_TROUBLE] = str(error)


# ---- a grid ----


def _grid(store: RunStore, stored: StoredSweep, plan: Sweep, found: SweepResults) -> None:
    del store
    st.html(_best(plan, found))
    st.html(map_table(plan, found))
    with st.container(gap="small"):
        said = endings(plan, found)
        if said:
            st.html(_news(said))
    st.html('<h2 class="tr-title">How wide is the range that works?</h2>')
    plot(
        figures.robustness_figure(plan, found),
        key=f"sweep-{stored.id}-curve",
        height=figures.HEIGHT,
        label=_label(plan, found),
    )
    band = (
        "Line: median over seeds; band: lowest to highest; dots: single runs, a click opens one. "
        if len(plan.seeds) > 1
        else "A click on a dot opens its run. "
    )
    st.html(
        f'<p class="sw-key">{band}✕ diverged or failed, — stopped, | cancelled: at its last test loss, or at the '
        "top where it has none. A flat wide valley is forgiving; a narrow one has to be searched for.</p>"
    )
    save_buttons(found.table, f"sweep-{stored.id}", "Save all runs as")


def _best(plan: Sweep, found: SweepResults) -> str:
    """Say which setting is best, with the way to train it."""
    best = found.best
    if best is None or best.loss is None:
        words = (
            "No setting has finished with all its seeds yet."
            if found.active
            else "No setting finished with all its seeds."
        )
        return f'<p class="tr-lead">{words} {not_compared(found)}</p>'
    point = best.runs[0].point
    over = f", median of {len(best.runs)} seeds" if len(best.runs) > 1 else ""
    so_far = "Best so far" if found.active else "Best"
    words = (
        f"{so_far}: <b>{escape(plan.titles()[best.optimizer])}, lr {short_value(best.lr)}, batch {best.batch_size}</b>"
        f", test loss {number(best.loss)}{over}; guessing has {number(plan.guessing)}."
    )
    caution = f"{at_the_edge(plan, found)} {not_compared(found)}".strip()
    href = escape(train_link(plan, point))
    return (
        f'<p class="tr-state">{words} <span>{caution}</span></p>'
        f'<p class="tr-action"><a class="tr-button" href="{href}" target="_self">Train this</a></p>'
    )


def at_the_edge(plan: Sweep, found: SweepResults) -> str:
    """Name every curve whose best rate is the first or the last: a better one may lie beyond."""
    rates = plan.lr.values()
    if found.active or len(rates) < 2:
        return ""
    at_edge = [
        f"{escape(title)}{f', batch {size}' if len(plan.batch_sizes) > 1 else ''}: lr {short_value(best.lr)}"
        for index, title in enumerate(plan.titles())
        for size in plan.batch_sizes
        if (best := found.best_of(index, size)) is not None and best.lr in (rates[0], rates[-1])
    ]
    if not at_edge:
        return ""
    return f"Best at an edge of the range, so a better rate may lie beyond: {'; '.join(at_edge)}."


def not_compared(found: SweepResults) -> str:
    """Say how many settings may be better than the best and are not among those that it is the best of."""
    count = len(found.left_out)
    if not count:
        return ""
    return f"Not compared: {count} {'settings' if count > 1 else 'setting'} with a run that was cancelled or deleted."


def train_link(plan: Sweep, point: Point) -> str:
    """Return the address of the Train page's form with one run's settings."""
    return "./train?" + urlencode(train_query(plan, point), doseq=True, safe=",=.:")


def _news(said: Sequence[str]) -> str:
    """Return the runs that ended early: a few in sight, the rest behind a click."""
    items = [f"<li>{each}</li>" for each in said]
    first, rest = items[:_FEW], items[_FEW:]
    summary = f'<summary class="sw-key">{len(rest)} more that ended early</summary>'
    more = f'<details>{summary}<ul class="sw-news">{"".join(rest)}</ul></details>'
    return f'<ul class="sw-news">{"".join(first)}</ul>' + (more if rest else "")


def _label(plan: Sweep, found: SweepResults) -> str:
    parts = [f"Test loss against the learning rate of {', '.join(plan.titles())}"]
    for index, title in enumerate(plan.titles()):
        for size in plan.batch_sizes:
            best = found.best_of(index, size)
            if best is not None and best.loss is not None:
                parts.append(f"{title}, batch {size}: lowest {number(best.loss)} at lr {short_value(best.lr)}")
    return "; ".join(parts)
