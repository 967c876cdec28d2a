"""The command that saves the lab as a page, or several labs with text as a handout."""

from __future__ import annotations

import argparse
from pathlib import Path

from optim_viz.cli.output import refused
from optim_viz.new_file import replacing
from optim_viz.saved_page import LAB, Saved, handout, handout_problems, problems_of, saved
from optim_viz.surfaces import shown

MOST_TEXT = 1_000_000
"""Characters of a handout's text."""


def page(given: argparse.Namespace) -> int:
    """Write a page in one file.

    Exit code 2, and no page, where something in a link is wrong.
    """
    links: list[str] = given.link
    alone = len(links) == 1 and not _is_text(links[0]) and not given.title
    texts = links if alone else [_text(each) if _is_text(each) else _query(each) for each in links]
    if refused(problems_of(links[0]) if alone else handout_problems(texts), short=True):
        return 2
    made = _made(given, texts, alone)
    if refused(made.problems, short=True):
        return 2
    out: Path = given.out
    with replacing(out) as file:
        file.write(made.html)
    sliders = "nothing in it can be dragged" if not made.draggable else f"{made.draggable} sliders can be dragged"
    print(f"{out}: {len(made.html) / 1e6:.2f} MB; it plays, and {sliders}")
    return 0


def _made(given: argparse.Namespace, texts: list[str], alone: bool) -> Saved:
    drag, plotly, lab = not given.still, given.plotly, given.lab or LAB
    if alone:
        return saved(texts[0], drag=drag, plotly=plotly, lab=lab)
    return handout(texts, title=given.title, drag=drag, plotly=plotly, lab=lab)


def _query(link: str) -> str:
    return f"?{link.partition('#')[0].rpartition('?')[2]}"


def _is_text(name: str) -> bool:
    return name.endswith((".md", ".txt")) and "?" not in name and "&" not in name


def _text(name: str) -> str:
    """Read a handout's text.

    Raises:
        ValueError: it cannot be read; the message says why.
    """
    try:
        with Path(name).open(encoding="utf-8-sig") as file:
            text = file.read(MOST_TEXT + 1)
    except OSError as error:
        raise ValueError(f"{shown(name)} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{shown(name)} is not text in UTF-8") from error
    if len(text) > MOST_TEXT:
        raise ValueError(f"{shown(name)} has more than {MOST_TEXT} characters")
    return text
