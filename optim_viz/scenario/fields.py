"""Reads the fields of a scenario from a mapping that a stranger wrote; every bad field keeps its old value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Literal, cast, get_args

from optim_viz import diagnostics, surfaces
from optim_viz.diagnostics.diagnostic import Scale
from optim_viz.scenario.lane import Lane, read_lanes
from optim_viz.scenario.parameters import named, read_parameters
from optim_viz.scenario.pin import PIN_NAMES, Pin, read_pin
from optim_viz.scenario.problem import MAX_FORMULA, MAX_NOISE, MAX_SEED, MAX_STEPS, shown
from optim_viz.scenario.reader import Camera, Cloud, Point, Reader, Span, Window, as_float, number_text
from optim_viz.surfaces import Surface, hint

View = Literal["overlay", "panels", "3d"]
VIEWS: tuple[View, ...] = ("overlay", "panels", "3d")
Axes = Literal["equal", "fill"]
AXES: tuple[Axes, ...] = ("equal", "fill")
Height = Literal["asinh", "linear"]
HEIGHTS: tuple[Height, ...] = ("asinh", "linear")
SPEEDS: tuple[float, ...] = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 16.0, 64.0)
"""Steps a painted frame."""
FORMULA = "formula"
"""The name of the surface that a person's own formula makes."""
FORMULA_DOMAIN: Window = ((-2.0, 2.0), (-2.0, 2.0))
_MOST_PLOTS = 64
_STATES = "and state.NAME for what an optimizer keeps"
_STORY = re.compile(r"[a-z0-9_]{0,40}", re.ASCII)


@dataclass(frozen=True)
class Fields:
    """The fields of a scenario, unchecked: the one place that lists them; see `Scenario` for their meaning."""

    surface: str
    parameters: Mapping[str, float]
    formula: str
    domain: Window
    start: Point
    steps: int
    noise: float
    seed: int
    lanes: tuple[Lane, ...]
    view: View = "overlay"
    time: int | None = None
    loop: Span | None = None
    speed: float = 1.0
    lane: int = 0
    zoom: Window | None = None
    axes: Axes = "equal"
    height: Height = "asinh"
    camera: Camera | None = None
    plots: tuple[str, ...] = diagnostics.defaults()
    story: str = ""
    scales: Mapping[str, str] = field(default_factory=dict[str, str])
    pin: Pin | None = None
    cloud: Cloud | None = None


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Fields))
"""The names of the fields, in the order in which a scenario is written."""

_CHOSEN = "the chosen lane (show in a link)"
_WRITTEN = (*(name for name in NAMES if name not in ("parameters", "lanes")), "show")  # as keys of a link


@lru_cache(maxsize=64)
def surface_of(name: str, parameters: tuple[tuple[str, float], ...], formula: str, domain: Window | None) -> Surface:
    """Return the surface with these parameters, or the one a formula makes.

    Raises:
        ValueError: an unknown name or parameter; surfaces.ExpressionError, its subclass, for a bad formula.
    """
    if name == FORMULA:
        return surfaces.parse(formula, domain=domain or FORMULA_DOMAIN)
    return surfaces.get(name, **dict(parameters))


