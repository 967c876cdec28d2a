"""Surfaces made from a formula's text: the catalog's and a person's own."""

from collections.abc import Callable

from .expression import read
from .kernels import Kernels
from .surface import Domain, Point, Surface


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
    mend: Callable[[Kernels], Kernels] | None = None,
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
        mend: Replaces functions where the formula's own are undefined and a definition is known.

    Returns:
        The surface. Its formula is read and compiled at the first evaluation.
    """

    def build() -> Kernels:
        kernels = formula_kernels(text)
        return kernels if mend is None else mend(kernels)

    return Surface(name, title, domain, start, minima, minimum, source, note, text, build, rank=rank)


def formula_kernels(text: str) -> Kernels:
    """Reads, differentiates and compiles a formula.

    Args:
        text: The formula in the grammar of :mod:`surfaces.expression`.

    Returns:
        Its loss, gradient and Hessian.

    Raises:
        ExpressionError: The text is no formula.
    """
    from .codegen import compile_formula  # imports SymPy, which a page that shows no formula need not wait for

    return compile_formula(read(text))


def parse(text: str, domain: Domain = ((-2.0, 2.0), (-2.0, 2.0)), start: Point | None = None) -> Surface:
    """Makes a surface from a person's formula.

    Nothing in the text is ever run as Python, and refusing takes milliseconds whatever the text. What is accepted is
    compiled at the first evaluation, which its bounded size keeps below a second.

    Args:
        text: The formula in x and y, such as ``(1 - x)**2 + 100*(y - x**2)**2``; grammar in :mod:`surfaces.expression`.
        domain: The part to show, ((x0, x1), (y0, y1)); finite, the smaller number first.
        start: Where runs start; left out, a point a fifth of the way in from the upper left corner, off any symmetry.

    Returns:
        A surface named "formula", whose minima and minimum are unknown.

    Raises:
        ExpressionError: The text is no formula; ``position`` is the offset of the fault.
        ValueError: The domain or the start is not usable.
    """
    read(text)
    (x0, x1), (y0, y1) = domain
    return Surface(
        name="formula",
        title="Your formula",
        domain=((float(x0), float(x1)), (float(y0), float(y1))),
        start=(x0 + 0.2 * (x1 - x0), y1 - 0.2 * (y1 - y0)) if start is None else (float(start[0]), float(start[1])),
        minima=(),
        minimum=None,
        source="A formula typed by hand.",
        note="Its lowest value is not known, so its loss is shown as it is.",
        text=text.strip(),
        build=lambda: formula_kernels(text),
    )
