"""The one door for the page: what `web` may ask the desk and order it to do. `web` imports nothing else of ours."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from appliance.acd.view import AgentView, CallbackView, CallView, OfficeView, QueueView, Status, WaitingView
from appliance.api_alerts import AlertsApi, AlertsView
from appliance.api_inbox import InboxApi, NewItem, News, QueueNews, TextView, ThreadView
from appliance.api_legend import Legend, LegendCode, LegendLamp, LegendPress
from appliance.api_lines import LineFigures, LineFinding, LineView

__all__ = [
    "AgentView",
    "AlertsApi",
    "AlertsView",
    "CallRecord",
    "CallView",
    "CallbackView",
    "DemoControls",
    "DeskApi",
    "InboxApi",
    "LampView",
    "Legend",
    "LegendCode",
    "LegendLamp",
    "LegendPress",
    "LineFigures",
    "LineFinding",
    "LineView",
    "Metric",
    "NewItem",
    "News",
    "OfficeInfo",
    "OfficeView",
    "PhoneTrouble",
    "QueueNews",
    "QueueView",
    "RecordingFile",
    "Refusal",
    "Status",
    "TargetView",
    "TextView",
    "ThreadView",
    "VoicemailMessage",
    "WaitingView",
]


class Refusal(Exception):  # noqa: N818 - the desk refuses, nothing has failed
    """The desk will not do what was asked; the message is a sentence for the person at the page."""


@dataclass(frozen=True, slots=True)
class OfficeInfo:
    """What does not change while the desk runs: names for the page's head, and whether this is the demo.

    `queues` and `supervisors` are (id, name); `codes` are (queue, its codes with their meaning); `members` are (agent,
    the ids of the queues that may ring there); `groups` are the queues that are ring groups;
    `notices` are those that can be given (fire, earthquake).
    """

    name: str
    language: str
    time_zone: str
    version: str
    demo: bool
    queues: tuple[tuple[str, str], ...]
    members: tuple[tuple[str, tuple[str, ...]], ...] = ()
    supervisors: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    groups: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetView:
    """Somewhere a caller can be passed on to (S-17): a queue or a person by `number`; `agent` "" for nobody's phone.

    `reading` is the name as it is read (kana), "" where it is not known.
    """

    kind: str
    number: str
    name: str
    agent: str = ""
    reading: str = ""


@dataclass(frozen=True, slots=True)
class LampView:
    """One seat's lamp: a pattern id of the lamp table, its text in both languages, and its steps.

    `steps` is ((red, green, blue, seconds), ...) with brightness in the colours 0..1; one step means solid.
    """

    seat: int
    agent: str
    pattern: str
    ja: str
    en: str
    steps: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class PhoneTrouble:
    """The phone of an agent on duty cannot be rung: it is registered at `place` and does not answer, "" nowhere."""

    agent: str
    place: str


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One contact that ended (or lives: `ended` 0). Times are wall-clock seconds since 1970; durations are seconds."""

    contact: str
    queue: str
    number: str
    name: str
    origin: str
    arrived: float
    waited_s: float
    talked_s: float
    outcome: str
    agent: str
    recordings: tuple[str, ...]
    ended: float
    why: str = ""  # the cause of the outcome in one word
    note: str = ""
    code: str = ""
    placed_by: str = ""  # the agent who called them, as `queue` ("" personally); "": they called
    evidence: str = ""  # by what an analogue line took the number for answered (fxo 2.4)


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """One recording, found by its id; `cause` says why it is short, else empty.

    `trimmed`: seconds of an exchange's tone that were cut off its end.
    """

    recording: str
    contact: str
    agent: str
    path: Path
    began: float
    seconds: float
    cause: str
    trimmed: float = 0.0


