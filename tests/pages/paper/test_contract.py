"""What every section must do, from the moment its file exists; none is named here."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from optim_viz.pages.paper.controls import Controls
from optim_viz.pages.paper.sections import Section, sections
from optim_viz.pages.paper.symbols import explained, hyperparameter_signs
from tests.pages.paper.paper_app import checked, metrics, opened, shown, text

EVERY = pytest.mark.parametrize("section", sections(), ids=lambda section: section.slug)
BAD = ("", "nan", "inf", "1e999", "-1e9", "nowhere", "0x10", "99999999999999999999999", "x" * 9000)


def assert_numbers(app: AppTest) -> None:
    """JSON has no word for what is not finite; the browser would refuse one, and a reader cannot use it."""
    for element in app.get("bidi_component"):
        for line in element.proto.bytes.split(b"\n"):  # pyright: ignore[reportAttributeAccessIssue]
            json.loads(line, parse_constant=pytest.fail)
    for label, value in metrics(app):
        assert not re.search(r"nan|inf|None", value), (label, value)


def link(app: AppTest) -> dict[str, str]:
    return {key: value if isinstance(value, str) else value[-1] for key, value in app.query_params.items()}


@EVERY
def test_it_says_what_it_must(section: Section) -> None:
    assert section.answer.endswith(".")
    assert section.try_this.endswith((".", "?"))
    assert any(re.search(r"\d", source) for source in section.sources), "no section, year or equation number"
    app = opened(section.number)
    assert link(app) == {}
    assert not app.warning
    assert not app.error
    assert len(shown(app)) > 1
    assert_numbers(app)
    assert_one_vocabulary(app, section)


def assert_one_vocabulary(app: AppTest, section: Section) -> None:
    """A sign is one thing on all pages: η the learning rate, μ momentum, α the decay of RMSProp and nothing else."""
    controls = [*app.slider, *app.select_slider, *app.radio, *app.text_input, *app.toggle]
    said = " ".join([text(app), *(each.label for each in controls), json.dumps(shown(app), ensure_ascii=False)])
    signs = set(re.findall(r"[\u0370-\u03ff]", said))
    signs |= {greek for name in re.findall(r"\\([a-z]+)", said) if (greek := _greek(name))}
    assert not signs & set("ργ")
    assert "α" not in signs or "RMSProp" in said
    known = explained([section])
    meant = {*known["signs"], *known["sections"][section.prefix]}
    assert signs <= set("".join(meant)), f"nobody explains {signs - set(''.join(meant))}"


def _greek(name: str) -> str:
    """Return the letter of a LaTeX command, "" for other commands."""
    plain = name.removeprefix("var").replace("lambda", "lamda")
    try:
        return unicodedata.lookup(f"GREEK SMALL LETTER {plain.upper()}")
    except KeyError:
        return ""


def test_a_section_gives_no_hyperparameter_another_meaning() -> None:
    for section in sections():
        assert not set(section.symbols) & set(hyperparameter_signs()), section.slug
        assert all(words[0].isupper() and words.endswith(".") for words in section.symbols.values())


@EVERY
def test_each_control_keeps_its_value_in_the_link(section: Section, controls: dict[str, Controls]) -> None:
    usual = opened(section.number)
    offered, defaults = dict(controls[section.prefix].offered), dict(controls[section.prefix].values)
    assert offered
    for name, values in offered.items():
        key = f"{section.prefix}.{name}"
        value: Any = values[0] if usual.session_state[key] == values[-1] else values[-1]
        app = opened(section.number)
        app.session_state[key] = value
        checked(app.run())
        assert set(link(app)) == {key}
        assert_numbers(app)
        again = opened(section.number, **{name: link(app)[key]})
        assert again.session_state[key] == value
        assert not again.warning
        assert shown(again).keys() == shown(app).keys()
        app.session_state[key] = defaults[name]
        checked(app.run())
        assert link(app) == {}


@EVERY
def test_a_bad_value_in_the_link_gives_a_warning_and_the_default(
    section: Section, controls: dict[str, Controls], subtests: pytest.Subtests
) -> None:
    app = usual = opened(section.number)
    names = list(controls[section.prefix].offered)
    for bad in BAD:
        with subtests.test(bad=bad[:10]):
            app = opened(section.number, **dict.fromkeys(names, bad))
            assert len(app.warning) == len(names)
            assert all(len(each.value) < 400 for each in app.warning)
            assert [app.session_state[f"{section.prefix}.{name}"] for name in names] == [
                usual.session_state[f"{section.prefix}.{name}"] for name in names
            ]
            assert metrics(app) == metrics(usual)
    checked(app.run())
    assert len(app.warning) == len(names), "a warning stays until its control is moved"
