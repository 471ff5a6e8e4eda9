"""The virtual card seen through its serial port, by a plain pyserial client: a telephone call from ring to hang-up."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import serial

from hw.sim import CallerState, HangUp, SimulatorError, Tone, VirtualCard, What, violations
from tests.hw.sim.bench import codes_of, peaks, samples_of

SEIZE = """
import os, sys, time
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
for line in (b"ATE0", b"AT+FCLASS=8;+VSD=0,0;+VIT=0", b"AT+VSM=131,8000;+VLS=1", b"AT+VTR"):
    os.write(port, line + b"\\r")
    answer = b""
    while b"OK" not in answer and b"CONNECT" not in answer:
        answer += os.read(port, 4096)
print("seized", flush=True)
while True:
    os.write(port, b"\\xff" * len(os.read(port, 4096)))
"""


@pytest.fixture
def card(tmp_path: Path) -> Iterator[VirtualCard]:
    with VirtualCard("JP", link=tmp_path / "by-path" / "port1") as made:
        yield made


@pytest.fixture
def port(card: VirtualCard) -> Iterator[serial.Serial]:
    with serial.Serial(card.path, 115200, timeout=5, exclusive=True) as opened:
        command(opened, "AT&F0")
        command(opened, "ATE0V1Q0X4")
        command(opened, "AT+GCI=00;+VCID=1")
        yield opened


def command(port: serial.Serial, line: str, answer: bytes = b"OK\r\n") -> bytes:
    port.write(line.encode() + b"\r")
    heard = port.read_until(answer)
    assert heard.endswith(answer), f"{line}: {heard!r}"
    return heard


def pick_up(port: serial.Serial) -> None:
    command(port, "AT+FCLASS=8;+VSD=0,0;+VIT=0")
    command(port, "AT+VSM=131,8000;+VLS=1")


class Talk(threading.Thread):
    """A driver's reader: gives one sample for each it gets, from 60 ms ahead, as the specification says."""

    def __init__(self, port: serial.Serial, voice: Tone) -> None:
        super().__init__(daemon=True)
        self.heard, self.heard_at = bytearray(), []
        self._port, self._voice = port, voice
        self._over = threading.Event()
        self._whole = threading.Condition()
        self._given = 480
        port.write(b"\xff" * 480)
        self.start()

    def run(self) -> None:
        while not self._over.is_set():
            read = self._port.read(max(1, self._port.in_waiting))
            with self._whole:
                self.heard += read
                self.heard_at.append((len(self.heard), time.monotonic()))
                self._whole.notify_all()
            due = 480 + len(samples_of(self._settled())) - self._given
            self._port.write(self._voice.read(due).replace(b"\x10", b"\x11"))
            self._given += due

    def _settled(self) -> bytes:
        return bytes(self.heard[:-1]) if self.heard.endswith(b"\x10") else bytes(self.heard)

    def wait_for(self, code: str, timeout: float) -> bool:
        with self._whole:
            return self._whole.wait_for(lambda: code in codes_of(self._settled()), timeout)

    def stop(self) -> None:
        self._over.set()
        self.join(5)


def test_a_call_from_ring_to_loop_drop(card: VirtualCard, port: serial.Serial):
    caller = card.ring("0312345678", voice=Tone([1000]))
    text = port.read_until(b"RING\r\n")
    assert b"NMBR = 0312345678" in text
    pick_up(port)
    assert caller.wait_for(CallerState.CONNECTED, timeout=2)
    command(port, "AT+VTR", b"CONNECT\r\n")
    talk = Talk(port, Tone([600]))
    assert caller.wait_heard(2.0, timeout=10)
    assert peaks(caller.heard().samples[-8000:]) == [600]
    caller.hang_up(HangUp.LOOP_DROP)
    assert talk.wait_for("l", timeout=5)
    talk.stop()
    port.write(b"\x10\x18\x10^")
    assert port.read_until(b"\x10\x03\r\nOK\r\n").endswith(b"\x10\x03\r\nOK\r\n")
    for line in ("AT+VLS=0", "ATH0", "AT+FCLASS=0"):
        command(port, line)
    assert caller.state is CallerState.HUNG_UP
    assert card.wait_hook(off=False, timeout=1)
    assert violations(card.events) == []


