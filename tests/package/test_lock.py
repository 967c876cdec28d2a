"""What was installed is what requirements.lock names, file by file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from tests.package.lock import LOCK, REQUIREMENTS, ROOT, differences, read

GOOD, OTHER = "a" * 64, "b" * 64
TEXT = f"""\
# Some words.
Num_py==2.4.6 ; sys_platform == 'linux'
# {GOOD}
torch==2.13.0
# {GOOD}
torch==2.13.0
# {OTHER}
"""


def taken(name: str, version: str, digest: str | None) -> dict[str, Any]:
    """Return an entry of pip's report."""
    info = {"archive_info": {"hashes": {"sha256": digest}}} if digest else {"dir_info": {}}
    return {"metadata": {"name": name, "version": version}, "download_info": info}


def test_what_was_installed_is_in_the_lock() -> None:
    reports = sorted(Path(sys.prefix).glob("installed-*"))
    if not reports:
        pytest.skip("this environment was not made by run.py")
    locked = read(LOCK.read_text(encoding="utf-8"))
    found = [each for path in reports for each in json.loads(path.read_text(encoding="utf-8"))["install"]]
    assert differences(found, locked) == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_the_lock_holds_what_is_required(name: str) -> None:
    locked = read(LOCK.read_text(encoding="utf-8"))
    pins = [
        line.partition(";")[0].split("==")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if "==" in line
    ]
    assert pins
    for package, version in pins:
        assert locked[canonicalize_name(package)][version], "python -m tests.package.lock makes it anew"


def test_what_a_lock_does_not_hold_is_told() -> None:
    locked = read(TEXT)
    assert differences([taken("num.py", "2.4.6", GOOD), taken("torch", "2.13.0+cpu", OTHER)], locked) == []
    assert differences([taken("numpy", "2.4.6", GOOD)], locked) == ["numpy 2.4.6 is not in requirements.lock"]
    for digest in (OTHER, None):
        (told,) = differences([taken("num-py", "2.4.6", digest)], locked)
        assert str(digest) in told
    assert "2.4.7" in differences([taken("num-py", "2.4.7", GOOD)], locked)[0]


def test_a_damaged_lock_is_refused() -> None:
    with pytest.raises(ValueError, match="numpy>=2"):
        read(f"numpy>=2\n# {GOOD}\n")
