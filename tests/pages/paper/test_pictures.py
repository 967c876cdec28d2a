"""The family of a control: the very messages that the page sends when the control stands there."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from optim_viz.byte_cache import ByteCache
from optim_viz.pages.paper import pictures
from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.sections import Section, sections
from tests.pages.paper.paper_app import checked, opened, plotted, shown


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.slug)
def test_a_family_holds_what_the_page_sends(section: Section, controls: dict[str, Controls]) -> None:
    """Of every control, at the one of its first and last stop where it does not stand."""
    app = opened(section.number)
    for control in json.loads(follower(app)[0])["controls"]:
        app.session_state[f"{section.prefix}-follow"] = {"wanted": control}
        family = json.loads(follower(checked(app.run()))[1])
        assert family["control"] == control
        offered = controls[section.prefix].offered[control.partition(".")[2]]
        assert {"0", str(len(offered) - 1)} <= set(family["stops"])
        stop = 0 if app.session_state[control] == offered[-1] else len(offered) - 1
        other = opened(section.number)
        other.session_state[control] = offered[stop]
        sent = shown(checked(other.run()))
        pictures = family["stops"][str(stop)]
        assert pictures
        assert pictures == {key: sent[key] for key in pictures}


@given(st.integers(1, 2000), st.data())
def test_a_family_holds_where_the_control_stands_and_what_is_beside_it(count: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, count - 1))
    stops = pictures._stops(count, at)
    assert {0, max(0, at - 1), at, min(count - 1, at + 1), count - 1} <= set(stops)
    assert list(stops) == sorted(set(stops))
    assert len(stops) <= 80


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.slug)
def test_what_is_kept_is_bounded_in_bytes(section: Section, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked for; and the same is sent where nothing can be kept."""
    app = opened(section.number)
    control = json.loads(follower(app)[0])["controls"][0]
    sent: list[bytes] = []
    for limit in (0, 200_000):
        app.session_state[f"{section.prefix}-follow"] = {"wanted": control}  # at each run: not every Streamlit keeps it
        monkeypatch.setattr(pictures, "_CACHE", ByteCache(limit))
        sent.append(follower(checked(app.run()))[1])
        assert pictures._CACHE.size <= limit
        assert (len(pictures._CACHE) > 0) == (limit > 0)
    assert sent[0] == sent[1]


@pytest.mark.parametrize(
    ("section", "query"),
    [
        (2, {"angle": "33"}),
        (6, {"ratio": "1.234567"}),
        (6, {"after": "typed", "active": "1000000000", "ratio": "1e300"}),
        (4, {"sequence": "random", "mean": "0.33"}),
        (4, {"mean": "nan", "seed": "-1", "typed": "1, two"}),
        (9, {"gradient": "constant", "change": "-7"}),
    ],
)
def test_a_link_between_two_stops_or_out_of_range_shows_plots_and_families(section: int, query: dict[str, str]) -> None:
    app = opened(section, **query)
    for message in plotted(app):
        assert json.loads(message)["figure"]["data"]
    sent = follower(app)
    for control in json.loads(sent[0])["controls"]:
        app.session_state[f"s{section}-follow"] = {"wanted": control}
        header, family = follower(checked(app.run()))
        assert json.loads(header)["family"]
        assert json.loads(family)["control"] == control


def follower(app: AppTest) -> list[bytes]:
    """Return what lets the plots follow: its header, and the family."""
    sent = [each.proto.bytes.split(b"\n") for each in app.get("bidi_component")]  # pyright: ignore[reportAttributeAccessIssue]
    (found,) = (each for each in sent if each[0].startswith(b'{"controls"'))
    return found