def test_a_probe_tone_tells_how_long_it_was_on_its_way(card: VirtualCard, port: serial.Serial):
    caller = card.ring("0312345678")
    port.read_until(b"RING\r\n")
    pick_up(port)
    command(port, "AT+VTR", b"CONNECT\r\n")
    talk = Talk(port, Tone([600]))
    assert caller.wait_heard(0.5, timeout=10)
    said_at = caller.say(Tone([1000], seconds=0.2))
    assert abs(said_at - time.monotonic()) < 1
    assert caller.wait_heard(1.5, timeout=10)
    talk.stop()
    loud = next(place for place, code in enumerate(talk.heard) if code not in (0xFF, 0x7F))
    arrived_at = next(moment for end, moment in talk.heard_at if end > loud)
    assert arrived_at >= said_at
    assert len(talk.heard) - loud >= 8000 * 0.2


def test_what_is_heard_has_no_gap(card: VirtualCard, port: serial.Serial):
    caller = card.ring("0312345678")
    port.read_until(b"RING\r\n")
    pick_up(port)
    command(port, "AT+VTR", b"CONNECT\r\n")
    talk = Talk(port, Tone([600]))
    assert caller.wait_heard(3.0, timeout=10)
    heard, stats = caller.heard(), card.stats
    talk.stop()
    tone = heard.samples[int(np.flatnonzero(np.abs(heard.samples) > 1000)[0]) :]
    silent = np.abs(tone[: len(tone) // 160 * 160].reshape(-1, 160)).max(axis=1) < 100
    # A starved test machine is late and the card says so; silence that nobody counted would be a fault.
    missing = stats.rx_samples - stats.tx_samples if stats.underruns else 0
    assert silent.sum() * 160 <= missing
    assert stats.is_off_hook


def test_a_killed_driver_frees_the_line(card: VirtualCard):
    caller = card.ring("0312345678")
    driver = subprocess.Popen([sys.executable, "-c", SEIZE, card.path], stdout=subprocess.PIPE, text=True)
    try:
        assert driver.stdout is not None
        assert driver.stdout.readline() == "seized\n"
        assert caller.wait_for(CallerState.CONNECTED, timeout=5)
        driver.kill()
        assert card.wait_hook(off=False, timeout=5)
    finally:
        driver.kill()
        driver.communicate()
    assert caller.state is CallerState.RELEASED
    with serial.Serial(card.path, timeout=5) as port:
        command(port, "AT")


def test_unplugging_in_a_call_releases_it_and_the_card_comes_back_under_its_name(
    card: VirtualCard, port: serial.Serial
):
    caller = card.ring("0312345678")
    port.read_until(b"RING\r\n")
    pick_up(port)
    assert caller.wait_for(CallerState.CONNECTED, timeout=2)
    card.unplug()
    assert caller.state is CallerState.RELEASED
    assert not os.path.lexists(card.path)
    with pytest.raises((OSError, serial.SerialException)):
        port.read(1_000_000)
    card.plug()
    with serial.Serial(card.path, timeout=5) as again:
        assert b"+GCI: B5" in command(again, "ATE0;+GCI?")
    with pytest.raises(SimulatorError, match="unplug it first"):
        card.plug()


def test_a_caller_nobody_hears_can_still_give_up(card: VirtualCard):
    caller = card.ring("0312345678")
    assert card.wait_event(What.RING_STARTED, timeout=5)
    caller.give_up()
    assert caller.state is CallerState.GAVE_UP
    assert not caller.wait_for(CallerState.CONNECTED, timeout=60)  # at once: that cannot come any more
    with pytest.raises(SimulatorError, match="it is gave_up"):
        caller.say(Tone([1000]))
    with pytest.raises(SimulatorError, match="it is over"):
        caller.hang_up()


def test_rings_while_the_port_is_closed_are_not_heard_when_it_opens(card: VirtualCard):
    caller = card.ring("0312345678")
    assert card.wait_event(What.RING_STARTED, timeout=5)
    caller.give_up()
    with serial.Serial(card.path, timeout=5) as port:
        assert command(port, "AT") == b"AT\r\r\nOK\r\n"


def test_a_closed_card_leaves_no_thread_and_no_name(tmp_path: Path):
    before = threading.active_count()
    made = VirtualCard(link=tmp_path / "port")
    made.close()
    assert threading.active_count() == before
    assert not os.path.lexists(tmp_path / "port")
