"""Which optimizer is best here, fairly: each at its own best setting for the same number of attempts.

At one learning rate for all, a comparison says more about the rate than about the optimizers. So each is tuned by
random search over the hyperparameters whose sliders are always in sight, over their ranges and on their scales,
all with the same number of attempts. Sources: Bergstra, Bengio, Random Search for Hyper-Parameter Optimization, JMLR 13
(2012); Dodge et al., Show Your Work, EMNLP 2019, for the best of n attempts; Sivaprasad et al., Optimizer Benchmarking
Needs to Account for Hyperparameter Tuning, ICML 2020.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from optim_viz import surfaces
from optim_viz.maps.compute import TOLERANCE
from optim_viz.maps.setting import Setting, complete_setting, listed
from optim_viz.rollout.arguments import MAX_STEPS, coordinates, whole
from optim_viz.rollout.outcomes import Outcomes, outcomes
from optim_viz.schedules import Schedule
from optim_viz.surfaces import Surface
from optim_viz.trajectory import Array
from optim_viz.update_rules import Hyperparameter, UpdateRule

POOL: Final = 1024
"""Attempts that the cost of attempts is estimated from, more than anybody makes by hand."""
PER_DECADE: Final = 24
"""Learning rates in each decade of the range that is looked at for the good ones."""


@dataclass(frozen=True, eq=False)
class Attempt:
    """One run.

    Attributes:
        hyperparameters: every one of them.
        gap: the loss after the last step above the minimum, the loss itself where none is known; NaN if it diverged.
        arrived: the first step within the tolerance; -1 where there is none, or no minimum is known.
    """

    hyperparameters: Mapping[str, float | bool]
    gap: float
    arrived: int


@dataclass(frozen=True, eq=False)
class Fair:
    """How an optimizer does when it is tuned, and what the tuning costs.

    Attributes:
        rule: the optimizer.
        searched: the hyperparameters that attempts vary.
        equal: the run at the learning rate that all share; None for a rule without lr.
        best: the best of the attempts; None where all diverged.
        attempts: how many there were.
        good: smallest and largest lr that is good, the other hyperparameters as given; None where none is.
        decades: log₁₀ of all learning rates that are good, gaps not counted. Good are those whose run arrives; where no
            minimum is known, those whose final loss is at most `factor` times as far above the lowest found as the
            start is above it divided by 1000.
        chance: the share of attempts, of a pool of 1024, that are good.
        best_of: (attempts) float64, the median over searches of the best result of the first 1, 2, ... attempts: steps
            to the tolerance (infinite where more than half the searches do not arrive), or the final loss where no
            minimum is known.
    """

    rule: UpdateRule
    searched: tuple[str, ...]
    equal: Attempt | None
    best: Attempt | None
    attempts: int
    good: tuple[float, float] | None
    decades: float
    chance: float
    best_of: Array


def fairness(
    surface: str | Surface,
    optimizers: Setting | Sequence[Setting],
    *,
    attempts: int = 32,
    lr: float = 0.01,
    steps: int = 300,
    tolerance: float = TOLERANCE,
    start: tuple[float, float] | None = None,
    noise: float = 0.0,
    seed: int = 0,
    tick: Callable[[int], None] | None = None,
) -> list[Fair]:
    """Tune every optimizer with the same number of attempts.

    Args:
        surface: a name of `surfaces.names()`, or a Surface.
        optimizers: names, rules, or pairs of one with hyperparameters, which hold where an attempt does not vary them.
        attempts: runs of each optimizer, 1 to 1024.
        lr: the learning rate of the run at equal rates.
        steps: T of every run.
        tolerance: loss - minimum at which a run has arrived.
        start: where runs start; the surface's own start where None.
        noise: standard deviation of the gradient noise.
        seed: of noise, minibatches and attempts.
        tick: called now and then with the step that the runs have reached; what it raises ends the work and is raised
            here.

    Returns:
        One entry for each optimizer, in their order.

    Raises:
        ValueError: as `outcome_maps`.

    Example:
        >>> adam, sgd = optim_viz.fairness("narrow_valley", ["adam", "sgd"], attempts=16)
        >>> len(adam.best_of), 0 < sgd.chance < adam.chance < 1
        (16, True)
    """
    ground = surface if isinstance(surface, Surface) else surfaces.get(surface)
    attempts, steps = whole("attempts", attempts, 1, POOL), whole("steps", steps, 1, MAX_STEPS)
    x, y = coordinates("start", ground.start if start is None else start)
    bench = _Bench(ground, (float(x), float(y)), steps, tolerance, noise, seed, tick)
    return [bench.fair(*complete_setting(each), attempts, lr) for each in listed(optimizers)]


@dataclass(frozen=True, eq=False)
class _Bench:
    """What all runs share."""

    surface: Surface
    start: tuple[float, float]
    steps: int
    tolerance: float
    noise: float
    seed: int
    tick: Callable[[int], None] | None

    def fair(
        self,
        rule: UpdateRule,
        given: dict[str, float | bool],
        schedule: Schedule | None,
        attempts: int,
        lr: float,
    ) -> Fair:
        own = {each.name: each for each in rule.hyperparameters}
        searched = [each for each in rule.hyperparameters if each.primary and each.scale != "choice"]
        pool = self._drawn(searched)
        tried = self._run(rule, {**given, **pool}, schedule)
        rates = _rates(own["lr"]) if "lr" in own else np.empty(0)
        swept = self._run(rule, {**given, "lr": rates}, schedule) if rates.size else None
        scores = self._scores(tried)
        best = np.lexsort((self._gap(tried)[:attempts], scores[:attempts]))[0]
        # The same bar for both: what the best run of all reached.
        bar = min(self._lowest(tried), self._lowest(swept))
        good = self._good(swept, bar) if swept else np.zeros(0, dtype=np.bool_)
        equal = (
            self._attempt(self._run(rule, {**given, "lr": np.array([lr])}, schedule), 0, {**given, "lr": lr})
            if rates.size
            else None
        )
        setting = {**given, **{name: float(values[best]) for name, values in pool.items()}}
        return Fair(
            rule=rule,
            searched=tuple(each.name for each in searched),
            equal=equal,
            best=self._attempt(tried, int(best), setting) if np.isfinite(tried.loss[best]) else None,
            attempts=attempts,
            good=(float(rates[good].min()), float(rates[good].max())) if good.any() else None,
            decades=float(good.sum()) / PER_DECADE,
            chance=float(self._good(tried, bar).mean()),
            best_of=best_of(scores, attempts),
        )

    def _run(self, rule: UpdateRule, given: Mapping[str, Any], schedule: Schedule | None) -> Outcomes:
        checked = rule.complete(given)
        count = max(np.size(value) for value in checked.values())
        return outcomes(
            [(self.surface, count)],
            rule,
            checked,
            self.start,
            steps=self.steps,
            near=self.tolerance,
            noise=self.noise,
            seed=self.seed,
            schedule=schedule,
            tick=self.tick,
        )

    def _drawn(self, searched: Sequence[Hyperparameter]) -> dict[str, Array]:
        """Draw the pool: uniform on each slider's own scale, the same places for every optimizer."""
        places = np.random.default_rng(np.random.SeedSequence([self.seed, 2])).random((len(searched), POOL))
        return {each.name: _at(each, share) for each, share in zip(searched, places, strict=True)}

    def _gap(self, found: Outcomes) -> Array:
        gap = found.loss - (self.surface.minimum or 0.0)
        return np.where(np.isfinite(gap), gap, np.inf)

    def _lowest(self, found: Outcomes | None) -> float:
        return float(self._gap(found).min()) if found else np.inf

    def _scores(self, found: Outcomes) -> Array:
        """Return what is to be small: steps to the tolerance, or the final loss where no minimum is known."""
        if self.surface.minimum is None:
            return self._gap(found)
        return np.where(found.arrived >= 0, found.arrived, np.inf)

    def _good(self, found: Outcomes, lowest: float) -> NDArray[np.bool_]:
        if self.surface.minimum is not None:
            return found.arrived >= 0
        begin = float(self.surface.loss(*self.start))
        return self._gap(found) <= lowest + FALL * abs(begin - lowest)

    def _attempt(self, found: Outcomes, place: int, setting: Mapping[str, float | bool]) -> Attempt:
        gap = float(found.loss[place] - (self.surface.minimum or 0.0))
        return Attempt(dict(setting), gap, int(found.arrived[place]))


