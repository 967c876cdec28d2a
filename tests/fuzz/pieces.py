"""What cases are made of: odd text, numbers at the ends of float64, JSON values, and damage to what was well."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, cast

NUMBERS = (
    *(
        "0",
        "1",
        "-1",
        "2",
        "0.5",
        "-0",
        "1e-3",
        "1e3",
        "5e-324",
        "-5e-324",
        "1.8e308",
        "1.7976931348623157e308",
        "1e309",
    ),
    *("2.2250738585072014e-308", "1e-310", "1e154", "1e155", "-1e300", "nan", "inf", "-inf", "NaN", "Infinity", "0x10"),
    *(
        "1_000",
        "1,5",
        "1e",
        "e5",
        ".",
        ".5",
        "5.",
        "+1",
        "--1",
        "9" * 400,
        "1" + "0" * 5000,
        "4294967295",
        "4294967296",
    ),
    *("999999999999999999999", "0.1.2", "１２", "٣", "½", "²", "1e-400", "true", "None", "null", " 7 ", "7\n"),
)
WORDS = (
    *("", " ", "\0", "\n", "\t", "\ud800", "\u202e", "\u2060", "é", "ﬁ", "İ", "😀", "π", "√", "×", "ß", "a" * 300),
    *("__import__('os').system('touch fuzzed')", "(lambda: 0).__globals__", "{{7*7}}", "${HOME}", "%s%n", "`id`"),
    *("<script>alert(1)</script>", "<img src=//a.io/b>", "![](//a.io/b)", "[a](//a.io)", ":red[x]", "$x$", "$(id)"),
    *("'; DROP TABLE runs; --", "../../etc/passwd", "/etc/passwd", "C:\\con", "file:///etc/passwd", "__proto__"),
    *("constructor", "toString", "__class__", "cos__sin", "os.system", "x.__class__", "eval(x)", "exec", "import os"),
    *("=1+1", "@SUM(1)", "None", "undefined"),
)  # fmt: skip


def told(error: Exception, most: int = 1000) -> str:
    """Hold an error's message to what a person can read, and return the error's name."""
    assert len(str(error)) < most, f"a message of {len(str(error))} characters"
    return type(error).__name__


def word(draw: Random, *more: str) -> str:
    """Return a number, an odd word, one of `more`, or a few characters of anything."""
    way = draw.random()
    if way < 0.3:
        return draw.choice(NUMBERS)
    if more and way < 0.75:
        return draw.choice(more)
    return draw.choice(WORDS) if way < 0.92 else letters(draw)


def letters(draw: Random, most: int = 12) -> str:
    """Return a few characters of any script."""
    tops = (0x7F, 0x2FF, 0x2FFF, 0x10FFFF)
    return "".join(chr(draw.randrange(draw.choice(tops))) for _ in range(draw.randrange(most)))


def value(draw: Random, depth: int = 3) -> Any:
    """Return anything that JSON can hold, and the numbers that only Python's reader takes."""
    way = draw.randrange(12 if depth else 9)
    if way == 9:
        return [value(draw, depth - 1) for _ in range(draw.randrange(5))]
    if way >= 10:
        return {word(draw): value(draw, depth - 1) for _ in range(draw.randrange(5))}
    plain: tuple[Callable[[], Any], ...] = (
        lambda: None,
        lambda: draw.random() < 0.5,
        lambda: draw.choice((0, 1, -1, 7, 10**6, 10**30, -(2**63), 2**64)),
        lambda: draw.choice((0.0, -0.0, 5e-324, 1.8e308, -1e300, float("inf"), float("nan"), 0.1)),
        lambda: draw.gauss(0, 10),
    )
    return plain[way]() if way < len(plain) else word(draw)


def mutated(draw: Random, text: str, alphabet: str, turns: int = 4) -> str:
    """Return a text with some of it left out, doubled, moved, or replaced by characters of an alphabet."""
    for _ in range(draw.randrange(1, turns + 1)):
        at = draw.randrange(len(text) + 1)
        to = min(len(text), at + int(draw.expovariate(0.3)) + 1)
        match draw.randrange(6):
            case 0:
                text = text[:at] + text[to:]
            case 1:
                text = text[:to] + text[at:]
            case 2:
                text = text[:at] + draw.choice(alphabet) + text[at:]
            case 3:
                text = text[:at] + draw.choice(alphabet) + text[to:]
            case 4:
                text = text[:at] + word(draw) + text[to:]
            case _:
                other = draw.randrange(len(text) + 1)
                text = text[: min(at, other)] + text[at:to] + text[max(at, other) :]
    return text


def damaged(draw: Random, given: Any) -> Any:
    """Return a JSON value with one place in it replaced, left out, renamed or repeated."""
    if isinstance(given, dict) and given:
        found = dict(cast("dict[str, Any]", given))
        key = draw.choice(sorted(found))
        match draw.randrange(6):
            case 0:
                del found[key]
            case 1:
                found[word(draw)] = found.pop(key)
            case 2:
                found[word(draw)] = value(draw)
            case 3:
                found[key] = value(draw)
            case _:
                found[key] = damaged(draw, found[key])
        return found
    if isinstance(given, list) and given:
        items = list(cast("list[Any]", given))
        place = draw.randrange(len(items))
        match draw.randrange(5):
            case 0:
                items.pop(place)
            case 1:
                items *= draw.randrange(2, 5)
            case 2:
                items[place] = value(draw)
            case _:
                items[place] = damaged(draw, items[place])
        return items
    return value(draw)
