"""A desk without telephones: the DeskApi the page is tested against, lively enough that an order changes the view.

Callers are put in by the test (`caller_waits`); an agent who goes on duty is offered the first.
"""

import asyncio
import itertools
import struct
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from appliance.api import (
    AgentView,
    CallRecord,
    CallView,
    LampView,
    Legend,
    LineFinding,
    LineView,
    Metric,
    OfficeInfo,
    OfficeView,
    PhoneTrouble,
    QueueView,
    RecordingFile,
    Refusal,
    Status,
    TargetView,
    VoicemailMessage,
    WaitingView,
)
from appliance.desk.legend import legend
from tests.support.fake_alerts import FakeAlerts
from tests.support.fake_inbox import FakeInbox

Steps = tuple[tuple[float, float, float, float], ...]

LAMPS: dict[Status, tuple[str, str, Steps]] = {
    Status.AVAILABLE: ("緑:対応可能", "green: available", ((0.0, 0.6, 0.1, 1.0),)),
    Status.RINGING: ("青 点滅:着信中", "blue, 2 Hz: ringing", ((0.1, 0.25, 1.0, 0.25), (0.0, 0.0, 0.0, 0.25))),
    Status.ON_CALL: ("赤:通話中", "red: on call", ((0.8, 0.0, 0.0, 1.0),)),
    Status.OFF_ON_CALL: ("橙 赤の合図", "amber, red wink", ((0.3, 0.12, 0.0, 1.7), (0.8, 0.0, 0.0, 0.3))),
    Status.WRAP_UP: ("緑 切れ目:ラップアップ", "green, notched: wrap-up", ((0.0, 0.6, 0.1, 0.9), (0.0, 0.0, 0.0, 0.1))),
    Status.OFF: ("橙 暗い:勤務外", "amber, dim: off duty", ((0.2, 0.08, 0.0, 1.0),)),
    Status.OFF_PROMPT: ("橙 点滅:要確認", "amber, 1 Hz: confirm", ((0.8, 0.32, 0.0, 0.5), (0.0, 0.0, 0.0, 0.5))),
    Status.UNREACHABLE: ("白 二回:電話機未接続", "white wink: no phone", ((0.5, 0.5, 0.5, 0.1), (0.0, 0.0, 0.0, 2.9))),
}

AGENTS = (
    AgentView("sato", "佐藤 美咲", "201", 1, Status.OFF, 0.0, reason="self"),
    AgentView("suzuki", "鈴木 健太", "202", 2, Status.OFF, 0.0, reason="lunch"),
    AgentView("tanaka", "田中 陽子", "203", 3, Status.AVAILABLE, 0.0),
    AgentView("mori", "森 大輔", "204", 4, Status.UNREACHABLE, 0.0),
)


def wav(seconds: float) -> bytes:
    """A silent 8 kHz two-channel recording."""
    sound = bytes(int(seconds * 8000) * 4)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 2, 8000, 32000, 4, 16)
    head = struct.pack("<4sI4s", b"RIFF", 36 + len(sound), b"WAVE")
    return head + form + struct.pack("<4sI", b"data", len(sound)) + sound


class FakeOutside:
    """The demo's doors: callers come and go in the fake desk."""

    def __init__(self, desk: "FakeDesk") -> None:
        self._desk = desk
        self._behaviours = {"sato": "answer", "suzuki": "decline", "tanaka": "ignore"}

    async def ring_line(self) -> str:
        return f"Caller {self._desk.caller_waits(origin='line')} rings the line."

    async def ring_sip(self) -> str:
        return f"Caller {self._desk.caller_waits(origin='sip')} rings by SIP."

    async def hang_up_callers(self) -> str:
        self._desk.everybody_hangs_up()
        return "All callers have hung up."

    def behaviours(self) -> dict[str, str]:
        return dict(self._behaviours)

    async def behave(self, agent: str, behaviour: str) -> None:
        self._behaviours[agent] = behaviour


