"""What the lines process refuses at its start, and how it says so."""

import json
import subprocess
import sys

import pytest

from appliance.errors import ConfigError
from appliance.lines.settings import LinesSettings, load

GOOD = {
    "sip": "127.0.0.1:5080",
    "switch": "127.0.0.1:5070",
    "socket": "run/lines.sock",
    "lines": [{"id": "line1", "device": "/dev/ttyACM0", "country": "JP"}],
    "hold_music": "music.wav",
}


def written(folder, **changes):
    path = folder / "lines.json"
    path.write_text(json.dumps(GOOD | changes))
    return path


def test_good_settings_are_read(tmp_path):
    settings = load(written(tmp_path))
    assert isinstance(settings, LinesSettings)
    assert settings.lines[0].device == "/dev/ttyACM0"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sip": "5080"}, "host:port such as 127.0.0.1:5080"),
        ({"lines": [{"id": "a", "device": "x", "country": "XX"}]}, "'XX' is not known"),
        ({"lines": [{"id": "a", "device": "x"}, {"id": "a", "device": "y"}]}, "a is named twice"),
        ({"colour": "red"}, "unknown field"),
    ],
)
def test_wrong_settings_are_refused_with_what_would_be_right(tmp_path, changes, sentence):
    with pytest.raises(ConfigError, match=sentence):
        load(written(tmp_path, **changes))


def test_the_process_ends_with_status_2_and_the_sentence_when_its_settings_are_missing(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "appliance.lines", str(tmp_path / "none.json")],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert ended.returncode == 2
    assert "cannot be read" in ended.stderr
    assert "Traceback" not in ended.stderr
