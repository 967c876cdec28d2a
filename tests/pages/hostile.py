"""What someone may put into a link, a field or a name, and how it is found in what Streamlit is sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from streamlit.testing.v1 import AppTest

from optim_viz.pages.plain_text import plain

HOSTILE = (
    "![](//a.io/b)",
    "[login](//a.io/b)",
    "https://a.io/x",
    "HTTP://a.io",
    "www.a.io",
    "me@a.io",
    "<//a.io/b>",
    "<img/src=//a.io/b>",
    "$x^2$",
    ":red[no]",
    ":smile:",
    ":+1:",
    ":material/delete:",
    ":material_delete:",
    ":streamlit:",
    "`code`",
    "**bold**",
    "~~gone~~",
    "#a.io",
)
"""One word each, of 20 characters at most, so that a message which cuts long words shows all of it."""

LINES = (*HOSTILE, *(f"{piece} and {piece}" for piece in HOSTILE), "1. a", "# a", "- a", "> a", "a -> b <- c", "==")
"""Lines that hold them, or that Markdown would take for more than text."""


def as_read(markdown: str) -> str:
    """Return the text that escaped Markdown stands for."""
    return re.sub(r"\\(.)", r"\1", markdown).replace("\u2060", "")


def markdown_of(app: AppTest) -> Iterator[str]:
    """Yield every text of a page that Streamlit may read as Markdown: all but fields' values, HTML and components."""
    for element in app.main:
        if element.type not in ("bidi_component", "html"):
            values = ("value", "default") if element.type in ("text_input", "text_area") else ()
            yield from _texts(element.proto, ("id", *values))


def assert_shown_as_text(app: AppTest, hostile: str, *, expected: bool = True) -> None:
    """Fail if a page shows a text other than as the text it is, or, where it is expected, nowhere."""
    holding = [text for text in markdown_of(app) if hostile in as_read(text)]
    assert all(plain(hostile) in text for text in holding), holding
    assert holding or not expected, f"{hostile!r} is nowhere on the page"
    markup = [each.proto.body for each in app.get("html")]  # pyright: ignore[reportAttributeAccessIssue]
    if hostile != escape(hostile):
        assert not any(hostile in body for body in markup)


def _texts(sent: Any, without: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the texts in a protobuf message, but for some of its fields."""
    if isinstance(sent, str):
        yield sent
    elif hasattr(sent, "ListFields"):
        for field, value in sent.ListFields():
            if field.name not in without:
                yield from _texts(value)
    elif isinstance(sent, Iterable) and not isinstance(sent, bytes):
        for each in sent:
            yield from _texts(each)