class FakeDesk:
    """Implements DeskApi. `orders` is what was ordered, as (order, subject, actor or figure)."""

    def __init__(self, folder: Path, *, demo: bool = False, language: str = "ja") -> None:
        queues = (("front", "受付"), ("support", "サポート"), ("all", "全員"))
        members = (("sato", ("front", "support")), *((one, ("front",)) for one in ("suzuki", "tanaka")))
        members = (*members, ("mori", ("front", "all")))
        codes = ((queues[0][0], (("1", "予約"), ("2", "問合せ"))),)
        self.info = OfficeInfo(
            "みどり歯科", language, "Asia/Tokyo", "0.1.0", demo, queues, members,
            supervisors=(("kato", "加藤 恵"),), groups=("all",), codes=codes, notices=("fire", "earthquake"),
        )  # fmt: skip
        self.whys: dict[tuple[str, str], str] = {}
        self.demo = FakeOutside(self) if demo else None
        self.folder = folder
        self.orders: list[tuple[str, object, object]] = []
        self.inbox = FakeInbox(self.orders, self._tell)
        self.alerts = FakeAlerts(self.orders)
        self.secrets: dict[str, bytes] = {}
        self.past: list[CallRecord] = []
        self.files: dict[str, RecordingFile] = {}
        self.messages: dict[str, VoicemailMessage] = {}
        self.unkept: list[CallRecord] = []
        self.notes_fail = False
        self.places: dict[str, str] = {}
        self.alarm_texts: tuple[str, ...] = ()
        self.metrics: tuple[Metric, ...] = ()
        self.line_views = (LineView("1", "idle", "", "", self.now()),)
        self.broken = False
        self.disk_is_full = False
        self.closed = False
        self.listener_left = asyncio.Event()
        self._numbers = itertools.count(1)
        self._changed = asyncio.Condition()
        self._view = OfficeView(1, self.now(), tuple(replace(agent, since=self.now()) for agent in AGENTS))

    @staticmethod
    def now() -> float:
        """The desk's clock."""
        return time.monotonic()

    # What tests do.

    def commit(self, **changes: object) -> None:
        """A new view, told to everyone who listens."""
        self._view = replace(self._view, seq=self._view.seq + 1, at=self.now(), **changes)  # type: ignore[arg-type]
        self._tell()

    def _tell(self) -> None:
        async def tell() -> None:
            async with self._changed:
                self._changed.notify_all()

        self._telling = asyncio.ensure_future(tell())

    def set_agent(self, agent: str, **changes: object) -> None:
        """Change one agent, from now."""
        changes.setdefault("since", self.now())
        agents = tuple(replace(a, **changes) if a.agent == agent else a for a in self._view.agents)  # type: ignore[arg-type]
        self.commit(agents=agents)

    def caller_waits(
        self, number: str | None = None, name: str = "", origin: str = "sip", ago: float = 0.0, queue: str = "front"
    ) -> str:
        """One more caller in the hold queue; returns the contact's id."""
        nth = next(self._numbers)
        place = len(self._view.waiting) + 1
        number = f"0312345{nth:03d}" if number is None else number
        caller = WaitingView(f"c{nth}", place, queue, number, name, origin, self.now() - ago)
        self.commit(waiting=(*self._view.waiting, caller))
        return caller.contact

    def everybody_hangs_up(self) -> None:
        """No caller waits or talks any more."""
        for caller in self._view.waiting:
            self.past.append(self.record_of(caller.contact, caller.number, outcome="abandoned"))
        self.commit(waiting=(), calls=())

    def record_of(self, contact: str, number: str, **changes: object) -> CallRecord:
        """A call that is over."""
        wall = time.time()
        blank = CallRecord(contact, "front", number, "", "sip", wall - 300, 42.0, 0.0, "answered", "", (), wall - 60)
        return replace(blank, **changes)  # type: ignore[arg-type]

    def answers(self, agent: str, contact: str, recording: bool = True) -> None:
        """The agent talks with a waiting caller."""
        caller = next(c for c in self._view.waiting if c.contact == contact)
        rest = [c for c in self._view.waiting if c.contact != contact]
        waiting = tuple(replace(c, position=place) for place, c in enumerate(rest, 1))
        call = CallView(contact, caller.queue, caller.number, caller.name, caller.origin, agent, self.now(), recording)
        self.commit(waiting=waiting, calls=(*self._view.calls, call))
        self.set_agent(agent, status=Status.ON_CALL, contact=contact, offer="", recording=recording)

    def add_recording(self, recording: str, contact: str, seconds: float, **changes: object) -> RecordingFile:
        """A recording with a real file."""
        path = self.folder / f"{recording}.wav"
        path.write_bytes(wav(seconds))
        found = RecordingFile(recording, contact, "tanaka", path, time.time() - 300, seconds, "")
        self.files[recording] = replace(found, **changes)  # type: ignore[arg-type]
        return self.files[recording]

    def add_voicemail(self, recording: str, number: str, seconds: float, **changes: object) -> VoicemailMessage:
        """A message with a real file."""
        path = self.folder / f"{recording}.wav"
        path.write_bytes(wav(seconds))
        found = VoicemailMessage(
            recording, f"c-{recording}", "front", number, "", path, time.time() - 200, seconds, "", "", 0.0
        )
        self.messages[recording] = left = replace(found, **changes)  # type: ignore[arg-type]
        if not left.handled_by:
            self.inbox.is_new("voicemail", recording, left.box, number=number)
        return self.messages[recording]

    def close(self) -> None:
        """The desk stops; `changes` end."""
        self.closed = True
        self._tell()

    # DeskApi.

    def view(self) -> OfficeView:
        if self.broken:
            raise RuntimeError("a fault of ours, with a secret in it: 0312345678")
        return self._view

    def lines(self) -> tuple[LineView, ...]:
        return self.line_views

    async def check_line(self, line: str, *, forgets: bool = False) -> tuple[LineFinding, ...]:
        self.orders.append(("check_line", line, "forgets" if forgets else ""))
        learnt = () if forgets else (LineFinding("learnt_tones", True, "学習しています。", "It has learnt."),)
        noisy = LineFinding("noise", False, "雑音があります。", "It is noisy.")
        return (LineFinding("modem", True, "良好です。", "All is well."), noisy, *learnt)

    def lamps(self) -> tuple[LampView, ...]:
        seated = [agent for agent in self._view.agents if agent.seat]
        return tuple(LampView(a.seat, a.agent, a.status.value, *LAMPS[a.status]) for a in seated)

    def legend(self, language: str) -> Legend:
        return legend(language, dims=True)

    def phone_troubles(self) -> tuple[PhoneTrouble, ...]:
        lost = (agent for agent in self._view.agents if agent.status is Status.UNREACHABLE)
        return tuple(PhoneTrouble(agent.agent, self.places.get(agent.phone, "")) for agent in lost)

    def alarms(self) -> tuple[str, ...]:
        return self.alarm_texts

    async def changes(self) -> AsyncIterator[OfficeView]:
        told = -1
        try:
            while not self.closed:
                if self._view.seq != told:
                    told = self._view.seq
                    yield self._view
                    continue
                async with self._changed:
                    await self._changed.wait()
        finally:
            self.listener_left.set()

    def agent(self, agent: str) -> AgentView:
        """One agent as the view has it."""
        return next(a for a in self._view.agents if a.agent == agent)

    async def go_on_duty(self, agent: str, actor: str) -> None:
        self.orders.append(("go_on_duty", agent, actor))
        if self.agent(agent).status is Status.UNREACHABLE:
            raise Refusal("電話機 204 が登録されていません。")
        waiting = [c for c in self._view.waiting if not c.offered_to]
        if not waiting:
            self.set_agent(agent, status=Status.AVAILABLE, reason="", prompt="", wrap_until=0.0)
            return
        offered = tuple(replace(c, offered_to=agent) if c is waiting[0] else c for c in self._view.waiting)
        self.commit(waiting=offered)
        self.set_agent(agent, status=Status.RINGING, reason="", contact=waiting[0].contact, offer="o1")

    async def go_off_duty(self, agent: str, actor: str, reason: str = "self") -> None:
        self.orders.append(("go_off_duty", agent, actor))
        if self.agent(agent).status is Status.ON_CALL:
            self.set_agent(agent, pending="off", since=self.agent(agent).since)
        else:
            self.set_agent(agent, status=Status.OFF, reason=reason, wrap_until=0.0)

    async def stay_off_duty(self, agent: str, actor: str) -> None:
        self.orders.append(("stay_off_duty", agent, actor))
        self.set_agent(agent, status=Status.OFF, prompt="")

    async def end_wrap_up(self, agent: str, actor: str) -> None:
        self.orders.append(("end_wrap_up", agent, actor))
        self.set_agent(agent, status=Status.AVAILABLE, wrap_until=0.0)

    async def decline(self, agent: str, actor: str) -> None:
        self.orders.append(("decline", agent, actor))
        self.commit(waiting=tuple(replace(c, offered_to="") for c in self._view.waiting))
        self.set_agent(agent, status=Status.OFF_PROMPT, reason="declined", prompt="declined", contact="", offer="")

    async def voicemails(self, limit: int, box: str = "") -> tuple[VoicemailMessage, ...]:
        return tuple(one for one in reversed(self.messages.values()) if box in ("", one.box))[:limit]

    async def voicemail(self, recording: str) -> VoicemailMessage:
        if recording not in self.messages:
            raise Refusal("そのボイスメールはありません。")
        return self.messages[recording]

    async def voicemail_handled(self, recording: str, actor: str) -> None:
        self.orders.append(("voicemail_handled", recording, actor))
        message = await self.voicemail(recording)
        self.messages[recording] = replace(message, handled_by=actor, handled=time.time())
        self.inbox.forget("voicemail", recording)

    async def unkept_callbacks(self, limit: int) -> tuple[CallRecord, ...]:
        return tuple(self.unkept)[:limit]

    async def callback_handled(self, contact: str, actor: str) -> None:
        self.orders.append(("callback_handled", contact, actor))
        self.unkept = [one for one in self.unkept if one.contact != contact]

    async def cancel_callback(self, contact: str, actor: str) -> None:
        self.orders.append(("cancel_callback", contact, actor))
        self.commit(callbacks=tuple(one for one in self._view.callbacks if one.contact != contact))

    def why(self, agent: str, language: str) -> str:
        return self.whys.get((agent, language), "")

    async def call_as(self, agent: str, queue: str, actor: str) -> None:
        if queue not in ("", *self.agent(agent).may_call_as):
            raise Refusal(f"{agent} may not call as {queue}")
        self.orders.append(("call_as", agent, queue))
        self.set_agent(agent, calls_as=queue, call_notice="")

    def targets(self) -> tuple[TargetView, ...]:
        readings = {"tanaka": "たなか ようこ"}
        people = tuple(
            TargetView("user", one.phone, one.name, one.agent, readings.get(one.agent, ""))
            for one in self.view().agents
        )
        return (
            TargetView("queue", "100", "受付", reading="うけつけ"),
            *people,
            TargetView("user", "205", "倉庫", reading="そうこ"),
        )

    async def transfer(self, agent: str, to: str, actor: str, *, ask_first: bool = False) -> None:
        if to == self.agent(agent).phone:
            raise Refusal(f"The caller cannot be passed on to {to}: that is the same phone")
        self.orders.append(("ask_first" if ask_first else "transfer", agent, to))
        if ask_first:
            self.set_agent(agent, consults=to)

    async def complete_transfer(self, agent: str, actor: str) -> None:
        self.orders.append(("complete_transfer", agent, actor))
        self.set_agent(agent, consults="")

    async def take_back(self, agent: str, actor: str) -> None:
        self.orders.append(("take_back", agent, actor))
        self.set_agent(agent, consults="")

    async def set_private(self, agent: str, queue: str, on: bool, actor: str) -> None:
        self.orders.append(("set_private", (agent, queue), on))
        private = {*self.agent(agent).private, queue} if on else {*self.agent(agent).private} - {queue}
        everywhere = private == set(dict(self.info.members)[agent])
        self.set_agent(agent, private=tuple(sorted(private)), is_private_everywhere=everywhere)

    async def hold_hours(self, held: str, actor: str, queue: str = "", until: float | None = None) -> None:
        self.orders.append(("hold_hours", (queue, held), until))
        held = "" if held == "schedule" else held
        is_open, by = held in ("", "open"), actor if held else ""
        before = {one.queue: one for one in self._view.queues}
        changed = {one: QueueView(one, is_open, 0, held, by) for one, _ in self.info.queues if queue in ("", one)}
        self.commit(held=self._view.held if queue else held, queues=tuple({**before, **changed}.values()))

    async def give_notice(self, notice: str, actor: str, *, is_over: bool = False) -> None:
        self.orders.append(("give_notice", notice, is_over))
        self.commit(notices=() if is_over else (notice,))

    async def pause_recording(self, agent: str, paused: bool, actor: str) -> None:
        self.orders.append(("pause_recording", agent, paused))
        self.set_agent(agent, paused=paused, recording=not paused)

    async def extend_wrap_up(self, agent: str, actor: str) -> None:
        self.orders.append(("extend_wrap_up", agent, actor))
        self.set_agent(agent, wrap_until=self.agent(agent).wrap_until + 60, may_extend=False)

    async def take_next(self, agent: str, actor: str) -> None:
        self.orders.append(("take_next", agent, actor))

    async def assign(self, contact: str, agent: str, supervisor: str, reason: str) -> None:
        self.orders.append(("assign", (contact, agent, supervisor), reason))

    async def note(self, contact: str, text: str, actor: str) -> None:
        if self.notes_fail:
            raise Refusal("ディスクがいっぱいです。")
        self.orders.append(("note", contact, text))
        self.commit(calls=tuple(replace(c, note=text) if c.contact == contact else c for c in self._view.calls))

    async def code(self, contact: str, code: str, queue: str, actor: str) -> None:
        self.orders.append(("code", (contact, queue), code))

    async def coach(self, supervisor: str, agent: str, mode: str, actor: str) -> None:
        self.orders.append(("coach", (supervisor, agent), mode))
        self.set_agent(agent, coach=supervisor, coach_mode=mode)

    async def press(self, seat: int, held_s: float) -> None:
        self.orders.append(("press", seat, held_s))
        agent = next(a for a in self._view.agents if a.seat == seat)
        self.set_agent(agent.agent, status=Status.AVAILABLE if agent.status is Status.OFF else Status.OFF)

    async def calls(self, limit: int, before: float | None = None, queue: str = "") -> tuple[CallRecord, ...]:
        newest = sorted((call for call in self.past if queue in ("", call.queue)), key=lambda call: -call.arrived)
        return tuple(call for call in newest if before is None or call.arrived < before)[:limit]

    async def report(self, day: str, queue: str) -> tuple[Metric, ...]:
        self.orders.append(("report", day, queue))
        if not day:
            raise Refusal("'' is no day; something like 2026-11-23 would be one")
        return self.metrics

    async def recordings(self, limit: int, contact: str | None = None, queue: str = "") -> tuple[RecordingFile, ...]:
        theirs = {call.contact for call in self.past if queue in ("", call.queue)}
        found = (item for item in self.files.values() if not queue or item.contact in theirs)
        newest = sorted(found, key=lambda item: -item.began)
        return tuple(item for item in newest if contact is None or item.contact == contact)[:limit]

    async def recording(self, recording: str) -> RecordingFile:
        if recording not in self.files:
            raise Refusal(f"There is no recording {recording}.")
        return self.files[recording]

    async def get_secret(self, key: str) -> bytes | None:
        return self.secrets.get(key)

    async def put_secret(self, key: str, value: bytes | None) -> None:
        if self.disk_is_full:
            raise Refusal("ディスクがいっぱいです。")
        if value is None:
            self.secrets.pop(key, None)
        else:
            self.secrets[key] = value
