"""Runs one command: reads its arguments, and turns every fault of theirs into one line and exit code 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from optim_viz.cli.output import bear_any_encoding, one_line
from optim_viz.cli.parser import EXTRAS, HOMES, parse
from optim_viz.interrupt import as_usual
from optim_viz.surfaces import shown


def run(arguments: Sequence[str] | None) -> int:
    """Run one command and return its exit code; see `optim_viz.cli.main`."""
    for stream in (sys.stdout, sys.stderr):
        bear_any_encoding(stream)
    try:
        return _run(sys.argv[1:] if arguments is None else list(arguments))
    except SystemExit as left:  # argparse: help that was asked for (0), or an argument that is wrong (2)
        return left.code if isinstance(left.code, int) else 2
    except BrokenPipeError:  # the reader of our lines has left; a run goes on without it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except ModuleNotFoundError as error:
        needs = (error.name or "").partition(".")[0]
        if needs not in EXTRAS:
            raise
        fault = f"this needs {needs}, which is not installed: pip install 'optim_viz[{EXTRAS[needs]}]'"
    except OSError as error:
        fault = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
    except ValueError as error:
        fault = str(error)
    except RuntimeError as error:
        from optim_viz.run_store import StoreError  # loaded already where one was raised

        if not isinstance(error, StoreError):
            raise
        fault = str(error)
    print(one_line(fault), file=sys.stderr)
    return 2


def _run(arguments: list[str]) -> int:
    for argument in arguments:
        if "\0" in argument:
            raise ValueError(f"an argument holds a NUL character, which no name and no path can: {shown(argument)}")
    given = parse(arguments)
    module = import_module(f"optim_viz.cli.{HOMES[given.command]}")
    as_usual()
    code = getattr(module, given.command)(given)
    sys.stdout.flush()
    return code
