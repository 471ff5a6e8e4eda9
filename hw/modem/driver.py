"""One voice modem as a line card, without I/O: bytes and time in, events and bytes out.

Order of use: `start`, then `seize`/`release` as the events allow. After every call take `outgoing` and write it; call
`tick` when `next_deadline` has come. One procedure runs at a time; the newest order given meanwhile waits for its end.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from hw.errors import ModemError, ProtocolMisuse
from hw.modem import procedures
from hw.modem.callerid import Telling
from hw.modem.chipsets import Identity
from hw.modem.countries import Country
from hw.modem.events import (
    Audio,
    CallerIdLine,
    Event,
    Failed,
    Finished,
    ModemEvent,
    Remark,
    Result,
    Ring,
    Seized,
    SeizeFailed,
    Sign,
    Signal,
    StreamEnded,
    Way,
    in_one_piece,
)
from hw.modem.ledger import SAMPLES_PER_MS, SILENCE, TARGET_MS
from hw.modem.protocol import Mode, Protocol
from hw.modem.reread import Rereading
from hw.modem.steps import Ask, DropDtr, Leave, Procedure, Reply, Settle, Step, Tell

POLL: Final = 30.0  # an idle modem is asked AT so often
POLL_AFTER_RING: Final = 10.0
RING_AFTER_SEIZURE: Final = (0.7, 12.0)  # ringing seen so long after going off-hook: it did not
REFILL: Final = bytes((SILENCE,)) * (TARGET_MS * SAMPLES_PER_MS)
STALL: Final = 2.0  # a stream without samples for so long is dead


class Modem:
    """One device. `extra` are commands of the owner's, sent at every start (some clones need AT!4886=...).

    `has_parallel`: other telephones share the line, so a drop of its voltage tells of them as well as of a hang-up.
    """

    def __init__(
        self, country: Country, extra: tuple[str, ...] = (), has_parallel: bool = False, telling: Telling = Telling.TEXT
    ) -> None:
        self._country, self._extra, self._has_parallel, self._telling = country, extra, has_parallel, telling
        self._is_half_duplex = self._has_rung = False
        self._reread = Rereading(country)
        self._protocol = Protocol()
        self._out = bytearray()
        self._procedure: Procedure | None = None
        self._step: Step | None = None
        self._step_ends = 0.0
        self._quiet_ends = 0.0
        self._identity: Identity | None = None
        self._is_one_by_one = self._is_quick = False
        self._waiting: Callable[[], Procedure] | None = None
        self._poll_at: float | None = None
        self._look_at: float | None = None
        self._stall_at: float | None = None
        self._way = Way.DUPLEX
        self._dropped = 0
        self._seized_at: float | None = None
        self._is_retaken = False
        self._events: list[ModemEvent] = []

    @property
    def identity(self) -> Identity:
        """What the modem is. Raises ProtocolMisuse before `Ready`."""
        if self._identity is None:
            raise ProtocolMisuse("the modem was used before it was ready")
        return self._identity

    @property
    def is_streaming(self) -> bool:
        """True while samples flow."""
        return self._protocol.mode is not Mode.COMMAND

    @property
    def way(self) -> Way:
        """Which way samples flow in the call there is, or was last."""
        return self._way

    @property
    def wants_dtr(self) -> bool:
        """False while DTR is to be held low, a rung of the recovery ladder; whoever owns the port obeys."""
        return not isinstance(self._step, DropDtr)

    # --- orders ------------------------------------------------------------------------------------------------

    def start(self, now: float, *, is_quick: bool = False) -> None:
        """Recover and initialise the device just opened; `Ready` or `Failed` follows.

        `is_quick`: somebody waits for the answer, so a device that is deaf is given up after the ladder's first rung.
        """
        self._protocol.reset()
        self._is_quick = is_quick
        self._begin(self._bring_up, now)

    def resume(self, identity: Identity, now: float) -> None:
        """Go on with a duplex stream that a process before us began on this device; sound follows, or `Failed`."""
        self._identity, self._way = replace(identity, telling=self._telling), Way.DUPLEX
        self._protocol.resume()
        self._stall_at = now + STALL

    def seize(self, now: float, way: Way = Way.DUPLEX, *, or_announce: bool = False) -> None:
        """Go off-hook; `Seized` or `SeizeFailed` follows. A half-duplex modem refuses DUPLEX on-hook.

        `or_announce`: one that is found out only now announces instead, so that its first caller is not lost.
        """
        self._way, self._is_retaken = way, False
        self._begin(lambda: self._learning(self._seize(or_announce)), now)

    def dial(self, number: str, now: float, *, pulses: bool = False) -> None:
        """Take the line and let the modem dial; `Seized`, `DialFailed` or `SeizeFailed` follows."""
        self._way, self._is_retaken, self._has_rung = Way.DUPLEX, False, False

        def is_off() -> bool:
            return self._has_rung or self._waiting is not None

        self._begin(lambda: self._learning(procedures.dial(self.identity, number, pulses, is_off)), now)

    def turn(self, way: Way, now: float) -> None:
        """In a call: from announcing to recording or back; `Seized` or `SeizeFailed` follows."""
        was, self._way = self._way, way
        self._begin(lambda: procedures.turn(self.identity, was, way), now)

    def flash(self, now: float, seconds: float) -> None:
        """Open the loop of the call for a moment; samples flow again within a second, or `SeizeFailed` follows."""
        if self.is_streaming and self._procedure is None:
            self._begin(lambda: self._refilled(procedures.flash(self.identity, seconds)), now)

    def release(self, now: float) -> None:
        """Go on-hook; `Released` (or `Failed`) follows. What runs now is let to end first, a dialler is stopped."""
        if isinstance(self._step, Ask) and self._step.dies_of_a_byte:
            self._out += b"\r"
        self._begin(self._release, now)

    def play(self, samples: bytes) -> None:
        """Send samples into the open stream; the caller keeps to its ledger. Nothing is sent once it is closing."""
        if self.is_streaming and self._procedure is None:
            self._out += self._protocol.shield(self.identity.coding.spoken(samples))

    def outgoing(self) -> bytes:
        """The bytes to write now; they are handed over once."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def keep(self, rest: bytes) -> None:
        """Take back what the device did not take of `outgoing`."""
        self._out[:0] = rest

    # --- what happens ------------------------------------------------------------------------------------------

    def receive(self, received: bytes, now: float) -> list[ModemEvent]:
        """What the bytes just read tell."""
        if isinstance(self._step, (Tell, Settle)):
            self._dropped += len(received)
        if isinstance(self._step, Settle):
            self._quiet_ends = min(now + self._step.quiet, self._step_ends)
        for event in self._protocol.receive(received):
            if not isinstance(self._step, (Tell, Settle, DropDtr)) or isinstance(event, Ring | CallerIdLine):
                self._take(event, now)
        return self._drain()

    def tick(self, now: float) -> list[ModemEvent]:
        """What the passing of time tells."""
        if self._step is not None and now >= self._deadline_of_step():
            self._time_is_up(now)
        if self._poll_at is not None and now >= self._poll_at and self._procedure is None:
            self._poll_at = now + POLL
            self._run(self._check_health, now)
        if self._look_at is not None and now >= self._look_at and self._procedure is None:
            self._look_at = None
            self._run(lambda: procedures.check_line(self.identity, self._country), now)
        if self._procedure is None and not self.is_streaming and self._reread.is_due(now):
            self._run(lambda: self._reread.procedure(self._hear_of, now), now)
        if self._stall_at is not None and now >= self._stall_at and self.is_streaming:
            self._fail(
                f"no sound came from the modem for {STALL:.0f} s in a call; 8000 samples a second would be right"
            )
        return self._drain()

    def next_deadline(self) -> float | None:
        """When `tick` is due."""
        is_idle = self._procedure is None and not self.is_streaming
        idle = (self._poll_at, self._look_at, self._reread.next_deadline()) if is_idle else ()
        due = [*idle, self._stall_at if self.is_streaming else None]
        if self._step is not None:
            due.append(self._deadline_of_step())
        return min((at for at in due if at is not None), default=None)

    # --- procedures ----------------------------------------------------------------------------------------------

    def _bring_up(self) -> Procedure:
        self._identity, ready = yield from procedures.bring_up(
            self._country, self._extra, self._has_parallel, is_quick=self._is_quick,
            is_half_duplex=self._is_half_duplex, telling=self._telling,
        )  # fmt: skip
        self._reread.is_offered = self._identity.chipset.keeps_caller_id and self._telling is not Telling.OFF
        return ready

    def _check_health(self) -> Procedure:
        """Raises ModemError when the modem cannot be recovered; a recovered one is told as `Ready` again."""
        self._protocol.has_echoed = False
        is_well = yield from procedures.is_well(self._country)
        if is_well and not self._protocol.has_echoed:
            return None
        return (yield from self._bring_up())

    def _seize(self, or_announce: bool) -> Procedure:
        outcome = yield from procedures.seize(self.identity, self._is_one_by_one, self._way, or_announce=or_announce)
        if isinstance(outcome, SeizeFailed) and not self._is_one_by_one and self._is_worth_another_try(outcome):
            self._is_one_by_one = True  # some firmwares refuse several commands on a line: remembered
            if outcome.had_hook:
                yield Settle(quiet=self._country.guard, cap=self._country.guard)
            outcome = yield from procedures.seize(self.identity, True, self._way, or_announce=or_announce)
        return outcome

    def _learning(self, procedure: Procedure) -> Procedure:
        """A modem without a stream both ways is remembered as such."""
        outcome = yield from procedure
        if self._way is Way.DUPLEX and isinstance(outcome, Seized | SeizeFailed) and outcome.is_stream_refused:
            self._is_half_duplex = True  # learnt: never tried with a caller again
            self._identity = self.identity.without_duplex()
            self._way = Way.ANNOUNCE if isinstance(outcome, Seized) else self._way
            return replace(outcome, why=procedures.no_conversation(self.identity))
        return outcome

    def _is_worth_another_try(self, failed: SeizeFailed) -> bool:
        return not failed.is_stream_refused and self._waiting is None

    def _release(self) -> Procedure:
        return procedures.release(self.identity, self.is_streaming, self._way)

    def _retake(self) -> Procedure:
        return (yield from self._refilled(procedures.retake(self.identity)))

    def _refilled(self, procedure: Procedure) -> Procedure:
        outcome = yield from procedure
        if outcome is None:  # the card's buffer is empty again, and the caller's ledger believes it full
            self._out += self.identity.coding.spoken(REFILL)
        return outcome

    def _begin(self, procedure: Callable[[], Procedure], now: float) -> None:
        """Run it now, or right after what runs: a command sent into another one's work is lost or breaks it."""
        if self._procedure is not None:
            self._waiting = procedure
            return
        self._poll_at = self._look_at = self._stall_at = None
        self._reread.busy()
        self._run(procedure, now)

    def _run(self, procedure: Callable[[], Procedure], now: float) -> None:
        self._procedure = procedure()
        self._advance(None, now)

    def _advance(self, reply: Reply | None, now: float) -> None:
        """Hand the last step's reply to the procedure and begin the next step."""
        procedure = self._procedure
        if procedure is None:
            return
        try:
            step = next(procedure) if reply is None else procedure.send(reply)
        except StopIteration as over:
            self._over(over.value, now)
        except ModemError as wrong:
            self._fail(str(wrong))
        else:
            self._begin_step(step, now)

    def _begin_step(self, step: Step, now: float) -> None:
        self._step = step
        match step:
            case Ask(command, within, _):
                self._protocol.give_up()  # nothing else is awaited now: a stream's own end at most
                self._out += self._protocol.command(command)
                self._step_ends = now + within
            case Leave(raw, within):
                self._out += raw
                if self._protocol.mode is not Mode.STREAM:  # an announcement, or its CONNECT was lost: no DLE ETX comes
                    self._protocol.expect_result("leaving the stream")
                self._step_ends = now + within
            case DropDtr(pause):
                self._step_ends = now + pause
            case Tell(raw, pause):
                self._out += raw
                self._step_ends = now + pause
            case Settle(quiet, cap):
                self._step_ends = now + cap
                self._quiet_ends = now + quiet

    def _deadline_of_step(self) -> float:
        return min(self._step_ends, self._quiet_ends) if isinstance(self._step, Settle) else self._step_ends

    def _time_is_up(self, now: float) -> None:
        """A step's time is over: for waits that is their good end, for questions it is silence."""
        step, self._step = self._step, None
        if isinstance(step, (Tell, Settle, DropDtr)):
            dropped, self._dropped = self._dropped, 0
            self._advance(Reply(Result.OK, dropped=dropped), now)
            return
        self._protocol.give_up()
        if isinstance(step, Leave):
            self._protocol.reset()
        self._advance(Reply(Result.TIMEOUT), now)

    def _over(self, outcome: ModemEvent | None, now: float) -> None:
        self._procedure = self._step = None
        if outcome is not None:
            self._events.append(outcome)
        self._poll_at = None if self.is_streaming else now + POLL
        if not self.is_streaming:
            self._reread.rests(now)
        self._look_at = procedures.next_look(outcome, now, self._look_at)
        has_sound = self.is_streaming and self._way is not Way.ANNOUNCE
        self._stall_at = now + STALL if has_sound else None
        self._seized_at = now if self.is_streaming else None
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self._begin(waiting, now)

    def _fail(self, why: str) -> None:
        if self._procedure is not None:
            self._procedure.close()
        self._procedure = self._step = self._poll_at = self._look_at = self._stall_at = None
        self._waiting = None
        self._events.append(Failed(why))

    def _hear_of(self, caller: tuple[CallerIdLine, ...]) -> None:
        self._events += caller

    # --- events of the protocol ------------------------------------------------------------------------------------

    def _take(self, event: Event, now: float) -> None:
        match event:
            case Finished():
                self._finished(event, now)
            case StreamEnded():
                self._stream_ended(now)
            case Audio():
                self._stall_at = now + STALL
                if self._procedure is None:
                    self._events.append(Audio(self.identity.coding.heard(event.samples)))
            case Remark():
                pass
            case Ring() | Signal(Sign.RING) if self._rings_on(now):
                self._is_retaken = True
                self._run(self._retake, now)
            case Ring():
                self._has_rung = True
                self._reread.rang(now)
                if self._poll_at is not None:
                    self._poll_at = max(self._poll_at, now + POLL_AFTER_RING)
                if self._look_at is not None:
                    self._look_at = max(self._look_at, now + POLL_AFTER_RING)
                self._events.append(event)
            case CallerIdLine() if self._reread.is_answer(now):
                self._reread.answered(event)
            case CallerIdLine():
                self._reread.came(now)
                self._events.append(event)
            case _:
                self._events.append(event)

    def _rings_on(self, now: float) -> bool:
        """True when ringing shows that the line was not taken after all; tried again once, then it is a failure."""
        if not self.is_streaming or self._procedure is not None or self._seized_at is None:
            return False
        since, until = RING_AFTER_SEIZURE
        if not since < now - self._seized_at < until:
            return False
        if self._is_retaken:
            self._fail("it rings on although AT+VLS=1 was answered OK twice: it does not go off-hook")
        return not self._is_retaken

    def _finished(self, event: Finished, now: float) -> None:
        """A final result: it answers the step that waits for it, or comes too late for any."""
        if isinstance(self._step, (Ask, Leave)):
            self._step = None
            self._advance(Reply(event.result, event.text), now)

    def _stream_ended(self, now: float) -> None:
        if self._procedure is None:
            self._begin(procedures.await_stopped_stream, now)

    def _drain(self) -> list[ModemEvent]:
        """The events of one batch."""
        events, self._events = self._events, []
        return in_one_piece(events)
