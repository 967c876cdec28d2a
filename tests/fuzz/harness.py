"""Random input by the thousand: each case gives a value or the documented error, soon, in bounded memory, alone.

A kind of input is a file of `tests/fuzz/kinds` that declares `KIND`. Case number n of a seed is always the same, so a
failure is had again by its number: `python -m tests.fuzz formulas --seed 1 --only 4711`.
"""

from __future__ import annotations

import ast
import collections
import contextlib
import dataclasses
import gc
import importlib
import os
import sys
import time
import typing
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import psutil

CPU_SECONDS = 0.2
MEMORY = 1_500_000_000
"""Bytes of address space that all cases of a kind may take together, beyond what the process has before."""
MOST_FAILURES = 10
_REPEATS = 3  # what took too long is done again: the first time may have loaded a module, or collected garbage


@dataclass(frozen=True)
class Kind:
    """One kind of input.

    Attributes:
        title: what it is, for the table.
        share: cases in the tests; a longer run has as many as it is asked for.
        ready: prepares what the cases need, in an empty folder that is theirs, and returns what runs one.
        make: draws a case.
        forget: drops what makes a second time quicker than the first.
    """

    title: str
    share: int
    ready: Callable[[Path], Callable[[Any], str]]
    make: Callable[[Random], Any]
    forget: Callable[[], None] = lambda: None


@dataclass
class Figures:
    """What a run of one kind gave.

    Attributes:
        outcomes: how many cases ended how: "value", or the name of the documented error.
        seconds: of the processor, one a case.
        grown: bytes of memory at the end beyond those after the first tenth of the cases.
        failures: what must not be, each with the number of its case.
    """

    outcomes: Counter[str] = field(default_factory=Counter[str])
    seconds: list[float] = field(default_factory=list[float])
    grown: int = 0
    failures: list[str] = field(default_factory=list[str])

    def line(self) -> str:
        """Return the figures on one line."""
        p50, p99, most = (np.percentile(self.seconds, q) * 1e3 for q in (50, 99, 100))
        ends = ", ".join(f"{name} {count:,}" for name, count in self.outcomes.most_common())
        times = f"ms of CPU a case: median {p50:.2g}, 99th percentile {p99:.2g}, most {most:.3g}"
        return f"{len(self.seconds):,} cases; {times}; memory grown by {self.grown / 2**20:.1f} MiB; {ends}"


def names() -> list[str]:
    """Name every kind: the modules of `tests/fuzz/kinds`."""
    return sorted(found.stem for found in (Path(__file__).parent / "kinds").glob("*.py"))


def get(name: str) -> Kind:
    """Return a kind by the name of its file."""
    return importlib.import_module(f"tests.fuzz.kinds.{name}").KIND


def case(kind: Kind, seed: int, number: int) -> Any:
    """Return one case; it depends on nothing but the seed and its number."""
    return kind.make(Random(f"{seed}/{number}"))  # noqa: S311 - repeatable on purpose


def fuzz(kind: Kind, folder: Path, seed: int, numbers: range) -> Figures:
    """Run some cases of a kind.

    Args:
        kind: what to run.
        folder: an empty one, which the cases may write to.
        seed: of all cases.
        numbers: which cases.
    """
    found, process = Figures(), psutil.Process()
    with _in(folder), bounded_memory(MEMORY):
        run = kind.ready(folder)
        before = process.memory_info().rss
        for place, number in enumerate(numbers):
            one = case(kind, seed, number)
            seconds, outcome, wrong = _timed(kind, run, one, folder)
            found.seconds.append(seconds)
            found.outcomes[outcome] += 1
            if seconds > CPU_SECONDS:
                wrong.append(f"{seconds:.3f} s of CPU, more than {CPU_SECONDS}")
            found.failures += [f"case {number}: {what}: {repr(one)[:600]}" for what in wrong]
            if len(found.failures) >= MOST_FAILURES:
                break
            if place == len(numbers) // 10:
                gc.collect()
                before = process.memory_info().rss
        gc.collect()
        found.grown = process.memory_info().rss - before
    return found


