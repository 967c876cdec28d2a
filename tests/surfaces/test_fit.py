"""Fits of tables, against published values, scikit-learn and SciPy; a bad table is told by line and value."""

import pickle
from functools import cache

import numpy as np
import pytest

import surfaces

CARS = surfaces.get("cars")


@cache
def iris():
    """Lengths and widths of versicolor's (0) and virginica's (1) petals; scikit-learn takes a second to load."""
    from sklearn.datasets import load_iris

    petals, kinds = (np.array(part)[50:] for part in load_iris(return_X_y=True))
    return np.column_stack([petals[:, 2:], kinds - 1])


def examples(surface):
    assert surface.sampler is not None
    return surface.sampler.examples


def test_cars_is_the_published_fit():
    """R's documentation: lm(dist ~ speed) gives -17.5791 and 3.9324, with a residual standard error of 15.38 on 48."""
    (slope, intercept) = CARS.minima[0]
    assert (round(slope, 4), round(intercept, 4)) == (3.9324, -17.5791)
    assert CARS.minimum is not None
    assert round(np.sqrt(2 * CARS.minimum * 50 / 48), 2) == 15.38
    assert examples(CARS) == 50
    # A point that is no minimum, from the sum itself: the mean of dist^2 / 2 at (0, 0), with sum dist^2 = 124903.
    assert CARS.loss(0.0, 0.0) == pytest.approx(124903 / 100, rel=1e-12)


@pytest.mark.parametrize("scaled", [0, 1])
@pytest.mark.parametrize("kind", ["line", "plane", "logistic line", "logistic plane"])
def test_loss_and_gradient_are_those_of_the_rows(kind, scaled):
    rows = iris() if "plane" in kind else iris()[:, 1:]
    model = "logistic" if "logistic" in kind else "least_squares"
    surface = surfaces.from_rows(rows, model=model, batch_size=3, scaled=scaled)
    columns, target = rows[:, :-1], rows[:, -1]
    if scaled:
        columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    if scaled and kind == "plane":
        target = target - target.mean()
    features = np.column_stack([columns, np.ones(100)])[:, :2]

    def loss(point):
        if model == "least_squares":
            return np.mean((features @ point - target) ** 2) / 2
        return np.mean(np.log1p(np.exp(-(2 * target - 1) * (features @ point))))

    for point in ((0.3, -0.7), (-1.2, 2.5), (2.0, 1.0)):
        assert surface.loss(*point) == pytest.approx(loss(np.array(point)), rel=1e-12)
        step = 1e-6
        slopes = [(loss(np.array(point) + step * e) - loss(np.array(point) - step * e)) / (2 * step) for e in np.eye(2)]
        assert surface.grad(*point) == pytest.approx(slopes, rel=1e-6, abs=1e-8)
        each = [surface.sampled_grad(point[0], point[1], np.array([row])) for row in range(100)]
        np.testing.assert_allclose(np.mean(each, axis=0), surface.grad(*point), rtol=1e-11, atol=1e-12)
        near = np.array(surface.grad(point[0] + step, point[1])) - surface.grad(point[0] - step, point[1])
        assert np.array(surface.hessian(*point))[:2] == pytest.approx(near / (2 * step), rel=1e-6, abs=1e-8)
    from scipy.optimize import minimize

    best = minimize(loss, surface.minima[0], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-13})
    assert surface.minimum == pytest.approx(best.fun, abs=1e-11)
    assert np.hypot(*surface.grad(*surface.minima[0])) < 1e-11
    assert surface.rebuild(batch_size=0).draws(5, 0) is None
    again = pickle.loads(pickle.dumps(surface))  # noqa: S301 - made in this line
    assert again.grad(0.3, 0.2) == surface.grad(0.3, 0.2)
    assert again.parameters == surface.parameters


def test_a_logistic_fit_is_that_of_scikit_learn():
    from sklearn.linear_model import LogisticRegression

    theirs = LogisticRegression(C=1e12, tol=1e-10, max_iter=10_000).fit(iris()[:, :1], iris()[:, 2])
    ours = surfaces.from_rows(iris()[:, [0, 2]], ("length", "virginica"))
    assert ours.minima[0] == pytest.approx((theirs.coef_[0, 0], theirs.intercept_[0]), rel=1e-3)
    assert ours.title == "P(virginica) = σ(x·length + y)"


def test_classes_that_a_line_separates_have_no_minimum():
    apart = surfaces.from_rows([(1, 0), (2, 0), (3, 1), (4, 1)])
    assert (apart.minima, apart.minimum) == ((), None)
    assert "no lowest point" in apart.note
    assert apart.loss(400.0, -1000.0) < 1e-20
    overlapping = surfaces.from_rows([(1, 0), (3, 0), (2, 1), (4, 1)])
    assert len(overlapping.minima) == 1


