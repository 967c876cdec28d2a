"""An estimate in words: ranges in one unit, and no more digits than a probe can tell."""

from __future__ import annotations

from typing import Final

from optim_viz.estimates.estimate import Cost, Counts, Estimate

_SHARES: Final = {"steps": "steps", "tests": "tests", "records": "looks into the states", "sharpness": "sharpness"}
_TELLING_SHARE: Final = 0.02


def basis(found: Estimate) -> str:
    """Say what an estimate rests on: what was measured of a step, a test and the rest, and on what."""
    measured, counts = found.measured, found.counts
    words = [
        f"measured on {measured.device}: a step of all lanes {_cost(measured.step)}",
        f"a test {_cost(measured.test)}",
    ]
    if counts.records:
        words.append(f"a look into the states {_cost(measured.record)}, monitors {_cost(measured.monitors)} of it")
    if counts.sharpness:
        words.append(f"a sample of the sharpness {_cost(measured.sharpness)}")
    text = ", ".join(words)
    telling = {name: share for name, share in found.shares.items() if share >= _TELLING_SHARE}
    if len(telling) > 1:
        parts = [f"{share:.0%} {_SHARES[name]}" for name, share in sorted(telling.items(), key=lambda each: -each[1])]
        text += f"; of the time {', '.join(parts)}"
    text += f"; {spoken_seconds(measured.start)} before the first step; reading the data set is not measured"
    return text + ("; other programs keep this machine busy, it may take longer" if measured.busy else "")


def _cost(cost: Cost) -> str:
    low, high = cost.range
    return spoken_seconds((low + high) / 2)


def spoken_seconds(seconds: float) -> str:
    """Write a short time with one or two digits that count: "0.4 ms", "12 ms", "3 s"."""
    if seconds < 0.9995:
        thousandths = 1000 * seconds
        return f"{thousandths:.0f} ms" if thousandths >= 9.5 else f"{thousandths:.1g} ms" if thousandths else "0 ms"
    return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"


def spoken_range(low: float, high: float) -> str:
    """Write a range of times in one unit, its ends rounded outwards: "40 to 65 s", "2 to 3.5 min"."""
    for size, unit in ((1, "s"), (60, "min"), (3600, "h"), (86_400, "days")):
        if high < 90 * size or unit == "days":
            break
    a, b = low / size, high / size
    step = 0.5 if b < 5 and unit != "s" else 1 if b < 20 else 5
    first, last = step * (a // step), step * -(-b // step)
    return f"{first:g} to {last:g} {unit}" if first > 0 else f"{last:g} {unit} or less"


def spoken_bytes(amount: int) -> str:
    """Write an amount of memory with two digits that count: "420 MB", "1.3 GB"."""
    size, unit = (1e9, "GB") if amount >= 995e6 else (1e6, "MB")
    value = float(f"{amount / size:.2g}")
    return f"{value:g} {unit}"


def counted(counts: Counts) -> str:
    """Write what is exact in one line."""
    return (
        f"{counts.parameters:,} parameters, {counts.steps_per_epoch:,} steps an epoch, {counts.steps:,} steps, "
        f"{counts.tests:,} tests"
    )
