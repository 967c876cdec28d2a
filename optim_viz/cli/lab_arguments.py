"""The arguments of the commands that serve the lab, list what it has, and save or draw it."""

from __future__ import annotations

import argparse
from pathlib import Path

from optim_viz.cli.program import Add, Parser
from optim_viz.surfaces import MODELS


def add_app(add: Add) -> None:
    """Add `app`."""
    app = add("app", "Serve the lab and all other pages to a browser, until Ctrl-C.")
    app.add_argument(
        "--host", "--server.address", metavar="ADDRESS", help="where to listen (127.0.0.1: this computer alone)"
    )
    app.add_argument("--port", "--server.port", type=_port, metavar="PORT", help="where to listen (8501)")
    app.add_argument(
        "--data",
        action="append",
        default=[],
        metavar="FILE[:COLUMN,COLUMN]",
        help="a CSV file whose fit is a surface of the lab: two or three columns, the last is fitted (again for each)",
    )
    app.add_argument(
        "--fit",
        choices=MODELS,
        default="",
        help="how --data is fitted (logistic where the last column holds 0 and 1 or -1 and 1, else least_squares)",
    )
    add_optimizer(app)
    app.add_argument(
        "--runs-at-once",
        type=_runs_at_once,
        metavar="N",
        help="so many runs train at once and share the cores (as many as have cores of their own; on a GPU one)",
    )
    app.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="train on a Ray cluster: its address, or local for one of this computer (needs pip install "
        "'optim_viz[ray]')",
    )
    app.add_argument(
        "--whose-runs",
        choices=("own", "all"),
        help="whose training runs a visitor sees: their own, and others by a run's link, or all (all on this computer "
        "alone, own as soon as others reach it)",
    )
    app.add_argument(
        "--limits",
        metavar="NAME=N,...",
        help="what a visitor who sees their own runs may have: at_once and waiting trainings, runs kept, work of one",
    )
    app.add_argument("--no-train", action="store_true", help="leave out the pages that train networks")
    app.epilog = "More options go to Streamlit, for example --server.allowedHosts lab.example.org."


def add_optimizer(command: Parser) -> None:
    """Add the option that names outside classes."""
    command.add_argument(
        "--optimizer",
        action="append",
        default=[],
        metavar="PACKAGE.MODULE:CLASS",
        help="a torch.optim.Optimizer class to have, beside those that are found installed (again for each)",
    )


def add_lists(add: Add) -> None:
    """Add `optimizers` and `surfaces`."""
    for name, text in {
        "optimizers": "List every optimizer and its hyperparameters.",
        "surfaces": "List every surface and its formula.",
    }.items():
        command = add(name, text)
        command.add_argument("--json", action="store_true", help="one JSON object a line")
        if name == "optimizers":
            command.add_argument(
                "--outside", action="store_true", help="the torch.optim.Optimizer classes that are found installed"
            )


def add_page(add: Add) -> None:
    """Add `page`."""
    page = add("page", "Save the lab as a page in one file, which opens from disk without a server or a network.")
    page.add_argument(
        "link",
        metavar="LINK",
        nargs="+",
        help='a link of the lab, or what follows the "?" in it; several, or a text file (.md, .txt) with a link on a '
        "line of its own for each lab, make a handout",
    )
    page.add_argument("out", type=Path, metavar="FILE", help="the page, for instance valley.html")
    page.add_argument("--title", default="", help="of a handout; its first heading where none is given")
    page.add_argument("--still", action="store_true", help="without the runs of the sliders: smaller, nothing drags")
    page.add_argument(
        "--plotly",
        action=argparse.BooleanOptionalAction,
        help="with plotly.js inside, 2 MB that 3D needs; where the link shows 3D it is inside anyway",
    )
    page.add_argument("--lab", metavar="ADDRESS", help="of a full lab that the page leads to")


def add_render(add: Add) -> None:
    """Add `render`."""
    render = add("render", "Draw a picture (.png, .svg, .pdf) or a film (.mp4, .webm, .gif) of a scenario.")
    render.add_argument(
        "scenario", metavar="LINK", help='a link of the lab, or what follows the "?" in it; or a JSON file'
    )
    render.add_argument("out", type=Path, metavar="FILE", help="its ending says what it becomes: race.pdf, race.mp4")
    render.add_argument("--dark", action="store_true", help="on a dark ground")
    render.add_argument(
        "--size",
        default="slide",
        metavar="SIZE",
        help="paper (6.5 inches wide), slide (1920 by 1080), or pixels: 1280x720 (slide)",
    )
    render.add_argument(
        "--view",
        choices=("overlay", "panels", "3d"),
        help="one landscape, one a lane, or the loss as height (the scenario's)",
    )
    render.add_argument(
        "--show", default="ground,plots,legend,title", metavar="PART,PART", help="what is in it: %(default)s"
    )
    render.add_argument("--plots", metavar="NAME,NAME", help="diagnostics that are plotted (the scenario's)")
    render.add_argument("--step", type=int, metavar="N", help="the step of a picture (the scenario's, or its end)")
    render.add_argument("--steps", type=_span, metavar="FIRST,LAST", help="the steps that a film goes over (all)")
    render.add_argument("--every", type=int, metavar="N", help="steps from frame to frame (about 300 frames in all)")
    render.add_argument("--fps", type=float, metavar="N", help="frames a second of a film (30)")
    render.add_argument("--once", action="store_true", help="a GIF ends at its end; else it begins again")


def _span(text: str) -> tuple[int, int]:
    first, _, last = text.partition(",")
    if not (first.isascii() and first.isdecimal() and last.isascii() and last.isdecimal() and len(text) < 20):
        raise argparse.ArgumentTypeError(f"the steps of a film are its first and its last, 0,300, not {text!r}")
    return int(first), int(last)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:6]) <= 65_535 or len(text) > 5:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def _runs_at_once(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:5]) <= 1024 or len(text) > 4:
        raise argparse.ArgumentTypeError(f"runs at once are a whole number from 1 to 1024, not {text!r}")
    return int(text)
