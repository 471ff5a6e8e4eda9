"""`deskbell doctor`: every check says what was found, what was expected and how to mend it.

A check that fails makes the exit status 1; one that only warns (no GPIO on a laptop) does not. Nothing here changes
anything, so it may run beside a working box.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appliance.config import Config, load
from appliance.errors import ConfigError
from appliance.plan import board_file
from hw.board import read_board
from hw.chips import find_chips, missing
from hw.fittings import RULES, Kind
from hw.pins import BoardError

EXPECTED_CALLS: Final = 128
LEAST_FREE_GB: Final = 1.0
_MODULES: Final = (
    "aiohttp",
    "aiosmtplib",
    "aiosqlite",
    "argon2",
    "gpiod",
    "gpiozero",
    "jinja2",
    "msgspec",
    "numpy",
    "serial",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; `mend` is empty when all is well. `fatal`: the box cannot work like this."""

    check: str
    found: str
    expected: str
    mend: str = ""
    fatal: bool = True

    @property
    def is_well(self) -> bool:
        """Whether nothing needs mending."""
        return not self.mend


def examine(config_file: Path | None, state: Path | None) -> list[Finding]:
    """Every check, in the order in which a person would mend things."""
    checks: list[Callable[[], Finding]] = [_python, _modules, _pjsua2, _capacity, _kamailio, _gpio, _clock]
    findings = [check() for check in checks]
    findings.append(_disk(state or Path.home()))
    if config_file is not None:
        findings += _configured(config_file)
    return findings


def report(findings: list[Finding]) -> str:
    """The findings as text, one block each, the mends indented."""
    rows = []
    for one in findings:
        mark = "ok  " if one.is_well else ("FAIL" if one.fatal else "warn")
        rows.append(f"{mark}  {one.check:<14} {one.found}")
        if not one.is_well:
            rows += [f"      {'expected':<14} {one.expected}", f"      {'to mend':<14} {one.mend}"]
    return "\n".join(rows)


def exit_status(findings: list[Finding]) -> int:
    """0 when the box can work as it is."""
    return int(any(one.fatal and not one.is_well for one in findings))


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    well = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("python", version, "3.11 to 3.13", "" if well else "use Debian 12's or 13's own python3")


def _modules() -> Finding:
    missing = [name for name in _MODULES if importlib.util.find_spec(name) is None]
    found = f"{len(_MODULES) - len(missing)} of {len(_MODULES)} libraries"
    return Finding("libraries", found, "all", f"missing {', '.join(missing)}: run ./deskbell again" if missing else "")


def _pjsua2() -> Finding:
    try:
        version = importlib.metadata.version("pjsua2")
    except importlib.metadata.PackageNotFoundError:
        return Finding("pjsua2", "not installed", "2.17", "run ./deskbell: set-up builds it once")
    return Finding("pjsua2", version, "2.17", "" if version.startswith("2.17") else "remove .venv, run ./deskbell")


