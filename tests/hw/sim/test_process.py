"""The simulator as a process of its own, driven over its Unix socket."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from hw.sim import CallerState, HangUp, SimulatorError, What
from hw.sim.client import SimClient
from hw.sim.verbs import Request, SoundSpec, from_line
from tests.hw.sim.bench import peaks

ROOT = Path(__file__).resolve().parents[3]


class Process:
    """`python -m hw.sim` in a temporary folder."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.socket, self.links = folder / "control.sock", [folder / "port1", folder / "port2"]
        words = [sys.executable, "-m", "hw.sim", "--socket", str(self.socket), "--stop-with-stdin", *more]
        for link in self.links:
            words += ["--link", str(link)]
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        assert self.child.stdout is not None
        self.said = self.child.stdout.readline()

    def end(self) -> int:
        if self.child.poll() is None:
            self.child.terminate()
        self.child.communicate(timeout=10)
        return self.child.returncode


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    made = Process(tmp_path)
    try:
        yield made
    finally:
        made.end()


def test_a_call_over_the_control_socket(process: Process, tmp_path: Path):
    with SimClient(process.socket) as sim, serial.Serial(str(process.links[0]), timeout=5) as port:
        card = sim.card(0)
        assert card.path == str(process.links[0])
        caller = card.ring("0312345678", voice=SoundSpec("tone", (1000,)))
        assert b"RING" in port.read_until(b"RING\r\n")
        for line in ("ATE0", "AT+FCLASS=8;+VSD=0,0;+VIT=0", "AT+VSM=131,8000;+VLS=1"):
            port.write(line.encode() + b"\r")
            port.read_until(b"OK\r\n")
        assert caller.wait_for(CallerState.CONNECTED, timeout=5)
        port.write(b"AT+VTR\r")
        port.read_until(b"CONNECT\r\n")
        tone = SoundSpec("tone", (600,), -10.0, 0.25).sound()
        port.write(tone.read(2000).replace(b"\x10", b"\x11"))
        assert caller.wait_heard(1.0, timeout=5)
        heard = caller.heard()
        loud = heard.samples[abs(heard.samples.astype(int)) > 5000]
        assert len(loud) > 800
        assert peaks(heard.samples) == [600]
        assert caller.say(SoundSpec("tone", (500,))) > heard.first_at
        assert caller.send_digits("12#") > heard.first_at
        assert caller.heard_wav(tmp_path / "heard.wav").samples >= len(heard.samples)
        caller.hang_up(HangUp.LOOP_DROP)
        assert card.wait_event(What.LOOP_CLOSED, timeout=5)
        assert card.stats.underruns == 1
        assert card.stats.is_off_hook
    with SimClient(process.socket) as again:
        assert again.card(0).wait_hook(off=False, timeout=5)
        whats = [event.what for event in again.card(0).events()]
        assert whats.index("went_off_hook") < whats.index("call_connected") < whats.index("went_on_hook")


def test_cards_are_apart_and_can_be_unplugged(process: Process):
    with SimClient(process.socket) as sim:
        first, second = sim.card(0), sim.card(1)
        assert first.ring("1").state is CallerState.RINGING
        assert second.ring("2").state is CallerState.RINGING
        assert second.ring("3").state is CallerState.ENGAGED
        first.unplug()
        assert not os.path.lexists(process.links[0])
        assert first.plug() == str(process.links[0])
        first.loop_drop(100)
        first.set_cord(False)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (Request("dance"), "'dance', which is not known"),
        (Request("stats", card=7), "asked for card 7; there are 2"),
        (Request("say", caller=0), "asked for caller 0; 0 have rung"),
        (Request("ring", voice=SoundSpec("yodel")), "sound of kind 'yodel'"),
        (Request("ring", voice=SoundSpec("wav", path="/nowhere.wav")), "nowhere.wav"),
        (Request("ring", caller_id="sometimes"), "'sometimes' is not a valid CallerIdTime"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_with_a_sentence(process: Process, request_: Request, sentence: str):
    with SimClient(process.socket) as sim, pytest.raises(SimulatorError, match=sentence):
        sim.ask(request_)


@pytest.mark.parametrize("line", [b"not json\n", b"[1]\n", b'{"verb": "ring", "tempo": 3}\n', b'{"card": 1}\n'])
def test_a_line_that_is_no_request_is_refused_with_a_sentence(line: bytes):
    with pytest.raises(SimulatorError, match="asked"):
        from_line(Request, line)


def test_only_the_owner_may_talk_to_it(process: Process):
    assert stat.S_IMODE(process.socket.stat().st_mode) == 0o600


def test_it_says_when_it_is_ready_and_leaves_nothing_behind(process: Process):
    assert process.said.startswith("ready: 2 card(s)")
    assert process.end() == 0
    assert not process.socket.exists()
    assert not any(os.path.lexists(link) for link in process.links)


def test_it_ends_by_its_verb_and_with_its_parent(tmp_path: Path):
    by_verb = Process(tmp_path)
    with SimClient(by_verb.socket) as sim:
        sim.stop()
    assert by_verb.child.wait(timeout=10) == 0
    by_verb.end()
    with_parent = Process(tmp_path)
    assert with_parent.child.stdin is not None
    with_parent.child.stdin.close()
    assert with_parent.child.wait(timeout=10) == 0
    with_parent.child.stdin = None
    with_parent.end()


def test_an_unknown_country_is_a_sentence_and_a_failure(tmp_path: Path):
    process = Process(tmp_path, "--country", "XX")
    _, said = process.child.communicate(timeout=10)
    assert process.child.returncode == 1
    assert "asked for the country 'XX'; known are JP, US" in said


def test_an_interrupted_process_unplugs_its_cards(process: Process):
    process.child.send_signal(signal.SIGINT)
    assert process.child.wait(timeout=10) == 0
    assert not any(os.path.lexists(link) for link in process.links)
