"""A host on a bench: types at a card core in virtual time, collects what comes back, speaks in its streams."""

from datetime import datetime

import numpy as np

from hw.sim.core import CardCore
from hw.sim.countries import CallerIdTime, country_named
from hw.sim.party import RemoteParty
from hw.sim.personality import CX93001_2013, Personality
from hw.sim.sound import Recording, Sound

WALL = datetime(2026, 11, 22, 15, 34)  # noqa: DTZ001  (a telephone exchange has no zone)


class Host:
    """Virtual time begins at 1000 s; nothing here waits."""

    def __init__(
        self,
        country: str = "JP",
        ppm: float = 0.0,
        echo_db: float | None = None,
        personality: Personality = CX93001_2013,
    ) -> None:
        self.core = CardCore(personality, country_named(country), ppm, echo_db, seed=7, wall=lambda: WALL)
        self.now = 1000.0
        self.got = b""  # everything of the present stream, still shielded

    def wait(self, seconds: float) -> bytes:
        """Lets time pass; what the card sent meanwhile."""
        self.now += seconds
        self.core.tick(self.now)
        return self.take()

    def take(self) -> bytes:
        taken = bytes(self.core.output)
        self.core.output.clear()
        return taken

    def type(self, line: str) -> str:
        """Types a command line and waits for its final result; the answer without blank lines, `|` between lines."""
        self.core.receive(line.encode() + b"\r", self.now)
        answer = b""
        for _ in range(3000):
            answer += self.wait(0.001)
            lines = [part for part in answer.decode("latin-1").replace("\r", "\n").split("\n") if part]
            if lines and lines[-1] in ("OK", "ERROR", "CONNECT", "NO CARRIER"):
                return "|".join(lines)
        raise AssertionError(f"{line} was not answered within 3 s: {answer!r}")

    def quietly(self) -> "Host":
        """No echo."""
        self.type("ATE0")
        return self

    def rung_by(
        self,
        number: str | None = "0312345678",
        name: str | None = None,
        voice: Sound | None = None,
        caller_id: CallerIdTime | None = None,
        rings: int | None = None,
    ) -> RemoteParty:
        party = RemoteParty(number, name, voice)
        self.core.line.ring(party, self.now, caller_id, rings)
        return party

    def pick_up(self) -> None:
        assert self.type("AT+FCLASS=8;+VSD=0,0;+VIT=0") == "OK"
        assert self.type("AT+VSM=131,8000;+VLS=1") == "OK"

    def connect(self, voice: Sound | None = None) -> RemoteParty:
        """A call answered and streaming, as a driver does it; its ringing is already read."""
        party = self.rung_by(voice=voice)
        self.wait(0.7)
        self.pick_up()
        self.wait(0.2)
        assert self.type("AT+VTR") == "CONNECT"
        self.got = b""
        return party

    def talk(self, seconds: float, voice: Sound | None = None) -> bytes:
        """Reads and writes for so long, sample for sample; the samples and codes received, still shielded."""
        before = len(self.got)
        for _ in range(round(seconds * 100)):
            received = self.wait(0.01)
            self.got += received
            count = len(samples_of(received))
            spoken = b"\xff" * count if voice is None else voice.read(count).ljust(count, b"\xff")
            self.core.receive(spoken.replace(b"\x10", b"\x10\x10"), self.now)
        return self.got[before:]


def samples_of(shielded: bytes) -> bytes:
    """The samples of a stream, its codes dropped."""
    return _parsed(shielded)[0]


def codes_of(shielded: bytes) -> str:
    """The event codes of a stream, its samples dropped."""
    return _parsed(shielded)[1]


def _parsed(shielded: bytes) -> tuple[bytes, str]:
    samples, codes, at = bytearray(), "", 0
    while at < len(shielded):
        if shielded[at] != 0x10:
            samples.append(shielded[at])
            at += 1
            continue
        if shielded[at + 1] == 0x10:
            samples.append(0x10)
        else:
            codes += chr(shielded[at + 1])
        at += 2
    return bytes(samples), codes


def noise(seconds: float, seed: int = 3) -> bytes:
    """Every µ-law code, DLE among them."""
    return np.random.default_rng(seed).integers(0, 256, round(seconds * 8000), dtype=np.uint8).tobytes()


def recording(ulaw: bytes) -> Recording:
    return Recording(ulaw)


def peaks(linear: np.ndarray, count: int = 1) -> list[int]:
    """The strongest frequencies in Hz (5 Hz wide, at least 30 apart), ascending."""
    spectrum = np.abs(np.fft.rfft(linear[: len(linear) // 1600 * 1600].reshape(-1, 1600), axis=1)).mean(axis=0)
    found: list[int] = []
    for place in np.argsort(spectrum)[::-1]:
        if all(abs(int(place) * 5 - other) >= 30 for other in found):
            found.append(int(place) * 5)
        if len(found) == count:
            break
    return sorted(found)
