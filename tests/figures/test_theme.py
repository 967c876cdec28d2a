"""Every colour can be seen on its background, and told from the others."""

from __future__ import annotations

import colorsys
import itertools

import numpy as np
import pytest

from optim_viz.figures.theme import COLOUR_NAMES, LIGHT, THEMES, Theme, contrast, legible, relative_luminance

OKABE_ITO = {
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
    "green": "#009E73",
    "orange": "#E69F00",
    "blue": "#0072B2",
    "sky blue": "#56B4E9",
    "yellow": "#F0E442",
}


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_lane_colours_stand_out_by_three_to_one(theme: Theme) -> None:
    assert len(theme.lanes) == len(COLOUR_NAMES) == len(set(theme.lanes)) == 8
    for name, colour in zip(COLOUR_NAMES, theme.lanes, strict=True):
        assert contrast(colour, theme.background) >= 3, name


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_words_can_be_read(theme: Theme) -> None:
    assert contrast(theme.text, theme.background) >= 7
    assert contrast(theme.muted, theme.background) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_lanes_stand_out_from_their_halo(theme: Theme) -> None:
    """A trail lies on ground of every height; the halo around it, not the ground, is what parts it from there."""
    for colour in theme.lanes:
        assert contrast(colour, theme.halo) >= 3


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_ramp_rises_in_lightness(theme: Theme) -> None:
    assert [at for at, _ in theme.contour] == pytest.approx(np.linspace(0, 1, len(theme.contour)))
    light = [relative_luminance(colour) for _, colour in theme.contour]
    assert all(low < high for low, high in itertools.pairwise(light))


def hue(colour: str) -> float:
    return colorsys.rgb_to_hsv(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))[0]


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_colours_have_the_hues_of_okabe_and_ito(theme: Theme) -> None:
    named: dict[str, str] = dict(zip(COLOUR_NAMES, theme.lanes, strict=True))
    for name, published in OKABE_ITO.items():
        assert hue(named[name]) == pytest.approx(hue(published), abs=0.04), name


def test_what_needs_no_change_on_white_is_as_published() -> None:
    pure = {"vermillion", "purple", "green", "blue"}
    light: dict[str, str] = dict(zip(COLOUR_NAMES, LIGHT.lanes, strict=True))
    assert {name for name, colour in OKABE_ITO.items() if light[name] == colour} == pure


def test_luminance_and_contrast_are_wcags() -> None:
    assert relative_luminance("#FFFFFF") == pytest.approx(1.0)
    assert relative_luminance("#000000") == 0.0
    assert relative_luminance("#FF0000") == pytest.approx(0.2126)
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)  # the known AA grey


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_colour_has_one_that_can_be_read_as_text(theme: Theme) -> None:
    for colour in (*theme.lanes, theme.muted, theme.grid, theme.background, "#000000", "#FFFFFF", "#767676"):
        assert contrast(legible(colour, theme.background), theme.background) >= 4.5, colour
    assert legible(theme.text, theme.background) == theme.text
    assert legible("#0072B2", "#FFFFFF") == "#0072B2"  # 5.19:1, published for the Okabe-Ito blue on white


@pytest.mark.parametrize("background", ["#404040", "#808080", "#C0C0C0"])
def test_text_can_be_read_on_any_grey(background: str) -> None:
    assert contrast(legible(background, background), background) >= 4.5
