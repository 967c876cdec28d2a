"""Random labs for longer: `python -m tests.browser --labs 300 --seed 1`; the seed and the number name one of them."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import pytest


def main() -> int:
    """Open the labs that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser", description=__doc__)
    parser.add_argument("--labs", type=int, default=300, help="how many (default 300)")
    parser.add_argument("--seed", default="1", help="others with another one (default 1)")
    parser.add_argument("--first", type=int, default=0, help="number of the first one (default 0)")
    asked = parser.parse_args()
    os.environ |= {
        "OPTIM_VIZ_RANDOM_LABS": str(asked.labs),
        "OPTIM_VIZ_RANDOM_SEED": asked.seed,
        "OPTIM_VIZ_RANDOM_FIRST": str(asked.first),
    }
    return pytest.main(["-n0", "-q", "-s", str(Path(__file__).with_name("test_random_scenarios.py"))])


if __name__ == "__main__":
    sys.exit(main())
