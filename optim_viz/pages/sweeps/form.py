"""The form of a sweep: what is chosen stands in the link, and how much work it is, below."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, cast

import streamlit as st

from optim_viz.comparison import settings
from optim_viz.models import Option
from optim_viz.pages import say
from optim_viz.pages.fill import fill
from optim_viz.pages.plain_text import plain
from optim_viz.pages.sweeps import estimate
from optim_viz.pages.train import navigation, quota
from optim_viz.pages.visitor import LINK
from optim_viz.run_store import RunStore, StoreError, errors
from optim_viz.scenario.problem import shown
from optim_viz.scenario.reader import as_float
from optim_viz.sweeps import Sweep, launch, launch_range_test, presets
from optim_viz.sweeps.launching import as_lists
from optim_viz.sweeps.link import read as read_plan
from optim_viz.sweeps.link import sweepable_names, with_setting
from optim_viz.sweeps.plan import Point
from optim_viz.update_rules import get as get_rule

_TROUBLES: Final = "sweeps_troubles"
_REFUSED: Final = "sweeps_refused"
"""What was typed and cannot be, by the key of its field, and the link that it was refused for."""
_NAME: Final = re.compile(r"^\w+ (?=must )")
"""A setting's name in links; a message says it before what must be, and the field's title stands there here."""
_LEAD: Final = (
    '<h1 class="tr-title">Which optimizer, and at which learning rate?</h1>'
    '<p class="tr-lead">A sweep trains one network at every combination of optimizer, learning rate, batch size and '
    "seed. The map shows the test loss of each; the curve shows how wide the range is in which an optimizer trains "
    "well. A range test is quicker: one run whose rate grows until training breaks.</p>"
)
_NAMED: Final = {"sweeps-last": "Learning rates to", "sweeps-count": "How many learning rates"}
"""What a field is called away from its neighbours, where that is not its title."""
Change = Callable[[Sweep, Any], Sweep]


@dataclass
class _Refused:
    """What stands in a field and cannot be.

    Attributes:
        title: the field's.
        change: what it would change.
        why: what is wrong with it.
    """

    title: str
    change: Change
    why: str


def show(store: RunStore, query: dict[str, list[str]]) -> None:
    """Draw the form that a link fills."""
    plan, problems = read_plan(query)
    st.html(_LEAD)
    with st.container(horizontal=True, gap="small", key="sweeps-presets"):
        for name in presets.names():
            preset = presets.get(name)
            st.button(
                preset.title, key=f"sweeps-preset-{name}", help=preset.sentence, on_click=_go, args=(preset.sweep(),)
            )
    _fields(plan)
    refused = _refused(plan)
    told = [f"{_NAMED.get(key, each.title)}: {each.why}" for key, each in refused.items()]
    say.errors((*problems, *told, *cast("list[str]", st.session_state.pop(_TROUBLES, []))))
    if store.read_only:
        say.warning(str(errors.read_only(store.path)))
    one_each = [
        plan.spec(Point(0, plan.lr.first, size, plan.seeds[0])).to_dict() for size in plan.batch_sizes
    ]  # neither rate nor seed changes how much work a run is
    times = plan.count // len(one_each)
    if too_much := quota.problem(store, one_each, times):
        say.error(too_much)
    _facts(store, plan)
    quota.show(store, one_each, times)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for title, key, begin, kind, words in (
            ("Start the sweep", "start", launch, "primary", "Put all its runs into the queue."),
            ("Range test", "range", launch_range_test, "secondary", _range_words(plan)),
        ):
            st.button(
                title, key=f"sweeps-{key}", type=cast("Any", kind), help=words,
                disabled=store.read_only or bool(refused), on_click=_begin, args=(store, plan, begin),
            )  # fmt: skip


def _range_words(plan: Sweep) -> str:
    return (
        f"One run with all these optimizers, batch {plan.batch_sizes[0]}, seed {plan.seeds[0]}: the rate grows from "
        "0.000001 to 10. It suggests a rate for each."
    )


def _begin(store: RunStore, plan: Sweep, begin: Callable[[RunStore, Sweep], int]) -> None:
    try:
        navigation.go({"sweep": str(begin(store, plan))})
    except StoreError as error:
        st.session_state[_TROUBLES] = [f"not started: {error}"]


def _go(plan: Sweep) -> None:
    """Show this sweep, with nothing refused."""
    st.session_state.pop(_REFUSED, None)
    st.query_params.from_dict(plan.query())


def _refused(plan: Sweep) -> dict[str, _Refused]:
    """Return what was refused while the link said what it says now; another link starts with nothing refused."""
    query, found = cast("tuple[object, dict[str, _Refused]]", st.session_state.get(_REFUSED, (None, {})))
    return found if query == plan.query() else {}


def _changed(key: str, title: str, change: Change) -> None:
    """Put a control's value into the link; what cannot be is said, and stays in its field to be mended.

    Several controls may have been changed since the last run, by somebody who types fast: each adds to what the link
    holds by then. What was refused before is tried again, since a range's other end may have been all that was wrong.
    """
    plan, _ = read_plan({name: st.query_params.get_all(name) for name in st.query_params if name != LINK})
    waiting = _refused(plan) | {key: _Refused(title, change, "")}
    accepted = True
    while accepted:
        accepted = False
        for name, each in list(waiting.items()):
            try:
                plan = each.change(plan, st.session_state.get(name))
            except ValueError as error:
                each.why = _NAME.sub("", str(error))
            else:
                del waiting[name]
                accepted = True
    _go(plan)
    st.session_state[_REFUSED] = plan.query(), waiting


def _control(plan: Sweep, name: str, title: str, value: object, change: Change) -> dict[str, Any]:
    """Return a widget's arguments; what it shows comes from the link, at every run, unless it waits to be mended."""
    key = f"sweeps-{name}"
    if key not in st.session_state:  # nobody has typed here since the form was opened
        _refused(plan).pop(key, None)
    if key not in _refused(plan):
        fill(key, value)
    return {"label": title, "key": key, "on_change": _changed, "args": (key, title, change)}


