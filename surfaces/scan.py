"""The first look at a person's formula: characters, names, brackets and the order of values and operators.

Python's own parser would accept far more than a formula, and its error messages speak of Python. So the text is first
cut into the few tokens a formula may have, and everything wrong with it is said here, in plain words and with its
place. What passes is ASCII, short, made of known names only, and alternates values and operators;
:mod:`surfaces.expression` then reads it through Python's ``ast`` and a whitelist of nodes.
"""

import re
from typing import NamedTuple

VARIABLES = ("x", "y")
CONSTANTS = ("pi", "e")
# Each function with the number of values it takes.
FUNCTIONS = {
    **dict.fromkeys(("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "sign"), 1),
    **dict.fromkeys(("min", "max"), 2),
}

MAX_LENGTH = 1000  # characters
MAX_NESTING = 30  # brackets inside brackets

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<operator>\*\*|//|[-+*/])|(?P<bracket>[(),])"
)
_HINTS = {
    "^": "write ** for a power, as in x**2",
    "//": "write / for a division",
    "|": "write abs(...) for an absolute value",
    "\u00b2": "write **2 for a square",
    "\u00b3": "write **3 for a cube",
    "\u00d7": "write * for a product",
    "\u00b7": "write * for a product",
    "\u00f7": "write / for a division",
    "\u2212": "write a plain - for minus",
    "\u2013": "write a plain - for minus",
    "\u03c0": "write pi",
    "\u221a": "write sqrt(...) for a square root",
    "[": "write round brackets ( )",
    "{": "write round brackets ( )",
    "=": "write only the side that is to become small, without =",
    ".": "a dot belongs inside a number, as in 0.5",
}


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


class Token(NamedTuple):
    """One token: its kind ("number", "name", "operator", "bracket" or "end"), its text and its offset."""

    kind: str
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """Cuts a formula into tokens, blanks left out.

    Args:
        text: The formula.

    Returns:
        The tokens in order, closed by one of kind "end".

    Raises:
        ExpressionError: The text is empty or too long, or has a character that no formula has.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the formula is too long: {len(text)} characters, at most {MAX_LENGTH}", MAX_LENGTH)
    found: list[Token] = []
    position = 0
    while position < len(text):
        if text[position] in " \t\r\n":
            position += 1
            continue
        match = _TOKEN.match(text, position)
        if match is None or match.group() in _HINTS:
            raise ExpressionError(_unknown_character(text, position), position)
        found.append(Token(str(match.lastgroup), match.group(), position))
        position = match.end()
    if not found:
        raise ExpressionError("the formula is empty", 0)
    return [*found, Token("end", "", len(text))]


def _unknown_character(text: str, position: int) -> str:
    """Says why the character at the position is not part of a formula, with a hint where there is a likely meaning."""
    shown = "//" if text.startswith("//", position) else text[position]
    if hint := _HINTS.get(shown):
        return f"'{shown}' is not used in formulas: {hint}"
    named = f"'{shown}'" if shown.isprintable() else ascii(shown)
    return f"{named} is not used in formulas: only numbers, plain letters, + - * / ** and ( ) are"


def check(text: str) -> None:
    """Refuses a text that is not one formula: values and operators in turn, known names, closed brackets.

    Args:
        text: The formula.

    Raises:
        ExpressionError: At the first token that does not fit, with its offset.
    """
    brackets: list[Token] = []  # the open ones
    calls: list[bool] = []  # for each open bracket, whether it holds a function's arguments
    want_value = True
    previous = Token("end", "", 0)
    for token in tokens(text):
        opens_call = previous.text in FUNCTIONS
        if opens_call and token.text != "(":
            raise ExpressionError(f"{previous.text} needs brackets: {previous.text}(...)", previous.position)
        if token.kind == "name":
            _check_name(token)
        if token.kind in ("number", "name") or token.text == "(":
            if not (want_value or opens_call):
                problem = f"an operator is missing before '{token.text}'; write * for a product"
                raise ExpressionError(problem, token.position)
            want_value = token.text == "("
            if want_value:
                brackets.append(token)
                calls.append(opens_call)
        elif want_value and token.text not in ("+", "-"):
            raise ExpressionError(_missing_value(token), token.position)
        elif token.text == ")":
            if not brackets:
                raise ExpressionError("this ) closes no bracket", token.position)
            brackets.pop()
            calls.pop()
        elif token.text == "," and not (calls and calls[-1]):
            raise ExpressionError("a comma only separates what min and max compare; write 0.5, not 0,5", token.position)
        elif token.kind in ("operator", "bracket"):
            want_value = True
        if len(brackets) > MAX_NESTING:
            raise ExpressionError(f"brackets are nested too deeply: at most {MAX_NESTING}", token.position)
        previous = token
    if brackets:
        raise ExpressionError("this ( is never closed", brackets[-1].position)


def _check_name(token: Token) -> None:
    """Refuses a name that is neither a variable, a constant nor a function."""
    if token.text in VARIABLES or token.text in CONSTANTS or token.text in FUNCTIONS:
        return
    shown = token.text if len(token.text) <= 20 else f"{token.text[:20]}..."
    if set(token.text) <= {"x", "y"}:
        raise ExpressionError(f"'{shown}' is not known; write * for a product: {'*'.join(shown[:3])}", token.position)
    known = ", ".join((*VARIABLES, *CONSTANTS, *FUNCTIONS))
    raise ExpressionError(f"'{shown}' is not known; a formula may use {known}", token.position)


def _missing_value(token: Token) -> str:
    """Says that a value should stand before the token."""
    before = "at the end" if token.kind == "end" else f"before '{token.text}'"
    return f"a number, x, y or a bracket is missing {before}"
