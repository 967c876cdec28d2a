# pyright: basic
"""What the machine has to train with: device, threads, memory; and how a run's work is cut for it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from optim_viz.comparison.cores import workers_and_threads

_WORK_BETWEEN_QUESTIONS: Final = {"cpu": 2e9, "gpu": 1e12}
"""Operations between two questions whether to stop: a tenth of a second on one slow core, or on a small GPU."""
_MOST_ROWS: Final = {"cpu": 4096, "gpu": 65_536}
_UPDATE_ROWS: Final = 40
"""The optimizer's update takes about as long as so many rows."""


@dataclass(frozen=True)
class Shares:
    """How the work of a run is cut. It depends on the run and the kind of device alone, never on a timing.

    Attributes:
        workers: groups that train at once.
        threads: torch's threads of each.
        rows_at_once: rows that go through the network at once; enough to be fast, few enough to stop soon.
        stretch: steps that a group takes between two turns of the engine.
    """

    workers: int
    threads: int
    rows_at_once: int
    stretch: int


def share(work_a_row: float, batch_size: int, lanes: int, device: str, cores: int) -> Shares:
    """Cut the work of a run.

    On the CPU each lane is trained by itself, side by side with others, which scales better than threads within the
    small matrices of one. On a GPU all lanes step together.

    Args:
        work_a_row: operations of a step for each row of the batch; see `operations`.
        batch_size: rows of a step.
        lanes: how many lanes there are.
        device: its type.
        cores: threads that the CPU may take.
    """
    kind = "cpu" if device == "cpu" else "gpu"
    workers, threads = workers_and_threads(work_a_row * batch_size, lanes, cores) if kind == "cpu" else (1, 1)
    work = _WORK_BETWEEN_QUESTIONS[kind]
    step = work_a_row * (batch_size + _UPDATE_ROWS) * (lanes if kind == "gpu" else 1)
    return Shares(
        workers=workers,
        threads=threads,
        rows_at_once=max(16, min(_MOST_ROWS[kind], int(work / work_a_row))),
        stretch=max(1, min(64, int(2 * work / step))),
    )


def operations(network: nn.Module, example: Tensor) -> float:
    """Return the multiplications and additions of a step for one example: three times those of the forward pass.

    Args:
        network: any module.
        example: (1, *input shape).
    """
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(example)
    return 3.0 * max(1, counter.get_total_flops())


def choose_device(name: str) -> torch.device:
    """Return the device a spec asks for; "auto" takes CUDA, then MPS, then the CPU.

    Raises:
        ValueError: the device that was asked for by name is not there.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(each for each, present in there.items() if present)
    if not there.get(name, False):
        raise ValueError(f"no {name.upper()} device is present")
    return torch.device(name)


def flush_denormals() -> None:
    """Let this process take floats below 1.2e-38 for 0; to be called before torch computes anything.

    A processor computes with such denormal numbers many times slower, and means of gradients that have ceased, and
    weights that an L2 term pulls to 0, become them: on MNIST, where many pixels are always 0, Adam's update took twice
    as long. The setting belongs to a thread, and on Linux to those that it starts from then on. Elsewhere it is left
    alone: results would depend on which thread computes what.
    """
    if sys.platform == "linux":
        torch.set_flush_denormal(True)


def take_cores(count: int) -> None:
    """Let this process compute with so many threads: as many as there are, where it trains alone."""
    torch.set_num_threads(count)


def describe(device: torch.device, shares: Shares) -> str:
    """Return the device in words, e.g. "cpu (2 threads)" or "cuda (NVIDIA H100)"."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    count = shares.workers * shares.threads
    return device.type if device.type != "cpu" else f"cpu ({count} thread{'s' if count > 1 else ''})"


def memory(device: torch.device) -> tuple[int, int] | None:
    """Return bytes in use and the most so far: of a CUDA device by this process, else of the process itself.

    None where the system does not tell (Windows).
    """
    if device.type == "cuda":
        return torch.cuda.memory_allocated(device), torch.cuda.max_memory_allocated(device)
    if sys.platform == "win32":
        return None
    import resource  # Unix only

    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    try:
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except OSError:  # no /proc: macOS
        used = peak
    return used, max(used, peak)
