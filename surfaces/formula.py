"""Surfaces made from a formula's text: the catalog's and a person's own."""

from collections.abc import Mapping
from functools import partial

from .expression import read
from .kernels import Kernels
from .naming import shown
from .scan import MAX_LENGTH
from .surface import Domain, Point, Surface
from .written import written

DOMAIN: Domain = ((-2.0, 2.0), (-2.0, 2.0))


def catalog_surface(
    *,
    name: str,
    title: str,
    text: str,
    domain: Domain,
    start: Point,
    minima: tuple[Point, ...],
    minimum: float | None,
    source: str,
    note: str,
    rank: int,
    learning_rates: Mapping[str, float],
    group: str = "Other",
) -> Surface:
    """Makes a catalog surface from a formula and facts.

    Args:
        name: Its name in code and links.
        title: Its name for readers.
        text: The formula in the grammar of :mod:`surfaces.expression`.
        domain: The part that is shown, ((x0, x1), (y0, y1)).
        start: Where runs start unless told otherwise.
        minima: The global minimizers.
        minimum: The value there, or None where it is unbounded below.
        source: Where formula and facts come from.
        note: One sentence on what is special here.
        rank: Place in lists.
        learning_rates: Suggested learning rates, by family of optimizers.
        group: The heading that lists show it under.

    Returns:
        The surface. Its formula is read and compiled at the first evaluation.
    """
    build = partial(formula_kernels, text)
    return Surface(
        name,
        title,
        domain,
        start,
        minima,
        minimum,
        source,
        note,
        text,
        build,
        rank=rank,
        group=group,
        learning_rates=learning_rates,
    )


def formula_kernels(text: str) -> Kernels:
    """Reads, differentiates and compiles a formula.

    Args:
        text: The formula in the grammar of :mod:`surfaces.expression`.

    Returns:
        Its loss, gradient and Hessian.

    Raises:
        ExpressionError: The text is no formula.
    """
    from .compiler import compile_formula  # not needed to list surfaces or to read a formula

    return compile_formula(read(text))


def parse(text: str, domain: Domain = DOMAIN, start: Point | None = None) -> Surface:
    """Makes a surface from a person's formula.

    Nothing in the text is ever run as Python, and reading or refusing it takes milliseconds whatever it is. What is
    accepted is compiled at the first evaluation, in a time that is linear in its length, below a fifth of a second.

    Args:
        text: The formula in x and y, such as ``(1 - x)**2 + 100*(y - x**2)**2``, ``2x² + |y|`` or
            ``where(x > 0, x, 0)``; grammar in :mod:`surfaces.expression`.
        domain: The part to show, ((x0, x1), (y0, y1)); finite, the smaller number first.
        start: Where runs start; left out, :func:`start_in` the domain.

    Returns:
        A surface named "formula", whose minima and minimum are unknown; its ``text`` is the formula as it was read, or
        as it was typed where that would be longer than a formula may be.

    Raises:
        ExpressionError: The text is no formula; ``position`` is the offset of the fault.
        ValueError: The domain or the start is not usable.
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - a person may give anything
        raise ValueError(f"surfaces.parse takes a formula as text, such as 'x**2 + 3*y**2', not {shown(text)}")
    (x0, x1), (y0, y1) = domain
    plain = written(read(text))
    if len(plain) > MAX_LENGTH:  # with every sign written out it would be no formula any more
        plain = text.strip()
    return Surface(
        name="formula",
        title="Your formula",
        domain=((float(x0), float(x1)), (float(y0), float(y1))),
        start=start_in(domain) if start is None else (float(start[0]), float(start[1])),
        minima=(),
        minimum=None,
        source="A formula typed by hand.",
        note="Its lowest value is not known, so its loss is shown as it is.",
        text=plain,
        build=partial(formula_kernels, plain),
    )


def start_in(domain: Domain) -> Point:
    """Where runs start if nobody says: a fifth of the way in from the upper left corner, off any symmetry.

    Args:
        domain: The part that is shown.

    Returns:
        The point.
    """
    (x0, x1), (y0, y1) = domain
    return x0 + 0.2 * (x1 - x0), y1 - 0.2 * (y1 - y0)
