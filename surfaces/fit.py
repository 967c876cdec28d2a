"""Losses of a small table as surfaces: a line, a plane or a logistic regression with two parameters, x and y.

Of a table with two columns (u, t) the rows of A are (u_i, 1), so that x is a slope and y an intercept; with three
(u, w, t) they are (u_i, w_i). Over n rows,

    least squares   f(x, y) = 1/(2n) sum_i (A_i (x, y) - t_i)^2
    logistic        f(x, y) = 1/n sum_i log(1 + exp(-s_i A_i (x, y))),   s_i = -1 or 1, the label

Source: Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2nd ed. (2009), 3.2 and 4.4.1.
"""

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .fit_problem import (
    Data,
    Problem,
    condition,
    lay_out,
    least_squares_formula,
    logistic_loss,
    row_sampler,
    second_moments,
)
from .formula import formula_kernels
from .naming import hint, shown
from .parameter import SurfaceParameter
from .surface import Domain, Point, Surface
from .table import FEWEST_ROWS, MAX_ROWS, read_table

MODELS = ("least_squares", "logistic")
MAX_LOGISTIC_ROWS = 500
"""Its loss goes through all rows at each point of the picture."""
BATCH = 8
"""Rows that a step draws unless told otherwise."""
STEEP = 1e4
"""Condition number above which columns are standardised unless told otherwise: no path is seen in such a valley."""
_LONGEST_NAME = 24


def from_rows(
    rows: npt.ArrayLike,
    names: Sequence[str] = (),
    model: str = "",
    *,
    name: str = "rows",
    title: str = "",
    source: str = "Rows given in Python.",
    rank: int = 1000,
    batch_size: int = BATCH,
    scaled: int | None = None,
) -> Surface:
    """Makes a surface from a table: the loss of a fit, as a function of its two parameters.

    Args:
        rows: (n, 2) or (n, 3), n from 3 to 2000, finite; the last column is what is fitted.
        names: Of the columns.
        model: "least_squares", or "logistic" where the last column holds two different values; "" takes logistic
            where those are 0 and 1 or -1 and 1.
        name: Of the surface, in code and links.
        title: Of the surface, for readers.
        source: Where the rows come from.
        rank: Place in lists.
        batch_size: Rows drawn a step, with replacement, 0 to 256; 0 takes all rows, without noise.
        scaled: 1 standardises the feature columns (less their mean, over their standard deviation) and, with two of
            them, takes the mean off the target of least squares; 0 leaves them; None standardises where the valley
            would be steeper than a condition number of 10^4.

    Returns:
        The surface, with parameters `batch_size` and `scaled`. Its minimum is exact for least squares, found by
        Newton's method for a logistic regression, and none where a line separates the two classes.

    Raises:
        ValueError: The rows cannot be fitted; the message says why.
    """
    table = np.array(rows, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] not in (2, 3):
        raise ValueError(f"rows must be n x 2 or n x 3, the last column what is fitted, not {table.shape}")
    if not FEWEST_ROWS <= len(table) <= MAX_ROWS:
        raise ValueError(f"{len(table)} rows: a fit takes {FEWEST_ROWS} to {MAX_ROWS}")
    if not np.isfinite(table).all():
        row, column = (int(place) for place in np.argwhere(~np.isfinite(table))[0])
        raise ValueError(f"row {row + 1}, column {column + 1} = {table[row, column]}: must be a finite number")
    given = tuple(str(each)[:_LONGEST_NAME] for each in names) or ("u", "w", "t")[3 - table.shape[1] :]
    if len(given) != table.shape[1]:
        raise ValueError(f"{len(given)} names for {table.shape[1]} columns")
    if model not in ("", *MODELS):
        raise ValueError(f"unknown model {shown(model)}{hint(model, MODELS)}")
    labels = {float(value) for value in np.unique(table[:, -1])}
    model = model or ("logistic" if labels in ({0.0, 1.0}, {-1.0, 1.0}) else "least_squares")
    if model == "logistic" and len(table) > MAX_LOGISTIC_ROWS:
        raise ValueError(f"{len(table)} rows: a logistic regression takes {MAX_LOGISTIC_ROWS} at most; take a sample")
    data = Data(table, given, model, name, title, source, rank)
    if scaled is None:
        scaled = int(condition(lay_out(data, scaled=False)) > STEEP)
    return build(data, batch_size=batch_size, scaled=scaled)


def from_csv(path: str | Path, columns: Sequence[str] = (), model: str = "") -> Surface:
    """Makes a surface from a CSV file, named after it; see :func:`from_rows`.

    Args:
        path: The file; see :func:`surfaces.table.read_table`.
        columns: Two or three of its columns, the last of which is fitted; () takes all.
        model: As for :func:`from_rows`.

    Returns:
        The surface, named after the file: "my_data" for "My data.csv".

    Raises:
        ValueError: The file cannot be read or fitted; the message names line and value.
    """
    file = Path(path)
    table = read_table(file, columns)
    if len(table.names) not in (2, 3):
        raise ValueError(
            f"{file.name} has {len(table.names)} columns ({', '.join(table.names)}); "
            "name two or three of them, the last being what is fitted"
        )
    stem = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in file.stem.lower())[:30]
    name = stem if stem[:1].isalpha() else f"data_{stem}"
    try:
        return from_rows(table.rows, table.names, model, name=name, source=f"{file.name}, {len(table.rows)} rows.")
    except ValueError as error:
        raise ValueError(f"{file.name}: {error}") from error


