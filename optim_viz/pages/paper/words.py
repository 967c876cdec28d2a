"""Words and numbers that change with a section's controls, as passages of text that become HTML.

What never changes is shown by Streamlit's own elements. These passages are drawn in the browser by our own component,
as plots are, so that they follow a control while it moves.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from optim_viz.pages.paper.section import number


class Passage(Protocol):
    """A paragraph, a table or another part of the text."""

    def html(self) -> str:
        """Return well-formed HTML in which all text is escaped."""
        ...


@dataclass(frozen=True, eq=False)
class Words:
    """Passages one below the other."""

    passages: tuple[Passage, ...]

    def __init__(self, *passages: Passage) -> None:
        """Put the passages together."""
        object.__setattr__(self, "passages", passages)

    def html(self) -> str:
        """Return the HTML of all passages."""
        return "".join(passage.html() for passage in self.passages)


@dataclass(frozen=True, eq=False)
class Prose:
    """A paragraph; `**bold**` is all the markup there is."""

    text: str

    def html(self) -> str:
        """Return a <p>."""
        return f"<p>{_bold(self.text)}</p>"


@dataclass(frozen=True, eq=False)
class Alert:
    """A sentence that warns."""

    text: str

    def html(self) -> str:
        """Return a <p> that is read out."""
        return f'<p class="ov-alert" role="alert">{_bold(self.text)}</p>'


@dataclass(frozen=True, eq=False)
class Facts:
    """Large numbers side by side, label -> number."""

    numbers: Mapping[str, str]

    def html(self) -> str:
        """Return a <dl>."""
        pairs = (
            f"<div><dt>{_text(label)}</dt><dd>{_text(number)}</dd></div>" for label, number in self.numbers.items()
        )
        return f'<dl class="ov-facts">{"".join(pairs)}</dl>'


@dataclass(frozen=True, eq=False)
class Table:
    """Numbers in rows: the first column says what a row is, the others are set flush right.

    Attributes:
        heads: one for each column.
        rows: a text or a number for each column; a number shows three digits, and twelve under the pointer.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[str | float]]

    def html(self) -> str:
        """Return a <table> in a box that scrolls sideways where the table is wider."""
        head = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in self.heads)
        rows = (
            f'<tr><th scope="row">{_text(str(first))}</th>{"".join(map(_cell, others))}</tr>'
            for first, *others in self.rows
        )
        return f'<div class="ov-table"><table><tr>{head}</tr>{"".join(rows)}</table></div>'


@dataclass(frozen=True, eq=False)
class Formula:
    """A formula with numbers in it.

    Attributes:
        mathml: what stands inside <math>, presentation MathML.
    """

    mathml: str

    def html(self) -> str:
        """Return a <math>."""
        return f'<div class="ov-formula"><math display="block">{self.mathml}</math></div>'


def _cell(cell: str | float) -> str:
    if isinstance(cell, str):
        return f"<td>{_text(cell)}</td>"
    return f'<td title="{_text(number(cell, 12))}">{_text(number(cell, 3))}</td>'


def _text(text: str) -> str:
    return html.escape(text)


def _bold(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", _text(text))
