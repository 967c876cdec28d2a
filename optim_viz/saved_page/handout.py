"""Several labs and text in one file: a handout, which opens from disk as a saved page does.

The text is plain, with a little of Markdown: `#` to `###` begin headings, `-` an item of a list, an empty line ends a
paragraph; `**strong**`, `*emphasis*` and backquotes within a line. A line that is a link of the lab, or its query with
the "?", is a lab. Everything else is shown as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from optim_viz.saved_page.document import document, read, whole
from optim_viz.saved_page.page import LAB, Parts, Saved, checked_lab, parts, problems_of
from optim_viz.saved_page.program import packed, packed_program
from optim_viz.saved_page.still import still
from optim_viz.scenario import Scenario

MOST_LABS = 12
"""Each brings up to a few MB with the runs of its sliders."""

_LINK = re.compile(r"(?:https?://\S+)?\?\S*=\S*")
_INLINE = ((r"\*\*([^*]+)\*\*", r"<strong>\1</strong>"), (r"\*([^*\s][^*]*)\*", r"<em>\1</em>"))


def handout(
    given: Sequence[str | Scenario],
    *,
    title: str = "",
    drag: bool = True,
    plotly: bool | None = None,
    lab: str = LAB,
) -> Saved:
    """Return a page with text and labs, in the order in which they are given.

    One copy of the program serves all labs; each begins when it comes in sight. On paper each is a still picture with
    its link.

    Args:
        given: text, in which each line that is a link of the lab is a lab; and scenarios.
        title: of the page; its first heading where it is "".
        drag: whether the runs at the stops of the sliders are inside, too.
        plotly: whether plotly.js is inside, 2 MB that 3D needs; None where a scenario is seen in 3D.
        lab: address of a full lab, to which each leads.

    Raises:
        ValueError: no lab or more than 12, an address of another kind, or runs that take too much room.
    """
    checked_lab(lab)
    blocks = _all_blocks(given)
    labs = [parts(block, drag=drag, plotly=plotly) for block in blocks if _is_lab(block)]
    body: list[str] = []
    place = 0
    for block in blocks:
        if _is_lab(block):
            place += 1
            body.append(_figure(place, labs[place - 1], lab))
        else:
            body.append(_html(str(block)))
    heading = next((block.lstrip("# ") for block in blocks if isinstance(block, str) and block.startswith("#")), "")
    contents = {
        "program": packed_program(plotly=any(each.plotly for each in labs)),
        "frame": packed(document("Lab", {}).encode()),
    }
    for number, each in enumerate(labs, 1):
        contents |= {f"opening-{number}": each.opening, f"families-{number}": each.families}
    shown = "\n".join(["<main>", *body, "</main>"])
    name = title or heading or labs[0].title
    page = whole(name, read("handout.css"), shown, contents, read("handout.js"), read("boot.js"))
    return Saved(page, sum(each.draggable for each in labs), _numbered(each.problems for each in labs))


def handout_problems(given: Sequence[str | Scenario]) -> tuple[str, ...]:
    """Return what of a handout's links is wrong, as `Saved.problems` says it, before anything of its page is made.

    Raises:
        ValueError: no lab or more than 12.
    """
    return _numbered(problems_of(block) for block in _all_blocks(given) if _is_lab(block))


def _numbered(problems: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(f"lab {n}: {problem}" for n, each in enumerate(problems, 1) for problem in each)


def _all_blocks(given: Sequence[str | Scenario]) -> list[str | Scenario]:
    """Return text in blocks and scenarios, of which 1 to 12 are labs."""
    blocks = [block for part in given for block in ([part] if isinstance(part, Scenario) else _blocks(part))]
    count = sum(map(_is_lab, blocks))
    if not 1 <= count <= MOST_LABS:
        raise ValueError(f"a handout has 1 to {MOST_LABS} labs, not {count}: a line that is a link is one")
    return blocks


def _is_lab(block: str | Scenario) -> bool:
    return isinstance(block, Scenario) or _LINK.fullmatch(block) is not None


def _blocks(text: str) -> list[str]:
    """Split text into headings, links, and paragraphs or lists of several lines."""
    found: list[str] = []
    open_ = False
    for line in (line.strip() for line in text.splitlines()):
        alone = line.startswith("#") or _LINK.fullmatch(line) is not None
        if line and open_ and not alone and line.startswith("- ") == found[-1].startswith("- "):
            found[-1] += f"\n{line}"
        elif line:
            found.append(line)
        open_ = bool(line) and not alone
    return found


def _html(block: str) -> str:
    """Return a block of text as HTML; nothing of it is taken for HTML."""
    heading = re.fullmatch(r"(#{1,3})\s*(.+)", block)
    if heading:
        level = len(heading[1])
        return f"<h{level}>{_inline(heading[2])}</h{level}>"
    if block.startswith("- "):
        items = "".join(f"<li>{_inline(line[2:])}</li>" for line in block.split("\n"))
        return f"<ul>{items}</ul>"
    return f"<p>{_inline(' '.join(block.split()))}</p>"


def _inline(text: str) -> str:
    pieces = re.split(r"`([^`]+)`", text)
    for place, piece in enumerate(pieces):
        pieces[place] = escape(piece)
        if place % 2:
            pieces[place] = f"<code>{pieces[place]}</code>"
            continue
        for pattern, made in _INLINE:
            pieces[place] = re.sub(pattern, made, pieces[place])
    return "".join(pieces)


def _figure(place: int, one: Parts, lab: str) -> str:
    link = escape(f"{lab}?{one.scenario.to_url(time=False)}")
    caption = f'{escape(one.title)}. <a href="{link}" target="_blank" rel="noopener">Open it in the full lab</a>'
    return (
        f'<figure data-lab="{escape(lab)}" data-place="{place}" aria-label="{escape(one.title)}">{still(one.scenario)}'
        f'<figcaption>{caption}<span class="address">{link}</span></figcaption></figure>'
    )