@dataclass(frozen=True, slots=True)
class VoicemailMessage:
    """A message that a caller left in a box (a queue, a phone or an agent); `handled_by` "": nobody has seen to it."""

    recording: str
    contact: str
    box: str
    number: str
    name: str
    path: Path
    began: float
    seconds: float
    cause: str
    handled_by: str
    handled: float


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of a day's metrics (acd.md §4): its names, its formula, and its figures as (part, text), "" for all."""

    id: str
    ja: str
    en: str
    formula: str
    figures: tuple[tuple[str, str], ...]


class DemoControls(Protocol):
    """The demo's own doors: the outside world, which a real office does not have on its page."""

    async def ring_line(self) -> str:
        """A caller rings the virtual line; returns a sentence to show."""
        ...

    async def ring_sip(self) -> str:
        """A caller rings by SIP; returns a sentence to show."""
        ...

    async def hang_up_callers(self) -> str:
        """Every simulated caller hangs up."""
        ...

    def behaviours(self) -> dict[str, str]:
        """Agent → what the simulated agent does when the phone rings: answer, decline, ignore."""
        ...

    async def behave(self, agent: str, behaviour: str) -> None:
        """Choose what a simulated agent does next."""
        ...


class DeskApi(Protocol):
    """What the desk offers the page. Methods raise Refusal with a sentence when they cannot."""

    info: OfficeInfo
    demo: DemoControls | None

    @property
    def inbox(self) -> InboxApi:
        """Texts, slips, and what nobody has seen yet."""
        ...

    @property
    def alerts(self) -> AlertsApi:
        """Who is told what by mail."""
        ...

    def view(self) -> OfficeView:
        """The committed state now."""
        ...

    def lines(self) -> tuple[LineView, ...]:
        """Every configured line."""
        ...

    async def check_line(self, line: str, *, forgets: bool = False) -> tuple[LineFinding, ...]:
        """Examine an idle line, off-hook for some seconds; one that `forgets` begins anew with its exchange's tones."""
        ...

    def lamps(self) -> tuple[LampView, ...]:
        """Every seat's lamp as the panel shows it."""
        ...

    def legend(self, language: str) -> Legend:
        """What lamps, presses and feature codes mean, in "ja" or "en"."""
        ...

    def phone_troubles(self) -> tuple[PhoneTrouble, ...]:
        """Phones of agents on duty that cannot be rung, and what is wrong with them (S-M2)."""
        ...

    def alarms(self) -> tuple[str, ...]:
        """Sentences an administrator should read: switch down, disk full, line faults."""
        ...

    def why(self, agent: str, language: str) -> str:
        """Why the agent's last offer rang there, one sentence in "ja" or "en", "" when there was none (U-13)."""
        ...

    def changes(self) -> AsyncIterator[OfficeView]:
        """Views as they are committed, the present one first; slow readers skip to the newest."""
        ...

    async def go_on_duty(self, agent: str, actor: str) -> None:
        """勤務を開始; also ends wrap-up and answers the prompt."""
        ...

    async def go_off_duty(self, agent: str, actor: str, reason: str = "self") -> None:
        """勤務外; while talking it is "off duty after this call" (A-11)."""
        ...

    async def stay_off_duty(self, agent: str, actor: str) -> None:
        """Answer the prompt with 勤務外を継続."""
        ...

    async def end_wrap_up(self, agent: str, actor: str) -> None:
        """ラップアップタイムを終了."""
        ...

    async def decline(self, agent: str, actor: str) -> None:
        """着信を拒否する, for the offer that rings the agent now."""
        ...

    async def set_private(self, agent: str, queue: str, on: bool, actor: str) -> None:
        """着信しない for one queue, or 着信する again; duty stays as it is (A-28)."""
        ...

    async def call_as(self, agent: str, queue: str, actor: str) -> None:
        """発信元: the agent's calls go out as this queue from now on, "" personally (S-10)."""
        ...

    def targets(self) -> tuple[TargetView, ...]:
        """Where callers can be passed on to, queues first; their state is in the view (S-17)."""
        ...

    async def transfer(self, agent: str, to: str, actor: str, *, ask_first: bool = False) -> None:
        """Pass the agent's caller on to a number: そのまま転送, or 話してから転送 with `ask_first` (S-18)."""
        ...

    async def complete_transfer(self, agent: str, actor: str) -> None:
        """Leave the caller to whoever was asked."""
        ...

    async def take_back(self, agent: str, actor: str) -> None:
        """Back to the caller from asking."""
        ...

    async def hold_hours(self, held: str, actor: str, queue: str = "", until: float | None = None) -> None:
        """Hold a queue ("": the whole office) open, closing or closed until that wall time, None: midnight; or let it
        follow its hours again ("schedule")."""
        ...

    async def give_notice(self, notice: str, actor: str, *, is_over: bool = False) -> None:
        """Have everybody leave: who waits is told, agents go off duty (U-11); or say that it is over."""
        ...

    async def pause_recording(self, agent: str, paused: bool, actor: str) -> None:
        """録音を停止 or 録音を再開, where the queue permits it (S-08)."""
        ...

    async def extend_wrap_up(self, agent: str, actor: str) -> None:
        """60 s more wrap-up, where the queue permits it (F-19)."""
        ...

    async def take_next(self, agent: str, actor: str) -> None:
        """The next waiting caller rings here now; wrap-up ends by it (F-45)."""
        ...

    async def assign(self, contact: str, agent: str, supervisor: str, reason: str) -> None:
        """A supervisor gives a waiting caller to an agent who is free; the reason is kept (F-45)."""
        ...

    async def note(self, contact: str, text: str, actor: str) -> None:
        """The note on a call as it is now, also after its end (S-21)."""
        ...

    async def code(self, contact: str, code: str, queue: str, actor: str) -> None:
        """What a call of this queue was about, by one of its codes, also after its end (F-38)."""
        ...

    async def coach(self, supervisor: str, agent: str, mode: str, actor: str) -> None:
        """A supervisor's phone rings to "listen", "whisper", "barge" or "take_over"; who is there changes the mode."""
        ...

    async def press(self, seat: int, held_s: float) -> None:
        """A press on the virtual panel's button, through the same debouncer and tables as a real one."""
        ...

    async def report(self, day: str, queue: str) -> tuple[Metric, ...]:
        """The metrics of a day (YYYY-MM-DD) of one queue, "" for all of them; takes seconds."""
        ...

    async def calls(self, limit: int, before: float | None = None, queue: str = "") -> tuple[CallRecord, ...]:
        """All calls, or those of a queue, newest first."""
        ...

    async def recordings(self, limit: int, contact: str | None = None, queue: str = "") -> tuple[RecordingFile, ...]:
        """Recordings, newest first, or those of one contact or of a queue."""
        ...

    async def recording(self, recording: str) -> RecordingFile:
        """One recording by its id."""
        ...

    async def voicemails(self, limit: int, box: str = "") -> tuple[VoicemailMessage, ...]:
        """Messages that callers left, in one box or in all, newest first."""
        ...

    async def voicemail(self, recording: str) -> VoicemailMessage:
        """One message by its recording."""
        ...

    async def voicemail_handled(self, recording: str, actor: str) -> None:
        """Somebody has seen to it: it is new for nobody any more (S-22)."""
        ...

    async def cancel_callback(self, contact: str, actor: str) -> None:
        """The promise to call this contact back is forgotten; a dial under way is taken back."""
        ...

    async def unkept_callbacks(self, limit: int) -> tuple[CallRecord, ...]:
        """Callbacks that failed or expired: a person must call, and says so by `callback_handled` (§3.8, 6)."""
        ...

    async def callback_handled(self, contact: str, actor: str) -> None:
        """Somebody has seen to a callback that came to nothing; it is listed no more."""
        ...

    async def get_secret(self, key: str) -> bytes | None:
        """A value of the page's own small store (password hash, sessions)."""
        ...

    async def put_secret(self, key: str, value: bytes | None) -> None:
        """Keep (or forget) such a value durably."""
        ...