def build(data: Data, batch_size: int = BATCH, scaled: int = 0) -> Surface:
    """Makes the surface of checked rows; the arguments are those of :func:`from_rows`."""
    problem = lay_out(data, scaled=bool(scaled))
    text = ""
    if problem.least_squares:
        lowest, minimum, text = least_squares_formula(problem)
        kernels = partial(formula_kernels, text)
    else:
        mean = logistic_loss(problem)
        lowest = mean.minimizer() if mean.overlap() else None
        minimum = None if lowest is None else float(mean.loss(np.array([lowest[0]]), np.array([lowest[1]]))[0])
        kernels = mean.kernels
    domain, start = _window(problem, lowest)
    return Surface(
        name=data.name,
        title=data.title or _title(data),
        domain=domain,
        start=start,
        minima=() if lowest is None else (lowest,),
        minimum=minimum,
        source=data.source,
        note=_note(data, problem, lowest, scaled),
        text=text,
        build=kernels,
        sampler=row_sampler(problem, batch_size) if batch_size else None,
        parameters=_parameters(batch_size, scaled),
        maker=partial(build, data),
        rank=data.rank,
        group="Data",
        learning_rates=_rates(problem, domain, batch_size),
    )


def _parameters(batch_size: int, scaled: int) -> tuple[SurfaceParameter, ...]:
    rows = "Rows drawn a step, whose gradients are averaged; 0 takes all rows, without noise."
    scale = "1 takes the mean off each feature and divides it by its standard deviation; 0 leaves it as it is."
    return (
        SurfaceParameter("batch_size", "batch", BATCH, 0, 256, True, rows, batch_size),
        SurfaceParameter("scaled", "scaled", 0, 0, 1, True, scale, scaled),
    )


def _window(problem: Problem, lowest: Point | None) -> tuple[Domain, Point]:
    """What is shown, and the start: the lowest point in the middle of a square, and (0, 0) well inside it."""
    if lowest is None:  # there the loss goes down for ever, in the direction of the mean row
        size = 1 / float(np.abs(problem.features).mean())
        x, y = (problem.features * problem.target[:, None]).mean(axis=0)
        middle = (3 * size * x / math.hypot(x, y), 3 * size * y / math.hypot(x, y))
        half = 6 * size
    else:
        middle, half = lowest, 1.6 * max(abs(z) for z in lowest)
    if not half > 0:
        half = 1.0
    unit = 10.0 ** (math.floor(math.log10(half)) - 1)  # bounds of two or three digits
    (x0, x1), (y0, y1) = (
        (round(math.floor((z - half) / unit) * unit, 12), round(math.ceil((z + half) / unit) * unit, 12))
        for z in middle
    )
    start = (0.0, 0.0) if middle != (0.0, 0.0) else (x0 / 2, y1 / 2)
    return ((x0, x1), (y0, y1)), start


def _rates(problem: Problem, domain: Domain, batch_size: int) -> dict[str, float]:
    """Learning rates from the steepest curvature that a step can see, and from how far there is to go."""
    squares = (problem.features**2).sum(axis=1)
    bend = float(squares.max()) if batch_size else float(np.linalg.eigvalsh(second_moments(problem))[1])
    if not problem.least_squares:
        bend /= 4
    way = (domain[0][1] - domain[0][0]) / 2
    rates = {
        "gradient": 1 / bend,
        "momentum": 0.1 / bend,
        "sum": way / 6,
        "mean": way / 60,
        "rectified": min(way / 30, 2 / bend),  # its first steps are plain momentum
        "ratio": 30.0,
        "sign": way / 300,
    }
    return {family: float(f"{min(rate, 100.0):.2g}") for family, rate in rates.items()}


def _title(data: Data) -> str:
    first, second = data.names[0], data.names[1] if len(data.names) == 3 else ""
    right = f"x·{first} + y·{second}" if second else f"x·{first} + y"
    return f"{data.names[-1]} = {right}" if data.model == "least_squares" else f"P({data.names[-1]}) = σ({right})"


def _note(data: Data, problem: Problem, lowest: Point | None, scaled: int) -> str:
    if lowest is None:
        return "A line separates the two classes, so the loss has no lowest point: the weights grow for ever."
    kind = "Least squares" if problem.least_squares else "Logistic regression"
    what = f"{kind} on {len(data.rows)} rows{', standardised' if scaled else ''}"
    ratio = float(f"{condition(problem):.3g}")
    if not problem.least_squares:
        return f"{what}."
    shape = "a round bowl" if ratio < 1.5 else f"the valley is {ratio:,g} times as curved across as along"
    return f"{what}: {shape}."
