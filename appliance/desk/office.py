"""The desk as the page sees it (`appliance.api.DeskApi`): what is committed, and orders that become events."""

import asyncio
import datetime
from collections.abc import AsyncIterator, Awaitable, Callable

from appliance.acd import events as ev
from appliance.acd.coaching import refusal
from appliance.acd.house import Held
from appliance.acd.settings import OfficeSettings
from appliance.acd.talk import Mode
from appliance.acd.view import AgentView, OfficeView, Status
from appliance.acd.why import sentence
from appliance.api import (
    AlertsApi,
    CallRecord,
    DemoControls,
    LampView,
    Legend,
    LineFinding,
    LineView,
    Metric,
    OfficeInfo,
    PhoneTrouble,
    RecordingFile,
    Refusal,
    TargetView,
    VoicemailMessage,
)
from appliance.desk.alarms import Alarms
from appliance.desk.answers import answered
from appliance.desk.call_control import CallControl
from appliance.desk.contacts import ContactSettings
from appliance.desk.hours import OpeningHours
from appliance.desk.inbox import Inbox
from appliance.desk.legend import legend
from appliance.desk.line_report import sentence as sentence_of
from appliance.desk.lines_link import LinesLink
from appliance.desk.page_transfers import PageTransfers
from appliance.desk.panel import PanelDriver
from appliance.desk.passing import Passing
from appliance.desk.phones import Phones
from appliance.desk.rows import call_of, file_of, message_of
from appliance.desk.settings import DeskSettings
from appliance.errors import WireError
from appliance.storage.news import CALL, VOICEMAIL
from appliance.storage.store import Store

_COMMIT_S = 5.0
_WHY_NOT = {
    "no_supervisor": "there is no such supervisor",
    "no_conversation": "there is no conversation now",
    "own_call": "it is the call on the same phone",
    "other_queue": "the call is of a queue that is not theirs",
}

Reporter = Callable[[str, str], Awaitable[tuple[Metric, ...]]]
"""Given a day (YYYY-MM-DD) and a queue, its metrics. Raises StorageError."""


