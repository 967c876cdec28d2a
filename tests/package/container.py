# ruff: noqa: S607  # the programs are those that root has on its PATH
"""Carries out the Dockerfile without Docker, in a clean Debian. Run by hand, as root, on Linux with debootstrap.

    python tests/package/container.py [--keep] [--folder /srv/container] [--bind /a/folder/that/pip/reads]
                                      [--build-arg TORCH_INDEX=https://pypi.org/simple]

Every instruction is carried out in turn: what COPY may take follows .dockerignore, RUN runs in the new root, USER and
ENV hold from there on. Python is Debian's, 3.11, where the image has 3.12. Then the command is started as process 1 of
its own process tree, as the user of the Dockerfile, on a root that cannot be written, with a volume and a /tmp: the
health check must pass, a training must start, SIGTERM must end it all within 5 seconds, and a second start must be able
to go on with the training.
"""

from __future__ import annotations

import argparse
import atexit
import fnmatch
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VOLUME = "/var/lib/optim_viz"
STOP_SECONDS = 5.0
PORT = 8501
PYTHON = "/usr/local"  # where the image's own python lies, before Debian's on the PATH


@dataclass
class Image:
    """What the instructions so far have made."""

    root: Path
    build_args: dict[str, str]
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": f"{PYTHON}/bin:/usr/sbin:/usr/bin:/sbin:/bin"})
    folder: str = "/"
    user: str = "root"
    command: list[str] = field(default_factory=list[str])
    health: list[str] = field(default_factory=list[str])

    def line(self, command: list[str]) -> list[str]:
        """Return a command line that runs a command in this root."""
        settings = [f"{name}={value}" for name, value in {**self.environment, **pip_settings()}.items()]
        inside = f"cd {shlex.quote(self.folder)} && exec {shlex.join(command)}"
        return ["chroot", f"--userspec={self.user}", str(self.root), "env", "-i", *settings, "sh", "-c", inside]

    def run(self, *command: str) -> str:
        """Run a command in this root and return what it printed.

        Raises:
            SystemExit: it failed; its words are printed.
        """
        done = subprocess.run(self.line(list(command)), capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{shlex.join(command)} failed with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout


def pip_settings() -> dict[str, str]:
    """Return what this machine tells pip, so that the new root finds the same registry."""
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_")}


def instructions(text: str) -> list[tuple[str, str]]:
    """Return a Dockerfile's instructions, each with its arguments."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split()[0].upper(), line.split(maxsplit=1)[1]) for line in joined.splitlines()]


def allowed(path: Path, patterns: list[str]) -> bool:
    """Tell whether .dockerignore lets a file through: the last pattern that fits it decides."""
    name = path.relative_to(ROOT)
    places = [name.as_posix(), *(parent.as_posix() for parent in name.parents)]
    through = True
    for pattern in patterns:
        bare = pattern.lstrip("!")
        among = name.parts if bare.startswith("**/") else places
        if any(fnmatch.fnmatch(place, bare.removeprefix("**/")) for place in among):
            through = pattern.startswith("!")
    return through


def copy(image: Image, arguments: str) -> None:
    """Carry out COPY: files, or all there is, and one place."""
    *sources, place = arguments.split()
    target = Path(f"{image.root}{image.folder}") / place
    if sources != ["."]:
        for source in sources:
            shutil.copy(ROOT / source, target / source)
        return
    patterns = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    known = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for file in (ROOT / name for name in known):
        if allowed(file, patterns):
            to = target / file.relative_to(ROOT)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, to)


def carry_out(image: Image, name: str, arguments: str) -> None:
    """Carry out one instruction.

    Raises:
        SystemExit: it failed, or is of a kind that is not known here.
    """
    if name == "ENV":
        image.environment |= dict(pair.split("=", 1) for pair in shlex.split(arguments))
    elif name == "ARG":
        key, _, value = arguments.partition("=")
        image.environment[key] = image.build_args.get(key, value)
    elif name == "WORKDIR":
        image.folder = arguments
        Path(f"{image.root}{arguments}").mkdir(parents=True, exist_ok=True)
    elif name == "COPY":
        copy(image, arguments)
    elif name == "RUN":
        image.run("sh", "-c", arguments)
    elif name == "USER":
        image.user = f"{arguments}:{arguments}"
    elif name == "CMD":
        image.command = json.loads(arguments)
    elif name == "HEALTHCHECK":
        image.health = json.loads(arguments[arguments.index("CMD") + 3 :])
    elif name not in ("FROM", "EXPOSE"):
        raise SystemExit(f"{name} {arguments}: what this does is not known here")


def bootstrap(root: Path, binds: list[str]) -> None:
    """Make a clean Debian with Python in it, under the names that the image has."""
    print("debootstrap", flush=True)
    line = ["debootstrap", "--variant=minbase", "--include=python3,python3-venv,ca-certificates", "bookworm", str(root)]
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
    for place in ("/proc", "/dev", *binds):
        (root / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "--rbind", place, str(root / place.lstrip("/"))], check=True)
    for file in ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt"):
        if Path(file).exists():
            shutil.copy(file, root / file.lstrip("/"))
    subprocess.run(["chroot", str(root), "python3", "-m", "venv", PYTHON], check=True)


def unmount(root: Path, binds: list[str]) -> None:
    """Take away what was mounted below a root."""
    for place in reversed(("/proc", "/dev", *binds)):
        subprocess.run(["umount", "--recursive", "--lazy", str(root / place.lstrip("/"))], check=False)


class Container:
    """The image's command as process 1, on a root that cannot be written."""

    def __init__(self, image: Image) -> None:
        """Start it.

        Raises:
            SystemExit: its port is taken: it has no network of its own.
        """
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                raise SystemExit(f"port {PORT} is taken: stop what listens there")
        root = shlex.quote(str(image.root))
        prepare = (
            f"mount --make-rprivate / && mount --bind {root} {root} && mount -o remount,ro,bind {root} && "
            f"mount --bind {root}.volume {root}{VOLUME} && mount -t tmpfs tmpfs {root}/tmp && "  # noqa: S108
            f"mount -t proc proc {root}/proc"
        )
        start = f"{prepare} && exec {shlex.join(image.line(image.command))}"
        Path(f"{image.root}.volume").mkdir(exist_ok=True)
        owner = (image.root / VOLUME.lstrip("/")).stat()
        os.chown(f"{image.root}.volume", owner.st_uid, owner.st_gid)
        self.image = image
        self.log = open(f"{image.root}.log", "ab")  # noqa: SIM115  # closed by stop
        line = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", start]
        self.process = subprocess.Popen(line, stdout=self.log, stderr=self.log)
        atexit.register(self.end)

    def first(self) -> int:
        """Return the number that the tree's process 1 has outside."""
        listed = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        return int(listed[0])

    def inside(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command among its processes, as its user."""
        line = ["nsenter", "--target", str(self.first()), "--mount", "--pid", *self.image.line(list(command))]
        return subprocess.run(line, capture_output=True, text=True)

    def until_healthy(self) -> float:
        """Wait until the health check passes; return the seconds it took."""
        started = time.monotonic()
        while time.monotonic() - started < 120:
            if self.process.poll() is not None:
                raise SystemExit(f"the command ended with {self.process.returncode}; see {self.image.root}.log")
            if self.inside(*self.image.health).returncode == 0:
                return time.monotonic() - started
            time.sleep(0.5)
        raise SystemExit(f"the health check did not pass within two minutes; see {self.image.root}.log")

    def end(self) -> None:
        """Leave nothing behind, whatever was not as it must be."""
        if self.process.poll() is None:
            os.kill(self.first(), 9)

    def stop(self) -> float:
        """Send SIGTERM to process 1; return the seconds until it has ended."""
        started = time.monotonic()
        os.kill(self.first(), 15)
        self.process.wait(timeout=60)
        self.log.close()
        return time.monotonic() - started


def drive(image: Image) -> None:
    """Start, train, stop, start again, go on.

    Raises:
        SystemExit: something was not as it must be.
    """
    container = Container(image)
    print(f"healthy after {container.until_healthy():.1f} s", flush=True)
    check(container.inside("touch", "/app/written").returncode != 0, "the root cannot be written")
    train = ["train", "--dataset", "digits", "--lane", "adam", "--epochs", "400", "--batch-size", "8", "--detach"]
    print(container.inside("python", "-m", "optim_viz", *train).stdout.strip(), flush=True)
    before = state(container, lambda run: run["step"] > 200)
    seconds = container.stop()
    check(seconds <= STOP_SECONDS, f"stopped {seconds:.1f} s after SIGTERM (bar {STOP_SECONDS:g})")
    container = Container(image)
    container.until_healthy()
    after = state(container, lambda run: run["state"] != "running")
    print(f"before: step {before['step']}; after the restart: {after['state']}, step {after['step']}", flush=True)
    print(container.inside("python", "-m", "optim_viz", "resume", "1", "--detach").stdout.strip())
    on = state(container, lambda run: run["step"] > after["step"] + 200)
    check(on["state"] == "running", f"it goes on: step {on['step']}")
    container.inside("python", "-m", "optim_viz", "cancel", "1")
    container.stop()


def state(container: Container, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Wait until the run is as wanted, and return it as the list has it."""
    for _ in range(180):
        done = container.inside("python", "-m", "optim_viz", "runs", "--json")
        runs = [json.loads(line) for line in done.stdout.splitlines()]
        if runs and wanted(runs[0]):
            return runs[0]
        time.sleep(1)
    raise SystemExit(f"the run did not come so far: {done.stdout}{done.stderr}")


def check(holds: bool, words: str) -> None:
    """Print what was looked at; end where it does not hold."""
    print(f"{'ok' if holds else 'NOT OK'}  {words}", flush=True)
    if not holds:
        raise SystemExit(1)


def main() -> None:
    """Make the root, carry out the instructions, drive it."""
    asked = argparse.ArgumentParser(description="Carry out the Dockerfile in a clean Debian.")
    asked.add_argument("--folder", type=Path, default=Path("/srv/optim_viz_container"))
    asked.add_argument("--keep", action="store_true", help="leave the folder, and use it again")
    asked.add_argument("--bind", action="append", default=[], help="a folder of this machine that pip reads")
    asked.add_argument("--build-arg", action="append", default=[], help="NAME=VALUE")
    given = asked.parse_args()
    root: Path = given.folder
    image = Image(root, dict(each.split("=", 1) for each in given.build_arg))
    made = root.exists()
    try:
        if not made:
            bootstrap(root, given.bind)
        for name, arguments in instructions((ROOT / "Dockerfile").read_text()):
            if made and name in ("RUN", "COPY"):
                continue
            print(name, arguments[:100], flush=True)
            carry_out(image, name, arguments)
        drive(image)
    finally:
        if not given.keep:
            unmount(root, given.bind)
            shutil.rmtree(root)


if __name__ == "__main__":
    sys.exit(main())