def test_steep_valleys_are_standardised_and_the_note_says_so():
    years = [(year, 0.1 * year - 190 + (-1) ** year) for year in range(1990, 2020)]
    assert "standardised: a round bowl" in surfaces.from_rows(years).note
    assert "standardised" not in surfaces.from_rows(years, scaled=0).note


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "data.csv is empty"),
        ("a,b\n1,2\n3,x\n4,5\n", r"data.csv, line 3: b = 'x' is no number"),
        ("a,b\n1,2\n\n3,\n4,5\n", r"data.csv, line 4: b is empty"),
        ("a;b\n1;2\n2;3,5\n", r"data.csv, line 3: b = '3,5' is no number; write 3.5 for 3,5"),
        ("a,b\n1,2\n1,2,3\n", r"data.csv, line 3 has 3 values, not 2: a, b"),
        ("a,b\n1,nan\n1,2\n", r"data.csv, line 2: b = 'nan' is no number"),
        ("a,b\n1,1e999\n1,2\n", r"data.csv, line 2: b = '1e999' is no number"),
        ("a,a\n1,2\n", r"line 1: columns need names that differ"),
        ("a,b\n1,2\n3,4\n", r"2 rows of numbers; a fit needs 3"),
        ("a,b\n1,2\n1,3\n1,4\n", r"data.csv: a is 1 in every row"),
        ("a,b,c\n1,2,3\n2,4,5\n3,6,9\n", r"data.csv: a and b are proportional"),
        ("a,b,c,d\n1,2,3,4\n2,3,4,5\n4,5,6,8\n", r"has 4 columns \(a, b, c, d\); name two or three"),
        ("a,b\n" + "1,2\n" * 2001, "more than 2000 rows"),
        (b"a,b\n1,2\n\xff,3\n", r"line 3: byte 0xff is not UTF-8"),
        ('a,b\n1,"2\n', r"data.csv, line"),
    ],
)
def test_a_bad_table_is_told_with_line_and_value(tmp_path, content, words):
    file = tmp_path / "data.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=words):
        surfaces.from_csv(file)


def test_a_good_table_is_read_whatever_its_form(tmp_path):
    file = tmp_path / "My data.csv"
    forms = [
        "u,t\n1,2\n2,3.5\n3,1e1\n",
        "\ufeffu;t\r\n1;2\r\n2;3.5\r\n3;1e1\r\n",
        '"u"\t"t"\n1\t2\n2\t3.5\n\n3\t10\n',
        "1,2\n2,3.5\n3,10\n",
    ]
    found = []
    for form in forms:
        file.write_text(form, encoding="utf-8", newline="")
        found.append(surfaces.from_csv(file))
    assert {surface.minima[0] for surface in found} == {found[0].minima[0]}
    assert found[0].minima[0] == pytest.approx((4.0, -17 / 6))
    assert [surface.title for surface in found] == ["t = x·u + y"] * 3 + ["column 2 = x·column 1 + y"]
    assert found[0].name == "my_data"
    file.write_text("a,b,c\n1,2,0\n2,1,1\n2,2,0\n3,1,0\n", encoding="utf-8")
    assert surfaces.from_csv(file, ("c", "a"), "least_squares").title == "a = x·c + y"
    with pytest.raises(ValueError, match="has no column 'd'"):
        surfaces.from_csv(file, ("a", "d"))
    with pytest.raises(ValueError, match="cannot be read"):
        surfaces.from_csv(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("rows", "more", "words"),
    [
        ([[1, 2, 3, 4]], {}, "n x 2 or n x 3"),
        ([[1, 2]], {}, "1 rows: a fit takes 3 to 2000"),
        ([[1, 2], [np.inf, 3], [3, 4]], {}, "row 2, column 1 = inf"),
        ([[1, 2], [2, 3], [3, 4]], {"model": "logistic"}, "t has 3 different values; a logistic regression needs two"),
        ([[1, 2], [2, 3], [3, 4]], {"model": "logistc"}, "unknown model 'logistc'.*logistic"),
        ([[1, 2], [2, 3], [3, 5]], {"names": ["a"]}, "1 names for 2 columns"),
        ([[i, i % 2] for i in range(501)], {}, "a logistic regression takes 500 at most"),
    ],
)
def test_rows_that_cannot_be_fitted_are_refused(rows, more, words):
    with pytest.raises(ValueError, match=words):
        surfaces.from_rows(rows, **more)