def read_fields(reader: Reader, raw: Mapping[str, object], old: Fields, old_lanes: tuple[Lane, ...]) -> Fields:
    """Return valid fields: those of `raw` where they are good, else those of `old`, with a problem reported.

    Args:
        reader: collects the problems.
        raw: what was asked for; see `Scenario.from_dict`.
        old: what stays.
        old_lanes: the lanes whose single values stay, by position; () takes each rule's defaults instead.
    """
    reader.known("", raw, NAMES)
    name, parameters, formula, domain = _surface(reader, raw, old)
    surface = surface_of(name, tuple(sorted(parameters.items())), formula, domain if formula else None)
    same = (name, formula) == (old.surface, old.formula)
    start = old.start if same else surface.start
    steps = reader.whole("steps", raw.get("steps", old.steps), old.steps, 1, MAX_STEPS)
    lanes = read_lanes(reader, raw["lanes"], old_lanes, old.lanes) if "lanes" in raw else old.lanes
    old_zoom = old.zoom if same else None
    zoom = raw.get("zoom", old_zoom)
    camera, cloud = raw.get("camera", old.camera), raw.get("cloud", old.cloud)
    old_loop = old.loop if old.loop is None or old.loop[1] <= steps else None
    loop = raw.get("loop", old_loop)
    last = len(lanes) - 1
    present = Fields(
        surface=name,
        parameters=parameters,
        formula=formula,
        domain=surface.domain,
        start=reader.point("start", raw["start"], start) if "start" in raw else start,
        steps=steps,
        noise=reader.number("noise", raw.get("noise", old.noise), old.noise, 0.0, MAX_NOISE),
        seed=reader.whole("seed", raw.get("seed", old.seed), old.seed, 0, MAX_SEED),
        lanes=lanes,
        view=cast("View", reader.choice("view", raw.get("view", old.view), old.view, VIEWS)),
        time=_time(reader, raw["time"] if "time" in raw else _within(old.time, steps), old.time, steps),
        loop=None if loop is None else reader.span("loop", loop, old_loop, steps),
        speed=_speed(reader, raw.get("speed", old.speed), old.speed),
        lane=reader.whole("lane", raw["lane"], 0, 0, last, _CHOSEN) if "lane" in raw else min(old.lane, last),
        zoom=None if zoom is None else reader.window("zoom", zoom, old_zoom),
        axes=cast("Axes", reader.choice("axes", raw.get("axes", old.axes), old.axes, AXES)),
        height=cast("Height", reader.choice("height", raw.get("height", old.height), old.height, HEIGHTS)),
        camera=None if camera is None else reader.camera("camera", camera, old.camera),
        plots=_plots(reader, raw.get("plots"), old.plots),
        story=_story(reader, raw.get("story", old.story), old.story),
        cloud=None if cloud is None else reader.cloud("cloud", cloud, old.cloud),
        scales=_scales(reader, raw.get("scales"), old.scales),
    )
    if "pin" not in raw:
        return replace(present, pin=old.pin if same else None)
    return replace(present, pin=read_pin(reader, raw["pin"], pin_of(present), surface))


def pin_of(fields: Fields) -> Pin:
    """Return the pin that keeps the lanes of a scenario."""
    return Pin(**{name: getattr(fields, name) for name in PIN_NAMES})


def _surface(
    reader: Reader, raw: Mapping[str, object], old: Fields
) -> tuple[str, Mapping[str, float], str, Window | None]:
    """Return name, complete parameters, formula and (for a formula) domain of the surface asked for."""
    before = old.surface, old.parameters, old.formula, old.domain
    name = raw.get("surface", old.surface)
    if name == FORMULA:
        reader.known("parameters", named(reader, raw.get("parameters")), (), beside=_WRITTEN)
        return _formula(reader, raw, old)
    if not isinstance(name, str) or not surfaces.known(name):
        reader.report("surface", f"no surface is called {shown(name)}{hint(name, (*surfaces.names(), FORMULA))}")
        reader.known("parameters", named(reader, raw.get("parameters")), (), beside=_WRITTEN)
        return before
    surface = surfaces.get(name)
    if raw.get("formula") not in (None, ""):
        reader.report("formula", f"the formula is left out: it takes surface = {FORMULA}, not {name}")
    parameters = read_parameters(
        reader, raw.get("parameters"), surface, old.parameters if name == old.surface else {}, _WRITTEN
    )
    domain = surface_of(name, tuple(sorted(parameters.items())), "", None).domain  # a parameter may change it
    if raw.get("domain") is not None and reader.window("domain", raw["domain"], domain) != domain:
        reader.report("domain", f"the domain is left out: that of {name} is fixed; zoom shows a part of it")
    return name, parameters, "", None


