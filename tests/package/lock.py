"""requirements.lock: each distribution that an installation may take on any machine, and its files' SHA-256.

pip reads it as constraints (requirements.txt names it), so that what the requirements ask for in their turn is exact
as well; the hashes stand in comments, since pip could check them only with the gigabytes of a GPU's libraries on every
machine. What pip took, it writes into .venv/installed-* (run.py), and `differences` compares the two.

    python -m tests.package.lock             make it anew, after a version in requirements*.txt was changed

That needs the network and `uv`, which resolves for all systems and processors at once. A build that this machine takes
from elsewhere than the registry (PyTorch's for CPUs) is added as pip finds it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
HEAD = """\
# What an installation may take, on any system: versions (pip's constraints) and the SHA-256 of each file, one a line.
# Made by: python -m tests.package.lock
"""
OTHERS = "# Builds from elsewhere than the registry."

Locked = Mapping[str, Mapping[str, set[str]]]
"""Hashes by version by distribution; the distributions' names are normalized."""


def read(text: str) -> Locked:
    """Return what a lock's text holds.

    Raises:
        ValueError: for a line that is neither a pin, nor a hash, nor words; it names the line.
    """
    locked: dict[str, dict[str, set[str]]] = {}
    hashes: set[str] = set()
    for line in text.splitlines():
        if pin := re.fullmatch(r"([\w.-]+)==(\S+)( ; .+)?", line):
            hashes = locked.setdefault(canonicalize_name(pin[1]), {}).setdefault(pin[2], set())
        elif digest := re.fullmatch(r"# ([0-9a-f]{64})", line):
            hashes.add(digest[1])
        elif line and not re.match(r"# [A-Z]", line):
            raise ValueError(f"requirements.lock has a line that says nothing: {line!r}. Make it anew.")
    return locked


def differences(installed: Iterable[Mapping[str, Any]], locked: Locked) -> list[str]:
    """Return a sentence for each distribution of a report of pip's that is not, or not so, in the lock.

    A local build's version ("2.13.0+cpu") counts as the release that it is a build of; its file has a hash of its own.
    """
    found: list[str] = []
    for each in installed:
        name, version = canonicalize_name(each["metadata"]["name"]), each["metadata"]["version"].partition("+")[0]
        digest = each["download_info"].get("archive_info", {}).get("hashes", {}).get("sha256")
        if version not in locked.get(name, {}):
            found.append(f"{name} {version} is not in requirements.lock")
        elif digest not in locked[name][version]:
            found.append(f"{name} {version} has the SHA-256 {digest}, which is not in requirements.lock")
    return found


def resolve() -> str:
    """Return the lock's text for the requirements as they are, as the registry has them."""
    with tempfile.TemporaryDirectory() as folder:
        for name in REQUIREMENTS:
            lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
            kept = "\n".join(line for line in lines if not line.startswith("-c"))
            (Path(folder) / name).write_text(kept, encoding="utf-8")
        out = Path(folder) / "out"
        options = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header")
        source = Path(folder) / REQUIREMENTS[-1]
        uv = shutil.which("uv") or sys.exit("This needs uv: python -m pip install uv")
        subprocess.run([uv, "pip", "compile", *options, "--quiet", "-o", out, source], check=True)
        lines = out.read_text(encoding="utf-8").splitlines()
    text = "".join(re.sub(r"^ *--hash=sha256:", "# ", line.removesuffix(" \\")) + "\n" for line in lines)
    return HEAD + text


def other_builds(locked: Locked) -> str:
    """Return the lines of what pip would take on this machine that the registry does not have."""
    options = ("--dry-run", "--ignore-installed", "--quiet", "--report", "-")
    command = [sys.executable, "-m", "pip", "install", *options, "-r", str(ROOT / REQUIREMENTS[-1])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = [OTHERS]
    for each in json.loads(done.stdout)["install"]:
        if differences([each], locked):
            name, version = each["metadata"]["name"], each["metadata"]["version"].partition("+")[0]
            lines += [f"{name}=={version}", f"# {each['download_info']['archive_info']['hashes']['sha256']}"]
    return "\n".join(lines) + "\n" if len(lines) > 1 else ""


if __name__ == "__main__":
    LOCK.write_text(resolve(), encoding="utf-8")
    with LOCK.open("a", encoding="utf-8") as file:  # pip reads what has been written
        file.write(other_builds(read(LOCK.read_text(encoding="utf-8"))))
