"""Surfaces from outside: installed packages name them as entry points, programs register them; broken ones are told."""

import logging
from importlib.metadata import EntryPoint

import numpy as np
import pytest

import surfaces
from surfaces import additions, registry
from surfaces.surface import Surface

BOWL = surfaces.from_function(lambda x, y: np.square(x) + 3 * np.square(y), name="bowl", title="Bowl", minima=[(0, 0)])


def make():
    return surfaces.from_function(lambda x, y: np.abs(x) + y**2, name="made")


def broken():
    raise RuntimeError("no such file")


def leave():
    raise SystemExit(3)


NOT_FINITE = surfaces.from_function(lambda x, y: np.log(x), name="not_finite", start=(-1.0, 0.0))
ENTRIES = {
    "bowl": "BOWL",
    "made": "make",
    "broken": "broken",
    "leaves": "leave",
    "missing": "nothing_here",
    "number": "ENTRIES",
    "other": "BOWL",
    "not_finite": "NOT_FINITE",
}


@pytest.fixture
def with_entries(monkeypatch):
    """A machine whose packages name the surfaces of this file, and one that takes a name of the catalog."""
    found = [EntryPoint(name, f"{__name__}:{value}", additions.GROUP) for name, value in ENTRIES.items()]
    found.append(EntryPoint("beale", f"{__name__}:BEALE", additions.GROUP))
    monkeypatch.setattr(additions, "entry_points", lambda group: found)
    registry._installed.cache_clear()
    yield
    registry._installed.cache_clear()


BEALE = surfaces.from_function(lambda x, y: x, name="beale")


def test_packages_add_surfaces_and_broken_ones_are_told_by_name(with_entries, caplog):
    shipped = [name for name in surfaces.names() if name not in ENTRIES]
    assert list(surfaces.names()) == [*shipped, "bowl", "made"]
    assert isinstance(surfaces.get("made"), Surface)
    assert surfaces.get("bowl") is BOWL
    assert surfaces.get("beale") is not BEALE
    why = surfaces.left_out()
    for name, words in {
        "broken": "RuntimeError: no such file",
        "leaves": "SystemExit: 3",
        "missing": "AttributeError",
        "number": "no Surface: make one with surfaces.from_function",
        "other": "its name is 'bowl': give it name='other'",
        "not_finite": "its loss at its start",
        "beale": "another surface is named 'beale' already",
    }.items():
        assert words in why[name]
        assert f"the surface {name!r} is left out" in caplog.text
    assert set(why) == {*ENTRIES, "beale"} - {"bowl", "made"}
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_a_program_registers_surfaces(monkeypatch):
    monkeypatch.setattr(registry, "_registered", {})
    assert surfaces.register(BOWL) is BOWL
    assert surfaces.names()[-1] == "bowl"
    assert surfaces.get("bowl") is BOWL
    for wrong, words in (
        (BOWL, "another surface is named 'bowl' already"),
        (BEALE, "another surface is named 'beale' already"),
        (surfaces.parse("x**2 + y**2"), "another surface is named 'formula' already"),
        (surfaces.from_function(lambda x, y: x, name="My own"), "small letters, digits and _"),
        (NOT_FINITE, "its loss at its start"),
    ):
        with pytest.raises(ValueError, match=words):
            surfaces.register(wrong)


def test_facts_of_a_function():
    assert (BOWL.minimum, BOWL.minima, BOWL.title) == (0.0, ((0.0, 0.0),), "Bowl")
    assert BOWL.note == "Its gradients are central differences, right to about 10 digits."
    assert make().note.startswith("Its lowest value is not known")
    with pytest.raises(ValueError, match=r"minimum = 1.0, but the loss at \(0.0, 0.0\) is 0.0"):
        surfaces.from_function(lambda x, y: x**2 + y**2, minima=[(0, 0)], minimum=1.0)
