"""The settings files of our processes: read whole, or refused with what is wrong."""

import msgspec
import pytest

from appliance.errors import ConfigError
from appliance.settings_file import host_and_port, read


class Lamp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    colour: str


def test_a_file_is_read_as_its_shape(tmp_path):
    (tmp_path / "lamp.json").write_text('{"colour": "blue"}')
    assert read(tmp_path / "lamp.json", Lamp, "the lamp's") == Lamp("blue")


@pytest.mark.parametrize(("text", "sentence"), [("{}", "not right"), ('{"colour": "a", "b": 1}', "not right")])
def test_what_is_missing_or_unknown_is_refused_naming_the_file(tmp_path, text, sentence):
    (tmp_path / "lamp.json").write_text(text)
    with pytest.raises(ConfigError, match=rf"the lamp's settings .*lamp\.json are {sentence}"):
        read(tmp_path / "lamp.json", Lamp, "the lamp's")


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "none.json", Lamp, "the lamp's")


def test_an_address_is_a_host_and_a_port():
    assert host_and_port("[::1]:5060") == ("[::1]", 5060)
    for nonsense in ("127.0.0.1", "host:", "host:0", "host:65536", "host:five"):
        with pytest.raises(ConfigError, match=r"host:port such as"):
            host_and_port(nonsense)
