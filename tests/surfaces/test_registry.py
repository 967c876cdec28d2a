"""Finding surfaces, their parameters, and what importing them costs."""

import subprocess
import sys

import pytest

import surfaces


def test_unknown_name_says_what_is_known():
    with pytest.raises(
        ValueError, match=r"unknown surface 'rosenbrok': did you mean rosenbrock\? Known: narrow_valley, .*sparse_steps"
    ):
        surfaces.get("rosenbrok")


def test_unknown_parameter():
    with pytest.raises(ValueError, match=r"surface 'booth' has no parameter 'k'; its parameters: none"):
        surfaces.get("booth", k=3)
    with pytest.raises(ValueError, match=r"has no parameter 'kk'; its parameters: k, batch_size"):
        surfaces.get("sparse_logistic", kk=3)


@pytest.mark.parametrize("value", [0, -1, 1001, 2.5, float("nan"), float("inf"), "ten", None, 10**400])
def test_impossible_parameter(value):
    with pytest.raises(ValueError, match=r"k = .*: must be a whole number from 1 to 1000"):
        surfaces.get("sparse_steps", k=value)


def test_same_arguments_same_object():
    assert surfaces.get("beale") is surfaces.get("beale")
    assert surfaces.get("sparse_logistic", k=25.0) is surfaces.get("sparse_logistic", k=25)
    assert surfaces.get("sparse_logistic", k=10, batch_size=1) is surfaces.get("sparse_logistic")
    assert surfaces.get("sparse_logistic", k=25) is not surfaces.get("sparse_logistic", k=26)


def test_parameters_carry_their_values():
    surface = surfaces.get("sparse_least_squares", k=25, batch_size=4)
    assert {parameter.name: parameter.value for parameter in surface.parameters} == {"k": 25, "batch_size": 4}
    assert {parameter.name: parameter.default for parameter in surface.parameters} == {"k": 10, "batch_size": 1}
    assert surface.hessian(0.0, 0.0) == (1.0, 0.0, pytest.approx(1 / 25))


def test_importing_and_listing_need_neither_sympy_nor_torch():
    code = (
        "import sys, surfaces; surfaces.names(); surfaces.parse('x + y').latex; "
        "print(sorted({'sympy', 'torch', 'optim_viz'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_impossible_domain_and_start():
    with pytest.raises(ValueError, match=r"domain of y = \(3.0, 3.0\)"):
        surfaces.parse("x", domain=((0, 1), (3, 3)))
    with pytest.raises(ValueError, match=r"domain of x = \(nan, 1.0\)"):
        surfaces.parse("x", domain=((float("nan"), 1), (0, 3)))
    with pytest.raises(ValueError, match=r"start = \(inf, 0.0\)"):
        surfaces.parse("x", start=(float("inf"), 0))
