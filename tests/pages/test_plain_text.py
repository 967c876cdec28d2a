"""Text that people supply leaves Streamlit's Markdown as it went in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optim_viz.pages.plain_text import plain
from tests.pages.hostile import HOSTILE, as_read

# What streamlit 1.67 still replaces in the text of a parsed document (mdast-util-gfm-autolink-literal, remark-emoji,
# its own icons and arrows): backslashes are gone by then.
REPLACED = re.compile(
    r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+|:[\w+-][\w_+-]*:|:material_\w+:"
    r"|(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)",
    re.IGNORECASE,
)
PIECES = st.sampled_from(
    [
        *HOSTILE,
        "->",
        "<->",
        "--",
        ">=",
        "~=",
        "\\",
        "1.",
        "#",
        " ",
        "a",
        "é",
        "1",
        ":",
        "/",
        "@",
        ".",
        "-",
        ">",
        "<",
        "w",
        "://",
        "\n",
        "\t",
    ]
)
LINES = st.one_of(st.text(), st.lists(PIECES).map("".join))


@given(LINES)
def test_it_is_one_line_and_comes_back_as_it_was(text: str) -> None:
    written = plain(text)
    expected = " ".join(text.split())
    assert len(as_read(written)) == len(expected.replace("\u2060", ""))
    assert "\n" not in written
    for given_, read in zip(expected.replace("\u2060", ""), as_read(written), strict=True):
        assert read == given_ or (read == "\N{REPLACEMENT CHARACTER}" and not given_.isprintable())


@given(LINES)
def test_every_mark_has_its_backslash_and_nothing_is_left_to_replace(text: str) -> None:
    written = plain(text)
    assert re.fullmatch(r"(\\[!-/:-@\[-`{-~]|[^!-/:-@\[-`{-~])*", written)
    unescaped = re.sub(r"\\(.)", r"\1", written)
    assert not REPLACED.search(unescaped)


@pytest.mark.parametrize("unseen", ["\x00", "\x1b", "\x85x\x9f", "\u202e", "\u2066", "\ud800"])
def test_what_cannot_be_seen_is_marked(unseen: str) -> None:
    assert "\N{REPLACEMENT CHARACTER}" in plain(f"a{unseen}b")
    plain(f"a{unseen}b").encode()
