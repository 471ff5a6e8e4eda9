"""`deskbell support`: everything that helps somebody elsewhere to find out what is wrong, in one archive.

In it: the doctor's report, the effective configuration with secrets shown as their length, versions, and the traces of
the last calls on analogue lines. Not in it: recordings, sound, databases, and of numbers all but their last digits.
"""

import io
import platform
import sys
import tarfile
import time
from importlib.metadata import version
from pathlib import Path

from appliance.config import load
from appliance.config_docs import effective
from appliance.doctor import examine, report
from appliance.errors import DeskbellError
from appliance.state import State

PACKAGES = ("msgspec", "numpy", "aiohttp", "pyserial", "gpiozero", "pjsua2")


def bundle(config: Path | None, state: Path | None, target: Path) -> list[str]:
    """Write the archive; the names of what is in it. Raises DeskbellError when it cannot be written."""
    texts = {"doctor.txt": report(examine(config, state)), "versions.txt": _versions()}
    if config is not None:
        texts["config.toml"] = effective(load(config))
    files = sorted(State(state).traces.glob("*.jsonl")) if state is not None else []
    try:
        with tarfile.open(target, "w:gz") as archive:
            for name, text in texts.items():
                _add(archive, name, text.encode(), time.time())
            for file in files:
                _add(archive, f"traces/{file.name}", file.read_bytes(), file.stat().st_mtime)
            return archive.getnames()
    except OSError as wrong:
        raise DeskbellError(f"the support archive {target} cannot be written: {wrong.strerror}") from wrong


def _add(archive: tarfile.TarFile, name: str, content: bytes, written: float) -> None:
    entry = tarfile.TarInfo(f"deskbell-support/{name}")
    entry.size, entry.mtime = len(content), int(written)
    archive.addfile(entry, io.BytesIO(content))


def _versions() -> str:
    lines = [f"python {sys.version.split()[0]}", f"system {platform.platform()}"]
    for package in PACKAGES:
        try:
            lines.append(f"{package} {version(package)}")
        except ModuleNotFoundError:
            lines.append(f"{package} is not installed")
    return "\n".join(lines) + "\n"
