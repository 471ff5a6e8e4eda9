"""The archive for somebody who helps from elsewhere: what is in it, and what must not be."""

import tarfile

import pytest

from appliance.__main__ import main
from appliance.config_docs import commented_example
from appliance.errors import DeskbellError
from appliance.support import bundle


@pytest.fixture
def office(tmp_path):
    file = tmp_path / "office.toml"
    file.write_text(commented_example())
    traces = tmp_path / "state" / "traces"
    traces.mkdir(parents=True)
    (traces / "line1-00000001.jsonl").write_text('{"what": "state"}\n')
    (tmp_path / "state" / "recordings").mkdir()
    (tmp_path / "state" / "recordings" / "c1.wav").write_bytes(b"RIFF")
    return file


def test_the_archive_holds_reports_and_traces_and_neither_secrets_nor_recordings(office, tmp_path, capsys):
    target = tmp_path / "support.tar.gz"
    assert main(["support", "--config", str(office), "--state", str(tmp_path / "state"), "--out", str(target)]) == 0
    assert str(target) in capsys.readouterr().out
    with tarfile.open(target) as archive:
        names = {name.removeprefix("deskbell-support/") for name in archive.getnames()}
        assert names == {"doctor.txt", "versions.txt", "config.toml", "traces/line1-00000001.jsonl"}
        config = archive.extractfile("deskbell-support/config.toml").read().decode()
    assert "change-me-please-101" in office.read_text()
    assert "change-me-please-101" not in config
    assert "[[agents]]" in config


def test_an_archive_without_a_configuration_tells_what_there_is(tmp_path):
    assert len(bundle(None, None, tmp_path / "support.tar.gz")) == 2


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path):
    with pytest.raises(DeskbellError, match="cannot be written"):
        bundle(None, None, tmp_path / "nowhere" / "support.tar.gz")
