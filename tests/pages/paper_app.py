"""One section of the paper page as Streamlit runs it, and how its numbers are read off it."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

_SCRIPT = """
import streamlit as st
from optim_viz.pages.paper_sections import sections
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
    (found,) = (each.value for each in app.metric if each.label == label)
    return found


def table(app: AppTest, head: str) -> dict[str, list[str]]:
    """Return the rows of the table whose first column has this head: first cell -> the others."""
    (text,) = (each.value for each in app.markdown if each.value.startswith(f"| {head} |"))
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in text.splitlines()[2:]]
    return {first: others for first, *others in rows}


def answer(app: AppTest) -> str:
    """Return the sentence that opens the section."""
    return app.markdown[0].value


def text(app: AppTest) -> str:
    """Return all prose and formulas of the section."""
    return "\n".join(each.value for each in (*app.markdown, *app.latex))


def plotted(app: AppTest) -> list[bytes]:
    """Return what each plot was sent, in order."""
    sent = [each.proto.bytes.split(b"\n") for each in app.get("bidi_component")]  # pyright: ignore[reportAttributeAccessIssue]
    return [
        message for header, message in sent if not header.startswith(b'{"controls"')
    ]  # no plot: see stage/follow.py
