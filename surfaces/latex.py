"""A formula's tree as LaTeX, in the order in which it was written."""

from .expression import Term

_BINDING = {"+": 1, "-": 1, "negative": 2, "*": 2, "/": 4, "**": 3}
_NAMES = {name: rf"\{name}" for name in ("sin", "cos", "tan", "log", "tanh", "min", "max")}


def latex(term: Term) -> str:
    r"""Writes a formula as LaTeX.

    Args:
        term: The formula.

    Returns:
        LaTeX for mathematics mode, such as ``\left(1 - x\right)^{2} + 100 \left(y - x^{2}\right)^{2}``.
    """
    operator, parts = term.operator, term.arguments
    if operator == "number":
        return _number(term.text)
    if not parts:
        return r"\pi" if operator == "pi" else operator
    if operator in ("+", "-"):
        return f"{latex(parts[0])} {operator} {_bracketed(parts[1], 2)}"
    if operator == "negative":
        return f"-{_bracketed(parts[0], 2)}"
    if operator == "*":
        return _product(parts[0], parts[1])
    if operator == "/":
        return rf"\frac{{{latex(parts[0])}}}{{{latex(parts[1])}}}"
    if operator == "**":
        return f"{_base(parts[0])}^{{{latex(parts[1])}}}"
    return _call(operator, parts)


def _call(name: str, parts: tuple[Term, ...]) -> str:
    """A function of one or two terms."""
    inside = ", ".join(latex(part) for part in parts)
    if name == "sqrt":
        return rf"\sqrt{{{inside}}}"
    if name == "abs":
        return rf"\left|{inside}\right|"
    if name == "exp":
        return f"e^{{{inside}}}"
    shown = _NAMES.get(name, rf"\operatorname{{{name}}}")
    return rf"{shown}\left({inside}\right)"


def _product(left: Term, right: Term) -> str:
    """Two factors side by side, with a dot where they would read as one number."""
    first = latex(left) if _BINDING.get(left.operator, 5) >= 2 else _bracketed(left, 2)
    second = _bracketed(right, 3)
    return rf"{first} \cdot {second}" if second[0].isdigit() else f"{first} {second}"


def _bracketed(term: Term, binding: int) -> str:
    """The term, in brackets when it binds more weakly than what stands around it."""
    text = latex(term)
    return text if _BINDING.get(term.operator, 5) >= binding and not text.startswith("-") else rf"\left({text}\right)"


def _base(term: Term) -> str:
    """The base of a power: brackets around everything but a letter, a plain number or bars."""
    text = latex(term)
    return text if term.operator == "abs" or (not term.arguments and r"\cdot" not in text) else rf"\left({text}\right)"


def _number(text: str) -> str:
    """A number as written, its power of ten written out."""
    mantissa, _, exponent = text.lower().partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"
