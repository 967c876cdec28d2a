"""The family of a control: the very messages that the page sends when the control stands there."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from optim_viz.pages.paper import pictures
from optim_viz.pages.paper.pictures import Draw
from optim_viz.pages.paper.sections import s01_particle, s03_lines
from tests.pages.paper.paper_app import checked, opened, plotted, shown


@pytest.mark.parametrize(
    ("section", "name", "draw", "others", "offered", "place"),
    [
        (
            1,
            "momentum",
            s01_particle._draw,
            {"lr": 0.01},
            {"momentum": s01_particle.MOMENTA, "lr": s01_particle.RATES},
            11,
        ),
        (
            1,
            "lr",
            s01_particle._draw,
            {"momentum": 0.9},
            {"momentum": s01_particle.MOMENTA, "lr": s01_particle.RATES},
            0,
        ),
        (
            3,
            "step",
            s03_lines._draw,
            {"surface": "narrow_valley", "coordinate": "y"},
            {
                "step": tuple(range(1, 61)),
                "surface": ("narrow_valley", "rosenbrock", "himmelblau"),
                "coordinate": ("x", "y"),
            },
            36,
        ),
    ],
)
def test_a_family_holds_what_the_page_sends(
    section: int, name: str, draw: Draw, others: dict[str, object], offered: dict[str, tuple[object, ...]], place: int
) -> None:
    kept = tuple(range(len(offered[name])))
    content = pictures._family(
        f"s{section}", name, (draw,), tuple(sorted(others.items())), tuple(sorted(offered.items())), kept
    )[1]
    family = json.loads(content)
    assert family["control"] == f"s{section}.{name}"
    assert len(family["stops"]) == len(kept)
    stop = family["stops"][str(place)]
    sent = shown(opened(section, **{name: str(offered[name][place])}))
    assert stop == {key: sent[key] for key in stop}


@given(st.integers(1, 2000), st.data())
def test_a_family_holds_where_the_control_stands_and_what_is_beside_it(count: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, count - 1))
    kept = pictures._kept(count, place)
    assert {0, max(0, place - 1), place, min(count - 1, place + 1), count - 1} <= set(kept)
    assert list(kept) == sorted(set(kept))
    assert len(kept) <= 80


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
