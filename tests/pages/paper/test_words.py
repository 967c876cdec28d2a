"""Words come out of their HTML as they went in, whatever they are."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

from hypothesis import given
from hypothesis import strategies as st

from optim_viz.pages.paper.words import Alert, Facts, Formula, Prose, Table, Words

TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="*"), min_size=1)


def parsed(*blocks: Alert | Facts | Formula | Prose | Table) -> Element:
    return fromstring(f"<div>{Words(*blocks).html()}</div>")  # noqa: S314 - written by us


@given(TEXTS, TEXTS, TEXTS)
def test_text_is_escaped_and_only_stars_are_markup(first: str, second: str, third: str) -> None:
    (paragraph, alert) = parsed(Prose(f"{first}**{second}**{third}"), Alert(first))
    assert "".join(paragraph.itertext()) == first + second + third
    assert [strong.text for strong in paragraph] == [second]
    assert (alert.get("role"), alert.text) == ("alert", first)


@given(st.dictionaries(TEXTS, TEXTS, min_size=1))
def test_facts_are_pairs(numbers: dict[str, str]) -> None:
    (facts,) = parsed(Facts(numbers))
    assert [(pair[0].text, pair[1].text) for pair in facts] == list(numbers.items())


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(TEXTS, min_size=n, max_size=n), min_size=2)))
def test_tables_keep_their_cells_and_name_their_rows_and_columns(rows: list[list[str]]) -> None:
    (box,) = parsed(Table(rows[0], rows[1:]))
    (shown,) = box
    assert [[cell.text for cell in row] for row in shown] == rows
    assert all(cell.get("scope") == "col" for cell in shown[0])
    assert all(row[0].get("scope") == "row" for row in list(shown)[1:])


def test_a_formula_is_mathml_as_given() -> None:
    (box,) = parsed(Formula("<mn>1</mn><mo>+</mo><mn>2</mn>"))
    assert [part.text for part in box[0]] == ["1", "+", "2"]