class Office:
    """Implements DeskApi over the running desk. An order returns when it is committed, so the next view shows it."""

    def __init__(
        self,
        settings: DeskSettings,
        control: CallControl,
        store: Store,
        lines: LinesLink,
        panel: PanelDriver,
        alarms: Alarms,
        hours: OpeningHours,
        passing: Passing,
        inbox: Inbox,
        alerts: AlertsApi,
        phones: Phones,
    ) -> None:
        self._hours, self.inbox, self.alerts, self._phones = hours, inbox, alerts, phones
        self._transfers = PageTransfers(settings, control.acd, passing, lambda: control.view.agents)
        self._control, self._store, self._lines, self._panel, self._alarms = control, store, lines, panel, alarms
        self._recordings = settings.state_dir / "recordings"
        self._contacts = tuple(one for one in settings.panel.contacts if one.prompt)
        self.gateways: Callable[[], tuple[LineView, ...]] = tuple
        self.demo: DemoControls | None = None
        self.reporter: Reporter | None = None
        self._reporting = asyncio.Lock()
        self.info = OfficeInfo(
            settings.name,
            settings.language,
            settings.time_zone,
            settings.version,
            settings.demo,
            tuple((queue.queue, queue.name or queue.queue) for queue in settings.office.queues),
            _members(settings.office),
            tuple((one.supervisor, one.name or one.supervisor) for one in settings.office.supervisors),
            tuple((queue.queue, queue.codes) for queue in settings.office.queues if queue.codes),
            tuple(queue.queue for queue in settings.office.queues if queue.is_group),
            tuple(one.name for one in self._contacts),
        )

    # --- what is

    def view(self) -> OfficeView:
        """The committed state."""
        return self._control.view

    def changes(self) -> AsyncIterator[OfficeView]:
        """Views as they are committed, the present one first; slow readers skip to the newest."""
        return self._control.changes()

    def lines(self) -> tuple[LineView, ...]:
        """Every configured line, and the gateways that are as good as lines."""
        return (*self._lines.views, *self.gateways())

    async def check_line(self, line: str, *, forgets: bool = False) -> tuple[LineFinding, ...]:
        """Examine an idle line: dial tone, noise, echo. Raises Refusal for one that is not here or cannot be asked."""
        if line not in {view.line for view in self._lines.views}:
            raise Refusal(f"There is no line {line} here")
        try:
            found = await self._lines.check(line, forgets=forgets)
        except WireError as wrong:
            raise Refusal(str(wrong)) from wrong
        return tuple(
            LineFinding(one.what, one.is_well, sentence_of(one, "ja"), sentence_of(one, "en")) for one in found
        )

    def lamps(self) -> tuple[LampView, ...]:
        """Every seat's lamp as the panel shows it."""
        return self._panel.lamps

    def legend(self, language: str) -> Legend:
        """What lamps, presses and feature codes mean."""
        return legend(language, dims=self._panel.dims)

    def phone_troubles(self) -> tuple[PhoneTrouble, ...]:
        """Phones of agents on duty that cannot be rung."""
        return self._phones.troubles(self._control.view.agents)

    def alarms(self) -> tuple[str, ...]:
        """Sentences an administrator should read."""
        return self._alarms.sentences()

    def why(self, agent: str, language: str) -> str:
        """Why the last offer rang there, "" when there was none (U-13). Raises Refusal for an agent who is not here."""
        self._agent(agent)
        why = self._control.acd.why(agent)
        names = {view.agent: view.name or view.agent for view in self._control.view.agents}
        return sentence(why, language, names) if why is not None else ""

    # --- orders

    async def go_on_duty(self, agent: str, actor: str) -> None:
        """勤務を開始; also ends wrap-up and answers the prompt. Raises Refusal for an agent who is not here."""
        self._agent(agent)
        await self._do(ev.DutyOn(agent, actor))

    async def go_off_duty(self, agent: str, actor: str, reason: str = "self") -> None:
        """勤務外; while talking it is "off duty after this call" (A-11)."""
        self._agent(agent)
        await self._do(ev.DutyOff(agent, actor, reason))

    async def stay_off_duty(self, agent: str, actor: str) -> None:
        """Answer the prompt with 勤務外を継続."""
        self._agent(agent)
        await self._do(ev.StayedOff(agent, actor))

    async def end_wrap_up(self, agent: str, actor: str) -> None:
        """ラップアップタイムを終了."""
        self._agent(agent)
        await self._do(ev.WrapUpEnded(agent, actor))

    async def decline(self, agent: str, actor: str) -> None:
        """着信を拒否する. Raises Refusal when nothing rings."""
        view = self._agent(agent)
        if view.status is not Status.RINGING:
            raise Refusal(f"{view.name or agent} is not being rung now; only a ringing call can be declined")
        await self._do(ev.OfferRejected(view.offer))

    async def set_private(self, agent: str, queue: str, on: bool, actor: str) -> None:
        """着信しない for one queue, or 着信する again (A-28). Raises Refusal for a queue that never rings there."""
        view = self._agent(agent)
        if queue not in dict(self.info.members).get(agent, ()):
            raise Refusal(f"{view.name or agent} is in no queue {queue}; it never rings there")
        await self._do(ev.PrivacyChanged(agent, queue, on, actor))

    async def call_as(self, agent: str, queue: str, actor: str) -> None:
        """発信元 (S-10). Raises Refusal for a queue that the agent may not call as."""
        if queue not in ("", *self._agent(agent).may_call_as):
            raise Refusal(f"{agent} may not call as {queue}; an agent of a queue that has call_by may")
        await self._do(ev.IdentityChosen(agent, queue, actor))

    def targets(self) -> tuple[TargetView, ...]:
        """Where callers can be passed on to (S-17)."""
        return self._transfers.targets()

    async def transfer(self, agent: str, to: str, actor: str, *, ask_first: bool = False) -> None:
        """そのまま転送 or 話してから転送 (S-18). Raises Refusal with the reason when it cannot be."""
        offer = self._transfers.ask(agent, to, ask_first=ask_first)
        await self._settle()
        self._transfers.check(offer, to)

    async def complete_transfer(self, agent: str, actor: str) -> None:
        """Leave the caller to whoever was asked. Raises Refusal when nobody is."""
        await self._do(self._transfers.completed(agent))

    async def take_back(self, agent: str, actor: str) -> None:
        """Back to the caller. Raises Refusal when nobody is being asked."""
        await self._do(self._transfers.cancelled(agent))

    async def hold_hours(self, held: str, actor: str, queue: str = "", until: float | None = None) -> None:
        """Hold a queue ("": the office) open, closing or closed until that wall time, None: midnight; or "schedule".

        Raises Refusal for another word, a queue that is not here, or a time that is over.
        """
        words = [one.value for one in Held]
        if held not in words:
            raise Refusal(f"The hours cannot be held {held!r}; one of {', '.join(words)} would be right")
        if queue and queue not in dict(self.info.queues):
            raise Refusal(f"There is no queue {queue} here")
        ends = self._hours.end_of_day() if until is None else until
        if held != Held.SCHEDULE.value and ends <= self._hours.wall():
            raise Refusal("The hours cannot be held until a time that is over; a later one would be right")
        await self._do(ev.HoursHeld(Held(held), actor, 0.0 if held == Held.SCHEDULE.value else ends, queue))

    async def give_notice(self, notice: str, actor: str, *, is_over: bool = False) -> None:
        """Give a notice as its contact would: most have everybody leave (U-11); or say that it is over."""
        known = {one.name: one for one in self._contacts}
        as_configured = known.get(notice, ContactSettings(notice))
        given = ev.NoticeRaised(notice, actor, as_configured.prompt, as_configured.evacuates)
        await self._do(ev.NoticeCleared(notice, actor) if is_over else given)

    async def pause_recording(self, agent: str, paused: bool, actor: str) -> None:
        """録音を停止 or 録音を再開 (S-08). Raises Refusal where it is not permitted, or nothing is recorded."""
        if paused and not self._agent(agent).may_pause:
            raise Refusal(f"{agent}: no recording that may be paused; pause_recording of the queue would permit it")
        await self._do(ev.RecordingPauseAsked(agent, actor, paused))

    async def extend_wrap_up(self, agent: str, actor: str) -> None:
        """60 s more wrap-up (F-19). Raises Refusal where there is none, or it was extended as often as permitted."""
        if not self._agent(agent).may_extend:
            raise Refusal(f"{agent} has no wrap-up that may be extended; wrap_extensions of the queue says how often")
        await self._do(ev.WrapUpExtensionAsked(agent, actor))

    async def take_next(self, agent: str, actor: str) -> None:
        """The next waiting caller rings here now (F-45). Raises Refusal for who cannot take one now."""
        if self._agent(agent).status not in (Status.AVAILABLE, Status.WRAP_UP):
            raise Refusal(f"{agent} cannot take a call now; available or in wrap-up would be right")
        await self._do(ev.NextCallWanted(agent, actor))

    async def assign(self, contact: str, agent: str, supervisor: str, reason: str) -> None:
        """Give a waiting caller to an agent (F-45). Raises Refusal without a supervisor, a reason or such a caller."""
        if supervisor not in dict(self.info.supervisors) or not reason.strip():
            raise Refusal("Only a supervisor gives callers to agents, and says why")
        if self._agent(agent).status not in (Status.AVAILABLE, Status.WRAP_UP):
            raise Refusal(f"{agent} cannot take a call now; available or in wrap-up would be right")
        if all(caller.contact != contact for caller in self.view().waiting):
            raise Refusal("That caller does not wait any more")
        await self._do(ev.CallAssigned(contact, agent, supervisor, reason.strip()))

    async def note(self, contact: str, text: str, actor: str) -> None:
        """The note on a call as it is now (S-21)."""
        await self._do(ev.CallNoted(contact, text, actor))

    async def code(self, contact: str, code: str, queue: str, actor: str) -> None:
        """What a call was about (F-38). Raises Refusal for a code that the queue does not have."""
        if code not in dict(dict(self.info.codes).get(queue, ())):
            raise Refusal(f"Queue {queue} has no code {code}")
        await self._do(ev.CallCoded(code, actor, contact, queue=queue))

    async def coach(self, supervisor: str, agent: str, mode: str, actor: str) -> None:
        """A supervisor takes part in an agent's conversation, or takes it over (F-37). Raises Refusal who may not."""
        view = self._agent(agent)
        if mode not in [one.value for one in Mode]:
            raise Refusal(f"Nobody can {mode!r} in a call; {', '.join(one.value for one in Mode)} would be right")
        why = refusal(self._control.acd.state, supervisor, agent)
        if why:
            raise Refusal(f"{supervisor} cannot take part in what {view.name or agent} does: {_WHY_NOT[why]}")
        await self._do(ev.CoachAsked(supervisor, agent, Mode(mode), actor))

    async def press(self, seat: int, held_s: float) -> None:
        """A press on the virtual panel. Raises Refusal for a seat that the panel has not."""
        if seat not in {lamp.seat for lamp in self._panel.lamps}:
            raise Refusal(f"The panel has no seat {seat}")
        self._panel.press(seat, held_s)

    # --- records

    async def calls(self, limit: int, before: float | None = None, queue: str = "") -> tuple[CallRecord, ...]:
        """All calls, or those of a queue, newest first. Raises Refusal when the records cannot be read."""
        rows = await answered(self._store.contacts(limit, before, queue))
        recordings = await answered(self._store.recordings_of([row.contact for row in rows]))
        return tuple(call_of(row, recordings.get(row.contact, ())) for row in rows)

    async def report(self, day: str, queue: str) -> tuple[Metric, ...]:
        """A day's metrics, one report after another. Raises Refusal for a day or a queue that there is not."""
        if queue not in ("", *dict(self.info.queues)):
            raise Refusal(f"There is no queue {queue}")
        try:
            day = datetime.date.fromisoformat(day).isoformat()
        except ValueError:
            raise Refusal(f"{day!r} is no day; something like 2026-11-23 would be one") from None
        if self.reporter is None:
            raise Refusal("This desk makes no reports")
        async with self._reporting:
            return await answered(self.reporter(day, queue))

    async def recordings(self, limit: int, contact: str | None = None, queue: str = "") -> tuple[RecordingFile, ...]:
        """Recordings, newest first, or those of one contact or of a queue."""
        return tuple(
            file_of(row, self._recordings) for row in await answered(self._store.recordings(limit, contact, queue))
        )

    async def recording(self, recording: str) -> RecordingFile:
        """One recording by its id. Raises Refusal when there is none."""
        row = await answered(self._store.recording(recording))
        if row is None:
            raise Refusal(f"There is no recording {recording}")
        return file_of(row, self._recordings)

    async def voicemails(self, limit: int, box: str = "") -> tuple[VoicemailMessage, ...]:
        """Messages that callers left, in one box or in all, newest first."""
        return tuple(message_of(row, self._recordings) for row in await answered(self._store.voicemails(limit, box)))

    async def voicemail(self, recording: str) -> VoicemailMessage:
        """One message by its recording. Raises Refusal when there is none."""
        row = await answered(self._store.voicemail(recording))
        if row is None or not row.closed:
            raise Refusal(f"There is no voicemail {recording}")
        return message_of(row, self._recordings)

    async def voicemail_handled(self, recording: str, actor: str) -> None:
        """Somebody has seen to it (S-22). Raises Refusal when there is none."""
        await self.voicemail(recording)
        await self.inbox.see(VOICEMAIL, recording, actor)

    async def cancel_callback(self, contact: str, actor: str) -> None:
        """Forget the promise. Raises Refusal when there is none (any more)."""
        if all(promise.contact != contact for promise in self._control.view.callbacks):
            raise Refusal(f"There is no callback {contact} any more; it was made, or cancelled already")
        await self._do(ev.CallbackCancelled(contact, actor))

    async def unkept_callbacks(self, limit: int) -> tuple[CallRecord, ...]:
        """Callbacks that failed or expired and that nobody has seen to (§3.8, 6)."""
        return tuple(call_of(row, ()) for row in await answered(self._store.unkept_promises(limit)))

    async def callback_handled(self, contact: str, actor: str) -> None:
        """Somebody has seen to such a callback."""
        await self.inbox.see(CALL, contact, actor)

    async def get_secret(self, key: str) -> bytes | None:
        """A value of the page's own small store."""
        return await answered(self._store.get_secret(f"page.{key}"))

    async def put_secret(self, key: str, value: bytes | None) -> None:
        """Keep (or forget) such a value durably. Raises Refusal when the disk does not take it."""
        await answered(self._store.put_secret(f"page.{key}", value))

    def _agent(self, agent: str) -> AgentView:
        for view in self._control.view.agents:
            if view.agent == agent:
                return view
        raise Refusal(f"There is no agent {agent} here")

    async def _do(self, event: ev.Event) -> None:
        self._control.post(event)
        await self._settle()

    async def _settle(self) -> None:
        try:
            async with asyncio.timeout(_COMMIT_S):
                await self._control.settled()
        except TimeoutError:
            raise Refusal("The box is too busy to confirm this now; look at the page before trying again") from None


def _members(office: OfficeSettings) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (agent.agent, tuple(queue.queue for queue in office.queues if agent.agent in queue.agents))
        for agent in office.agents
    )
