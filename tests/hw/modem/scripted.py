"""A scripted modem in memory on four kinds of wire, in virtual time: what the driver's tests run against.

It is far dumber than `hw.sim` on purpose: a table of answers, one hook, one stream.
"""

import random
from dataclasses import dataclass, field

from hw.modem.countries import country
from hw.modem.driver import Modem
from hw.modem.events import Audio, ModemEvent

VSM = '0,"SIGNED PCM",8,0,8000,0,0\r\n131,"Mu-Law",8,0,8000,0,0\r\n132,"A-Law",8,0,8000,0,0'
ANSWERS = {
    "AT+GMI": "CONEXANT",
    "ATI0": "56000",
    "ATI3": "CX93001-EIS_V0.2013-V92",
    "AT+FCLASS=?": "0,1,1.0,8",
    "AT+VSM=?": VSM,
    "AT-TRV": "48.0",
}


@dataclass(frozen=True)
class Wire:
    """How bytes travel: in pieces of `piece` (0: as written), lost with probability `loss`, `late` seconds late."""

    name: str
    piece: int = 0
    loss: float = 0.0
    late: float = 0.0


WIRES = (Wire("clean"), Wire("byte-by-byte", piece=1), Wire("lossy", loss=0.01), Wire("late", late=0.4))


@dataclass
class ScriptedModem:
    """The device: `refuse` lists commands answered ERROR, `deaf` ones never answered."""

    answers: dict[str, str] = field(default_factory=lambda: dict(ANSWERS))
    refuse: frozenset[str] = frozenset()
    deaf: frozenset[str] = frozenset()
    echo: bool = True
    is_off_hook: bool = False
    is_streaming: bool = False
    gci: str = "B5"
    seen: list[str] = field(default_factory=list)
    played: bytearray = field(default_factory=bytearray)
    _line: bytearray = field(default_factory=bytearray)
    _after_dle: bool = False

    def write(self, sent: bytes) -> bytes:
        """Take bytes from the driver, return what the modem says at once."""
        said = b""
        for byte in sent:
            said += self._stream_byte(byte) if self.is_streaming else self._command_byte(byte)
        return said

    def _stream_byte(self, byte: int) -> bytes:
        if not self._after_dle:
            self._after_dle = byte == 0x10
            if byte != 0x10:
                self.played.append(byte)
            return b""
        self._after_dle = False
        if byte != 0x5E:
            return b""
        self.is_streaming = False
        return b"\x10\x03\r\nOK\r\n"

    def _command_byte(self, byte: int) -> bytes:
        echo = bytes((byte,)) if self.echo else b""
        if byte != 0x0D:
            self._line.append(byte)
            return echo
        # A modem wakes at "AT": noise typed before it is not part of the command.
        text = self._line[max(0, self._line.find(b"AT")) :].decode("latin-1").strip()
        self._line.clear()
        return echo + (self._run(text) if text.startswith("AT") else b"")

    def _run(self, text: str) -> bytes:
        self.seen.append(text)
        if text in self.deaf:
            return b""
        if text in self.refuse:
            return b"\r\nERROR\r\n"
        if "E0" in text:
            self.echo = False
        if text.startswith("AT+GCI=") and text[7:].isalnum():
            self.gci = text[7:]
        if "+VLS=1" in text:
            self.is_off_hook = True
        if "+VLS=0" in text or text == "ATH0":
            self.is_off_hook = False
        if text == "AT+VTR":
            self.is_streaming = True
            return b"\r\nCONNECT\r\n"
        shown = f"+GCI: {self.gci}" if text == "AT+GCI?" else self.answers.get(text, "")
        return (f"\r\n{shown}\r\n" if shown else "").encode() + b"\r\nOK\r\n"


class Bench:
    """A driver and a scripted modem joined by a wire, with a clock of their own."""

    def __init__(self, device: ScriptedModem | None = None, wire: Wire = WIRES[0], code: str = "JP", seed: int = 1):
        self.now = 100.0
        self.device = device or ScriptedModem()
        self.modem = Modem(country(code))
        self.events: list[ModemEvent] = []
        self._wire, self._random = wire, random.Random(seed)
        self._on_the_way: list[tuple[float, bytes]] = []

    def says(self, said: bytes) -> None:
        """The device says something unasked."""
        self._travel(said)

    def run(self, seconds: float) -> None:
        """Let time pass until nothing is due within `seconds`."""
        end = self.now + seconds
        while True:
            self._carry()
            due = [at for at, _ in self._on_the_way[:1]]
            deadline = self.modem.next_deadline()
            due += [deadline] if deadline is not None else []
            if not due or min(due) > end:
                self.now = end
                return
            self.now = max(self.now, min(due))
            self._deliver()
            self.events += self.modem.tick(self.now)

    def until(self, kind: type, seconds: float = 30.0) -> ModemEvent:
        """The first event of `kind` from now on; fails the test when it does not come in `seconds`."""
        end = self.now + seconds
        seen = len(self.events)
        while self.now < end:
            self.run(0.05)
            for event in self.events[seen:]:
                if isinstance(event, kind):
                    return event
        raise AssertionError(f"no {kind.__name__} within {seconds} s; seen {self.events[seen:]}")

    def heard(self) -> bytes:
        return b"".join(event.samples for event in self.events if isinstance(event, Audio))

    def _carry(self) -> None:
        sent = self.modem.outgoing()
        if sent:
            self._travel(self.device.write(self._lose(sent)))

    def _travel(self, said: bytes) -> None:
        said = self._lose(said)
        step = self._wire.piece or max(1, len(said))
        for start in range(0, len(said), step):
            self._on_the_way.append((self.now + self._wire.late, said[start : start + step]))

    def _lose(self, carried: bytes) -> bytes:
        return bytes(byte for byte in carried if self._random.random() >= self._wire.loss)

    def _deliver(self) -> None:
        while self._on_the_way and self._on_the_way[0][0] <= self.now:
            _, said = self._on_the_way.pop(0)
            self.events += self.modem.receive(said, self.now)
            self._carry()