def _capacity() -> Finding:
    done = subprocess.run(
        [sys.executable, "-m", "appliance.switch", "--capacity"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    words = done.stdout.split()
    legs = int(words[0]) if words and words[0].isdigit() else 0
    found = f"{legs} calls at once, found by trying" if legs else f"none: {(done.stderr or done.stdout).strip()[-200:]}"
    mend = "" if legs >= EXPECTED_CALLS else "this pjsua2 is not ours: remove .venv and run ./deskbell"
    return Finding("capacity", found, f"{EXPECTED_CALLS} calls", mend)


def _kamailio() -> Finding:
    program = shutil.which("kamailio", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        return Finding("kamailio", "not installed", "5.6 or newer", "run ./deskbell, or apt-get install kamailio")
    said = subprocess.run([program, "-v"], capture_output=True, text=True, timeout=20, check=False).stdout.split()
    version = said[2] if len(said) > 2 else "?"
    well = version[:1].isdigit() and tuple(int(part) for part in version.split(".")[:2]) >= (5, 6)
    return Finding("kamailio", version, "5.6 or newer", "" if well else "use Debian 12 or 13")


def _gpio() -> Finding:
    chips = sorted(path.name for path in Path("/dev").glob("gpiochip*"))
    if not chips:
        return Finding("gpio", "no /dev/gpiochip*: virtual panel", "a board", "fit one, or use the page", fatal=False)
    closed = [name for name in chips if not os.access(f"/dev/{name}", os.R_OK | os.W_OK)]
    if closed:
        mend = "make this user a member of the group gpio"
        return Finding("gpio", f"{', '.join(closed)} may not be opened", "a board", mend, fatal=False)
    return Finding("gpio", ", ".join(chips), "a board")


def _clock() -> Finding:
    synchronised = Path("/run/systemd/timesync/synchronized").exists() or _ntp_synchronised()
    found = "synchronised" if synchronised else "not synchronised: business hours get low trust (D-11)"
    return Finding("clock", found, "synchronised", "" if synchronised else "enable systemd-timesyncd", fatal=False)


def _ntp_synchronised() -> bool:
    if shutil.which("timedatectl") is None:
        return False
    done = subprocess.run(
        ["timedatectl", "show", "--property=NTPSynchronized", "--value"],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    return done.stdout.strip() == "yes"


def _disk(where: Path) -> Finding:
    while not where.exists():
        where = where.parent
    free = shutil.disk_usage(where).free / 1e9
    mend = "" if free >= LEAST_FREE_GB else "free some space: recording stops when the reserve is reached"
    return Finding("disk", f"{free:.1f} GB free at {where}", f"{LEAST_FREE_GB:.0f} GB", mend)


def _configured(file: Path) -> list[Finding]:
    try:
        config = load(file)
    except ConfigError as wrong:
        return [Finding("configuration", str(wrong), "no mistakes", "edit the file; every mistake is listed")]
    counted = f"{len(config.phones)} phones, {len(config.queues)} queues, {len(config.lines)} lines"
    return [
        Finding("configuration", counted, "no mistakes"),
        _panel(config),
        *_fittings(config),
        *_ports(config),
        *_devices(config),
    ]


def _panel(config: Config) -> Finding:
    """The board's file is right, and there is a button for every seat that an agent has."""
    expected = "a board with every agent's seat"
    try:
        board = read_board(board_file(config))
    except BoardError as wrong:
        return Finding(
            "panel", str(wrong), expected, "mend the board's file, or name another in panel.board", fatal=False
        )
    seats = {seat.number for seat in board.seats}
    without = [f"{agent.id} (seat {agent.seat})" for agent in config.agents if agent.seat and agent.seat not in seats]
    mend = f"give these another seat, 0 for none: {', '.join(without)}" if without else ""
    chips, mode = find_chips(), config.panel.mode
    absent = missing(board, chips) if mode == "gpio" or (mode == "auto" and chips) else ()
    if absent:
        mend = mend or "plug it in, or wire it as hw/README.md shows; until then its seats are on the page only"
    return Finding("panel", "; ".join((f"{board.name}: {len(seats)} seats", *absent)), expected, mend, fatal=False)


def _fittings(config: Config) -> list[Finding]:
    """What the board has besides seats, and what of it the configuration gives no meaning; nothing without any."""
    try:
        fittings = read_board(board_file(config)).fittings
    except BoardError:
        return []  # said by `_panel`
    lines, contacts = {line.id for line in config.lines}, {contact.id for contact in config.contacts}
    mends = [
        *(
            f"add {one.words} to [[contacts]]"
            for one in fittings
            if one.kind is Kind.CONTACT and one.name not in contacts
        ),
        *(f"name {one.words} after a line" for one in fittings if one.kind is Kind.LIFELINE and one.name not in lines),
    ]
    keyed = any(one.kind is Kind.RECORD_KEY for one in fittings)
    if keyed and not any(queue.pause_recording for queue in config.queues):
        mends.append("set pause_recording in a queue, else the recording keys do nothing")
    counted = Counter(RULES[one.kind].words for one in fittings)
    found = ", ".join(f"{times} {words}" if times > 1 else words for words, times in counted.items())
    return [Finding("fittings", found, "each with a meaning", "; ".join(mends), fatal=False)] if fittings else []


def _ports(config: Config) -> list[Finding]:
    findings = []
    for name in ("sip", "switch", "lines", "page"):
        kind = socket.SOCK_STREAM if name == "page" else socket.SOCK_DGRAM
        address = getattr(config.network, name)
        host, _, port = address.rpartition(":")
        with socket.socket(socket.AF_INET, kind) as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind((host, int(port)))
                mend = ""
            except OSError as wrong:
                mend = f"{wrong.strerror}; stop what uses it (ss -lnup) or change network.{name}"
        found = f"{address} is {'taken' if mend else 'free'}"
        findings.append(Finding(f"port {name}", found, "free, or Deskbell runs", mend, fatal=False))
    return findings


def _devices(config: Config) -> list[Finding]:
    findings = []
    for line in config.lines:
        there = os.access(line.device, os.R_OK | os.W_OK)
        mend = (
            "" if there else "plug the modem in; the user needs the group dialout; python -m hw.identify lists modems"
        )
        if there and (moves := _moves(line.device)):
            mend = moves
        found = f"{line.device} {'is there' if there else 'is not there or not ours to open'}"
        findings.append(Finding(line.id, found, "a voice modem", mend, fatal=False))
    return findings


def _moves(device: str) -> str:
    """What is wrong with a name that does not stay with its socket; empty for one that does."""
    if re.match(r"/dev/tty(ACM|USB)\d", device):
        return "the number changes when it is plugged in again; its name under /dev/serial/by-path would be right"
    if device.startswith("/dev/serial/by-id/"):
        return "modems of one lot carry the same serial number; its name under /dev/serial/by-path would be right"
    return ""
