"""A switch without SIP: speaks the seam on a Unix socket and keeps legs as the real one does.

Tests are the outside world: `rings` is a caller, `answers`, `rejects`, `hangs_up` are people at phones. Commands of the
desk are kept in `asked` and carried out on the legs. `die` is a crash (new boot, no legs), `seam_breaks` only cuts the
connection. What ends while no desk listens is told in the next snapshot, as by the real switch.
"""

import asyncio
import contextlib
import itertools
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from appliance import wire
from appliance.tape import as_text
from appliance.wire import EndCause, LegState, Message, Origin
from appliance.wire_stream import Wire

Asked = TypeVar("Asked", bound=Message)


@dataclass
class FakeLeg:
    """A leg; `hears` is music, a prompt or nothing, `told` what was said over it. A guest `joins` its `host`."""

    leg: str
    origin: Origin
    origin_id: str
    number: str = ""
    name: str = ""
    called: str = ""
    call_key: str = ""
    contact: str = ""
    state: LegState = LegState.NEW
    since: float = field(default_factory=time.monotonic)
    peer: str = ""
    hears: str = ""
    ends_both: bool = True
    host: str = ""
    joins: wire.Joining | None = None
    told: list[str] = field(default_factory=list)

    def fact(self) -> wire.Leg:
        return wire.Leg(
            self.leg, self.origin, self.origin_id, self.number, self.name, self.called, self.state, self.since,
            self.call_key, self.contact, self.peer if self.hears == "peer" else "", self.host,
        )  # fmt: skip


