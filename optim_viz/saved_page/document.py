"""Writes the HTML of a page that holds the lab, or of a frame that is handed it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from string import Template


def read(name: str) -> str:
    """Return one of the files beside this one."""
    return (files("optim_viz.saved_page") / name).read_text(encoding="utf-8")


def document(title: str, parts: Mapping[str, str], lab: str = "") -> str:
    """Put a page together; its one script is known by its hash, and no other is let in, nor any address.

    Args:
        title: of the page.
        parts: packed contents by name: "program", "opening" and "families"; none for a frame, which is handed them.
        lab: address of a full lab.
    """
    body = Template(read("page.html")).substitute(lab=escape(lab))
    return whole(title, read("page.css"), body.rstrip(), parts, read("boot.js"))


def whole(title: str, css: str, body: str, parts: Mapping[str, str], script: str, *frames: str) -> str:
    """Return the text of an HTML file.

    Args:
        title: of the page.
        css: its style.
        body: what is seen until the script runs, as HTML.
        parts: packed contents by name.
        script: the one that runs.
        *frames: scripts of the frames that it makes, which its policy has to let in too.
    """
    return Template(read("document.html")).substitute(
        title=escape(title),
        policy=escape(_policy(script, *frames)),
        css=css,
        body=body,
        parts="\n".join(
            f'<script type="application/octet-stream" id="{name}">{content}</script>' for name, content in parts.items()
        ),
        script=script,
    )


def _policy(*scripts: str) -> str:
    """Return the policy that lets in these scripts, what they make, and nothing else."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes} blob:; "
        "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
