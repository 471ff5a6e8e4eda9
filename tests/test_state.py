"""The state directory: made once, refused when a newer Deskbell owns it, held by one process at a time."""

from pathlib import Path

import pytest

from appliance.errors import StorageError
from appliance.state import LAYOUT, prepare


def test_an_empty_place_becomes_a_state_directory(tmp_path: Path) -> None:
    state = prepare(tmp_path / "new")
    assert (state.root / "version").read_text() == f"{LAYOUT}\n"
    assert state.recordings.is_dir()


def test_a_directory_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "version").write_text("99\n")
    with pytest.raises(StorageError, match="laid out by a newer Deskbell \\(version 99, this one knows 1\\)"):
        prepare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["version"]


def test_a_torn_version_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "version").write_bytes(b"\x00\xff")
    with pytest.raises(StorageError, match="a number would be right"):
        prepare(tmp_path)


def test_two_boxes_do_not_share_a_state_directory(tmp_path: Path) -> None:
    state = prepare(tmp_path)
    state.lock()
    with pytest.raises(StorageError, match="another Deskbell runs in it"):
        state.lock()


def test_a_place_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be used to keep state"):
        prepare(tmp_path / "file" / "state")
