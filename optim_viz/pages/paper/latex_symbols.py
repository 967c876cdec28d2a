"""The names in a rule's lines as LaTeX, made from the symbols that the rule's own file declares."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from optim_viz.update_rules import UpdateRule

_ACCENTS = {"\u0302": r"\hat ", "\u0304": r"\bar ", "\u0303": r"\tilde ", "\u0307": r"\dot "}
_SPELLED = {"lamda": "lambda", "epsilon": "varepsilon"}  # where Unicode's name is not LaTeX's


def latex_names(rule: UpdateRule) -> Mapping[str, str]:
    """Return LaTeX for every name that the rule's lines may use; what changes with the step has its index.

    A prime marks the other coordinate's value.
    """
    stepped = {"grad": "g", "theta": r"\theta", "update": r"\Delta\theta"}
    stepped |= {name: latex(symbol) for name, symbol in rule.symbols.items()}
    names = {name: _indexed(symbol, "t") for name, symbol in stepped.items()}
    names |= {f"{name}_prev": _indexed(symbol, "t-1") for name, symbol in stepped.items()}
    names |= {f"{name}_other": f"{written}^{{\\prime}}" for name, written in names.items()}
    names |= {each.name: latex(each.symbol) for each in rule.hyperparameters}
    return names | {"t": "t"}


def latex(symbol: str) -> str:
    r"""Return LaTeX for a symbol as plots write it: "β₁" is \beta_1, "m̂" \hat m, "lr_decay" \mathrm{lr\_decay}."""
    signs = unicodedata.normalize("NFD", symbol)
    below = "".join(str(unicodedata.digit(sign)) for sign in signs if _is_subscript(sign))
    accents = [_ACCENTS[sign] for sign in signs if sign in _ACCENTS]
    letters = "".join(sign for sign in signs if not _is_subscript(sign) and sign not in _ACCENTS)
    written = _letter(letters) if len(letters) == 1 else rf"\mathrm{{{_escaped(letters)}}}"
    return "".join(accents) + written + (f"_{below}" if len(below) == 1 else f"_{{{below}}}" if below else "")


def _letter(sign: str) -> str:
    alphabet, _, spelled = unicodedata.name(sign, "").partition(" LETTER ")
    spelled = _SPELLED.get(spelled.lower(), spelled.lower())
    if alphabet == "GREEK SMALL":
        return f"\\{spelled}"
    if alphabet == "GREEK CAPITAL":
        return f"\\{spelled.capitalize()}"
    return _escaped(sign)


def _is_subscript(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith("SUBSCRIPT") and unicodedata.digit(sign, None) is not None


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "_#$%&{} " else sign for sign in text)


def _indexed(symbol: str, index: str) -> str:
    """Add the step below; a symbol that has an index already gets it after a comma."""
    if "_" in symbol.replace(r"\_", ""):
        head, _, below = symbol.rpartition("_")
        return f"{head}_{{{below.strip('{}')},{index}}}"
    return f"{symbol}_{index}" if len(index) == 1 else f"{symbol}_{{{index}}}"