def _timed(kind: Kind, run: Callable[[Any], str], one: Any, folder: Path) -> tuple[float, str, list[str]]:
    """Run a case; again where it took too long. Returns the least seconds, how it ended, and what must not be."""
    least, outcome, wrong = float("inf"), "", list[str]()
    for _ in range(_REPEATS):
        with watched(folder) as events:
            began = time.thread_time()
            try:
                outcome = run(one)
            except Exception as error:
                place = error.__traceback__
                while place is not None and place.tb_next is not None:
                    place = place.tb_next
                code = place.tb_frame.f_code if place else None
                where = f" ({Path(code.co_filename).name}, {code.co_name})" if code else ""
                outcome = type(error).__name__
                wrong.append(f"{outcome}{where}: {str(error)[:300]}")
            least = min(least, time.thread_time() - began)
        wrong += dict.fromkeys(events)
        if wrong or least <= CPU_SECONDS:
            break
        kind.forget()
    return least, outcome, wrong


@contextlib.contextmanager
def _in(folder: Path) -> Iterator[None]:
    """Work in a folder: a relative path that somebody supplies must not leave it either."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def bounded_memory(more: int) -> Iterator[None]:
    """Let the process take so many more bytes of addresses, and no more; a MemoryError is a failure.

    Without the `resource` module (Windows) there is no such bound.
    """
    try:
        import resource
    except ImportError:
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    wanted = psutil.Process().memory_info().vms + more
    resource.setrlimit(resource.RLIMIT_AS, (wanted if before[1] < 0 else min(wanted, before[1]), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


_STARTS = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "subprocess.Popen", "pty.spawn")
_CODE = ("pickle.find_class", "ctypes.dlopen", "code.__new__", "socket.connect", "socket.getaddrinfo")
_CHANGES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod")
_MAKE_CLASSES = (dataclasses.__file__, collections.__file__, typing.__file__)
"""What makes dataclasses and named tuples of their fields' names and types, as a module is imported."""
_OUR_OWN = "<formula>"  # the lines that surfaces.program makes, of its own names alone
_listening: list[tuple[Path, list[str]]] = []
_hooked: list[bool] = []


@contextlib.contextmanager
def watched(folder: Path) -> Iterator[list[str]]:
    """Collect what the body does that no input may bring about: code, processes, connections, files elsewhere."""
    if not _hooked:
        sys.addaudithook(_hear)  # for the life of the process; it listens while somebody watches
        _hooked.append(True)
    events: list[str] = []
    _listening.append((folder.resolve(), events))
    try:
        yield events
    finally:
        _listening.pop()


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what must not be; what would start something or change a file elsewhere is stopped, too."""
    if not _listening:
        return
    folder, events = _listening[-1]
    what = ""
    if event.startswith((*_STARTS, *_CODE)):
        local = event.startswith("socket.") and "127.0.0.1" in str(arguments)  # whether a port is free
        what = "" if local else f"{event} {str(arguments)[:100]}"
    elif event in ("exec", "compile"):
        file = str(arguments[1] if event == "compile" else getattr(arguments[0], "co_filename", ""))
        # A module's source may be read as a tree, to find the classes in it: that runs nothing.
        caller = sys._getframe(1).f_code
        if caller is not ast.parse.__code__ and caller.co_filename not in _MAKE_CLASSES and not _is_known_code(file):
            events.append(f"{event} of {file}")
    elif event == "open":
        path, mode, flags = arguments
        writes = (mode and set(str(mode)) & set("wax+")) or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes and str(path) != os.devnull and not _inside(path, folder):
            what = f"writes {path}"
    elif event == "sqlite3.connect" and not _inside(arguments[0], folder):
        what = f"opens {arguments[0]}"
    elif event == "os.mkdir" and Path(os.fsdecode(arguments[0])).is_dir():
        pass  # it is there already, and "make it where it is missing" takes the system's refusal for an answer
    elif event in _CHANGES:
        outside = [path for path in arguments[:2] if isinstance(path, str | os.PathLike) and not _inside(path, folder)]
        what = f"{event} {outside}" if outside else ""
    if what:
        events.append(what)
        raise PermissionError(what)


def _is_known_code(file: str) -> bool:
    """Whether this is the formulas' own code, a module of a file, or a dataclass being made as one is imported."""
    return file == _OUR_OWN or file.startswith("<frozen") or Path(file).is_file()


def _inside(path: object, folder: Path) -> bool:
    if isinstance(path, int):
        return True  # a descriptor that is open already
    text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else str(path)
    text = unquote(urlsplit(text).path) if text.startswith("file:") else text  # as SQLite is told what to read
    return folder in (folder / text).resolve().parents
