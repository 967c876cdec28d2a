"""Finding surfaces, their parameters, and what importing them costs."""

import re
import subprocess
import sys
from functools import partial

import pytest

import surfaces

NAMES = surfaces.names()
ADJUSTABLE = [(name, parameter) for name in NAMES for parameter in surfaces.get(name).parameters]
IDS = [f"{name}-{parameter.name}" for name, parameter in ADJUSTABLE]


def _other(parameter):
    """A value that is allowed and not the default."""
    return parameter.low if parameter.default != parameter.low else parameter.high


@pytest.mark.parametrize("formula", ["x**2 + y**2", "2x", "|x|", "x²", "3.5", "where(x > 0, x, y)"])
def test_a_formula_is_told_what_to_write(formula):
    with pytest.raises(ValueError, match=re.escape(f"for a formula write surfaces.parse('{formula}')")):
        surfaces.get(formula)


@pytest.mark.parametrize("wrong", [None, 7, lambda x, y: x, ["x"]])
def test_what_is_no_formula_is_told_what_to_write(wrong):
    with pytest.raises(ValueError, match=r"takes a formula as text, such as 'x\*\*2 \+ 3\*y\*\*2', not"):
        surfaces.parse(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_unknown_parameter(name):
    surface = surfaces.get(name)
    for make in (partial(surfaces.get, name), surface.rebuild):
        with pytest.raises(ValueError, match=rf"surface '{name}' has no parameter 'kk'.*[iI]ts parameters: "):
            make(kk=3)


@pytest.mark.parametrize("value", [-1, 10**7, 2.5, float("nan"), float("inf"), "ten", None, 10**400])
@pytest.mark.parametrize(("name", "parameter"), ADJUSTABLE, ids=IDS)
def test_impossible_parameter(name, parameter, value):
    wanted = rf"{parameter.name} = .*: must be a (whole )?number from {parameter.low:g} to {parameter.high:g}"
    if value == 2.5 and not parameter.integer:
        pytest.skip("any number in the range is possible")
    for make in (partial(surfaces.get, name), surfaces.get(name).rebuild):
        with pytest.raises(ValueError, match=wanted):
            make(**{parameter.name: value})


@pytest.mark.parametrize(("name", "parameter"), ADJUSTABLE, ids=IDS)
def test_same_arguments_same_object(name, parameter):
    value = _other(parameter)
    changed = surfaces.get(name, **{parameter.name: value})
    assert changed is surfaces.get(name, **{parameter.name: float(value)})
    assert changed is not surfaces.get(name)
    assert surfaces.get(name, **{parameter.name: parameter.default}) is surfaces.get(name)


@pytest.mark.parametrize(("name", "parameter"), ADJUSTABLE, ids=IDS)
def test_parameters_carry_their_values(name, parameter):
    value = _other(parameter)
    changed = surfaces.get(name, **{parameter.name: value})
    kept = {each.name: each.default for each in changed.parameters} | {parameter.name: value}
    assert {each.name: each.value for each in changed.parameters} == kept
    assert changed.rebuild().complete({}) == kept
    for other in changed.parameters:  # what is left out stays
        again = changed.rebuild(**{other.name: _other(other)})
        assert again.complete({}) == kept | {other.name: _other(other)}


def test_a_surface_without_parameters_is_its_own_rebuild():
    surface = surfaces.parse("x*y")
    assert surface.rebuild() is surface


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
