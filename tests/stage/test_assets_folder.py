"""plotly.js is at hand whatever the folder allows, and a changed file changes the component's name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from optim_viz.stage import assets_folder


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "index.js").write_text("export default () => {};\n")
    monkeypatch.setattr(assets_folder, "ASSETS", folder)
    caches = (assets_folder._temporary_folder, assets_folder._plotly_source, assets_folder._hash)
    for cached in caches:
        cached.cache_clear()
    yield folder
    for cached in caches:
        cached.cache_clear()


def test_plotly_is_copied_once_and_whole(assets: Path) -> None:
    source = assets_folder._plotly_source()
    assert assets_folder.asset_folder() == assets
    copy = assets / "plotly.min.js"
    assert copy.read_bytes() == source.read_bytes()
    stamp = copy.stat().st_mtime_ns
    assert assets_folder.asset_folder() == assets
    assert copy.stat().st_mtime_ns == stamp
    copy.write_text("half a file")
    assets_folder.asset_folder()
    assert copy.stat().st_size == source.stat().st_size
    assert sorted(path.name for path in assets.iterdir()) == ["index.js", "plotly.min.js"]


def test_a_folder_that_cannot_be_written_is_copied(assets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("read-only file system")

    monkeypatch.setattr(assets_folder, "_copy_whole", refuse)
    folder = assets_folder.asset_folder()
    try:
        assert folder != assets
        assert folder == assets_folder.asset_folder()
        assert (folder / "index.js").read_text() == (assets / "index.js").read_text()
        assert (folder / "plotly.min.js").stat().st_size == assets_folder._plotly_source().stat().st_size
        assert not (assets / "plotly.min.js").exists()
    finally:
        shutil.rmtree(folder.parent)


def test_a_changed_file_changes_the_hash(assets: Path) -> None:
    before = assets_folder.asset_hash()
    assets_folder.asset_folder()
    assert assets_folder.asset_hash() == before
    (assets / "index.js").write_text("export default () => 1;\n")
    assert assets_folder.asset_hash() != before


def test_a_plotly_without_its_javascript_is_named(assets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets_folder, "PLOTLY", "nothing.js")
    with pytest.raises(RuntimeError, match="pip install"):
        assets_folder.asset_folder()
