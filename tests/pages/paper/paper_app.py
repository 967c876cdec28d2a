"""One section of the paper page as Streamlit runs it, and how its numbers are read off it."""

from __future__ import annotations

import json
import re
from xml.etree.ElementTree import Element, fromstring

from streamlit.testing.v1 import AppTest

_SCRIPT = """
import streamlit as st
from optim_viz.pages.paper.sections import sections
section = next(each for each in sections() if each.number == {number})
st.markdown(section.answer)
section.show()
"""
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def opened(number: int, **query: str) -> AppTest:
    """Open a section with values in its link, given without the section's prefix."""
    app = AppTest.from_string(_SCRIPT.format(number=number), default_timeout=30)
    for name, value in query.items():
        app.query_params[f"s{number}.{name}"] = value
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    """Fail if the last run raised anything."""
    assert not app.exception, app.exception
    return app


def value(text: str) -> float:
    """Read the first number of a text as the page writes numbers: "−0.05263 = −1/19", "3.2 × 10⁻⁵ lr"."""
    found = re.match(r"(?P<mantissa>[-\d.]+)(?: × 10(?P<power>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", text.replace("−", "-"))
    assert found, f"no number in {text!r}"
    return float(f"{found['mantissa']}e{(found['power'] or '0').translate(_RAISED)}")


def metric(app: AppTest, label: str) -> str:
    """Return what stands under a label."""
    (found,) = (number for name, number in metrics(app) if name == label)
    return found


def metrics(app: AppTest) -> list[tuple[str, str]]:
    """Return all labels with what stands under them."""
    return [
        ("".join(pair[0].itertext()), "".join(pair[1].itertext()))
        for words in said(app)
        for pair in words.iterfind(".//dl/div")
    ]


def table(app: AppTest, head: str) -> dict[str, list[str]]:
    """Return the rows of the table whose first column has this head: first cell -> the others, with all digits."""
    tables = [
        [[cell.get("title") or "".join(cell.itertext()) for cell in row] for row in each.iterfind("tr")]
        for words in said(app)
        for each in words.iterfind(".//table")
    ]
    (rows,) = (rows for (first, *_), *rows in tables if first == head)
    return {first: others for first, *others in rows}


def alerts(app: AppTest) -> list[str]:
    """Return the warnings among what a section says of its numbers."""
    return ["".join(each.itertext()) for words in said(app) for each in words.iterfind(".//*[@role='alert']")]


def answer(app: AppTest) -> str:
    """Return the sentence that opens the section."""
    return app.markdown[0].value


def text(app: AppTest) -> str:
    """Return all prose and formulas of the section."""
    still = [each.value for each in (*app.markdown, *app.latex)]
    return "\n".join([*still, *("".join(words.itertext()) for words in said(app))])


def said(app: AppTest, key: str = "") -> list[Element]:
    """Return the words that follow controls, place by place; those of one place where its key is given."""
    sent = [json.loads(each) for each in _sent(app) if _is_words(each)]
    markup = [each["html"] for each in sent if key in ("", each["options"]["key"])]
    return [fromstring(f"<div>{each}</div>") for each in markup]  # noqa: S314 - our own page wrote it


def plotted(app: AppTest) -> list[bytes]:
    """Return what each plot was sent, in order."""
    return [each for each in _sent(app) if not _is_words(each)]


def shown(app: AppTest) -> dict[str, dict[str, object]]:
    """Return what was sent to the places of plots and words, by their keys."""
    return {each["options"]["key"]: each for each in map(json.loads, _sent(app))}


def _is_words(message: bytes) -> bool:
    return "html" in json.loads(message)


def _sent(app: AppTest) -> list[bytes]:
    sent = [each.proto.bytes.split(b"\n", 1) for each in app.get("bidi_component")]  # pyright: ignore[reportAttributeAccessIssue]
    return [
        message for header, message in sent if not header.startswith(b'{"controls"')
    ]  # no plot: see stage/streamlit_controls.py
