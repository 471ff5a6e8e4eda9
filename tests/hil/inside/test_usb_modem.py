"""The line card on USB: the kernel's own cdc_acm between the virtual modem and the programs that drive it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from hw.modem.port import DeviceLost, SerialPort
from hw.modem.usb import modems, reset
from hw.sim import CallerState, What
from tests.hil.inside.usb_modem import TTYS
from tests.lines.running import Rig


class UsbRig(Rig):
    """The rig of tests/lines with its card on USB."""

    simulator = "tests.hil.inside.usb_card"

    def tell(self) -> None:
        """What everybody said, for whoever reads a failure."""
        for process in (self.sim, *self.processes):
            print("\n".join(process.lines))
        for event in self.card.events():
            print(f"{event.at:.3f} card: {event.what} {event.detail}")


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[UsbRig]:
    rig = UsbRig(tmp_path)
    yield rig
    rig.tell()
    rig.close()


def until(holds, what: str, timeout: float = 3.0) -> None:
    """Wait for a state of the modem's lines: the kernel tells no one when it changes."""
    ends = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < ends, f"{what} did not come within {timeout} s"
        time.sleep(0.005)


def test_the_kernel_calls_it_a_modem_and_carries_commands(rig: UsbRig) -> None:
    (tty,) = [path.name for path in TTYS.glob("ttyACM*")]
    assert Path(rig.card.path).resolve() == Path("/dev", tty)
    assert (TTYS / tty / "device" / "driver").resolve().name == "cdc_acm"
    with serial.Serial(rig.card.path, 115200, timeout=3.0) as port:
        port.write(b"ATI3\r")
        assert b"CX93001" in port.read_until(b"OK\r\n")


def test_a_reset_of_its_usb_port_lets_go_of_whoever_holds_it_and_the_modem_is_there_again(rig: UsbRig) -> None:
    """fxo §2.10, L3: the kernel's own USBDEVFS_RESET, asked for by the tty's name."""
    held = SerialPort(rig.card.path)
    try:
        assert reset(rig.card.path)
        with pytest.raises(DeviceLost):
            until(lambda: held.read() == b"never", "the end of the port", 5.0)
    finally:
        held.close()
    until(lambda: bool(modems()), "the modem", 5.0)  # perhaps under another number: its old one was still held
    with serial.Serial(modems()[0].tty, 115200, timeout=3.0) as port:
        assert rig.card.wait_event(What.DTR_RAISED, 3.0, count=2)
        port.write(b"ATI3\r")
        assert b"CX93001" in port.read_until(b"OK\r\n")


def test_dtr_is_a_real_wire(rig: UsbRig) -> None:
    with serial.Serial(rig.card.path, 115200, timeout=3.0) as port:
        assert rig.card.wait_event(What.DTR_RAISED, 3.0)
        port.write(b"AT&D2\r")
        port.read_until(b"OK\r\n")
        port.write(b"ATH1\r")
        port.read_until(b"OK\r\n")
        assert rig.card.wait_hook(True, 3.0)
        port.dtr = False
        assert rig.card.wait_event(What.DTR_DROPPED, 3.0)
        assert rig.card.wait_hook(False, 3.0), "&D2 hangs up when DTR falls, the port still open"
        port.dtr = True
        assert rig.card.wait_event(What.DTR_RAISED, 3.0, count=2)


def test_ri_dsr_and_dcd_are_read_from_the_kernel(rig: UsbRig) -> None:
    with serial.Serial(rig.card.path, 115200, timeout=3.0) as port:
        until(lambda: port.dsr, "DSR")
        assert not port.ri
        assert not port.cd
        caller = rig.card.ring("0312345678")
        until(lambda: port.ri, "RI")
        until(lambda: not port.ri, "the pause between two rings")
        port.write(b"AT+FCLASS=8;+VSM=131,8000;+VLS=1\r")
        port.read_until(b"OK\r\n")
        assert caller.wait_for(CallerState.CONNECTED, 3.0)
        port.write(b"AT+VTR\r")
        port.read_until(b"CONNECT\r\n")
        until(lambda: port.cd, "DCD")
        port.dtr = False
        until(lambda: not port.cd, "the end of DCD")
