"""How many cores of a machine a run trains with. It depends on run and machine alone, never on what else trains.

So a run's numbers, which depend on the threads that torch sums with, are the same whenever its turn comes.
"""

from __future__ import annotations

from typing import Final

from optim_viz.comparison.spec import TrainingSpec

_WORK_A_THREAD: Final = 25e6
"""Operations of one step for which one more thread of the CPU is worth its turns with the others."""


def workers_and_threads(work: float, lanes: int, cores: int) -> tuple[int, int]:
    """Return how many lanes train side by side on the CPU, and the threads of each.

    Lanes side by side scale better than threads within the small matrices of one.

    Args:
        work: operations of one lane's step.
        lanes: how many lanes there are.
        cores: threads that the run may take.
    """
    workers = min(cores, lanes)
    return workers, max(1, min(cores // workers, int(work / _WORK_A_THREAD)))


def cores_wanted(spec: TrainingSpec, cores: int) -> int:
    """Return how many of `cores` a run makes use of, 1 to `cores`."""
    workers, threads = workers_and_threads(spec.work, len(spec.lanes), cores)
    return workers * threads
