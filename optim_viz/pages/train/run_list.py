"""The list of runs beside the page: find one, open it, tick several to compare, cancel or delete them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any, Final, cast

import streamlit as st

from optim_viz.comparison.differences import named_apart
from optim_viz.pages import say
from optim_viz.pages.fill import fill
from optim_viz.pages.plain_text import plain
from optim_viz.pages.train import change, filters, navigation, quota, take_in
from optim_viz.pages.train.filters import Filter
from optim_viz.pages.train.look import STATE_WORDS, alert_text, moment
from optim_viz.run_store import STATES, Alert, Deletion, Result, Run, RunStore, StoreError

PAGE: Final = 20
"""So many runs are drawn at once, whatever their number."""
_CHOSEN = "train_chosen"
_AT = "train_list_at"
_FEW: Final = 6
"""So many runs are found without a filter."""
_KEY = "train-filter-"


def show(store: RunStore, open_run: int | None) -> None:
    """Draw the list; it follows by itself while something is queued or training."""
    try:
        ticking = _ticking(store.list_runs(), store.deletions())
    except StoreError as error:
        say.error(str(error))
        return
    st.fragment(_table, run_every="2s" if ticking else None)(store, open_run, ticking)


def _ticking(runs: Sequence[Run], deletions: Sequence[Deletion]) -> bool:
    """Whether something of the list changes by itself."""
    return bool(deletions) or any(run.active for run in runs)


def chosen() -> set[int]:
    """Return the runs that are ticked."""
    return cast("set[int]", st.session_state.setdefault(_CHOSEN, set[int]()))


def _table(store: RunStore, open_run: int | None, ticking: bool) -> None:
    try:
        store.advance()
        runs, deletions = store.list_runs(), store.deletions()
        alerts = store.alerts(runs)
    except StoreError as error:
        say.error(str(error))
        return
    if open_run is not None and all(run.id != open_run for run in runs):
        navigation.go({})
    if navigation.wanted() or ticking != _ticking(runs, deletions):
        st.rerun()  # the rest of the page has to change too
    wanted, problems = filters.of_link()
    _head(store, len(runs), len(alerts), wanted)
    change.show_undo(store, deletions)
    say.warnings(problems)
    if not runs:
        st.html(
            '<p class="tr-lead">No run yet. Choose optimizers and press Launch: their curves move here while the '
            "networks learn, and every run is kept in this list.</p>"
        )
        return
    if len(runs) > _FEW or wanted != Filter():
        _filters(runs, wanted)
    found = [run for run in runs if wanted.matches(run, alerted=run.id in alerts)]
    chosen().intersection_update(run.id for run in runs)
    _found(found, len(runs), wanted)
    _selected(store, [run for run in runs if run.id in chosen()])
    _rows(store, runs, found, alerts, wanted, open_run)


def _head(store: RunStore, count: int, alerted: int, wanted: Filter) -> None:
    more = f", {alerted} with alerts" if alerted else ""
    st.checkbox(f"Runs ({count}){more}", key="train-drawer", on_change="ignore")  # in sight on narrow windows alone
    with st.container(key="train-list-head", horizontal=True, gap="small", vertical_alignment="center"):
        st.html(f'<h2 class="tr-title">Runs <span class="tr-muted">{count:,}</span></h2>', width="stretch")
        if alerted or wanted.alerts:
            st.button(
                f"⚠ {alerted} {'alert' if alerted == 1 else 'alerts'}",
                key="train-alerts",
                type="primary" if wanted.alerts else "secondary",
                on_click=_change,
                args=(replace(wanted, alerts=not wanted.alerts),),
                help="Shows all runs again." if wanted.alerts else "Shows only the runs with something to look after.",
            )
    quota.show_whose(store)
    with st.container(key="train-list-new", horizontal=True, gap="small"):
        st.button("New run", key="train-new", on_click=navigation.go, args=({},), width="stretch")
        with st.popover("Import", width="content", disabled=store.read_only):
            take_in.show(store)


# ---- which runs are in sight ----


def _filters(runs: Sequence[Run], wanted: Filter) -> None:
    fill(_KEY + "find", wanted.find)
    st.text_input(
        "Filter runs",
        key=_KEY + "find",
        placeholder="name, notes, optimizer or number",
        live=True,
        on_change=_typed,
        args=(wanted,),
    )
    told = sum(bool(each) for each in (wanted.state, wanted.optimizer, wanted.dataset, wanted.model, wanted.group))
    with st.popover(f"Filter and group ({told})" if told else "Filter and group", width="stretch"):
        _choose_some("State", "state", [each for each in STATES if any(run.state == each for run in runs)], wanted)
        _choose_some("Optimizer", "optimizer", {name for run in runs for name in filters.optimizers(run)}, wanted)
        _choose_some("Data set", "dataset", {filters.dataset(run) for run in runs}, wanted)
        _choose_some("Model", "model", {filters.model(run) for run in runs}, wanted)
        st.session_state[_KEY + "group"] = wanted.group
        st.selectbox(
            "Group by",
            ["", *filters.GROUPS],
            key=_KEY + "group",
            format_func=filters.GROUP_TITLES.__getitem__,
            on_change=_typed,
            args=(wanted,),
        )


def _choose_some(label: str, name: str, there: Sequence[str] | set[str], wanted: Filter) -> None:
    titles = {
        "state": filters.state_title,
        "optimizer": filters.optimizer_title,
        "dataset": filters.dataset_title,
        "model": filters.model_title,
    }
    own: tuple[str, ...] = getattr(wanted, name)
    options = list(dict.fromkeys([*(sorted(there) if isinstance(there, set) else there), *own]))
    st.session_state[_KEY + name] = list(own)  # each time: the menu is made in the browser when it is opened
    st.multiselect(
        label,
        options,
        key=_KEY + name,
        format_func=lambda each: plain(titles[name](each)),
        on_change=_typed,
        args=(wanted,),
        placeholder="any",
    )


def _typed(wanted: Filter) -> None:
    """Take what the controls say into the link."""
    told: dict[str, Any] = {}
    for name in ("find", "state", "optimizer", "dataset", "model", "group"):
        value = st.session_state.get(_KEY + name)
        if value is not None:
            told[name] = tuple(cast("list[str]", value)) if isinstance(value, list) else value
    _change(replace(wanted, **told))


def _change(wanted: Filter) -> None:
    filters.into_link(wanted)
    st.session_state[_AT] = 0


def _found(found: Sequence[Run], count: int, wanted: Filter) -> None:
    """Say how many match, where something is looked for, and let all of them be ticked."""
    if not wanted.is_on:
        return
    with st.container(key="train-found", horizontal=True, gap="small", vertical_alignment="center"):
        said = f"{len(found):,} of {count:,} match." if found else "No run matches."
        st.html(f'<p class="tr-facts" role="status">{said}</p>', width="stretch")
        if found:
            st.button("Tick all", key="train-tick-all", type="tertiary", on_click=_tick, args=([r.id for r in found],))
        st.button("Clear", key="train-clear", type="tertiary", on_click=_change, args=(Filter(group=wanted.group),))


# ---- what is done to those that are ticked ----


def _selected(store: RunStore, runs: Sequence[Run]) -> None:
    if not runs:
        return
    numbers = ",".join(str(run.id) for run in sorted(runs, key=lambda run: run.id))
    what = f"run {numbers}" if len(runs) == 1 else f"{len(runs)} runs"
    st.button(
        f"Compare {what}" if len(runs) > 1 else f"Compare the lanes of {what}",
        key="train-compare-selected",
        type="primary",
        on_click=navigation.go,
        args=({"compare": numbers},),
        width="stretch",
    )
    own = [run for run in runs if run.own]
    if own:
        change.show(store, own, "selected")
    if len(runs) > 1:
        st.button("Untick all", key="train-untick", type="tertiary", on_click=chosen().clear)


def _tick(run_ids: Sequence[int]) -> None:
    chosen().update(run_ids)


def _choose(run_id: int, key: str) -> None:
    chosen().discard(run_id)
    if st.session_state.get(key):
        chosen().add(run_id)


# ---- the rows ----


def _rows(
    store: RunStore,
    runs: Sequence[Run],
    found: Sequence[Run],
    alerts: Mapping[int, Sequence[Alert]],
    wanted: Filter,
    open_run: int | None,
) -> None:
    try:
        sweeps = filters.sweep_headings(store.list_sweeps()) if wanted.group == "sweep" else {}
    except StoreError as error:
        say.error(str(error))
        return
    groups = filters.grouped(found, wanted.group, sweeps)
    places = [(heading, len(below), run) for heading, below in groups for run in below]
    at = min(cast("int", st.session_state.setdefault(_AT, 0)), max(0, (len(places) - 1) // PAGE * PAGE))
    shown = places[at : at + PAGE]
    names = _names(runs, [run for _, _, run in shown])
    try:
        results = store.results([run.id for _, _, run in shown])
    except StoreError as error:
        say.error(str(error))
        return
    above = None
    for heading, count, run in shown:
        if heading != above and heading:
            st.html(f'<h3 class="tr-group">{escape(heading)} <span class="tr-muted">{count:,}</span></h3>')
        above = heading
        _row(run, names[run.id], results.get(run.id, []), alerts.get(run.id, ()), run.id == open_run)
    if len(places) > PAGE:
        _pager(at, len(places))


def _names(runs: Sequence[Run], shown: Sequence[Run]) -> dict[int, str]:
    """Return the names of the runs shown, told apart from all others of the same name."""
    wanted = {run.name for run in shown}
    alike = [run for run in runs if run.name in wanted]
    told = named_apart([run.name for run in alike], [run.spec for run in alike])
    return {run.id: name for run, name in zip(alike, told, strict=True)}


def _pager(at: int, count: int) -> None:
    with st.container(key="train-pager", horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Newer", key="train-newer", disabled=at == 0, on_click=_turn, args=(at - PAGE,))
        st.html(f'<p class="tr-facts">{at + 1:,} to {min(count, at + PAGE):,} of {count:,}</p>', width="stretch")
        st.button("Older", key="train-older", disabled=at + PAGE >= count, on_click=_turn, args=(at + PAGE,))


def _turn(at: int) -> None:
    st.session_state[_AT] = max(0, at)


def _row(run: Run, name: str, results: Sequence[Result], alerts: Sequence[Alert], is_open: bool) -> None:
    with st.container(key=f"train-run-{run.id}", horizontal=True, gap="small"):
        key = f"train-compare-{run.id}"
        st.session_state[key] = run.id in chosen()
        words = f"Select run {run.id}"
        st.checkbox(words, key=key, label_visibility="collapsed", on_change=_choose, args=(run.id, key))
        with st.container():
            st.button(
                f"{run.id}. " + (f"**{plain(name)}**" if is_open else plain(name)),
                key=f"train-open-{run.id}",
                type="tertiary",
                on_click=_open,
                args=(run.id,),
                width="stretch",
            )
            more = f'<p class="tr-run-notes">{escape(run.notes)}</p>' if run.notes else ""
            st.html(f'<p class="tr-facts">{_facts(run, results)}</p>{alert_text(alerts)}{more}')


def _facts(run: Run, results: Sequence[Result]) -> str:
    state = f"{STATE_WORDS[run.state]} {run.progress:.0%}" if run.state != "finished" else STATE_WORDS[run.state]
    accuracies = [each.test_accuracy for each in results if each.test_accuracy is not None]
    best = f'<span title="Best test accuracy at an epoch\'s end">{max(accuracies):.2%}</span>' if accuracies else ""
    more = "" if run.imported is None else "<span>imported</span>"
    more += "" if run.own else "<span>by its link</span>"
    return f"<b>{escape(state)}</b>{best}{more}<span>{escape(moment(run.created))}</span>"


def _open(run_id: int) -> None:
    navigation.go({"run": str(run_id)})
