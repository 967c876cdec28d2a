"""The launch form: lanes, the network they train, and the button that starts them. It mirrors itself into the link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

import streamlit as st

from optim_viz.pages.plain_text import plain
from optim_viz.pages.train import lane_rows as train_lane_rows
from optim_viz.pages.train import lanes as train_lanes
from optim_viz.pages.train import navigation as train_go
from optim_viz.pages.train import rows as train_rows
from optim_viz.pages.train import settings as train_settings
from optim_viz.pages.train.settings import SETTINGS, Setting, Settings, Value
from optim_viz.run_store import RunStore, StoreError, command, errors
from optim_viz.scenario import Problem
from optim_viz.scenario.reader import Reader

_SETTINGS = "train_settings"
_PROBLEMS = "train_setting_problems"
_SEEN = "train_seen_link"
_TOLD = "train_link_problems"
_WIDTHS = {"widths": 144, "activation": 112, "l2": 88, "epochs": 112, "examples": 128, "device": 96}
_LEAD = (
    '<p class="tr-lead">A network learns to read MNIST’s handwritten digits, once for each optimizer below, side by '
    "side: same first weights, same batches. It trains in its own process and goes on when this page is closed.</p>"
)


def follow(query: Mapping[str, list[str]]) -> list[str]:
    """Fill the form from a link that is new to this session, opened or gone back to; return what was wrong with it."""
    if st.session_state.get(_SEEN) != query:
        st.session_state[_SEEN] = dict(query)
        st.session_state[_TOLD] = [str(each) for each in _fill(query)]
    return cast("list[str]", st.session_state[_TOLD])


def _fill(query: Mapping[str, list[str]]) -> list[Problem]:
    """Fill the form; without lanes it takes the usual five."""
    lanes, problems = train_lanes.read_lanes(query.get("lane", []))
    settings, more = train_settings.read_settings(query)
    train_rows.replace_all(lanes or train_lanes.read_lanes(train_lanes.PRESETS[0].lanes)[0])
    _keep(settings)
    return [*problems, *more]


def _link() -> dict[str, list[str]]:
    """Return the form as a link has it: nothing where everything is as on a first visit."""
    lanes = train_lanes.lane_texts(train_rows.lanes())
    usual = train_lanes.lane_texts(train_lanes.read_lanes(train_lanes.PRESETS[0].lanes)[0])
    named = {"lane": lanes} if lanes != usual else {}
    return named | {name: [text] for name, text in train_settings.link_part(_settings()).items()}


@st.fragment
def show(store: RunStore) -> None:
    """Draw the form; while someone edits, only this part of the page runs again."""
    st.html('<h1 class="tr-title">New run</h1>' + _LEAD)
    with st.container(horizontal=True, gap="small"):
        for preset in train_lanes.PRESETS:
            st.button(preset.title, key=f"train-preset-{preset.title}", on_click=_start_from, args=(preset,))
    train_lane_rows.show()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for setting in SETTINGS:
            _control(setting)
    _launch(store)
    link = _link()
    if {name: st.query_params.get_all(name) for name in st.query_params} != link:
        st.query_params.from_dict(link)
    st.session_state[_SEEN] = link


def _launch(store: RunStore) -> None:
    lanes, problems = train_rows.lanes(), _problems()
    for problem in problems.values():
        st.error(plain(problem))
    if not lanes:
        st.info("Add an optimizer: there is nothing to train yet.")
    if store.read_only:
        st.warning(plain(str(errors.read_only(store.path))))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        name = st.text_input("Name", key="train-name", max_chars=120, placeholder="optional", width=264)
        ready = bool(lanes) and not problems and not store.read_only
        pressed = st.button("Launch", key="train-launch", type="primary", disabled=not ready)
        st.html(_facts(len(lanes)), width="content")
    if pressed:
        arguments = [f"--lane={text}" for text in train_lanes.lane_texts(lanes)]
        arguments += [*train_settings.arguments(_settings()), f"--name={name or ''}"]
        try:
            with st.spinner("Starting the training process …"):
                run_id = int(json.loads(command(store.path, "train", "--detach", "--json", *arguments))["run"])
        except StoreError as error:
            st.error(plain(f"Not launched: {error}"))
            return
        train_go.go({"run": str(run_id)})
        st.rerun()


def _facts(lanes: int) -> str:
    settings = _settings()
    steps = -(-int(settings["examples"]) // int(settings["batch_size"])) * int(settings["epochs"])
    return (
        f'<p class="tr-facts"><span>{train_settings.n_parameters(settings):,} parameters</span>'
        f"<span>{steps:,} steps</span><span>{lanes} {'lane' if lanes == 1 else 'lanes'}</span></p>"
    )


def _control(setting: Setting) -> None:
    """Draw one setting; what it holds comes from the form's own state, so that it outlives a visit to a run."""
    key, value, name = f"train-{setting.name}", _settings()[setting.name], setting.name
    width = _WIDTHS.get(name, 120)
    if setting.kind == "choice":
        st.session_state[key] = value
        st.selectbox(
            setting.label,
            setting.choices,
            key=key,
            help=setting.help or None,
            on_change=_set,
            args=(setting,),
            width=width,
        )
    elif setting.kind == "whole":
        st.session_state[key] = int(value)
        st.number_input(
            setting.label,
            int(setting.low),
            int(setting.high),
            step=1,
            key=key,
            help=setting.help or None,
            on_change=_set,
            args=(setting,),
            width=width,
        )
    else:
        if name not in _problems():
            st.session_state[key] = setting.text(value)
        st.text_input(setting.label, key=key, help=setting.help or None, on_change=_set, args=(setting,), width=width)


def _set(setting: Setting) -> None:
    reader = Reader()
    settings = _settings()
    settings[setting.name] = setting.read(
        reader, cast("object", st.session_state.get(f"train-{setting.name}")), settings[setting.name]
    )
    problems = _problems()
    problems.pop(setting.name, None)
    problems |= {each.field: str(each) for each in reader.problems}
    _together(settings, problems)


def _start_from(preset: train_lanes.Preset) -> None:
    train_rows.replace_all(train_lanes.read_lanes(preset.lanes)[0])
    _keep(preset.apply(_settings()))


def _keep(settings: Settings) -> None:
    st.session_state[_SETTINGS] = settings
    _together(settings, {})


def _together(settings: Settings, problems: dict[str, str]) -> None:
    problems.pop("together", None)
    for problem in train_settings.check(settings):
        problems["together"] = str(problem)
    st.session_state[_PROBLEMS] = problems


def _settings() -> Settings:
    return cast("Settings", st.session_state.setdefault(_SETTINGS, dict[str, Value](train_settings.DEFAULTS)))


def _problems() -> dict[str, str]:
    return cast("dict[str, str]", st.session_state.setdefault(_PROBLEMS, dict[str, str]()))
