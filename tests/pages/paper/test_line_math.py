"""What the page writes of a line is that line: it reads back as the same number, in any rule and any expression."""

from __future__ import annotations

import math
import random
import re
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

import optim_viz
from optim_viz.pages.paper.latex_symbols import latex, latex_names
from optim_viz.pages.paper.line_math import line_numbers, line_symbols
from optim_viz.update_rules import Line

FUNCTIONS: dict[str, Any] = {
    "sqrt": lambda x: math.sqrt(abs(x)),  # made-up numbers may lead below 0, on both sides alike
    "max": max,
    "min": min,
    "abs": abs,
    "sign": lambda x: (x > 0) - (x < 0),
}
VALUES = {"a": 0.7, "b": -1.3, "c": 2.5, "d": 3e-5, "e": -4e7}


def read(node: Element) -> str:
    """Return MathML as a reader takes it, as Python: by the rules of arithmetic, from what stands there alone."""
    parts = [read(child) for child in node]
    match node.tag:
        case "msup":
            return f"({parts[0]})**({parts[1]})" if re.fullmatch(r"[\d.]+", parts[0]) else f"{parts[0]}**({parts[1]})"
        case "mfrac":
            return f"(({parts[0]})/({parts[1]}))"
        case "msqrt":
            return f"sqrt({''.join(parts)})"
        case "mo" if node.text == "|":
            return "|"
        case _:
            text = "".join(parts)
            return f"abs({text[1:-1]})" if text.startswith("|") else (node.text or "") + text


def value_of(mathml: str) -> tuple[float, float]:
    """Compute both sides of "= numbers = result"."""
    _, numbers, result = read(fromstring(mathml)).split("=")  # noqa: S314 - our own writing
    return computed(python(numbers), {}), computed(python(result), {})


def python(text: str) -> str:
    return text.replace("−", "-").replace("·", "*").replace("×", "*")


def computed(expression: str, values: dict[str, float]) -> float:
    return float(eval(expression, {"__builtins__": {}}, FUNCTIONS | values))  # noqa: S307  # our own lines


def every_line(name: str) -> list[Line]:
    """Return the lines of a rule with its defaults, and with every term switched on."""
    rule = optim_viz.optimizer(name)
    everything = {each.name: True if each.scale == "choice" else 0.5 for each in rule.hyperparameters}
    return [*rule.lines(rule.complete({})), *rule.lines(everything)]


@pytest.mark.parametrize("name", optim_viz.optimizers())
def test_the_lines_of_every_rule_read_back_as_the_same_number(name: str) -> None:
    rule = optim_viz.optimizer(name)
    draw = random.Random(name)  # noqa: S311
    names = latex_names(rule)
    for line in every_line(name):
        positive = {"t": 3.0} | {each.name: float(each.default) or 0.5 for each in rule.hyperparameters}
        values = {word: round(draw.uniform(1, 9), 2) for word in names} | positive
        written, result = value_of(line_numbers(line, values))
        assert written == pytest.approx(computed(line.expression, values), rel=1e-9)
        assert result == pytest.approx(values[line.target], rel=1e-5)
        symbols = line_symbols(line, rule)
        assert symbols.startswith(f"{names[line.target]} = ")
        assert symbols.count("{") == symbols.count("}")
        assert symbols.count(r"\left") == symbols.count(r"\right")


def expressions() -> st.SearchStrategy[str]:
    def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pair = st.tuples(inner, inner)
        return st.one_of(
            st.tuples(pair, st.sampled_from("+-*/")).map(lambda both: f"({both[0][0]}){both[1]}({both[0][1]})"),
            inner.map(lambda x: f"-({x})"),
            inner.map(lambda x: f"sqrt(abs({x}))"),
            inner.map(lambda x: f"sign({x})"),
            pair.map(lambda both: f"max({both[0]}, {both[1]})"),
            pair.map(lambda both: f"min({both[0]}, {both[1]})"),
            st.tuples(inner, st.sampled_from(["2", "3", "-(1)", "(1)+(1)", "-(c - c)"])).map(
                lambda x: f"({x[0]})**({x[1]})"
            ),
        )

    return st.recursive(st.sampled_from([*VALUES, "2", "0.5"]), joined, max_leaves=8)


@given(expressions())
def test_any_expression_reads_back_as_the_same_number(expression: str) -> None:
    try:
        expected = computed(expression, VALUES)
    except (ZeroDivisionError, OverflowError):
        return
    written, _ = value_of(line_numbers(Line("a", expression), VALUES))
    assert written == pytest.approx(expected, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("β₁", r"\beta_1"),
        ("ε", r"\varepsilon"),
        ("λ", r"\lambda"),
        ("m̂", r"\hat m"),
        ("ḡ", r"\bar g"),
        ("G₀", "G_0"),
        ("Δ", r"\Delta"),
        ("v", "v"),
        ("vmax", r"\mathrm{vmax}"),
        ("lr_decay", r"\mathrm{lr\_decay}"),
        ("x₁₂", "x_{12}"),
    ],
)
def test_symbols_become_latex(symbol: str, expected: str) -> None:
    assert latex(symbol) == expected