def _fields(plan: Sweep) -> None:
    known = list(dict.fromkeys([*sweepable_names(), *plan.optimizers]))
    st.multiselect(
        options=known,
        format_func=_optimizer_title,
        help="Write others as in a link: adam,beta2=0.99",
        accept_new_options=True,
        **_control(plan, "optimizers", "Optimizers", list(plan.optimizers), _with_optimizers),
    )
    rates = plan.lr
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="sweeps-fields"):
        for name, title, value, width in (
            ("first", "Learning rates from", f"{rates.first:g}", 152),
            ("last", "to", f"{rates.last:g}", 96),
            ("count", "how many", str(rates.count), 96),
        ):
            st.text_input(width=width, **_control(plan, name, title, value, _with_rate(name)))
        numbers = ",".join(map(str, plan.batch_sizes))
        st.text_input(
            width=128, help="One or more, with commas: 32,128",
            **_control(plan, "batches", "Batch sizes", numbers, _with_text("batches")),
        )  # fmt: skip
        numbers = ",".join(map(str, plan.seeds))
        st.text_input(
            width=112, help="Each gives other initial weights and batches: 0,1,2 or 0-4",
            **_control(plan, "seeds", "Seeds", numbers, _with_text("seeds")),
        )  # fmt: skip
        stop = "off" if plan.stop_above is None else f"{plan.stop_above:g}"
        st.text_input(
            width=112,
            help="A run is given up when its loss is not finite, or when its test loss at the end of an epoch is above "
            "so many times that of guessing, ln(classes). off: never.",
            **_control(plan, "stop", "Stop above", stop, _with_text("stop")),
        )  # fmt: skip
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="sweeps-settings"):
        declared = settings.settings(plan.settings["dataset"], plan.settings["model"])
        for option in declared:
            if option.name not in settings.SET_BY_SWEEP:
                _setting(plan, option)


def _setting(plan: Sweep, option: Option) -> None:
    def change(old: Sweep, value: object) -> Sweep:
        return with_setting(old, option, str(value))

    value = plan.settings[option.name]
    if option.kind == "choice":
        registry = {"dataset": settings.datasets, "model": settings.models}.get(option.name)
        st.selectbox(
            options=option.choices,
            help=option.help,
            format_func=lambda name: registry.get(name).title if registry else name,
            width=168 if registry else 112,
            **_control(plan, option.name, option.title, value, change),
        )
    else:
        st.text_input(
            help=option.help, width=max(104, min(152, 8 * len(option.title) + 40)),
            **_control(plan, option.name, option.title, option.text(value), change),
        )  # fmt: skip


def _optimizer_title(text: str) -> str:
    name, _, rest = text.partition(",")
    try:
        title = get_rule(name).title
    except ValueError:
        title = name
    return plain(f"{title} ({rest})" if rest else title)


def _with_optimizers(plan: Sweep, texts: list[str]) -> Sweep:
    if not texts:
        raise ValueError("a sweep needs one optimizer at least")
    return replace(plan, optimizers=tuple(texts))


def _with_rate(name: str) -> Change:
    def change(plan: Sweep, text: str) -> Sweep:
        value = as_float(str(text).strip())
        if name == "count" and (value is None or not value.is_integer()):
            raise ValueError(f"must be a whole number, such as 5, not {shown(text)}")
        if value is None:
            raise ValueError(f"must be a number, such as 0.001, not {shown(text)}")
        return replace(plan, lr=replace(plan.lr, **{name: int(value) if name == "count" else value}))

    return change


def _with_text(name: str) -> Change:
    def change(plan: Sweep, text: str) -> Sweep:
        found, problems = read_plan(as_lists(plan.query()) | {name: [str(text).strip()]})
        if problems:
            raise ValueError("; ".join(problem.removeprefix(f"{name}: ") for problem in problems))
        return found

    return change


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def _facts(store: RunStore, plan: Sweep) -> None:
    """Say how much work it is."""
    complete = settings.defaults(plan.settings["dataset"], plan.settings["model"]) | dict(plan.settings)
    sides = (
        (len(plan.optimizers), "optimizer"), (plan.lr.count, "rate"), (len(plan.batch_sizes), "batch size"),
        (len(plan.seeds), "seed"),
    )  # fmt: skip
    facts = [
        f"<b>{_counted(plan.count, 'run')}</b>",
        " × ".join(_counted(count, what) for count, what in sides),
        f"{settings.n_parameters(complete):,} parameters",
        f"{plan.steps:,} steps in all",
    ]
    st.html('<p class="tr-facts">' + "".join(f"<span>{fact}</span>" for fact in facts) + "</p>")
    estimate.show(store, plan)
