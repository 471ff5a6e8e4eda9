"""One line card, sans-IO: bytes from the host in, bytes to the host out, wires to the exchange, a clock handed in.

Rules: `now` is monotonic and never goes back; `tick(now)` does everything that is due, in order of time, so a late tick
loses nothing. Off-hook is the one state that costs money: every way into and out of it is `go_off_hook`/`go_on_hook`.
Modes: command (FCLASS 0 or 8) and voice stream; a stream begins after CONNECT and ends with DLE ETX (specs: fxo §3.2).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from hw.sim import callerid
from hw.sim.agenda import Agenda, Plan
from hw.sim.cable import Cable
from hw.sim.clock import CodecClock
from hw.sim.countries import Country
from hw.sim.counts import CardStats, Punctuality
from hw.sim.detectors import ChipEars
from hw.sim.eventlog import EventLog, What
from hw.sim.exchange import ExchangeLine, LineSignal
from hw.sim.hybrid import Hybrid, QuietWatch
from hw.sim.interpreter import Result
from hw.sim.noise import LineNoise
from hw.sim.personality import Personality
from hw.sim.session import CommandSession
from hw.sim.sound import Sound
from hw.sim.stream import Direction, VoiceStream
from hw.sim.ulaw import SILENCE

RING_MEMORY = 8.0
OVERRUN_REPORT_GAP = 0.1
_DTR_HANGS_UP = frozenset({"1", "2", "3"})


class CardCore:
    """A virtual voice modem and its line. `output` is what the host has yet to read."""

    def __init__(
        self, personality: Personality, country: Country, ppm: float = 0.0, echo_db: float | None = None,
        seed: int = 1, wall: Callable[[], datetime] = datetime.now,
    ) -> None:  # fmt: skip
        """`echo_db` is the hybrid's return loss (20 is a good line), None a perfect one. `wall` stamps caller ID."""
        self.personality = personality
        self.log = EventLog()
        self.ring_count = 0
        self.is_off_hook = self.is_hook_claimed = False
        self.stuck_hook = 0  # so many seizures are answered OK but move nothing, as seen on USR while it rings
        self.agenda = Agenda()
        self.line = ExchangeLine(country, self.agenda, self.log, self._on_wire)
        self.clock = CodecClock(personality.quantum, ppm)
        self.stream: VoiceStream | None = None
        self._session = CommandSession(personality, self, self.agenda, self.log, seed)
        self._settings = self.settings = self._session.settings
        self.mischief = self._session.mischief
        self._said = self._session.output
        self.cable = Cable(self._said, personality.byte_budget, seed)
        self.output = self.cable.output
        self.noise = LineNoise(seed)
        self._wall = wall
        self.hybrid = None if echo_db is None else Hybrid(echo_db)
        self._own_sound: Sound | None = None
        self._codes: list[bytes] = []
        self._caller_id: list[str] = []
        self._plans: dict[str, Plan] = {}
        self._off_hook_since = self._last_overrun = 0.0
        self._quiet, self._ears, self._punctual = QuietWatch(), ChipEars(), Punctuality()
        self._rx = self._tx = self._underruns = self._overruns = self._seizures = 0
        self._longest = 0.0

    # The host's side

    @property
    def room(self) -> int:
        """How many bytes of the host the card takes now; 0 is back-pressure."""
        if self.stream is None:
            return 4096
        rationed = self.cable.room
        return self.stream.room if rationed is None else min(self.stream.room, rationed)

    def receive(self, data: bytes, now: float) -> None:
        """Bytes from the host."""
        self._take(self.cable.sent(data), now)
        self.cable.carry(now, self.is_streaming)

    def _take(self, data: bytes, now: float) -> None:
        if self.stream is None:
            self._session.type(data, now)
            return
        known = len(self.stream.ignored_codes)
        self.stream.feed(data)
        self._punctual.answered()
        for code in self.stream.ignored_codes[known:]:
            self.log.add(now, What.CODE_RECEIVED, f"{code:02X}")
        if self.stream.typed_text is not None:
            self.log.add(now, What.TEXT_IN_STREAM, self.stream.typed_text.decode("latin-1"))
            self.stream.typed_text = None

    def set_dtr(self, is_high: bool, now: float) -> None:
        """The host opened or let go of the port; with &D1 to &D3 letting go hangs up."""
        self.log.add(now, What.DTR_RAISED if is_high else What.DTR_DROPPED)
        if not is_high and self._settings.value("&D") in _DTR_HANGS_UP:
            self._end_stream(now, "DTR")
            self.go_on_hook(now, "DTR")
            self._settings.leave_voice()
            self._session.stop()

    def power_off(self, now: float) -> None:
        """The USB plug is pulled: on-hook, everything forgotten."""
        self._end_stream(now, "power")
        self.go_on_hook(now, "power")
        self._session.stop()
        self._settings.reset()
        self.cable.thaw()
        self.cable.clear()
        self._caller_id.clear()
        self.log.add(now, What.POWERED_OFF)

    def power_on(self, now: float) -> None:
        """The plug is back."""
        self.log.add(now, What.POWERED_ON)
        if self.personality.starts_streaming:
            self.stick(now)

    # What breaks (named in `faults`)

    def freeze(self, seconds: float, now: float) -> None:
        """Neither reads nor writes for so long; 0 is until the plug is pulled."""
        self.cable.is_frozen = True
        if seconds:
            self._replan("freeze", now + seconds, lambda due: self._take(self.cable.thaw(), due))

    def stick(self, now: float) -> None:
        """Finds itself in a duplex stream, off-hook, as a crashed host left it."""
        self.settings.run("E0+FCLASS=8;+VSD=0,0;+VIT=0;+VLS=1", now)
        self.begin_stream(Direction.DUPLEX, now)

    def reset(self, now: float) -> None:
        """Lightning: the firmware starts anew, everything at its default, the USB device still there."""
        self.power_off(now)
        self.power_on(now)

    def babble(self, said: bytes) -> None:
        """Says bytes that mean nothing; they leave with the next tick."""
        self._said += said

    def set_tx_fifo(self, size: int) -> None:
        """Another depth of the transmit FIFO, in this stream too."""
        self.personality = replace(self.personality, tx_fifo=size)
        if self.stream is not None:
            self.stream.capacity = size

    # Time

    def next_deadline(self) -> float | None:
        """When `tick` has something to do; None while nothing is planned."""
        dues = [due for due in (self.agenda.next_due(), self.clock.next_due()) if due is not None]
        return min(dues, default=None)

    def tick(self, now: float) -> None:
        """Everything due until `now`."""
        self._punctual.turned(now, self.next_deadline())
        while (due := self.next_deadline()) is not None and due <= now:
            if due == self.agenda.next_due():
                self.agenda.run_next()
            else:
                self._quantum(due)
            self.cable.carry(due, self.is_streaming)
        self.cable.carry(now, self.is_streaming)

    def stats(self, now: float) -> CardStats:
        """Counts so far."""
        present = now - self._off_hook_since if self.is_off_hook else 0.0
        stream = self.stream
        return CardStats(
            is_off_hook=self.is_off_hook,
            line=self.line.state,
            rx_samples=self._rx + (stream.received if stream else 0),
            tx_samples=self._tx + (stream.sent if stream else 0),
            underruns=self._underruns + (stream.underruns if stream else 0),
            starved=self._punctual.starved,
            overruns=self._overruns,
            seizures=self._seizures,
            longest_off_hook=max(self._longest, present),
        )

    # What commands do to the card (`interpreter.Modem`)

    def go_off_hook(self, now: float, cause: str) -> None:
        """Loops the line and starts the codec."""
        if self.is_off_hook:
            return
        if self.stuck_hook:
            self.stuck_hook -= 1
            self.is_hook_claimed = True
            self.clock.start(now)
            return
        self.is_off_hook, self._off_hook_since = True, now
        self._seizures += 1
        self.clock.start(now)
        self.log.sample = 0
        self.log.add(now, What.WENT_OFF_HOOK, cause)
        self.line.off_hook(now)

    def go_on_hook(self, now: float, cause: str) -> None:
        """Opens the line and stops the codec."""
        if self.is_hook_claimed:
            self.is_hook_claimed = False
            self.clock.stop()
        if not self.is_off_hook:
            return
        self.is_off_hook = False
        self._longest = max(self._longest, now - self._off_hook_since)
        self.log.add(now, What.WENT_ON_HOOK, cause)
        self.clock.stop()
        self.log.sample = -1
        self._own_sound = None
        self.line.on_hook(now)

    def flash(self, seconds: float, now: float) -> None:
        """A hook flash, its milliseconds in the log: the call goes on."""
        self.log.add(now, What.FLASHED, f"{1000 * seconds:.0f}")

    def volts(self) -> float:
        """Between tip and ring."""
        return self.line.volts()

    def play(self, sound: Sound) -> None:
        """A sound of the modem's own, in command mode."""
        self._own_sound = sound

    def caller_id_lines(self) -> list[str]:
        """The last caller's identification."""
        return self._caller_id

    # What a session does to the card beside (`session.StreamingModem`)

    @property
    def is_streaming(self) -> bool:
        """A voice stream runs."""
        return self.stream is not None

    def dial(self, digits: str, now: float) -> None:
        """Digits from the modem's own dialler."""
        self.line.dial(digits, now)

    def begin_stream(self, direction: Direction, now: float) -> None:
        """After CONNECT: from the next byte on, both ways, it is samples."""
        voice_format = self._settings.voice_format()
        if voice_format is None:
            return  # `+VTR` was refused already
        self.stream = VoiceStream(direction, self.personality, voice_format)
        self._codes.clear()
        self._quiet.forget()
        self._punctual.answered()
        self.log.add(now, What.STREAM_STARTED, direction.name)

    def _replan(self, name: str, due: float, action: Callable[[float], None] | None) -> None:
        if name in self._plans:
            self._plans.pop(name).cancel()
        if action is not None:
            self._plans[name] = self.agenda.at(due, action)

    # The wires

    def _on_wire(self, signal: LineSignal, now: float) -> None:
        match signal:
            case LineSignal.RING:
                self._ring(now)
            case LineSignal.CALLER_ID:
                self._hear_caller_id(now)
            case LineSignal.LOOP_OPENED:
                self._replan("loop", now + self.personality.loop_immunity_ms / 1000, self._loop_was_lost)
            case LineSignal.LOOP_CLOSED:
                self._replan("loop", now, None)
            case LineSignal.REVERSED if self.is_off_hook:
                self.emit(self.personality.reversal_code, now)
            case LineSignal.PARALLEL_UP | LineSignal.PARALLEL_DOWN if int(self._settings.value("-STE") or "0") & 2:
                self.emit(b"P" if signal is LineSignal.PARALLEL_UP else b"p", now)

    def _ring(self, now: float) -> None:
        if self.is_off_hook:
            return
        self.ring_count += 1
        self.log.add(now, What.RING_STARTED, str(self.ring_count))
        self._replan("ring memory", now + RING_MEMORY, self._forget_rings)
        if self._settings.is_voice:
            self.emit(b"R", now)
        else:
            self._session.text("RING")
        answers_after = self._settings.register(0)
        if answers_after and self.ring_count >= answers_after and not self._session.is_busy:
            self._session.run("A", now)

    def _forget_rings(self, now: float) -> None:
        self.ring_count = 0

    def _hear_caller_id(self, now: float) -> None:
        party, wanted = self.line.party, self._settings.value("+VCID")
        if party is None or self.is_off_hook:
            return
        if self.personality.caller_id_after and not self.settings.has_heard(self.personality.caller_id_after):
            return
        report = callerid.raw if wanted == "2" else callerid.tagged
        self._caller_id = report(party.number, party.name, self._wall(), self.personality.caller_id_blank)
        if wanted == "0":
            return
        self.log.add(now, What.CALLER_ID_SENT, party.number or "")
        if self._settings.is_voice:
            packet = "\r\n".join(self._caller_id).encode("latin-1", "replace")
            self._said += b"\x10X" + packet + b"\x10."
        else:
            if self.personality.caller_id_header:
                self._session.text(self.personality.caller_id_header)
            for line in self._caller_id:
                self._session.text(line)

    def _loop_was_lost(self, now: float) -> None:
        if self.is_off_hook and self.personality.loop_code:
            self.emit(self.personality.loop_code, now)

    def emit(self, code: bytes, now: float) -> None:
        """A DLE event: on the next sample boundary of a stream, at once in voice command mode, never in data mode."""
        if code in self.personality.never_tells:
            return
        if self.stream is not None:
            self._codes.append(code)
        elif self._settings.is_voice:
            self._said += b"\x10" + code
        else:
            return
        self.log.add(now, What.CODE_SENT, code.decode("latin-1"))

    # Samples

    def _quantum(self, now: float) -> None:
        """The quantum that ends at `now`: what the host gave goes to the line, what the line carries to the host."""
        count = self.clock.advance()
        self.log.sample = self.clock.samples
        from_line = self.noise.over(self.line.speak(count))
        for code in self._ears.hear(self.stream, from_line):
            self.emit(code, now)
        to_line = self._transmit(count, now)
        self.line.hear(to_line, now)
        if self.hybrid is not None:
            from_line = self.hybrid.leak(from_line, to_line)
        if self.stream is not None:
            self._deliver(self.stream, from_line, now)

    def _transmit(self, count: int, now: float) -> bytes:
        if self.stream is not None and self.stream.direction.has_transmit:
            ulaw, ran_dry = self.stream.play(count)
            if ran_dry:
                self.log.add(now, What.RAN_DRY, self._punctual.ran_dry())
                self.emit(b"u", now)
            return ulaw
        if self._own_sound is None:
            return SILENCE * count
        ulaw = self._own_sound.read(count)
        return ulaw + SILENCE * (count - len(ulaw))

    def _deliver(self, stream: VoiceStream, ulaw: bytes, now: float) -> None:
        tenths = int(self._settings.value("+VSD").partition(",")[2])
        if not stream.is_ending and self._quiet.is_quiet_for(tenths, ulaw):
            self.emit(b"s", now)
            stream.is_ending = True
        shielded = stream.shield(ulaw, self._codes)
        if self.cable.waiting + len(shielded) > self.personality.rx_fifo:
            self._overruns += 1
            if now - self._last_overrun >= OVERRUN_REPORT_GAP:
                self._last_overrun = now
                self.emit(b"o", now)
        else:
            self._codes.clear()
            self._said += shielded
            self._punctual.gave(len(ulaw))
        if stream.is_over:
            self._end_stream(now, "ended")
            self._said += b"\x10\x03" if stream.direction.has_receive else b""
            self._session.answer(Result.OK, now)
            self._session.watch_host(now)

    def _end_stream(self, now: float, cause: str) -> None:
        if self.stream is None:
            return
        stream, self.stream = self.stream, None
        self._rx += stream.received
        self._tx += stream.sent
        self._underruns += stream.underruns
        counts = f"rx={stream.received} tx={stream.host_samples} played={stream.sent} underruns={stream.underruns}"
        rate = "" if stream.steady_rate is None else f" steady={stream.steady_rate:.4f}"
        self.log.add(now, What.STREAM_ENDED, f"{cause} {counts}{rate}")
