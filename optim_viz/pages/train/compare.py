"""Chosen lanes of several runs beside each other: what differs, where each stands, and their curves in one place.

The choice is the address: /train?compare=3,5.0,5.2 is all of run 3 and two lanes of run 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final, cast

import streamlit as st

from optim_viz.comparison.differences import Compared, Differences, differences
from optim_viz.comparison.lanes import LaneWords, lane_words
from optim_viz.pages import say
from optim_viz.pages.plain_text import plain
from optim_viz.pages.train import charts, filters, navigation, results
from optim_viz.pages.train.look import lab_cell, notes_text, swatch, table
from optim_viz.run_store import Run, RunStore, Series, StoreError, UnknownRun, run_link
from optim_viz.scenario.problem import shown
from optim_viz.stage.training import ChartLane, training_charts

MOST_LANES: Final = 24
_CHARTS: Final = "train-charts-compare"
_BARE: Final = ("optimizer", "Data set", "Model")
"""Facts that need no heading before them."""
Choice = dict[int, tuple[int, ...] | None]
"""Runs, and of each the positions of its lanes; None for all of them."""


def read_choice(text: str) -> tuple[Choice, list[str]]:
    """Read what the address says, and what was wrong with it."""
    found: Choice = {}
    problems: list[str] = []
    for word in filter(None, text.split(",")):
        run, _, lane = word.partition(".")
        if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (run, lane or "0")):
            problems.append(f"compare must list runs or lanes, such as 3 or 3.0 for its first lane, not {shown(word)}")
        elif not lane:
            found[int(run)] = None
        else:
            before = found.get(int(run), ())
            if before is not None and int(lane) not in before:
                found[int(run)] = (*before, int(lane))
    return found, problems


def write_choice(choice: Mapping[int, tuple[int, ...] | None]) -> str:
    """Write a choice as `read_choice` reads it."""
    words: list[str] = []
    for run, lanes in choice.items():
        words += [str(run)] if lanes is None else [f"{run}.{lane}" for lane in lanes]
    return ",".join(words)


def show(store: RunStore, text: str) -> None:
    """Draw a comparison; it follows by itself while one of its runs trains."""
    choice, problems = read_choice(text)
    runs: list[Run] = []
    for run_id in choice:
        try:
            runs.append(store.get(run_id))
        except UnknownRun as error:
            problems.append(str(error))
        except StoreError as error:
            say.error(str(error))
            return
    say.warnings(problems)
    st.html('<h1 class="tr-title">Comparison</h1>')
    if not runs:
        st.html('<p class="tr-lead">Nothing to compare: tick runs in the list and press Compare.</p>')
        return
    active = any(run.active for run in runs)
    with st.expander("Choose lanes", key="train-compare-lanes"):
        for run in runs:
            _choose(run, choice, runs)
    st.fragment(_live, run_every="2s" if active else None)(store, [run.id for run in runs], choice, active)


def _choose(run: Run, choice: Choice, runs: Sequence[Run]) -> None:
    words = lane_words(run.lanes)
    key = f"train-compare-{run.id}-{write_choice(choice)}"
    chosen = choice[run.id]
    st.session_state.setdefault(key, [i for i in range(len(words)) if chosen is None or i in chosen])
    st.pills(
        f"Run {run.id}: {plain(run.name)}",
        range(len(words)),
        selection_mode="multi",
        format_func=[plain(lane.title) for lane in words].__getitem__,
        key=key,
        on_change=_chose,
        args=(run.id, len(words), choice, [each.id for each in runs], key),
    )


def _chose(run_id: int, count: int, choice: Choice, there: Sequence[int], key: str) -> None:
    picked = tuple(sorted(cast("list[int]", st.session_state.get(key) or [])))
    new = {each: lanes for each, lanes in choice.items() if each in there}
    new[run_id] = None if len(picked) == count else picked
    link = write_choice({each: lanes for each, lanes in new.items() if lanes != ()})
    navigation.go({**filters.rest_of_link(), "compare": link})


def _live(store: RunStore, run_ids: Sequence[int], choice: Choice, ticking: bool) -> None:
    try:
        store.advance()
        runs = [store.get(run_id) for run_id in run_ids]
        if ticking != any(run.active for run in runs):
            st.rerun()
        _draw(store, runs, choice)
    except StoreError as error:
        say.error(str(error))


def _draw(store: RunStore, runs: Sequence[Run], choice: Choice) -> None:
    chosen: list[tuple[Run, int, LaneWords]] = []
    for run in runs:
        lanes, picked = lane_words(run.lanes), choice[run.id]
        chosen += [(run, i, lane) for i, lane in enumerate(lanes) if picked is None or i in picked]
    if len(chosen) > MOST_LANES:
        st.html(f'<p class="tr-lead">The first {MOST_LANES} of {len(chosen)} lanes are drawn.</p>')
        chosen = chosen[:MOST_LANES]
    if not chosen:
        st.html('<p class="tr-lead">No lane is chosen.</p>')
        return
    told = differences([Compared(run.id, lane.text, run.spec) for run, _, lane in chosen])
    layers = list(dict.fromkeys(layer for run in runs for layer in run.layers))
    look = charts.read_choice(_CHARTS, layers)
    quantities = max((charts.quantities_of(run) for run in runs), key=lambda found: sum(each.default for each in found))
    drawn = look.among(quantities)
    monitored = [charts.read_monitors(store, run.id, i, drawn, look.layer) for run, i, _ in chosen]
    series = [charts.read_series(store, run, i) | monitored[at][0] for at, (run, i, _) in enumerate(chosen)]
    diverged = {(run.id, row["lane"]): row["step"] for run in runs for row in store.rows("diverged", run.id)}
    notes = {run.id: charts.read_notes(store, run) for run in runs}
    st.html(_shared(told) + _table(chosen, told, series, diverged, notes))
    dashes = {run.id: dash for dash, run in enumerate(runs)}
    training_charts(
        [
            ChartLane(
                *(f"{run.id}.{i}", title, lane.colour, lane.marker, run.steps_per_epoch or 1, own, dashes[run.id]),
                bounds=bounds,
            )
            for (run, i, lane), title, own, (_, bounds) in zip(chosen, told.titles, series, monitored, strict=True)
        ],
        key=_CHARTS,
        total_steps=max(run.total_steps or 0 for run in runs),
        epochs=max(int(run.spec.get("epochs", 1)) for run in runs),
        quantities=quantities,
        choice=look,
        layers=layers,
    )


def _shared(told: Differences) -> str:
    words = " · ".join(value if name in _BARE else f"{name} {value}" for name, value in told.shared.items())
    return f'<p class="tr-lead">The same in all: {escape(words)}.</p>' if words else ""


def _table(
    chosen: Sequence[tuple[Run, int, LaneWords]],
    told: Differences,
    series: Sequence[Mapping[str, Series]],
    diverged: Mapping[tuple[int, int], int],
    notes: Mapping[int, Mapping[int, Mapping[str, str]]],
) -> str:
    head = ("Lane", "Run", *(escape(name) for name in told.columns), *results.HEAD, "")
    body: list[list[str]] = []
    for index, ((run, lane, words), own) in enumerate(zip(chosen, series, strict=True)):
        title = escape(told.titles[index])
        body.append(
            [
                f"{swatch(words.colour, words.marker)} {title}{notes_text(notes[run.id].get(lane, {}))}",
                f'<a href="{escape(run_link([run]))}" target="_self">{run.id}</a>',
                *(escape(values[index]) for values in told.columns.values()),
                *results.cells(own, run.steps_per_epoch or 1, diverged.get((run.id, lane))),
                lab_cell(words.text, told.titles[index]),
            ]
        )
    return table(head, body, "What differs, and where each lane stands", texts=2)
