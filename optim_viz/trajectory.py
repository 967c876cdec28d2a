"""What a run returns: every number of every step, and where a run left the finite numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from optim_viz import update_rules
from optim_viz.schedules import Schedule
from optim_viz.surfaces import Surface, shown
from optim_viz.update_rules import UpdateRule

if TYPE_CHECKING:
    from pandas import DataFrame  # pyright: ignore[reportMissingTypeStubs]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory:
    """A batch of runs of shape (*B) over T steps; B is () for one run.

    A run that leaves the finite numbers keeps everything before that step; from `diverged_at` on its theta and loss
    are NaN, and so is everything of the step that led there and of those after it. Nothing is clipped.

    Everything in it is read-only. Two trajectories are equal where all their numbers are (NaN equals NaN).
    `trajectory[i]` is run i of a batch, `trajectory[2:5]` a smaller batch, and a loop goes over the runs.

    Attributes:
        theta: (*B, T+1, 2) float64, the params; theta[..., 0, :] is the start.
        loss: (*B, T+1) float64, the full loss at each theta, also where the steps saw minibatches or noise; NaN in a
            replay, which has no surface.
        grad: (*B, T, 2) float64, the gradient that each step saw, noise and minibatch included: at theta,
            though a rule may take that of its step elsewhere.
        update: (*B, T, 2) float64, the step that was taken: theta[t+1] - theta[t], bit for bit.
        state: name -> (*B, T, 2) float64, the rule's state *after* each step.
        diverged_at: (*B) int, first index into theta that belongs to no finite run; -1 where the run stays finite.
        diverged_quantity: (*B) str, what was not finite first at that step: "grad", a state's name, "theta" or
            "loss", in the order in which a step works them out; "" where the run stays finite.
        surface: what the loss and the gradients come from; None in a replay.
        rule: the update rule.
        hyperparameters: every hyperparameter, as given or by default; floats, bools or arrays that broadcast to (*B).
        seed: seed of noise and minibatches; an int, or an array that broadcasts to (*B).
        noise: standard deviation of the gradient noise; a float, or an array that broadcasts to (*B).
        schedule: what `lr` was multiplied by over the run; None where it stayed as it is.
    """

    theta: Array
    loss: Array
    grad: Array
    update: Array
    state: Mapping[str, Array]
    diverged_at: NDArray[np.int64]
    diverged_quantity: NDArray[np.str_]
    surface: Surface | None
    rule: UpdateRule
    hyperparameters: Mapping[str, Any]
    seed: int | NDArray[np.int64]
    noise: float | Array
    schedule: Schedule | None = None

    def __post_init__(self) -> None:
        """Make every array and every mapping read-only."""
        for name, value in self._values().items():
            object.__setattr__(self, name, _read_only(value))

    @property
    def optimizer(self) -> str:
        """The rule's name."""
        return self.rule.name

    @property
    def steps(self) -> int:
        """T, the number of steps."""
        return self.grad.shape[-2]

    @property
    def lr(self) -> Array:
        """The learning rate of each step, (*B, T) float64: `lr` times the schedule's factor.

        Raises:
            ValueError: the rule has no `lr`.
        """
        if "lr" not in self.hyperparameters:
            raise ValueError(f"{self.optimizer} has no lr")
        rate = np.asarray(self.hyperparameters["lr"], dtype=np.float64)[..., np.newaxis]
        if self.schedule is not None:
            rate = rate * self.schedule.factors(self.steps)
        return np.broadcast_to(rate, (*self.batch_shape, self.steps))

    def first_state(self) -> Any:
        """Return the rule's state before the first step, a NamedTuple of arrays that broadcast to (2, *B)."""
        given = dict(self.hyperparameters)
        if self.schedule is not None:
            given["lr"] = self.lr[..., 0]
        return self.rule.first_state(np.moveaxis(self.theta[..., 0, :], -1, 0), given)

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """(*B)."""
        return self.loss.shape[:-1]

    def __getitem__(self, index: Any) -> Trajectory:
        """Return some of the runs: what NumPy's indexing with `index` picks from an array of shape (*B).

        Raises:
            IndexError: there is no such run; a single run has none to choose from.

        Example:
            >>> batch = optim_viz.rollout("booth", "sgd", lr=[0.01, 0.02, 0.03])
            >>> batch[1].hyperparameters["lr"], batch[1:].batch_shape
            (0.02, (2,))
        """
        shape = self.batch_shape
        if not shape:
            raise IndexError("this is one run, not a batch; its arrays are indexed by step: .theta[t], .loss[t]")
        lanes = np.unravel_index(np.arange(np.prod(shape)).reshape(shape)[index], shape)

        def chosen(value: Any) -> Any:
            if isinstance(value, Mapping):
                return {key: chosen(each) for key, each in cast("Mapping[str, Any]", value).items()}
            return np.asarray(value[lanes])  # a single one would be a NumPy scalar

        def spread(value: Any) -> Any:
            array = _array(value)
            if array is None:
                return value
            picked = np.broadcast_to(array, shape)[lanes]
            return picked if picked.ndim else picked.item()

        recorded = ("theta", "loss", "grad", "update", "state", "diverged_at", "diverged_quantity")
        values = {name: chosen(value) if name in recorded else value for name, value in self._values().items()}
        values["hyperparameters"] = {name: spread(value) for name, value in self.hyperparameters.items()}
        values |= {"seed": spread(self.seed), "noise": spread(self.noise)}
        return Trajectory(**values)

    def __iter__(self) -> Iterator[Trajectory]:
        """Go over the first axis of the batch."""
        if not self.batch_shape:
            raise TypeError("this is one run, not a batch; there is nothing to go over")
        return (self[lane] for lane in range(self.batch_shape[0]))

    def steps_to(self, tol: float) -> NDArray[np.int64]:
        """Count the steps until the loss is within `tol` of the surface's minimum for the first time.

        Args:
            tol: loss - minimum that is small enough, > 0; the minimum itself is known to rounding only.

        Returns:
            (*B) int: the first t with loss[t] - minimum <= tol; -1 where there is none.

        Raises:
            ValueError: tol is not a number > 0, or the surface's minimum is not known.

        Example:
            >>> optim_viz.rollout("booth", "sgd", lr=[0.001, 0.1]).steps_to(1e-6)
            array([-1, 48])
        """
        if np.ndim(tol) or np.asarray(tol).dtype.kind not in "fiu" or not tol > 0:
            raise ValueError(f"tol = {shown(tol)} is not a number > 0")
        if self.surface is None or self.surface.minimum is None:
            name = "a replay" if self.surface is None else self.surface.name
            raise ValueError(f"steps_to needs a surface whose minimum is known; that of {name} is not")
        reached = self.loss - self.surface.minimum <= tol
        return np.where(reached.any(axis=-1), reached.argmax(axis=-1), -1)

    def to_dataframe(self) -> DataFrame:
        """Return the numbers as a table of pandas: one row for each run and each t = 0..T.

        Returns:
            Columns: for a batch `lane` (counted in C order) and whatever differs from lane to lane (hyperparameters,
            seed, noise); `step`; theta as `x` and `y`; `loss`; and as NAME_x and NAME_y grad, update and each state of
            the step that led there, NaN at step 0.

        Raises:
            ImportError: pandas is not installed.
        """
        try:
            import pandas  # pyright: ignore[reportMissingTypeStubs]
        except ImportError as error:
            raise ImportError("to_dataframe makes a table of pandas; install it first: pip install pandas") from error
        shape, length = self.batch_shape, self.steps + 1
        lanes = int(np.prod(shape))
        columns: dict[str, NDArray[Any]] = {}
        if shape:
            columns["lane"] = np.repeat(np.arange(lanes), length)
            settings = {**self.hyperparameters, "seed": self.seed, "noise": self.noise}
            columns |= {
                name: np.repeat(np.broadcast_to(value, shape).reshape(-1), length)
                for name, value in settings.items()
                if np.ndim(value)
            }
        columns["step"] = np.tile(np.arange(length), lanes)
        columns |= {axis: self.theta[..., place].reshape(-1) for place, axis in enumerate("xy")}
        columns["loss"] = self.loss.reshape(-1)
        for name, values in {"grad": self.grad, "update": self.update, **self.state}.items():
            padded = np.concatenate([np.full_like(values[..., :1, :], np.nan), values], axis=-2)
            columns |= {f"{name}_{axis}": padded[..., place].reshape(-1) for place, axis in enumerate("xy")}
        return pandas.DataFrame(columns)

    def __eq__(self, other: object) -> bool:
        """Whether rule, settings, surface and every number are the same."""
        if not isinstance(other, Trajectory):
            return NotImplemented
        mine, others = self._values(), other._values()
        return all(_same(value, others[name]) for name, value in mine.items())

    def __hash__(self) -> int:
        """Return a number that equal trajectories share."""
        return hash((self.optimizer, self.theta.shape))

    def __repr__(self) -> str:
        """Return one line: what ran, and where it ended."""
        return f"<Trajectory: {'; '.join(f'{name} {text}' for name, text in self._facts().items())}>"

    def _repr_html_(self) -> str:
        """Return a table for a notebook; every text in it is escaped."""
        rows = [f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in self._facts().items()]
        return f"<table><caption>Trajectory</caption>{''.join(rows)}</table>"

    def _facts(self) -> dict[str, str]:
        """Say in short what ran and where it ended."""
        last, diverged = self.loss[..., -1], int((self.diverged_at >= 0).sum())
        facts = {
            "optimizer": self.optimizer,
            "surface": "none (a replay)" if self.surface is None else self.surface.name,
            "steps": str(self.steps),
        }
        if self.batch_shape:
            facts["runs"] = f"{' x '.join(map(str, self.batch_shape))}"
        facts |= {
            name: _in_short(value)
            for name, value in self.hyperparameters.items()
            if name == "lr" or isinstance(value, np.ndarray)
        }
        if self.schedule is not None:
            facts["schedule"] = str(self.schedule)
        if np.isfinite(last).any():
            facts["final loss"] = _in_short(last[np.isfinite(last)])
        if diverged:
            first = self.diverged_at[self.diverged_at >= 0].min()
            facts["diverged"] = f"{diverged} of {last.size}, first at step {first}"
        return facts

    def _values(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __getstate__(self) -> dict[str, Any]:
        """Return what a pickle or a copy holds: a registered rule goes by its name, since it is code."""
        values = self._values() | {"state": dict(self.state), "hyperparameters": dict(self.hyperparameters)}
        if self.optimizer in update_rules.names() and update_rules.get(self.optimizer) is self.rule:
            values["rule"] = self.optimizer
        return values

    def __setstate__(self, values: dict[str, Any]) -> None:
        """Take it back, read-only again."""
        values["rule"] = update_rules.get(values["rule"])
        for name, value in values.items():
            object.__setattr__(self, name, _read_only(value))


def _array(value: Any) -> NDArray[Any] | None:
    """Return the value if it is an array."""
    return cast("NDArray[Any]", value) if isinstance(value, np.ndarray) else None


def _read_only(value: Any) -> Any:
    """Return an array, or a mapping with its arrays, that cannot be written to; anything else as it is."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: _read_only(each) for key, each in cast("Mapping[str, Any]", value).items()})
    array = _array(value)
    if array is None:
        return value
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    # A view: NumPy lets the owner of the memory, and nobody else, become writeable again.
    return array.view() if array.base is None else array


def _same(value: Any, other: Any) -> bool:
    """Compare two fields; surfaces by what they declare, since a copy is another object."""
    if isinstance(value, Mapping):
        mine, others = cast("Mapping[str, Any]", value), cast("Mapping[str, Any]", other)
        return mine.keys() == others.keys() and all(_same(each, others[key]) for key, each in mine.items())
    if isinstance(value, Surface) and isinstance(other, Surface):
        return all(
            getattr(value, name) == getattr(other, name) for name in ("name", "text", "domain", "start", "parameters")
        )
    array = _array(value)
    if array is None or _array(other) is None:
        return type(value) is type(other) and bool(value == other)
    return np.array_equal(array, other, equal_nan=array.dtype.kind == "f")


def _in_short(value: Any) -> str:
    """Write a number, or the range of an array, with four digits."""
    array = np.asarray(value)
    if not array.size:
        return "none"
    if array.dtype == np.bool_:
        return " and ".join(sorted({str(each) for each in array.reshape(-1)}))
    low, high = f"{array.min():.4g}", f"{array.max():.4g}"
    return low if low == high else f"{low} to {high}"
