"""The code reads as agreed: ruff, with the rules of pyproject.toml."""

from __future__ import annotations

import sys
from collections.abc import Callable


def test_ruff_finds_nothing(check: Callable[..., str]) -> None:
    check(sys.executable, "-m", "ruff", "check", ".")
