"""The first look at a person's formula: cuts the text into numbers, names and signs.

People type formulas as they write them, so several spellings mean one thing: ``^`` is ``**``, a raised ``²`` is
``**2``, ``×`` and ``·`` are ``*``, ``ln`` is ``log``, and capital letters are read as small ones (``X`` is x, ``E`` is
Euler's number e). Each token carries its plain spelling and the place of what was typed. What the tokens mean together
is decided in :mod:`surfaces.expression`.
"""

import re
from typing import NamedTuple

from .functions import CONSTANTS, FUNCTIONS, VARIABLES

MAX_LENGTH = 1000  # characters
_BLANKS = " \t\r\n\u00a0\u2009\u202f"
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*|[\u03c0\u221a])"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|&&|[-+*/^<>(),|]|[\u00d7\u00b7\u22c5\u00f7\u2212\u2013\u2264\u2265\u2260])"
    r"|(?P<raised>[\u207a\u207b]?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+)"
)
_SPELLINGS = {
    "^": "**", "\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u00f7": "/", "\u2212": "-", "\u2013": "-",
    "\u2264": "<=", "\u2265": ">=", "\u2260": "!=",
    "ln": "log", "arctan": "atan", "arctan2": "atan2", "\u03c0": "pi", "\u221a": "sqrt",
}  # fmt: skip
_RAISED = str.maketrans("\u207a\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "+-0123456789")
_HINTS = {
    "//": "write / for a division",
    "&&": "write and between two comparisons",
    "[": "write round brackets ( )",
    "{": "write round brackets ( )",
    "=": "write only the side that is to become small, without =; to compare two values, write ==",
    ".": "a dot belongs inside a number, as in 0.5",
}
_WORDS = {"and", "or"}


class ExpressionError(ValueError):
    """A formula that cannot be used, and where it goes wrong.

    Attributes:
        message: What is wrong, in words for the person who typed it.
        position: Offset of the fault in the text, counted in characters from 0.
    """

    def __init__(self, message: str, position: int) -> None:
        """Keeps the message and the position; ``str()`` gives both, counting characters from 1 as people do."""
        super().__init__(f"{message} (character {position + 1})")
        self.message = message
        self.position = position

    def __reduce__(self) -> tuple[type["ExpressionError"], tuple[str, int]]:
        """Lets the error travel between processes."""
        return type(self), (self.message, self.position)


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: "number", "name", "sign", "raised" (a small raised number) or "end".
        text: Its plain spelling: ``**`` for ``^``, "2" for ``²``, "x" for "X".
        position: Where it begins in the text typed.
        typed: How it was typed.
    """

    kind: str
    text: str
    position: int
    typed: str


def tokens(text: str) -> list[Token]:
    """Cuts a formula into tokens, blanks left out.

    Args:
        text: The formula.

    Returns:
        The tokens in order, closed by one of kind "end".

    Raises:
        ExpressionError: The text is empty or too long, or has a character or a name that no formula has.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the formula is too long: {len(text)} characters, at most {MAX_LENGTH}", MAX_LENGTH)
    found: list[Token] = []
    position = 0
    while position < len(text):
        if text[position] in _BLANKS:
            position += 1
            continue
        match = _TOKEN.match(text, position)
        if match is None or match.group() in _HINTS:
            raise ExpressionError(_unknown_character(text, position), position)
        found.extend(_read(str(match.lastgroup), match.group(), position))
        position = match.end()
    if not found:
        raise ExpressionError("the formula is empty", 0)
    return [*found, Token("end", "", len(text), "")]


def _read(kind: str, typed: str, position: int) -> list[Token]:
    """One token in its plain spelling; several where letters stand side by side, as in ``xy``."""
    if kind == "raised":
        return [Token(kind, typed.translate(_RAISED), position, typed)]
    if kind != "name":
        return [Token(kind, _SPELLINGS.get(typed, typed), position, typed)]
    name = _SPELLINGS.get(typed.lower(), typed.lower())
    if name in VARIABLES or name in CONSTANTS or name in FUNCTIONS or name in _WORDS:
        return [Token(kind, name, position, typed)]
    if set(name) <= set(VARIABLES):
        return [Token(kind, letter, position + place, letter) for place, letter in enumerate(name)]
    raise ExpressionError(_unknown_name(typed, name), position)


def _unknown_name(typed: str, name: str) -> str:
    """Says that a name is not known, with the likely meaning where there is one."""
    shown = short(typed)
    for function in sorted(FUNCTIONS, key=len, reverse=True):
        if name.startswith(function) and name[len(function) :] in VARIABLES:
            return f"'{shown}' is not known; write {function}({name[len(function) :]})"
    if re.fullmatch(r"[xy][0-9]{1,4}", name):
        return f"'{shown}' is not known; write {name[0]}**{name[1:]} for a power, {name[1:]}*{name[0]} for a product"
    return f"'{shown}' is not known; a formula may use {', '.join((*VARIABLES, *CONSTANTS, *FUNCTIONS))}"


def short(typed: str) -> str:
    """What was typed, as a message quotes it: of a long name or number, the beginning."""
    return typed if len(typed) <= 20 else f"{typed[:20]}..."


def _unknown_character(text: str, position: int) -> str:
    """Says why the character at the position is not part of a formula, with a hint where there is a likely meaning."""
    shown = next((sign for sign in ("//", "&&") if text.startswith(sign, position)), text[position])
    if hint := _HINTS.get(shown):
        return f"'{shown}' is not used in formulas: {hint}"
    named = f"'{shown}'" if shown.isprintable() else ascii(shown)
    return f"{named} is not used in formulas: only numbers, plain letters, + - * / ** < > | and ( ) are"