FALL: Final = 0.01
"""Where no minimum is known, a run is good that made all but a hundredth of the best run's way down."""


def best_of(scores: Array, most: int) -> Array:
    """Return the median of the best of 1, 2, ..., `most` attempts.

    The best of n independent attempts is at most s with probability 1 - (1 - F(s))^n, where F is the share of attempts
    that are at most s; the median is the smallest s for which that is a half.

    Args:
        scores: (K,), of many attempts; the smaller the better, infinite where one failed.
        most: the largest n.

    Returns:
        (most,) float64.
    """
    shares = 1.0 - 0.5 ** (1.0 / np.arange(1, most + 1))
    places = np.ceil(shares * len(scores) - 1e-9).astype(np.int64) - 1
    return np.sort(scores)[np.maximum(places, 0)]


def _at(each: Hyperparameter, share: Array) -> Array:
    """Return values at parts of a slider's way, 0 to 1, on its own scale."""
    if each.scale == "linear":
        return each.low + share * (each.high - each.low)
    if each.complement:
        return 1.0 - (1.0 - each.low) * ((1.0 - each.high) / (1.0 - each.low)) ** share
    return each.low * (each.high / each.low) ** share


def _rates(lr: Hyperparameter) -> Array:
    """Return learning rates over the slider's range, in the middle of cells of 1/24 of a decade."""
    count = round(np.log10(lr.high / lr.low) * PER_DECADE)
    middles: Array = (np.arange(count, dtype=np.float64) + 0.5) / count
    return _at(lr, middles)