class FakeSwitch:
    """One switch; use it as an async context manager."""

    def __init__(self, path: Path, *, alerts: bool = True) -> None:
        self.path = path
        self.asked: list[tuple[float, wire.Command]] = []
        self.legs: dict[str, FakeLeg] = {}
        self.recordings: dict[str, tuple[str, ...]] = {}
        self.paused: set[str] = set()
        self.alerts = alerts
        """Whether dialled phones ring at once."""
        self.spoken_s = 6.0
        """What callers say to the voicemail before they hang up or press #."""
        self._boots = itertools.count(1)
        self.boot = f"boot{next(self._boots)}"
        self._names = itertools.count(1)
        self._texts = itertools.count(1)
        self._missed: list[wire.Ended | wire.RecordingClosed] = []
        self._server: asyncio.Server | None = None
        self._desk: Wire | None = None
        self._news = asyncio.Condition()
        self._serving: set[asyncio.Task[None]] = set()
        self._over: dict[str, wire.Ended] = {}

    async def __aenter__(self) -> "FakeSwitch":
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop_listening()

    # --- the outside world ------------------------------------------------------------------------------------------

    def rings(
        self,
        number: str = "0312345678",
        *,
        origin: Origin = Origin.TRUNK,
        origin_id: str = "carrier",
        called: str = "200",
        call_key: str = "",
        is_half_duplex: bool = False,
    ) -> str:
        """A caller calls; returns the leg."""
        leg = FakeLeg(
            f"in-{self.boot}-{next(self._names)}", origin, origin_id, number, called=called, call_key=call_key
        )
        self.legs[leg.leg] = leg
        self._tell(
            wire.Incoming(leg.leg, origin, origin_id, number, "", called, time.monotonic(), call_key, is_half_duplex)
        )
        return leg.leg

    def answers(self, leg: str, evidence: str = "") -> None:
        """The phone that we dialled is picked up; a line knows by what `evidence`."""
        self.legs[leg].state = LegState.UP
        self._tell(wire.Answered(leg, time.monotonic(), evidence))
        self._join(leg)
        self._let_in(leg)

    def rejects(self, leg: str) -> None:
        """The phone that we dialled is declined."""
        self._end(leg, EndCause.REJECTED, 603)

    def ends(self, leg: str, cause: EndCause, code: int = 0) -> None:
        """The leg ends for this cause."""
        self._end(leg, cause, code)

    def hangs_up(self, leg: str) -> None:
        """The person on this leg hangs up."""
        self._end(leg, EndCause.FAR)

    def prompt_ends(self, leg: str) -> None:
        """The prompt on this leg was said to its end."""
        self.legs[leg].hears = "music"
        self._tell(wire.PromptEnded(leg, cut=False, at=time.monotonic()))

    def presses(self, leg: str, digit: str) -> None:
        """The person on this leg presses a key."""
        self._tell(wire.Digit(leg, digit, time.monotonic()))

    def voice_ends(self, recording: str, spoke_s: float, seconds: float = 6.0, cause: str = "") -> None:
        """The caller fell silent, or a `StopRecording` was carried out: the voice is on the disk."""
        self.recordings.pop(recording, None)
        self._tell(wire.RecordingClosed(recording, f"/rec/{recording}.wav", seconds, time.monotonic(), cause, spoke_s))

    def writes(self, phone: str, to: str, body: str) -> str:
        """A phone sends a text; returns its name."""
        text = f"{self.boot}-t{next(self._texts)}"
        self._tell(wire.TextCame(text, phone, to, body, time.monotonic()))
        return text

    def text_ends(self, text: str, code: int) -> None:
        """The phone answered a text of the desk's."""
        self._tell(wire.TextSent(text, code, time.monotonic()))

    def holds(self, leg: str, *, held: bool = True) -> None:
        """The phone on this leg puts its party on hold, or takes it back."""
        self._tell(wire.HeldByPhone(leg, held, time.monotonic()))

    def refers(self, leg: str, to: str, *, replaces: str = "") -> None:
        """The phone on this leg sends REFER."""
        for name in (leg, replaces):
            if name in self.legs:
                self.legs[name].ends_both = False
        self._tell(wire.TransferAsked(leg, to, time.monotonic(), replaces))

    def recorder_writes(self, recording: str) -> None:
        """The recorder wrote its first frame."""
        self._tell(wire.RecordingStarted(recording, f"/rec/{recording}.part", time.monotonic()))

    def recorder_fails(self, recording: str, cause: str) -> None:
        """The recorder had to stop in the middle of a conversation."""
        del self.recordings[recording]
        self._tell(wire.RecordingClosed(recording, f"/rec/{recording}.wav", 1.0, time.monotonic(), cause))

    async def die(self, back: bool = True) -> None:
        """Crash: all legs and recordings are gone without a word; with `back` a new switch starts."""
        await self._stop_listening()
        self.legs.clear()  # timers of these legs find them gone
        self.recordings.clear()
        self._missed.clear()
        self._over.clear()
        self.boot = f"boot{next(self._boots)}"
        if back:
            await self._listen()

    async def come_back(self) -> None:
        """Listen again."""
        await self._listen()

    async def seam_breaks(self) -> None:
        """Cut the connection and go on; the desk will connect again."""
        if self._desk is not None:
            await self._desk.close()

    # --- what tests wait for ----------------------------------------------------------------------------------------

    async def is_asked(self, kind: type[Asked], *, count: int = 1, timeout: float = 5.0, **fields: Any) -> Asked:
        """The `count`th command of that kind with those fields, waited for if need be."""

        def found() -> list[Asked]:
            return [
                command
                for _, command in self.asked
                if isinstance(command, kind) and all(getattr(command, key) == value for key, value in fields.items())
            ]

        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(lambda: len(found()) >= count), timeout)
            except TimeoutError:
                story = "\n".join(as_text(command) for _, command in self.asked)
                raise AssertionError(f"the desk did not ask {kind.__name__} {fields}; it asked:\n{story}") from None
        return found()[count - 1]

    def commands(self, kind: type[Asked]) -> list[Asked]:
        """All commands of that kind so far."""
        return [command for _, command in self.asked if isinstance(command, kind)]

    async def is_connected(self, timeout: float = 5.0) -> None:
        """Wait until a desk has asked for a snapshot."""
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: self._desk is not None), timeout)

    async def is_left(self, timeout: float = 5.0) -> None:
        """Wait until no desk is connected."""
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: self._desk is None), timeout)

    # --- the seam -----------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._accepted, self.path)

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._desk is not None:
            await self._desk.close()
        self.path.unlink(missing_ok=True)
        for task in tuple(self._serving):
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        connected = Wire(reader, writer)
        try:
            await connected.greet("switch", frozenset({"desk"}))
            while (message := await connected.receive()) is not None:
                await self._hear(connected, message)
        finally:
            if self._desk is connected:
                self._desk = None
            await connected.close()
            self._serving.discard(task)
            async with self._news:
                self._news.notify_all()

    async def _hear(self, connected: Wire, message: Any) -> None:
        self.asked.append((time.monotonic(), message))
        if isinstance(message, wire.AskSnapshot):
            self._desk = connected
            legs = tuple(leg.fact() for leg in self.legs.values())
            missed, self._missed = tuple(self._missed), []
            connected.send(wire.Snapshot(legs, tuple(self.recordings), missed, 120, self.boot, time.monotonic()))
        else:
            self._carry_out(message)
        async with self._news:
            self._news.notify_all()

    def _tell(self, event: wire.Message) -> None:
        if self._desk is not None:
            self._desk.send(event)
        elif isinstance(event, wire.Ended | wire.RecordingClosed):
            self._missed.append(event)

    # --- commands --------------------------------------------------------------------------------------------------

    def _carry_out(self, command: wire.Command) -> None:  # noqa: C901 - a table of contents
        match command:
            case wire.Dial():
                self._dial(command)
            case wire.Bridge(a, b, ends_both):
                self._bridge(a, b, ends_both=ends_both)
            case wire.Record(recording, left, right):
                if left in self.legs and right in self.legs:
                    self.recordings.setdefault(recording, (left, right))
            case wire.Ring(name, contact):
                if (leg := self._leg(name)) is not None:
                    leg.contact = contact or leg.contact
                    leg.state = LegState.RINGING if leg.state is LegState.NEW else leg.state
            case wire.Hold(name):
                if (leg := self._leg(name)) is not None:
                    self._part(leg)
                    leg.state, leg.hears = LegState.UP, "music"
            case wire.Play(name, prompts):
                if (leg := self._leg(name)) is not None:
                    self._part(leg)
                    leg.state, leg.hears = LegState.UP, " ".join(prompts)
            case wire.Hangup(name, code):
                if self._leg(name) is not None:
                    self._end(name, EndCause.US, code)
            case _:
                self._carry_out_aside(command)

    def _carry_out_aside(self, command: wire.Command) -> None:  # noqa: C901 - its second page
        """What is said over a conversation, guests in it, and its recording."""
        match command:
            case wire.Tell(name, prompts):
                if (leg := self._leg(name)) is not None:
                    leg.told += prompts
            case wire.Join(name, host, mode):
                leg, other = self._leg(name), self._leg(host)
                if leg is not None and other is not None:
                    leg.host, leg.joins, leg.hears = host, mode, "host"
                    leg.state = LegState.UP if leg.origin is not Origin.DIALLED else leg.state
                    self._let_in(name)
            case wire.Leave(name):
                if (leg := self._leg(name)) is not None:
                    leg.host, leg.joins, leg.hears = "", None, ""
            case wire.RecordVoice(recording, name):
                if (leg := self._leg(name)) is not None:
                    leg.state, leg.hears = LegState.UP, ""
                    self.recordings.setdefault(recording, (name,))
            case wire.StopRecording(recording):
                if recording in self.recordings:
                    self.voice_ends(recording, self.spoken_s)
            case wire.AnswerTransfer(name, code):
                if name in self.legs:
                    self.legs[name].ends_both = code >= 300
            case wire.SendText() | wire.AnswerText() | wire.DialAgain():
                return  # tests say what becomes of them
            case wire.PauseRecording(recording, paused):
                (self.paused.add if paused else self.paused.discard)(recording)
            case _:
                raise AssertionError(f"the fake switch does not know {command}")

    def _leg(self, name: str) -> FakeLeg | None:
        if name not in self.legs:
            self._tell(self._over.get(name) or wire.Ended(name, EndCause.GONE, time.monotonic()))
        return self.legs.get(name)

    def _dial(self, order: wire.Dial) -> None:
        if order.leg in self._over:
            self._tell(self._over[order.leg])
        elif order.leg not in self.legs:
            leg = FakeLeg(
                order.leg, Origin.DIALLED, "", order.number, order.name, called=order.to, contact=order.contact
            )
            self.legs[order.leg] = leg
            if self.alerts:
                leg.state = LegState.RINGING
                self._tell(wire.Alerted(order.leg, time.monotonic()))
            else:
                self._give_up_after(order.alert_s, leg, EndCause.UNREACHABLE)
            self._give_up_after(order.ring_s, leg, EndCause.NO_ANSWER)

    def _give_up_after(self, seconds: float, leg: FakeLeg, cause: EndCause) -> None:
        def give_up() -> None:
            if self.legs.get(leg.leg) is leg and leg.state is not LegState.UP:
                self._end(leg.leg, cause)

        asyncio.get_running_loop().call_later(seconds, give_up)

    def _part(self, leg: FakeLeg) -> None:
        """Leave the leg's peer, which hears music instead."""
        if (left := self.legs.get(leg.peer)) is not None and left.hears == "peer":
            left.peer, left.hears = "", "music"
        leg.peer = ""

    def _bridge(self, a: str, b: str, *, ends_both: bool) -> None:
        first, second = self._leg(a), self._leg(b)
        if first is None or second is None:
            return
        for leg in (first, second):
            self._part(leg)
            leg.host, leg.joins = "", None
        first.peer, second.peer = b, a
        for leg in (first, second):
            leg.ends_both = ends_both
            if leg.origin is not Origin.DIALLED:
                leg.state = LegState.UP
        self._join(a)

    def _join(self, name: str) -> None:
        leg = self.legs[name]
        peer = self.legs.get(leg.peer)
        if peer is not None and leg.state is peer.state is LegState.UP:
            leg.hears = peer.hears = "peer"
            self._tell(wire.Bridged(name, peer.leg, time.monotonic()))

    def _let_in(self, name: str) -> None:
        """A guest who is up takes part."""
        leg = self.legs[name]
        if leg.joins is not None and leg.host in self.legs and leg.state is LegState.UP:
            self._tell(wire.Joined(name, leg.host, leg.joins, time.monotonic()))

    def _end(self, name: str, cause: EndCause, code: int = 0) -> None:
        leg, closed = self.legs.pop(name), list[tuple[str, float]]()
        for recording, legs in tuple(self.recordings.items()):
            if name in legs:
                del self.recordings[recording]
                closed.append((recording, self.spoken_s if len(legs) == 1 else 0.0))
        self._over[name] = wire.Ended(name, cause, time.monotonic(), code)
        self._tell(self._over[name])
        for recording, spoke_s in closed:  # the file is complete a moment after the leg's end
            at = time.monotonic()
            self._tell(wire.RecordingClosed(recording, f"/rec/{recording}.wav", 2.5, at, spoke_s=spoke_s))
        guests = [one.leg for one in self.legs.values() if one.host == name]
        peer = self.legs.get(leg.peer) if leg.hears == "peer" else None
        if peer is not None and not leg.ends_both:
            peer.hears, peer.peer = "music", ""
            return
        if peer is not None and guests:
            peer.hears, peer.peer = "music", ""
            for guest in guests:
                self.legs[guest].host, self.legs[guest].joins, self.legs[guest].hears = "", None, ""
            return
        for other in (*([peer.leg] if peer is not None else []), *guests):
            if other in self.legs:
                self._end(other, EndCause.US)
