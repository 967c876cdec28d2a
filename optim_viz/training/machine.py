# pyright: basic
"""What the machine has to train with: device, threads, memory."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from optim_viz.comparison.spec import TrainingSpec

_WORK_A_THREAD = 25e6
"""Multiplications and additions of one step's products for which a thread is worth its turns with the others."""
_SHARING_LANES = 3
_UPDATED_A_THREAD = 100_000
"""Parameters for which a thread can be worth it in the update."""


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


def step_work(spec: TrainingSpec) -> float:
    """Return the multiplications and additions of one lane's step; the update takes as long as some 40 rows."""
    return 6.0 * spec.n_parameters * (spec.batch_size + 40)


def share_threads(spec: TrainingSpec, groups: int) -> tuple[int, int]:
    """Return how many lanes train at once on the CPU, and with how many threads each.

    Lanes side by side scale better than threads within a lane's small matrices, so they come first.
    """
    cores = torch.get_num_threads()
    workers = min(cores, groups)
    products = int(6 * spec.n_parameters * spec.batch_size / _WORK_A_THREAD)
    return workers, max(1, min(cores // workers, products))


def shares_sparse_rows(spec: TrainingSpec, threads: int) -> bool:
    """Whether lanes with so many threads each take their batches on the CPU as `SparseRows`.

    Measured with one thread, batch size 128, 256 units: a batch's lists take 170 μs to make and save each lane 160.
    They need the kernels of fbgemm, which torch has for x86. With more threads a lane saves less, and the making is
    still one thread's.
    """
    widths = spec.options.get("widths", ())
    return (
        threads == 1
        and len(spec.lanes) >= _SHARING_LANES
        and 16 <= spec.batch_size <= 256
        and bool(widths)
        and widths[0] >= 64
        and has_fbgemm()
    )


def has_fbgemm() -> bool:
    """Whether torch's weighted sums of rows are fbgemm's."""
    return "fbgemm" in torch.backends.quantized.supported_engines


def update_threads(spec: TrainingSpec, groups: int) -> int:
    """Return how many threads the update may take where a lane's products take one: at most two."""
    workers, threads = share_threads(spec, groups)
    if threads > 1:
        return 1  # the update takes them as well
    return max(1, min(2, torch.get_num_threads() // workers, spec.n_parameters // _UPDATED_A_THREAD))


def take_tiny_for_zero() -> None:
    """Let this process take floats below 1.2e-38 for 0; to be called before torch computes anything.

    A processor computes with such denormal numbers many times slower, and means of gradients that have ceased, and
    weights that an L2 term pulls to 0, become them: on MNIST, where many pixels are always 0, Adam's update took twice
    as long. The setting belongs to a thread, and on Linux to those that it starts from then on. Elsewhere it is left
    alone: results would depend on which thread computes what.
    """
    if sys.platform == "linux":
        torch.set_flush_denormal(True)


def describe(device: torch.device, workers: int, threads: int) -> str:
    """Return the device in words, e.g. "cpu (2 threads)" or "cuda (NVIDIA H100)"."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    count = workers * threads
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
