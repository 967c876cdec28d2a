"""A person's formula, read safely: a grammar of its own, and nothing is ever evaluated as Python.

Grammar, from what binds least to what binds most::

    condition   comparisons joined by ``and`` / ``or``; stands only as the first value of ``where``
    comparison  sum < sum (also <= > >= == !=, and chains such as 0 < x < 1)
    sum         + and -, from the left
    product     * and /, from the left; a sign between two values may be left out, as in ``2x`` or ``3(x + 1)y``
    sign        -value, +value
    power       value**sign, from the right, or value with a raised number, as in ``x²``
    value       number, x, y, pi, e, (sum), |sum|, function(sum, ...)

A left-out sign is a plain ``*``: ``1/2x`` is (1/2)*x, and ``2x**2`` is 2*(x**2). :func:`surfaces.written.written` gives
the formula back as it was read. Functions are those of :mod:`surfaces.functions`; other spellings that are understood
(``^``, ``×``, ``ln``, capital letters) are listed in :mod:`surfaces.scan`.

:func:`read` turns the text into a tree of :class:`surfaces.term.Term`. Numbers are float64 from the start, so no
arithmetic on long integers can happen, and every part without x and y is worked out at once (``9**9`` is 387420489.0).
Bounds on length, nesting, size and exponents make reading take milliseconds whatever the text, and all later work is
linear in the size of the tree.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .functions import COMPARISONS, CONSTANTS, FUNCTIONS, LOGIC, VALUES, VARIABLES
from .scan import ExpressionError, Token, short, tokens
from .term import Term

MAX_TERMS = 500  # numbers, names and operators in one formula
MAX_NESTING = 30  # brackets inside brackets
MAX_DEPTH = 100  # signs and powers inside each other
MAX_EXPONENT = 64.0  # of a power with a constant exponent


class _Part(NamedTuple):
    """A term and where it begins in the text."""

    term: Term
    position: int


def read(text: str) -> Term:
    """Reads a formula.

    Args:
        text: The formula in the grammar above.

    Returns:
        Its tree.

    Raises:
        ExpressionError: The text is no formula, or is larger than the bounds above; ``position`` is the place.
    """
    found = tokens(text)
    size = sum(1 for token in found if token.text not in ("(", ")", ",", "|", ""))
    if size > MAX_TERMS:
        raise ExpressionError(
            f"the formula is too large: {size} terms, at most {MAX_TERMS}; write it with fewer numbers and operators", 0
        )
    with np.errstate(all="ignore"):
        return _Reader(found).formula()


class _Reader:
    """Goes through the tokens once, from left to right."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._next = 0
        self._depth = 0
        self._open: list[Token] = []  # brackets and bars that wait for their end

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._token
        self._next += 1
        return token

    def formula(self) -> Term:
        """The whole text."""
        part = self._value_of(self._condition())
        if self._token.kind != "end":
            raise self._unexpected()
        return part.term

    def _value_of(self, part: _Part) -> _Part:
        """Refuses a comparison where a number is wanted."""
        if _is_condition(part.term):
            raise ExpressionError(
                "a comparison is no number: it stands first in where(...), as in where(x > 0, x, 0)", part.position
            )
        return part

    def _unexpected(self) -> ExpressionError:
        """Says why the token cannot stand where it does, after a value."""
        token = self._token
        if token.text == ")" and not self._open:
            return ExpressionError("this ) closes no bracket", token.position)
        if token.text == ",":
            message = "a comma only separates the values of a function; write 0.5, not 0,5"
            return ExpressionError(message, token.position)
        if self._open and (token.kind == "end" or token.text == ")"):
            return ExpressionError(f"this {self._open[-1].typed} is never closed", self._open[-1].position)
        return ExpressionError(
            f"an operator is missing before '{short(token.typed)}'; write * for a product", token.position
        )

    def _condition(self) -> _Part:
        """Comparisons joined by and, which binds more, and or."""
        return self._joined("or", lambda: self._joined("and", self._comparison))

    def _joined(self, word: str, parts: Callable[[], _Part]) -> _Part:
        part = parts()
        while self._token.text == word:
            sign = self._take()
            other = parts()
            for side in (part, other):
                if not _is_condition(side.term):
                    message = f"'{word}' joins two comparisons, as in x > 0 {word} y > 0"
                    raise ExpressionError(message, sign.position)
            part = _Part(_folded(word, (part.term, other.term)), part.position)
        return part

    def _comparison(self) -> _Part:
        """A sum, or a chain of comparisons, each pair of neighbours compared."""
        part = self._sum()
        found: _Part | None = None
        while self._token.text in COMPARISONS:
            sign = self._take()
            other = self._sum()
            pair = (self._value_of(part).term, self._value_of(other).term)
            compared = _folded(sign.text, pair)
            found = _Part(compared if found is None else _folded("and", (found.term, compared)), part.position)
            part = other
        return part if found is None else found

    def _sum(self) -> _Part:
        part = self._product()
        while self._token.text in ("+", "-"):
            part = self._calculated(self._take().text, part, self._product())
        return part

    def _product(self) -> _Part:
        part = self._sign()
        while True:
            if self._token.text in ("*", "/"):
                part = self._calculated(self._take().text, part, self._sign())
            elif self._begins_factor():
                part = self._calculated("*", part, self._power())
            else:
                return part

    def _begins_factor(self) -> bool:
        """Whether the next token multiplies what stands before it without a sign: a name, a bracket or a bar."""
        token = self._token
        if token.text == "|":
            return not (self._open and self._open[-1].text == "|")
        return token.text == "(" or (token.kind == "name" and token.text not in LOGIC)

    def _sign(self) -> _Part:
        token = self._token
        if token.text not in ("+", "-"):
            return self._power()
        self._take()
        self._deeper(token)
        operand = self._sign()
        self._depth -= 1
        return operand if token.text == "+" else self._calculated("negative", _Part(operand.term, token.position))

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ExpressionError(
                f"the formula is nested too deeply: at most {MAX_DEPTH} signs and powers deep", token.position
            )

    def _power(self) -> _Part:
        part = self._value()
        while self._token.kind == "raised":
            raised = self._take()
            part = self._calculated("**", part, _Part(_whole_number(raised.text), raised.position))
        if self._token.text == "**":
            self._deeper(self._take())
            part = self._calculated("**", part, self._sign())
            self._depth -= 1
        return part

    def _value(self) -> _Part:
        token = self._take()
        if token.kind == "number":
            return _Part(_checked(Term("number", (), float(token.text), token.text), token.position), token.position)
        if token.text in FUNCTIONS:
            return self._call(token)
        if token.text in VARIABLES or token.text in CONSTANTS:
            return _Part(Term(token.text, (), CONSTANTS.get(token.text)), token.position)
        if token.text in ("(", "|"):
            part = self._inside(token, self._condition)
            return part if token.text == "(" else self._calculated("abs", _Part(part.term, token.position))
        before = "at the end" if token.kind == "end" else f"before '{short(token.typed)}'"
        raise ExpressionError(f"a number, x, y or a bracket is missing {before}", token.position)

    def _inside(self, opening: Token, content: Callable[[], _Part]) -> _Part:
        """What stands in brackets or between bars, and its end."""
        self._open.append(opening)
        if len(self._open) > MAX_NESTING:
            raise ExpressionError(f"brackets are nested too deeply: at most {MAX_NESTING}", opening.position)
        part = content()
        if self._token.text != {"(": ")", "|": "|"}[opening.text]:
            raise self._unexpected()
        self._take()
        self._open.pop()
        return part

    def _call(self, name: Token) -> _Part:
        """A function and its values."""
        if self._token.text != "(":
            raise ExpressionError(f"{name.text} needs brackets: {name.text}(...)", name.position)
        values: list[_Part] = []

        def listed() -> _Part:
            values.append(self._condition())
            while self._token.text == ",":
                self._take()
                values.append(self._condition())
            return values[0]

        self._inside(self._take(), listed)
        function, count = FUNCTIONS[name.text], len(values)
        if count < function.least or (function.most is not None and count > function.most):
            least = "" if function.most == function.least else "at least "
            noun = "value" if function.least == 1 else "values"
            raise ExpressionError(f"{name.text} takes {least}{function.least} {noun}, not {count}", name.position)
        if name.text == "where" and not _is_condition(values[0].term):
            message = "the first value of where is a comparison, as in where(x > 0, x, 0)"
            raise ExpressionError(message, values[0].position)
        for value in values[name.text == "where" :]:
            self._value_of(value)
        return _Part(_checked(_folded(name.text, tuple(value.term for value in values)), name.position), name.position)

    def _calculated(self, operator: str, *parts: _Part) -> _Part:
        """An operator's term; refused where it can never give a number."""
        terms = tuple(self._value_of(part).term for part in parts)
        if operator == "/" and terms[1].value == 0.0:
            raise ExpressionError("this part is infinite: a division by zero", parts[0].position)
        if operator == "**" and terms[1].value is not None and not abs(terms[1].value) <= MAX_EXPONENT:
            shown = f"the exponent {terms[1].value:.10g} is too large: at most {MAX_EXPONENT:g}"
            raise ExpressionError(shown, parts[1].position)
        return _Part(_checked(_folded(operator, terms), parts[0].position), parts[0].position)


def _is_condition(term: Term) -> bool:
    return term.operator in COMPARISONS or term.operator in LOGIC


def _whole_number(text: str) -> Term:
    """The term of a raised number, which may have a sign."""
    number = Term("number", (), float(text.lstrip("+-")), text.lstrip("+-"))
    return _folded("negative", (number,)) if text.startswith("-") else number


def _folded(operator: str, arguments: tuple[Term, ...]) -> Term:
    """Joins terms, and works out the value in float64 when all of them are constant."""
    values = [np.float64(argument.value) for argument in arguments if argument.value is not None]
    return Term(operator, arguments, None if len(values) < len(arguments) else float(VALUES[operator](*values)))


def _checked(term: Term, position: int) -> Term:
    """Refuses a constant part that is infinite; one that is not a real number, such as sqrt(-1), stays and is NaN."""
    if term.value is not None and math.isinf(term.value):
        raise ExpressionError("this part is infinite: a number above 1.8e308, a division by zero or log(0)", position)
    return term
