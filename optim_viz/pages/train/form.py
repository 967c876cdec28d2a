"""The launch form: lanes, what they train on, and the button that starts them. It mirrors itself into the link."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final, cast

import streamlit as st

from optim_viz.comparison import TrainingSpec, settings
from optim_viz.comparison.lanes import PRESETS, Preset, lane_texts, read_lanes
from optim_viz.comparison.settings import Settings
from optim_viz.models import Option
from optim_viz.pages import say
from optim_viz.pages.fill import fill
from optim_viz.pages.train import filters, forecast, lane_rows, navigation, quota, rows
from optim_viz.pages.train.look import lab_link
from optim_viz.run_store import RunStore, StoreError, errors
from optim_viz.scenario import Problem

_SETTINGS = "train_settings"
_PROBLEMS = "train_setting_problems"
_SEEN = "train_seen_link"
_LINK_PROBLEMS = "train_link_problems"
_FILLED = "train_filled"
"""The form as it was filled, before anybody changed anything in it."""
_CHOICES: Final = ("dataset", "model")
"""Settings that change which others there are."""
_LEAD = (
    '<p class="tr-lead">One network is trained once for each optimizer below, side by side: same first weights, same '
    "batches. It trains in its own process and goes on when this page is closed.</p>"
)


def fill_from_link(query: Mapping[str, list[str]]) -> list[str]:
    """Fill the form from a link that is new to this session, opened or gone back to; return what was wrong with it."""
    if st.session_state.get(_SEEN) != query:
        st.session_state[_SEEN] = dict(query)
        st.session_state[_LINK_PROBLEMS] = [str(each) for each in _fill(query)]
        st.session_state[_FILLED] = _link()
    return cast("list[str]", st.session_state[_LINK_PROBLEMS])


def _fill(query: Mapping[str, list[str]]) -> list[Problem]:
    """Fill the form; without lanes it takes the usual five."""
    lanes, problems = read_lanes(query.get("lane", []))
    values, more = settings.read({name: texts[-1] for name, texts in query.items() if texts and name != "lane"})
    rows.replace_all(lanes or read_lanes(PRESETS[0].lanes)[0])
    _keep(values)
    return [*problems, *more]


def _link() -> dict[str, list[str]]:
    """Return the form as a link has it: nothing where everything is as on a first visit."""
    lanes = lane_texts(rows.lanes())
    usual = lane_texts(read_lanes(PRESETS[0].lanes)[0])
    named = {"lane": lanes} if lanes != usual else {}
    return named | {name: [text] for name, text in settings.link_part(_settings()).items()}


@st.fragment
def show(store: RunStore) -> None:
    """Draw the form; while someone edits, only this part of the page runs again."""
    st.html('<h1 class="tr-title">Train a real network with several optimizers</h1>' + _LEAD)
    with st.container(horizontal=True, gap="small"):
        for preset in PRESETS:
            st.button(preset.title, key=f"train-preset-{preset.title}", on_click=_start_from, args=(preset,))
    lane_rows.show()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for option in _declared():
            _control(option)
    st.html(forecast.what_is_trained(_settings()))
    link = _link()
    _launch(store, edited=link != st.session_state.get(_FILLED))
    if filters.rest_of_link() != link:
        st.query_params.from_dict(link | filters.link_part())
    st.session_state[_SEEN] = link


def _launch(store: RunStore, *, edited: bool) -> None:
    lanes, problems = rows.lanes(), dict(_problems())
    specs = _specs() if lanes and not problems else []
    if too_much := quota.problem(store, specs):
        problems["limit"] = too_much
    for problem in problems.values():
        say.error(problem)
    if not lanes:
        say.info("Add an optimizer: there is nothing to train yet.")
    if store.read_only:
        say.warning(str(errors.read_only(store.path)))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        name = st.text_input("Name", key="train-name", max_chars=120, placeholder="optional", width=264)
        ready = bool(lanes) and not problems and not store.read_only
        pressed = st.button("Launch", key="train-launch", type="primary", disabled=not ready)
        st.html(forecast.facts(_settings(), len(lanes)), width="content")
        if lanes:
            href = escape(lab_link(*lane_texts(lanes)))
            st.html(f'<a class="tr-button" href="{href}" target="_self">Open all in the lab</a>', width="content")
    quota.show(store, specs)
    if pressed:
        try:
            spec = _spec()
            with st.spinner("Starting the training process …"):
                run_id = store.launch(spec.to_dict(), name or "")
        except (StoreError, ValueError) as error:
            say.error(f"Not launched: {error}")
            return
        forecast.leave()
        navigation.go({"run": str(run_id)})
        st.rerun()
    try:
        forecast.show(_spec() if lanes and not problems else None, edited=edited)
    except ValueError:  # the spec refuses what the form took; the launch says why
        forecast.leave()


def _specs() -> list[dict[str, Any]]:
    """Return what the form says as the specs of its runs: one, or none where it cannot be trained as it is."""
    try:
        return [_spec().to_dict()]
    except ValueError:
        return []


def _spec() -> TrainingSpec:
    """Return what the form says.

    Raises:
        ValueError: it cannot be trained.
    """
    return TrainingSpec.from_dict({"lanes": lane_texts(rows.lanes())} | settings.spec_part(_settings()))


def _control(option: Option) -> None:
    """Draw one setting; what it holds comes from the form's own state, so that it outlives a visit to a run."""
    key, value = f"train-{option.name}", _settings()[option.name]
    shared: dict[str, Any] = {
        "key": key,
        "help": option.help or None,
        "on_change": _set,
        "args": (option,),
        "width": _width(option),
    }
    if option.kind == "choice":
        fill(key, value)
        st.selectbox(option.title, option.choices, format_func=lambda name: _choice_title(option, name), **shared)
    elif option.kind == "whole":
        # A number field keeps its first bounds for as long as it has the same name.
        shared["key"] = f"{key}-{option.high:.0f}"
        fill(shared["key"], int(value))
        st.number_input(option.title, int(option.low), int(option.high), step=1, **shared)
    else:
        if option.name not in _problems():
            fill(key, option.text(value))
        st.text_input(option.title, **shared)


