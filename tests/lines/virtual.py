"""A whole line in virtual time: the virtual card's core, the driver, the line's state machine and its sound.

The owner of the device does what `Worker` does: it closes a port that fails and opens it again after a pause. The leg
is a list of what was asked; our side of it speaks and hears 20 ms at a time, by a clock of its own.
"""

import numpy as np

from appliance.lines.facts import LegAnswered, LegEnded
from appliance.lines.line import Line
from appliance.lines.music import Music
from appliance.lines.settings import Line as LinePort
from appliance.lines.states import State
from appliance.lines.talk import Pipes
from hw.modem.events import ModemEvent
from hw.sim.party import CallerState, RemoteParty
from hw.sim.sound import Sound
from hw.sim.ulaw import decode
from tests.hw.modem.scripted import WIRES, Wire
from tests.hw.modem.virtual import VirtualLine
from tests.lines.bench import ListedTrunk

FRAME = 160


class WholeLine(VirtualLine):
    """`answers`: the switch answers every call after so many seconds; None never."""

    def __init__(
        self, tmp_path, personality: str = "cx93001_2013", wire: Wire = WIRES[0], code: str = "JP", seed: int = 1,
        answers: float | None = 0.5, ppm: float = 0.0, **port: object,
    ) -> None:  # fmt: skip
        self.trunk, self.pipes, self.answers = ListedTrunk(), Pipes(), answers
        self.told: list[tuple[float, State, str]] = []
        self.our_voice: Sound | None = None
        self.heard_by_us = bytearray()
        self.keep_heard = False
        self._answer_at: float | None = None
        self._offered = 0
        self._media_due = 0.0
        port = {"echo_cancelling": False, **port}
        self.line = Line(
            LinePort("line1", "none", code, **port),  # type: ignore[arg-type]
            self.trunk, self.pipes, Music(tmp_path / "none.wav"),
            lambda state, alarm, _number: self.told.append((self.now, state, alarm)),
        )  # fmt: skip
        super().__init__(personality, wire, code, seed, ppm, reopens=True)
        self._open_line()
        self._media_due = self.now

    # --- stories ----------------------------------------------------------------------------------------------------

    def in_service(self) -> "WholeLine":
        self.state(State.IDLE)
        return self

    def called(self, voice: Sound | None = None, number: str | None = "0312345678") -> RemoteParty:
        """Somebody rings and is answered: samples flow both ways."""
        party = RemoteParty(number, None, voice)
        self.core.line.ring(party, self.now)
        self.state(State.TALKING)
        self.run(0.3)
        assert party.state is CallerState.CONNECTED
        return party

    def state(self, *wanted: State, seconds: float = 40.0) -> float:
        """Let time pass until the line is in one of the states; how long it took."""
        begun = self.now
        while self.now < begun + seconds:
            if self.line.state in wanted:
                return self.now - begun
            self.run(0.02)
        raise AssertionError(f"not {wanted} within {seconds} s but {self.line.state.value}: {self.told[-5:]}")

    def over(self, seconds: float = 60.0) -> float:
        """Let time pass until the call is over; how long it took."""
        begun = self.now
        while self.line.state in (State.TALKING, State.ANSWERING, State.RINGING):
            self.run(0.02)
            assert self.now < begun + seconds, f"still {self.line.state.value} after {seconds} s"
        return self.now - begun

    def bye(self) -> None:
        """The switch ends the leg."""
        self.line.leg(LegEnded(self.trunk.invitations[-1].attempt, 200, "bye"), self.now)
        self.state(State.IDLE)

    @property
    def alarms(self) -> list[str]:
        return [alarm for _, _, alarm in self.told if alarm]

    @property
    def is_leg_up(self) -> bool:
        """An INVITE was answered and nobody ended it."""
        return bool(self.trunk.invitations) and self.trunk.invitations[-1].attempt not in self.trunk.hung_up

    # --- time -------------------------------------------------------------------------------------------------------

    def _dues(self) -> list[float | None]:
        return [*super()._dues(), self.line.next_deadline(), self._answer_at, self._media_due]

    def _turn(self) -> None:
        super()._turn()
        self._switch()
        while self._media_due <= self.now:
            self._media()
            self._media_due += 0.02
        if self.is_open:
            self.line.tick(self.now)
            self._close_if_failed()

    def _switch(self) -> None:
        """The far side of the leg: answers what was not answered yet."""
        if len(self.trunk.invitations) > self._offered:
            self._offered = len(self.trunk.invitations)
            self._answer_at = None if self.answers is None else self.now + self.answers
        if self._answer_at is not None and self.now >= self._answer_at:
            self._answer_at = None
            attempt = self.trunk.invitations[-1].attempt
            if attempt not in self.trunk.hung_up:
                self.line.leg(LegAnswered(attempt), self.now)

    def _media(self) -> None:
        said = b"" if self.our_voice is None else self.our_voice.read(FRAME)
        self.pipes.to_line.push(decode(said.ljust(FRAME, b"\xff")).astype(np.int16).tobytes())
        heard = self.pipes.from_line.pull(FRAME)
        if self.keep_heard:
            self.heard_by_us += heard

    # --- the owner --------------------------------------------------------------------------------------------------

    def _take(self, events: list[ModemEvent]) -> None:
        for event in events:
            if self.is_open:
                self.events.append(event)
                self.line.hear(event, self.now)
        self._close_if_failed()

    def _close_if_failed(self) -> None:
        if self.is_open and self.line.state is State.FAULT:
            self._close()

    def _reopen(self) -> None:
        self._reopen_at, self.is_open = None, True
        self.core.set_dtr(True, self.now)
        self._open_line()

    def _open_line(self) -> None:
        self.modem = self.line.port.modem()
        self.line.opened(self.modem, self.now)
