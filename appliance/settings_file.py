"""How a process of ours reads the settings file that the supervisor wrote for it: one JSON object, all of it known."""

from pathlib import Path
from typing import TypeVar

import msgspec

from appliance.errors import ConfigError

Shape = TypeVar("Shape", bound=msgspec.Struct)


def read(path: Path, shape: type[Shape], whose: str) -> Shape:
    """The settings in the file at `path`. Raises ConfigError with what is wrong in `whose` ("the switch's") file."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=shape)
    except OSError as absent:
        raise ConfigError(f"{whose} settings {path} cannot be read: {absent.strerror}") from absent
    except msgspec.MsgspecError as wrong:
        raise ConfigError(f"{whose} settings {path} are not right: {wrong}") from wrong


def host_and_port(text: str) -> tuple[str, int]:
    """Split `host:port`. Raises ConfigError when it is anything else."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or not 0 < int(port) < 65536:
        raise ConfigError(f"the address {text!r} was given; host:port such as 127.0.0.1:5080 would be right")
    return host, int(port)