def _width(option: Option) -> int:
    longest = max((len(_choice_title(option, each)) for each in option.choices), default=0)
    return max(112, min(240, 8 * longest + 56), min(160, 8 * len(option.title) + 40))


def _choice_title(option: Option, name: str) -> str:
    registry = {"dataset": settings.datasets, "model": settings.models}.get(option.name)
    return registry.get(name).title if registry else name


def _set(option: Option) -> None:
    key = f"train-{option.name}" + (f"-{option.high:.0f}" if option.kind == "whole" else "")
    raw, values, problems = st.session_state.get(key), _settings(), _problems()
    if option.name in _CHOICES:
        _keep(settings.with_choice(values, option.name, str(raw)))
        return
    problems.pop(option.name, None)
    try:
        values[option.name] = option.parse(str(raw))
    except ValueError as error:
        problems[option.name] = f"{option.title}: {error}"
    _check(values, problems)


def _start_from(preset: Preset) -> None:
    rows.replace_all(read_lanes(preset.lanes)[0])
    _keep(settings.with_preset(_settings(), preset.settings))


def _keep(values: Settings) -> None:
    st.session_state[_SETTINGS] = values
    _check(values, {})


def _check(values: Settings, problems: dict[str, str]) -> None:
    problems.pop("together", None)
    found = settings.check(values)
    if found:
        problems["together"] = "; ".join(map(str, found))
    st.session_state[_PROBLEMS] = problems


def _declared() -> tuple[Option, ...]:
    values = _settings()
    declared = settings.settings(values["dataset"], values["model"])
    return tuple(option for option in declared if not option.beside or values[option.beside])


def _settings() -> Settings:
    return cast("Settings", st.session_state.setdefault(_SETTINGS, settings.defaults()))


def _problems() -> dict[str, str]:
    return cast("dict[str, str]", st.session_state.setdefault(_PROBLEMS, dict[str, str]()))
