"""Text that people supply, shown by Streamlit as the text it is.

Streamlit reads messages, button labels and captions as Markdown, so that a run's name or a typed word could become a
link, a formula, or a picture that the browser fetches from another computer.
"""

from __future__ import annotations

import re
from typing import Final

_PUNCTUATION: Final = re.compile(r"[!-/:-@\[-`{-~]")
# What Streamlit looks for once backslashes have been read, so that they do not help: bare addresses, www., e-mail
# addresses, :emoji: and :icon: names, and arrows like "->". An invisible character in their midst stops all of them.
_FOUND_LATE: Final = re.compile(r":(?=[\w/+-])|(?<=www)(?=\.)|@|(?<!\S)[-<>~](?=[-=>]>?(?!\S))", re.IGNORECASE)
_JOINER: Final = "\u2060"
# Control characters, halves of surrogate pairs, and what turns the direction of the text around it.
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """Return Markdown that shows a text exactly, on one line.

    Args:
        text: anything. White space of any length becomes one space, characters that cannot be seen become U+FFFD.

    Returns:
        The text with a backslash before each ASCII punctuation mark and a word joiner (U+2060, invisible) inside what
        Streamlit would still take for an address, an emoji or an arrow.
    """
    line = _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    return _PUNCTUATION.sub(r"\\\g<0>", _FOUND_LATE.sub(rf"\g<0>{_JOINER}", line))
