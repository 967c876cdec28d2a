"""The scenario as the query of a link, readable and exact.

    surface=narrow_valley&start=-8,1&steps=300&noise=0&seed=0&lane=sgd,lr=0.018&lane=adam,lr=0.2&view=overlay&...

The keys are those of `Scenario`, except that each lane is one `lane=` (see lane_text), `show` is the lane whose
arithmetic is shown, the parameters of a surface stand under their own names (`k=10`), `plots=`, `axes=`, `height=`
and `camera=` are left out while they are the usual ones, `story=` and `loop=` where there is none, and `scales=`
while nobody has chosen how a value axis counts; `cloud=64,0.1` where there is one. Pinned runs are one `pin=` each,
in the form of a lane, and `pin_start=`, `pin_noise=`, `pin_seed=` and parameters such as `pin_k=` where they differ
from those above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import parse_qsl, quote

from optim_viz import diagnostics
from optim_viz.scenario.fields import NAMES, Fields
from optim_viz.scenario.lane_text import format_lane, lane_fields
from optim_viz.scenario.pin import PIN_NAMES, Pin, report_pinned
from optim_viz.scenario.problem import MAX_LINK, shown
from optim_viz.scenario.reader import Reader, Window, number_text

_SAFE = "!$'()*,:;@/?="  # characters that may stand as they are in a query; "&", "+", "#" and "%" may not
_SINGLE = tuple(
    name for name in NAMES if name not in ("parameters", "lanes", "lane", "pin")
)  # written under their own name
_PIN = "pin_"  # before the name of what the pinned runs have of their own
_IGNORED = ("embed", "embed_options")  # Streamlit's own
_MOST_KEYS = 100


def format_query(fields: Fields) -> str:
    """Return the query, without "?", that `read_query` reads back."""
    pairs: list[tuple[str, str]] = [("surface", fields.surface)]
    pairs += [(name, number_text(value)) for name, value in fields.parameters.items()]
    if fields.formula:
        pairs += [("formula", fields.formula), ("domain", _window(fields.domain))]
    pairs += [
        ("start", _numbers(*fields.start)),
        ("steps", str(fields.steps)),
        ("noise", number_text(fields.noise)),
        ("seed", str(fields.seed)),
    ]
    lanes = fields.lanes
    pairs += [("lane", format_lane(lane, lanes[:position])) for position, lane in enumerate(lanes)]
    pairs += [("view", fields.view), ("speed", number_text(fields.speed)), ("show", str(fields.lane))]
    if fields.plots != diagnostics.defaults():
        pairs.append(("plots", ",".join(fields.plots)))
    if fields.cloud is not None:
        pairs.append(("cloud", _numbers(*fields.cloud)))
    if fields.pin is not None:
        pairs += _pin_pairs(fields.pin, fields)
    if fields.story:
        pairs.append(("story", fields.story))
    if fields.scales:
        pairs.append(("scales", ",".join(f"{name}:{scale}" for name, scale in fields.scales.items())))
    if fields.time is not None:
        pairs.append(("time", str(fields.time)))
    if fields.loop is not None:
        pairs.append(("loop", _numbers(*fields.loop)))
    if fields.zoom is not None:
        pairs.append(("zoom", _window(fields.zoom)))
    if fields.axes != "equal":
        pairs.append(("axes", fields.axes))
    if fields.height != "asinh":
        pairs.append(("height", fields.height))
    if fields.camera is not None:
        pairs.append(("camera", _numbers(*fields.camera)))
    return "&".join(f"{quote(name, safe='')}={quote(value, safe=_SAFE)}" for name, value in pairs)


def _pin_pairs(pin: Pin, fields: Fields) -> list[tuple[str, str]]:
    pairs = [("pin", format_lane(lane, pin.lanes[:position])) for position, lane in enumerate(pin.lanes)]
    pairs += [
        (f"pin_{name}", number_text(value))
        for name, value in pin.parameters.items()
        if value != fields.parameters.get(name)
    ]
    if pin.start != fields.start:
        pairs.append(("pin_start", _numbers(*pin.start)))
    if pin.noise != fields.noise:
        pairs.append(("pin_noise", number_text(pin.noise)))
    if pin.seed != fields.seed:
        pairs.append(("pin_seed", str(pin.seed)))
    return pairs


def read_query(reader: Reader, query: str | Mapping[str, list[str]]) -> dict[str, object]:
    """Return the mapping that `read_fields` takes; the values stay text, to be checked there."""
    values = _values(reader, query)
    raw: dict[str, object] = {}
    parameters: dict[str, object] = {}
    pinned: dict[str, object] = {}
    for name, texts in values.items():
        if name == "lane":
            raw["lanes"] = [lane_fields(reader, position, text) for position, text in enumerate(texts)]
            continue
        if name == "pin":
            raw["pin"] = _pin_fields(reader, texts)
            continue
        if len(texts) > 1:
            reader.report(name[:80], f"{shown(name)} is given {len(texts)} times; the last one counts")
        if name in _SINGLE:
            raw[name] = texts[-1]
        elif name == "show":
            raw["lane"] = texts[-1]
        elif name.startswith(_PIN):
            pinned[name.removeprefix(_PIN)] = texts[-1]
        elif name not in _IGNORED:
            parameters[name] = texts[-1]
    if pinned:
        _add_pinned(reader, raw, pinned)
    return raw | ({"parameters": parameters} if parameters else {})


def _pin_fields(reader: Reader, texts: Sequence[str]) -> dict[str, object]:
    inner = Reader()
    lanes = [lane_fields(inner, position, text) for position, text in enumerate(texts)]
    report_pinned(reader, inner)
    return {"lanes": lanes}


def _add_pinned(reader: Reader, raw: Mapping[str, object], pinned: Mapping[str, object]) -> None:
    """Put what stands beside the pinned lanes into the pin."""
    pin = raw.get("pin")
    if not isinstance(pin, dict):
        reader.report(
            "pin", f"{', '.join(_PIN + name for name in pinned)[:80]}: left out, as no run is pinned (pin=adam)"
        )
        return
    own = {name: value for name, value in pinned.items() if name in PIN_NAMES}
    parameters = {name: value for name, value in pinned.items() if name not in PIN_NAMES}
    cast("dict[str, object]", pin).update(own | ({"parameters": parameters} if parameters else {}))


def _values(reader: Reader, query: str | Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return keys with their values, in order; nothing at all when the link is too large."""
    if isinstance(query, str):
        if len(query) > MAX_LINK:
            reader.report("link", f"a link longer than {MAX_LINK} characters is not read")
            return {}
        try:
            pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=_MOST_KEYS)
        except ValueError:
            reader.report("link", f"a link with more than {_MOST_KEYS} values is not read")
            return {}
        values: dict[str, list[str]] = {}
        for name, text in pairs:
            values.setdefault(name, []).append(text)
        return values
    values = {name: list(texts) for name, texts in query.items() if texts}
    size = sum(len(name) + sum(map(len, texts)) for name, texts in values.items())
    if size > MAX_LINK or sum(map(len, values.values())) > _MOST_KEYS:
        reader.report("link", f"a link longer than {MAX_LINK} characters or {_MOST_KEYS} values is not read")
        return {}
    return values


def _numbers(*values: float) -> str:
    return ",".join(map(number_text, values))


def _window(window: Window) -> str:
    return _numbers(*window[0], *window[1])
