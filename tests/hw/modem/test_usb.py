"""Which modems are plugged in, where, and what udev is told of them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from hw.errors import ModemError
from hw.identify import listing, which_rings
from hw.modem.usb import KNOWN, modems, port_of, reset
from hw.sim import VirtualCard, What

RULES = Path(__file__).parents[3] / "systemd" / "70-deskbell-line-cards.rules"


def plug(root: Path, port: str, tty: str, usb_id: str, serial: str) -> None:
    """The kernel's files of one modem, and udev's name by path."""
    usb = root / "sys" / "devices" / "pci0000:00" / "usb1" / port
    place = usb / f"{port}:1.0" / "tty" / tty
    place.mkdir(parents=True)
    for name, text in (("idVendor", usb_id[:4]), ("idProduct", usb_id[5:]), ("serial", serial)):
        (usb / name).write_text(text + "\n")
    (root / "sys" / "class" / "tty").mkdir(parents=True, exist_ok=True)
    (root / "sys" / "class" / "tty" / tty).symlink_to(place)
    (root / "by-path").mkdir(exist_ok=True)
    (root / "dev").mkdir(exist_ok=True)
    (root / "dev" / tty).write_text("")
    (root / "by-path" / f"pci-0000:00:14.0-usb-0:{port.partition('-')[2]}:1.0").symlink_to(root / "dev" / tty)


def test_f14_twins_are_told_apart_by_their_port_and_never_by_their_serial(tmp_path):
    plug(tmp_path, "1-1.3", "ttyACM1", "0572:1349", "24680246")
    plug(tmp_path, "1-1.2", "ttyACM0", "0572:1349", "24680246")
    found = modems(tmp_path / "sys", tmp_path / "by-path")
    assert [(one.port, one.tty) for one in found] == [("1-1.2", "/dev/ttyACM0"), ("1-1.3", "/dev/ttyACM1")]
    assert found[0].device.endswith("usb-0:1.2:1.0")
    assert "same serial number: name lines by path" in listing(found)


def test_a_modem_numbered_anew_keeps_its_port_and_its_name(tmp_path):
    plug(tmp_path, "1-1.3", "ttyACM7", "0572:1329", "12345678")
    (found,) = modems(tmp_path / "sys", tmp_path / "by-path")
    assert (found.port, found.model) == ("1-1.3", "TRENDnet TFM-561U")
    assert port_of("/dev/ttyACM7", tmp_path / "sys") == "1-1.3"


def test_foreign_devices_are_no_modems_of_ours(tmp_path):
    plug(tmp_path, "1-1.4", "ttyACM2", "2341:0043", "85437")
    (tmp_path / "sys" / "class" / "tty" / "ttyS0").symlink_to(tmp_path)
    assert modems(tmp_path / "sys", tmp_path / "by-path") == ()
    assert listing(()) == "no modem of a known kind is plugged in"


def test_only_a_modem_of_ours_that_is_there_is_reset(tmp_path, monkeypatch):
    """fxo §2.10, L3; that the kernel does it is proven on its own USB (tests/hil)."""
    plug(tmp_path, "1-1.3", "ttyACM1", "0572:1349", "24680246")
    plug(tmp_path, "1-1.4", "ttyACM2", "2341:0043", "85437")
    for port, number in (("1-1.3", "7"), ("1-1.4", "8")):
        usb = tmp_path / "sys" / "devices" / "pci0000:00" / "usb1" / port
        (usb / "busnum").write_text("1\n")
        (usb / "devnum").write_text(f"{number}\n")
        (tmp_path / "bus" / "001").mkdir(parents=True, exist_ok=True)
        (tmp_path / "bus" / "001" / f"00{number}").write_text("")
    asked = []
    monkeypatch.setattr("fcntl.ioctl", lambda fd, what, _: asked.append((os.readlink(f"/proc/self/fd/{fd}"), what)))
    places = tmp_path / "sys", tmp_path / "bus"
    assert reset("/dev/ttyACM1", *places)
    assert not reset("/dev/ttyACM2", *places), "somebody else's"
    assert not reset("/dev/ttyACM9", *places), "gone"
    assert asked == [(str(tmp_path / "bus" / "001" / "007"), 0x5514)]


def test_the_line_that_is_called_is_told_and_not_answered(tmp_path):
    with VirtualCard("JP", link=tmp_path / "a") as first, VirtualCard("JP", link=tmp_path / "b") as second:
        second.ring("0312345678")
        assert which_rings((first.path, second.path), "JP", 20.0) == second.path
        assert What.WENT_OFF_HOOK not in {event.what for card in (first, second) for event in card.events}


def test_a_line_that_somebody_else_holds_is_left_alone_and_none_is_a_sentence(tmp_path):
    with VirtualCard("JP", link=tmp_path / "a") as card:
        card.fault("card.second_opener", 1)
        with pytest.raises(ModemError, match=r"no modem can be listened to: .* in use by another program"):
            which_rings((card.path,), "JP", 1.0)


# --- the rules of udev ------------------------------------------------------------------------------------------------

TERM = re.compile(r'([A-Z]+)(?:\{([A-Za-z_/]+)\})?(==|!=|=|\+=|:=)"((?:[^"\\]|\\.)*)"')


def rules() -> list[list[tuple[str, str, str, str]]]:
    """Every rule of the file as its terms."""
    lines = [line for line in RULES.read_text().splitlines() if line and not line.startswith("#")]
    read = []
    for line in lines:
        terms = [TERM.fullmatch(term) for term in re.split(r",\s*(?=[A-Z])", line)]
        assert all(terms), f"udev would not understand {line!r}"
        read.append([term.groups() for term in terms if term])
    return read


def test_udevs_rules_are_well_formed_and_their_jumps_land():
    every = [term for rule in rules() for term in rule]
    labels = {value for key, _, _, value in every if key == "LABEL"}
    assert {value for key, _, _, value in every if key == "GOTO"} <= labels
    for key, _, operator, _ in every:
        wanted = ("==", "!=") if key in ("ACTION", "SUBSYSTEM", "TEST") else ("=", "+=", ":=", "==", "!=")
        assert operator in wanted, key
    if shutil.which("udevadm"):
        told = subprocess.run(["udevadm", "verify", RULES], capture_output=True, text=True, timeout=10)
        assert told.returncode == 0 or "Unknown command" in told.stderr, told.stderr


def test_udevs_rules_know_every_modem_that_we_do_and_keep_modemmanager_away():
    for subsystem, vendor, product in (("usb", "idVendor", "idProduct"), ("tty", "ID_VENDOR_ID", "ID_MODEL_ID")):
        known = set()
        for rule in rules():
            terms = {(key, name): value for key, name, _, value in rule}
            if terms.get(("SUBSYSTEM", None)) != subsystem:
                continue
            values = {name: value for (_, name), value in terms.items()}
            known |= {f"{values[vendor]}:{one}" for one in values[product].split("|")}
            assert values["ID_MM_DEVICE_IGNORE"] == "1"
        assert known == set(KNOWN)
    ours = [rule for rule in rules() if any(term[0] == "SUBSYSTEM" for term in rule)]
    for rule in ours:
        assert ("GROUP", None, "=", "dialout") in rule, "the tty to talk to it, the USB device to reset it"
    ttys = [rule for rule in rules() if ("SUBSYSTEM", None, "==", "tty") in rule]
    for rule in ttys:
        assert ("SYMLINK", None, "+=", "fxo/$env{ID_PATH}") in rule
