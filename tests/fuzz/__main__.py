"""Fuzz for longer: `python -m tests.fuzz [KIND ...] --cases 100000 --seed N`; prints figures and every failure.

Exit code 1 where a case did what no input may.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.fuzz import harness


def main() -> int:
    """Run the kinds that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=harness.__doc__)
    parser.add_argument("kind", nargs="*", choices=[*harness.names(), []], help="default: all")
    parser.add_argument("--cases", type=int, default=10_000, help="of each kind (default 10000)")
    parser.add_argument("--first", type=int, default=0, help="number of the first case (default 0)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="print this case and run it alone")
    asked = parser.parse_args()
    failed = False
    for name in asked.kind or harness.names():
        kind, began = harness.get(name), time.perf_counter()
        numbers = range(asked.first, asked.first + asked.cases)
        if asked.only is not None:
            numbers = range(asked.only, asked.only + 1)
            print(f"{harness.case(kind, asked.seed, asked.only)!r}")
        with tempfile.TemporaryDirectory() as folder:
            found = harness.fuzz(kind, Path(folder), asked.seed, numbers)
        print(f"{name}: seed {asked.seed}: {found.line()}; {time.perf_counter() - began:.0f} s", flush=True)
        for failure in found.failures:
            print(f"  FAILED {failure}", flush=True)
        failed = failed or bool(found.failures)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
