r"""LaTeX of update rules with their numbers, for amsmath: the rule in symbols, then each line of its arithmetic.

The lines are those of the lab's arithmetic panel, with the hyperparameters' values in place of their symbols, so what
is typeset is what is computed.
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Mapping
from typing import Any

from optim_viz.scenario import Scenario, lane_titles
from optim_viz.surfaces import shown
from optim_viz.update_rules import UpdateRule, get

_ACCENTS = {"\u0302": r"\hat", "\u0304": r"\bar", "\u0303": r"\tilde"}
_RAISED = {"⁺": "+", "⁻": "-", "ᵗ": "t"}
_LETTERS = {"LAMDA": "lambda"}
_FIXED = {"grad": "g", "theta": r"\theta", "update": r"\Delta\theta"}
_OTHER, _PREVIOUS = "_other", "_prev"
_NEGATIVE, _SUM, _PRODUCT, _POWER, _ATOM = range(5)
Part = tuple[str, int]
"""LaTeX, and how strongly it binds."""


def rule_latex(optimizer: str | UpdateRule, **hyperparameters: object) -> str:
    r"""Return an update rule as LaTeX for amsmath: in symbols, then its arithmetic with the numbers.

    Args:
        optimizer: a name of `optim_viz.optimizers()`, or an UpdateRule.
        **hyperparameters: single values; defaults for those left out.

    Raises:
        ValueError: as `UpdateRule.complete`; also an array, or a class from outside, whose formula is its own code.

    Example:
        >>> print(rule_latex("signum", lr=0.01).splitlines()[0])
        % Signum: lr = 0.01, momentum = 0.9, weight_decay = 0.0
    """
    rule = get(optimizer)
    given = rule.complete(hyperparameters)
    for name, value in given.items():
        if not isinstance(value, int | float):
            raise ValueError(f"{name} = {shown(value)} is not one number, as a formula needs")
    if not rule.latex:
        raise ValueError(f"the formula of {rule.title} is its own code, which nobody can typeset")
    settings = ", ".join(f"{name} = {value!r}" for name, value in given.items())
    rows = [f"{_name(rule, line.target)} &= {_text(rule, given, line.expression)}" for line in rule.lines(given)]
    return "\n".join(
        [
            f"% {rule.title}: {settings}",
            r"\[",
            rule.latex,
            r"\]",
            "% with these numbers, as the lab computes it; a prime marks the other coordinate's value",
            r"\begin{align*}",
            " \\\\\n".join(rows),
            r"\end{align*}",
        ]
    )


def scenario_latex(scenario: Scenario) -> str:
    """Return the surface and the rule of every lane as LaTeX for amsmath."""
    surface = scenario.surface_object()
    x, y = scenario.start
    blocks = [
        "% The formulas of a run of the optim_viz lab; needs \\usepackage{amsmath}.",
        f"\\[\nf(x, y) = {surface.latex}, \\qquad \\theta_0 = \\left({_digits(x)}, {_digits(y)}\\right)\n\\]",
    ]
    for title, lane in zip(lane_titles(scenario.lanes, plain=True), scenario.lanes, strict=True):
        head = f"% lane: {' '.join(title.split())}"
        if lane.schedule is not None:
            head += f"\n% lr is multiplied at step t by f_t, of T = {scenario.steps}\n\\[\n{lane.schedule.latex}\n\\]"
        try:
            blocks.append(f"{head}\n{rule_latex(lane.rule, **lane.hyperparameters)}")
        except ValueError as error:
            blocks.append(f"{head}\n% {' '.join(str(error).split())}")
    return "\n\n".join(blocks) + "\n"


def symbol_latex(symbol: str) -> str:
    r"""Return a symbol as formulas write it (β₁, m̂, Δmax) as LaTeX (\beta_{1}, \hat{m}, \Delta_{\text{max}})."""
    base, low, high, words = "", "", "", ""
    for sign in unicodedata.normalize("NFD", symbol):
        if sign in _ACCENTS:
            base = f"{_ACCENTS[sign]}{{{base}}}"
        elif sign in _RAISED:
            high += _RAISED[sign]
        elif unicodedata.decomposition(sign).startswith("<sub>"):
            low += unicodedata.normalize("NFKD", sign)
        elif not base:
            base = _letter(sign)
        else:
            words += sign
    low += rf"\text{{{words}}}" if words else ""
    return base + (f"_{{{low}}}" if low else "") + (f"^{{{high}}}" if high else "")


def _letter(sign: str) -> str:
    words = unicodedata.name(sign, "").split()
    if words[:1] != ["GREEK"]:
        return sign
    name = _LETTERS.get(words[-1], words[-1].lower())
    return f"\\{name}" if "SMALL" in words else f"\\{name.title()}"


def _name(rule: UpdateRule, name: str) -> str:
    """Return a name of a line in symbols, with the step in its index."""
    if name == "t":
        return "t"
    if name.endswith(_OTHER):
        return f"{{{_name(rule, name.removesuffix(_OTHER))}}}'"
    base = name.removesuffix(_PREVIOUS)
    index = "t-1" if base != name else "t"
    symbol = _FIXED.get(base) or symbol_latex(rule.symbols.get(base, base))
    return f"{{{symbol}}}_{{{index}}}" if "_" in symbol or "^" in symbol else f"{symbol}_{{{index}}}"


def _text(rule: UpdateRule, given: Mapping[str, Any], expression: str) -> str:
    return _part(ast.parse(expression, mode="eval").body, rule, given)[0]


def _part(node: ast.AST, rule: UpdateRule, given: Mapping[str, Any]) -> Part:
    match node:
        case ast.Name(name):
            return _value(given[name]) if name in given else (_name(rule, name), _ATOM)
        case ast.Constant(int() | float() as value):
            return _value(value)
        case ast.UnaryOp(ast.USub(), inner):
            return f"-{_inside(_part(inner, rule, given), _PRODUCT)}", _NEGATIVE
        case ast.Call(ast.Name(function), arguments):
            return _call(function, [_part(each, rule, given)[0] for each in arguments]), _ATOM
        case ast.BinOp(left, sign, right):
            return _joined(_part(left, rule, given), sign, _part(right, rule, given))
        case _:
            raise ValueError(f"a line holds {ast.dump(node)}, which its grammar has not")


def _joined(left: Part, sign: ast.operator, right: Part) -> Part:
    if left[1] == _NEGATIVE and isinstance(
        sign, ast.Mult | ast.Div
    ):  # the sign of a first factor is that of the product
        return f"-{_joined((left[0].removeprefix('-'), _PRODUCT), sign, right)[0]}", _NEGATIVE
    match sign:
        case ast.Add():
            return f"{left[0]} + {_inside(right, _PRODUCT)}", _SUM
        case ast.Sub():
            return f"{left[0]} - {_inside(right, _PRODUCT)}", _SUM
        case ast.Mult():
            second = _inside(right, _PRODUCT)
            dot = r" \cdot " if second[0].isdigit() else r"\,"
            return f"{_inside(left, _PRODUCT)}{dot}{second}", _PRODUCT
        case ast.Div():
            return rf"\frac{{{left[0]}}}{{{right[0]}}}", _PRODUCT
        case _:
            return f"{_inside(left, _ATOM)}^{{{right[0]}}}", _POWER


def _inside(part: Part, asked: int) -> str:
    return part[0] if part[1] >= asked else rf"\left({part[0]}\right)"


def _call(function: str, arguments: list[str]) -> str:
    match function:
        case "sqrt":
            return rf"\sqrt{{{arguments[0]}}}"
        case "abs":
            return rf"\left|{arguments[0]}\right|"
        case "sign":
            return rf"\operatorname{{sign}}\left({arguments[0]}\right)"
        case _:
            return rf"\{function}\left({', '.join(arguments)}\right)"


def _value(value: float) -> Part:
    text = _digits(value)
    return text, _SUM if text.startswith("-") else _PRODUCT if r"\cdot" in text or text.startswith("10^") else _ATOM


def _digits(value: float) -> str:
    """Return a number with all its digits; a power of ten written out."""
    mantissa, _, exponent = repr(value).removesuffix(".0").partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"
