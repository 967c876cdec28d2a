"""How optimizers look: pairs that every eye tells apart, and a look for each rule that no other has."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz import update_rules
from optim_viz.figures.theme import THEMES
from optim_viz.update_rules.looks import COLOURS, MARKERS, PALETTE, assign

# Machado, Oliveira, Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency, IEEE TVCG 15
# (2009), table 1, severity 1.0: what linear RGB turns into.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# sRGB to XYZ at D65: IEC 61966-2-1.
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
APART = 15.0
"""CIE 1976 colour difference; about 2.3 is just noticeable (Mahy, Van Eycken, Oosterlinck 1994)."""
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)


def lab(colour: str, seen: np.ndarray) -> np.ndarray:
    """Return the CIE L*a*b* coordinates of "#rrggbb" as an eye sees it."""
    srgb = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    ratio = XYZ @ np.clip(seen @ linear, 0, 1) / XYZ.sum(axis=1)
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("mode", THEMES)
def test_two_looks_differ_in_marker_or_stay_apart_in_colour(mode: str, vision: str) -> None:
    colours = [lab(colour, VISION[vision]) for colour in THEMES[mode].lanes]  # pyright: ignore[reportArgumentType]
    for (one, marker), (other, same) in itertools.combinations(PALETTE, 2):
        assert marker != same or np.linalg.norm(colours[one] - colours[other]) > APART, (one, other, marker)


def test_the_measure_finds_colours_that_are_mixed_up() -> None:
    """Red and green of one lightness: far apart for most eyes, alike with deuteranopia."""
    red, green = "#C8503C", "#6E7828"
    assert np.linalg.norm(lab(red, VISION["normal"]) - lab(green, VISION["normal"])) > 60
    assert np.linalg.norm(lab(red, VISION["deuteranopia"]) - lab(green, VISION["deuteranopia"])) < APART


def test_the_palette() -> None:
    assert len(PALETTE) >= 16
    assert len(set(PALETTE)) == len(PALETTE)
    assert {colour for colour, _ in PALETTE} == set(range(COLOURS))
    assert {marker for _, marker in PALETTE} == set(MARKERS)
    first = PALETTE[:COLOURS]
    assert len({colour for colour, _ in first}) == len({marker for _, marker in first}) == COLOURS


def test_each_rule_has_its_declared_look_and_none_has_anothers() -> None:
    rules = [update_rules.get(name) for name in update_rules.names()]
    looks = {rule.name: update_rules.look(rule.name) for rule in rules}
    assert set(looks.values()) <= set(PALETTE)
    assert all(rule.look in (None, looks[rule.name]) for rule in rules)
    assert len(set(looks.values())) == min(len(rules), len(PALETTE))


@given(declared=st.dictionaries(NAMES, st.sampled_from(PALETTE)), rest=st.sets(NAMES, max_size=30))
def test_a_free_look_is_never_a_taken_one(declared: dict[str, tuple[int, str]], rest: set[str]) -> None:
    names = rest - declared.keys()
    looks = assign({**dict.fromkeys(names), **declared})
    assert {name: looks[name] for name in declared} == declared
    own = [looks[name] for name in names]
    free = len(PALETTE) - len(set(declared.values()))
    assert len(set(own) - set(declared.values())) == min(len(names), free)
    assert looks == assign({**declared, **dict.fromkeys(sorted(names, reverse=True))})


@given(names=st.sets(NAMES, min_size=1, max_size=8), new=NAMES)
def test_a_new_rule_takes_at_most_one_pair_from_its_place(names: set[str], new: str) -> None:
    """Whatever pair a rule has alone it keeps beside others, unless the name of one of them decides for the same."""
    alone = {name: assign({name: None})[name] for name in names}
    together = assign(dict.fromkeys(names))
    if len(set(alone.values())) == len(names):
        assert together == alone
    if assign({new: None})[new] not in together.values():
        assert assign(dict.fromkeys(names | {new})) == together | assign({new: None})
