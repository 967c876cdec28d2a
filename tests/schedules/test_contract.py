"""What every schedule promises, over the whole registry: above all that it is torch's, step by step."""

from __future__ import annotations

import copy
import pickle
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from optim_viz import schedules
from optim_viz.schedules import Parameter, Schedule

NAMES = schedules.names()


def torchs_rates(schedule: Schedule, lr: float, steps: int) -> list[float]:
    """Return the rate that torch's optimizer has at each step."""
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=lr)
    kind = getattr(torch.optim.lr_scheduler, schedule.torch_twin)
    scheduler = kind(optimizer, **schedule.torch_kwargs(lr, steps, schedule.values))
    rates = [optimizer.param_groups[0]["lr"]]
    for _ in range(steps - 1):
        optimizer.step()
        scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


def drawn(parameter: Parameter, data: st.DataObject) -> float:
    """Draw a value in reach of a short run."""
    high = min(parameter.high, 200.0 if parameter.whole else 1e4)
    if parameter.whole:
        return float(data.draw(st.integers(int(parameter.low), int(high)), label=parameter.name))
    return data.draw(st.floats(parameter.low, high), label=parameter.name)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=12, deadline=None)
@given(data=st.data(), steps=st.integers(2, 150))
def test_it_is_torchs_to_rounding(name: str, data: st.DataObject, steps: int) -> None:
    entry = schedules.get(name)
    schedule = entry.with_values(**{each.name: drawn(each, data) for each in entry.parameters})
    lr = 0.1
    np.testing.assert_allclose(lr * schedule.factors(steps), torchs_rates(schedule, lr, steps), rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("steps", [2, 300, 1000])
def test_its_defaults_are_torchs_to_rounding(name: str, steps: int) -> None:
    schedule = schedules.get(name)
    rates = torchs_rates(schedule, 0.3, steps)
    np.testing.assert_allclose(0.3 * schedule.factors(steps), rates, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_its_factors_are_shares_of_the_rate(name: str) -> None:
    entry = schedules.get(name)
    for steps in (1, 2, 3, 7, 1000):
        factors = entry.factors(steps)
        assert factors.shape == (steps,)
        assert factors.dtype == np.float64
        assert np.isfinite(factors).all()
        assert (factors > 0).all()
        assert (factors <= 1 + 1e-15).all()
        whole = entry.factor([[1, steps], [steps, 1]], steps)
        np.testing.assert_array_equal(whole, [[factors[0], factors[-1]], [factors[-1], factors[0]]])


@pytest.mark.parametrize("name", NAMES)
def test_its_facts_are_stated(name: str) -> None:
    entry = schedules.get(name)
    assert entry.name == name
    assert re.fullmatch(r"[A-Z].{20,120}\.", entry.sentence)
    assert entry.source
    assert entry.latex.count("{") == entry.latex.count("}")
    assert hasattr(torch.optim.lr_scheduler, entry.torch_twin)
    for each in entry.parameters:
        assert re.fullmatch(r"[A-Z].{8,98}\.", each.help)
        assert each.symbol
        assert each.check(each.default) == each.default
        for wrong in (each.low - 1, each.high * 2 + 1, np.nan, np.inf, True, "1", None, *([1.5] if each.whole else [])):
            with pytest.raises(ValueError, match=each.name):
                each.check(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_its_text_is_read_back(name: str) -> None:
    entry = schedules.get(name)
    assert str(entry) == name
    other = entry.with_values(**{each.name: each.high for each in entry.parameters})
    for one in (entry, other):
        assert schedules.parse(str(one)) == one
        assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one  # noqa: S301 - made here
        assert hash(schedules.parse(str(one))) == hash(one)
    assert (other != entry) == bool(entry.parameters)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cosin", "unknown schedule 'cosin'.*cosine"),
        ("", "unknown schedule"),
        ("step:gama=0.5", "no parameter 'gama'.*gamma"),
        ("step:gamma", "not NAME=NUMBER"),
        ("step:gamma=0.5:gamma=0.5", "given twice"),
        ("step:gamma=half", "'half' is not a number"),
        ("step:gamma=nan", "gamma = nan"),
        ("step:step_size=2.5", "step_size = 2.5 is not a whole number from 1 to 100000"),
        ("step:" + "gamma=1" * 100, "at most 200 characters, not 705"),
    ],
)
def test_a_text_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        schedules.parse(text)


def test_the_first_leaves_the_rate_as_it_is() -> None:
    """The lab's menu counts on it: a lane with the first of them says nothing of a schedule."""
    first = schedules.get(NAMES[0])
    assert not first.parameters
    assert first.factors(100).tolist() == [1.0] * 100


def test_a_step_outside_the_run_has_no_factor() -> None:
    for t in (0, 11, np.nan):
        with pytest.raises(ValueError, match="not a step from 1 to 10"):
            schedules.get("cosine").factor(t, 10)


def test_published_values() -> None:
    """Worked out by hand from the formulas: StepLR's and ExponentialLR's own docs, SGDR's equation 5, α/√t."""
    np.testing.assert_allclose(
        schedules.get("step", step_size=30).factors(90)[[0, 29, 30, 59, 60]], [1, 1, 0.1, 0.1, 0.01]
    )
    np.testing.assert_allclose(schedules.get("exponential", gamma=0.5).factors(4), [1, 0.5, 0.25, 0.125])
    np.testing.assert_allclose(schedules.get("cosine").factors(4), [1, (2 + 2**0.5) / 4, 0.5, (2 - 2**0.5) / 4])
    np.testing.assert_allclose(schedules.get("inverse_sqrt").factors(9), [k**-0.5 for k in range(1, 10)])
    np.testing.assert_allclose(
        schedules.get("warmup", total_iters=4, start_factor=0.2).factors(6), [0.2, 0.4, 0.6, 0.8, 1, 1]
    )
    cycle = schedules.get("one_cycle").factors(100)
    np.testing.assert_allclose(cycle[[0, 29, 99]], [1 / 25, 1, 1 / 25 / 1e4])
