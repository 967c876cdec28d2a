"""What to say where a name is not known: the right name where the one given comes close, and the known ones.

Close are the same letters in another form ("Adam", "learning-rate"), another of the field's words for the same quantity
("eta" for lr), and a slip of the pen ("rosenbrok"). Optimizers, hyperparameters, surfaces, metrics, links and the
command line all say it with the functions of this file.
"""

from collections.abc import Iterable
from difflib import get_close_matches

_SAME_QUANTITY: tuple[tuple[str, ...], ...] = (
    # the step size; each line holds the words that papers and libraries use for one thing
    ("lr", "learningrate", "rate", "stepsize", "eta", "alpha", "gamma", "η", "α", "γ"),
    # the decay of a mean of gradients
    ("momentum", "beta1", "beta", "mu", "b1", "decay", "β", "β1", "β₁", "μ"),
    # the decay of a mean of squared gradients
    ("beta2", "alpha", "rho", "decay", "decayrate", "smoothing", "smoothingconstant", "b2", "gamma", "β2", "β₂", "ρ"),
    ("eps", "epsilon", "ε"),
    ("weightdecay", "wd", "l2", "lambda", "decay", "regularization", "λ"),
    ("steps", "iterations", "iters", "maxiter", "nsteps", "numsteps", "epochs", "t"),
    ("start", "x0", "theta0", "init", "initial", "params"),
    ("seed", "randomstate", "rng"),
    ("noise", "sigma", "std", "noisestd", "σ"),
    ("sgd", "gd", "gradientdescent", "vanilla"),
    ("momentum", "heavyball", "polyak"),
    ("nesterov", "nag", "acceleratedgradient"),
    ("rosenbrock", "banana"),
)
_SEVERAL = {"betas": ("beta1", "beta2")}
"""Words for several quantities at once."""

_LONGEST = 80  # no name is longer: what is longer is not compared


class UnknownName(ValueError):
    """A name that nothing has: no surface, optimizer, diagnostic or whatever else was asked for by its name."""


def close_names(given: str, known: Iterable[str]) -> tuple[str, ...]:
    """Finds the names that a person may have meant.

    Args:
        given: What was written.
        known: The names there are.

    Returns:
        Those of `known` that come close, in the order of `known`; () where none does.

    Example:
        >>> close_names("learning_rate", ["lr", "momentum"])
        ('lr',)
        >>> close_names("Adam", ["sgd", "adam", "adamw"])
        ('adam',)
    """
    letters = _letters(given[: _LONGEST + 1])
    by_letters = {_letters(name): name for name in known}
    if not letters or len(letters) > _LONGEST:
        return ()
    if letters in by_letters:
        return (by_letters[letters],)
    meant = _SEVERAL.get(letters, (letters,))
    words = {word for group in _SAME_QUANTITY if not set(meant).isdisjoint(group) for word in group}
    found = tuple(name for key, name in by_letters.items() if key in words)
    return found or tuple(by_letters[key] for key in get_close_matches(letters, by_letters, n=1, cutoff=0.7))


def hint(given: object, known: Iterable[str], listed: str = "known:", beside: Iterable[str] = ()) -> str:
    """Ends a message about a name that is not known.

    Args:
        given: What was written.
        known: The names there are.
        listed: What to say before all of them.
        beside: Other names that may have been meant; they are not listed.

    Returns:
        ": did you mean adam? Known: sgd, adam" where a name comes close, else "; known: sgd, adam".
    """
    names = tuple(known)
    close = close_names(given, (*names, *beside)) if isinstance(given, str) else ()
    every = f"{listed} {', '.join(names) or 'none'}"
    if not close:
        return f"; {every}"
    joined = (" and " if _letters(str(given)) in _SEVERAL else " or ").join(close)
    return f": did you mean {joined}? {every[0].upper()}{every[1:]}"


def shown(value: object, length: int = 40) -> str:
    """Writes anything that a person gave in a short, printable form.

    Args:
        value: A text, which comes in quotes, a class or function, which comes by its name, or any other value.
        length: Characters after which it is cut.

    Returns:
        One line.
    """
    if isinstance(value, str):
        return repr("".join(map(_printable, _cut(value, length))))
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if callable(value) and hasattr(value, "__name__"):
        return f"the function {getattr(value, '__name__')!s:.40}"  # noqa: B009 - what is callable need not have a name
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, a list nested too deep
        text = f"a {'number' if isinstance(value, int) else type(value).__name__} too large to show"
    return "".join(map(_printable, _cut(text, length)))


def _letters(name: str) -> str:
    """What is left of a name when capitals, spaces and signs do not count."""
    return "".join(filter(str.isalnum, name.casefold()))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _printable(character: str) -> str:
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