def _formula(
    reader: Reader, raw: Mapping[str, object], old: Fields
) -> tuple[str, Mapping[str, float], str, Window | None]:
    before = old.surface, old.parameters, old.formula, old.domain
    formula = raw.get("formula", old.formula)
    same = old.surface == FORMULA
    if not isinstance(formula, str) or not formula.strip():
        reader.report("formula", "write a formula in x and y, such as (1 - x)**2 + 100*(y - x**2)**2")
        return before
    if len(formula) > MAX_FORMULA:
        reader.report("formula", f"a formula has at most {MAX_FORMULA} characters, this one {len(formula)}")
        return before
    usual = old.domain if same else FORMULA_DOMAIN
    given = raw.get("domain")
    domain = usual if given is None else reader.window("domain", given, usual)
    try:
        surface_of(FORMULA, (), formula, domain)
    except surfaces.ExpressionError as error:
        reader.report("formula", str(error))
        return before
    return FORMULA, {}, formula, domain


def _plots(reader: Reader, raw: object, old: tuple[str, ...]) -> tuple[str, ...]:
    """Return the diagnostics that a list, or a text with commas, names, in menu order; `old` where it names none."""
    if raw is None:
        return old
    given: Sequence[object] = []
    if isinstance(raw, str):
        given = raw.split(",", _MOST_PLOTS)
    elif isinstance(raw, list | tuple):
        given = cast("Sequence[object]", raw)
    known = ", ".join(diagnostics.names())
    good = [name for name in given[:_MOST_PLOTS] if diagnostics.is_known(name)]
    unknown = [name for name in given[:_MOST_PLOTS] if not diagnostics.is_known(name)]
    if unknown:
        reader.report("plots", f"no plot is called {shown(unknown[0])}; known: {known}, {_STATES}")
    elif len(given) > _MOST_PLOTS:
        reader.report("plots", f"at most {_MOST_PLOTS} plots are read, not {len(given)}")
    elif not given:
        reader.report("plots", f"plots must name at least one of {known}, not {shown(cast('object', raw))}")
    return diagnostics.in_order(good) or old


def _story(reader: Reader, raw: object, old: str) -> str:
    """Return what can be the name of a story: which names there are is known above the scenario."""
    if isinstance(raw, str) and _STORY.fullmatch(raw):
        return raw
    reader.report("story", f"story must be the name of a story, of letters, digits and _, not {shown(raw)}")
    return old


def _scales(reader: Reader, raw: object, old: Mapping[str, str]) -> Mapping[str, str]:
    """Return the scales that a mapping, or a text such as "loss:log", gives value axes, in menu order."""
    if raw is None:
        return old
    given: Mapping[object, object] = {}
    if isinstance(raw, str):
        given = {
            name: scale for name, _, scale in (part.partition(":") for part in raw.split(",", _MOST_PLOTS) if part)
        }
    elif isinstance(raw, Mapping):
        given = cast("Mapping[object, object]", raw)
    else:
        reader.report("scales", f"scales must be plots with linear, log or symlog, not {shown(raw)}")
    scales, good = get_args(Scale), list[str]()
    for name, scale in list(given.items())[:_MOST_PLOTS]:
        if not diagnostics.is_known(name):
            known = ", ".join(diagnostics.names())
            reader.report("scales", f"no plot is called {shown(name)}; known: {known}, {_STATES}")
        elif scale not in scales:
            reader.report("scales", f"the scale of {name} must be one of {', '.join(scales)}, not {shown(scale)}")
        else:
            good.append(name)
    return {name: str(given[name]) for name in diagnostics.in_order(good)}


def _time(reader: Reader, raw: object, old: int | None, steps: int) -> int | None:
    if raw is None:
        return None
    value = as_float(raw)
    if value is not None and value == value // 1 and value >= 0:
        if value > steps:
            reader.report("time", f"the run has {steps} steps, so step {shown(raw)} shows its end")
        return int(min(value, steps))
    reader.report("time", f"time must be a whole number from 0 to {steps}, not {shown(raw)}")
    return _within(old, steps)


def _within(time: int | None, steps: int) -> int | None:
    """Return the step, or the last one where the run is shorter."""
    return None if time is None else min(time, steps)


def _speed(reader: Reader, raw: object, old: float) -> float:
    value = as_float(raw)
    if value in SPEEDS:
        return value
    reader.report("speed", f"speed must be one of {', '.join(map(number_text, SPEEDS))}, not {shown(raw)}")
    return old
