"""The voicemail (S-34): greeting, beep, the caller's voice alone, "saved" once it is on the disk, hung up.

Rules: nobody hears that a message is saved before its file and its row are durable (I-19). Who hangs up has left a
message too: the core hears of the hang-up after it heard how long they spoke. A message whose caller, desk or switch
died meanwhile is kept all the same. Recordings are named after the contact and the hop, so a restart finds them again.
"""

import asyncio
import contextlib
import enum
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from appliance import wire
from appliance.acd import commands as do
from appliance.acd import events as ev
from appliance.acd.chains import Kind
from appliance.acd.engine import Acd
from appliance.acd.model import Contact, ContactState
from appliance.desk import spoken
from appliance.desk.alarms import Alarms
from appliance.desk.legs import Legs, Post, Say
from appliance.desk.routing import masked
from appliance.errors import StorageError
from appliance.storage.voicemails import LEAST_S, VoicemailRow

logger = logging.getLogger(__name__)

QUIET_S: Final = 5.0
"""So long without a word ends a message."""
RETRY_S: Final = 2.0
SAVED: Final = "voicemail_saved"
END_KEY: Final = "#"
ALARM: Final = "voicemail"
_PREFIX: Final = "v"
_BYTES_PER_S: Final = 16_000


class Messages(Protocol):
    """What the voicemail needs of the store; each write is durable on return, or raises StorageError."""

    def wall(self) -> float:
        """Seconds since 1970."""

    async def voicemail_ordered(self, row: VoicemailRow, /) -> None:
        """A message is about to be spoken."""

    async def voicemail_closed(self, recording: str, path: str, seconds: float, spoke_s: float, cause: str, /) -> None:
        """A message is complete."""

    async def unfinished_voicemails(self) -> tuple[VoicemailRow, ...]:
        """Messages that were ordered and never closed."""


class Stage(enum.Enum):
    """How far the caller is."""

    GREETING = "greeting"
    SPEAKING = "speaking"
    SAVING = "saving"
    SAVED = "saved"


@dataclass(slots=True)
class _Visit:
    """One caller at the voicemail. `is_gone`: they hung up, and the core is told once the message is kept."""

    contact: str
    hop: int
    stage: Stage
    is_told: bool = False
    is_gone: bool = False
    spoke_s: float = 0.0


class Voicemail:
    """Who is at the voicemail. `run` is the task that writes; `post` tells the core, `say` the switch."""

    def __init__(
        self, acd: Acd, legs: Legs, post: Post, say: Say, store: Messages, alarms: Alarms, recordings: Path
    ) -> None:
        self._acd, self._legs, self._post, self._say = acd, legs, post, say
        self._store, self._alarms, self._folder = store, alarms, recordings
        self._visits: dict[str, _Visit] = {}
        self._to_write: deque[Callable[[], Awaitable[None]]] = deque()
        self._wake = asyncio.Event()
        self.left: Callable[[str], None] = lambda recording: None
        """Called with each message that is on the disk: the mails (S-41)."""

    # --- orders of the core

    def send(self, order: do.SendCaller) -> None:
        """Greet the caller; the recorder starts behind the beep."""
        leg, contact = self._legs.leg_of(order.contact), self._acd.contact(order.contact)
        visit = self._visits.get(order.contact)
        if not leg or contact is None or (visit is not None and visit.hop == order.hop):
            return  # gone in the same moment, or found speaking after a restart
        self._visits[order.contact] = _Visit(order.contact, order.hop, Stage.GREETING)
        name = recording_name(order.contact, order.hop)
        box = order.to or contact.queue
        row = VoicemailRow(name, contact.contact, box, contact.number, contact.name, self._store.wall())
        self._write(lambda: self._store.voicemail_ordered(row))
        logger.info("Contact %s (%s) is at the voicemail of %s", contact.contact, masked(contact.number), box)
        self._say(wire.Play(leg, spoken.GREETING, then_silence=True))

    def leave(self, contact: str) -> None:
        """The core has gone on with this contact; what was said so far is kept when it is enough."""
        self._visits.pop(contact, None)

    # --- what the switch tells

    def prompt_over(self, contact: str) -> bool:
        """A prompt was said: after the greeting the caller speaks, after "saved" they are hung up."""
        visit = self._visits.get(contact)
        if visit is None:
            return False
        if visit.stage is Stage.GREETING:
            visit.stage = Stage.SPEAKING
            name, most_s = recording_name(contact, visit.hop), self._acd.state.office.voicemail_s
            self._say(wire.RecordVoice(name, self._legs.leg_of(contact), max(most_s - QUIET_S, QUIET_S), QUIET_S))
        elif visit.stage is Stage.SAVED:
            self._over(visit)
        return True

    def refused(self, contact: str) -> bool:
        """The switch cannot play the greeting: the next in the chain."""
        visit = self._visits.get(contact)
        if visit is not None:
            self._said_nothing(visit)
            self._post(ev.CouldNotSend(contact, visit.hop, "no greeting"))
        return visit is not None

    def began(self, recording: str) -> bool:
        """The recorder wrote its first frame: the voicemail has taken the call."""
        visit = self._visit_of(recording)
        if visit is not None and not visit.is_told:
            visit.is_told = True
            self._post(ev.SentOn(visit.contact, visit.hop))
        return visit is not None

    def pressed(self, contact: str, digit: str) -> None:
        """# ends the message."""
        visit = self._visits.get(contact)
        if visit is not None and visit.stage is Stage.SPEAKING and digit == END_KEY:
            self._say(wire.StopRecording(recording_name(contact, visit.hop)))

    def keeps(self, contact: str) -> bool:
        """The caller's leg ended: whether the core is to hear of it only when the message is kept."""
        visit = self._visits.get(contact)
        if visit is None:
            return False
        if visit.stage is Stage.GREETING:
            self._said_nothing(visit)
            return False
        if visit.stage is Stage.SAVED:
            self._over(visit)
            return False
        visit.is_gone = True
        return True

    def closed(self, event: wire.RecordingClosed) -> bool:
        """A voice is in its file: write it down, then tell. False when the recording is no voicemail."""
        if not _parts(event.recording)[0]:
            return False
        visit = self._visit_of(event.recording)
        if visit is not None:
            visit.stage, visit.spoke_s = Stage.SAVING, event.spoke_s
        self._write(lambda: self._keep(event))
        return True

    def found(self, snapshot: wire.Snapshot, callers: Iterable[Contact]) -> None:
        """After a restart: who was speaking speaks on, or has spoken. To be told before the ends that were missed."""
        self._visits.clear()
        closed = {event.recording for event in snapshot.missed if isinstance(event, wire.RecordingClosed)}
        for contact in callers:
            if contact.state is ContactState.FALLBACK and contact.sent_to is Kind.VOICEMAIL:
                name = recording_name(contact.contact, contact.hops)
                if name in closed or name in snapshot.recordings or contact.is_taken:
                    visit = _Visit(contact.contact, contact.hops, Stage.SPEAKING, is_told=contact.is_taken)
                    self._visits[contact.contact] = visit
                    self.began(name)

    def look_for_missed(self, running: Iterable[str]) -> None:
        """Messages that were never closed are looked for on the disk. To be told behind the ends that were missed."""
        names = frozenset(running)
        self._write(lambda: self._sweep(names))

    def forget_all(self) -> None:
        """The switch died: its next one repairs what was spoken and tells of it."""
        self._visits.clear()

    # --- the disk

    async def run(self) -> None:
        """Write until cancelled; what the disk does not take is tried again, in order."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while not await self.finish():
                await asyncio.sleep(RETRY_S)

    async def finish(self) -> bool:
        """Write what is there; False when the disk does not take it."""
        while self._to_write:
            try:
                await self._to_write[0]()
            except StorageError as wrong:
                self._alarms.raise_(ALARM, f"A voicemail cannot be written down yet; it is tried again: {wrong}")
                return False
            self._to_write.popleft()
        self._alarms.clear(ALARM)
        return True

    def _write(self, work: Callable[[], Awaitable[None]]) -> None:
        self._to_write.append(work)
        self._wake.set()

    async def _keep(self, event: wire.RecordingClosed) -> None:
        await self._store.voicemail_closed(event.recording, event.path, event.seconds, event.spoke_s, event.cause)
        if event.path and event.spoke_s >= LEAST_S:
            self.left(event.recording)
        visit = self._visit_of(event.recording)
        if visit is None:
            logger.info("Voicemail %s is kept; its caller is gone already", event.recording)
        elif not event.path and not visit.is_told:
            del self._visits[visit.contact]  # the recorder could not begin: a full disk
            self._post(ev.CouldNotSend(visit.contact, visit.hop, event.cause))
            self._tell_hang_up(visit)
        elif visit.is_gone or event.spoke_s < LEAST_S:
            self._over(visit)
            self._tell_hang_up(visit)
        else:
            visit.stage = Stage.SAVED
            self._say(wire.Play(self._legs.leg_of(visit.contact), (SAVED,), then_silence=True))
        if event.path and event.spoke_s < LEAST_S:
            with contextlib.suppress(OSError):  # a failing disk keeps it; the voicemail goes on
                await asyncio.to_thread(Path(event.path).unlink, missing_ok=True)  # no message: nothing is kept of it

    def _said_nothing(self, visit: _Visit) -> None:
        """They were not recorded at all."""
        del self._visits[visit.contact]
        name = recording_name(visit.contact, visit.hop)
        self._write(lambda: self._store.voicemail_closed(name, "", 0.0, 0.0, "nothing was said"))

    def _over(self, visit: _Visit) -> None:
        """The core ends the contact, and hangs up whoever is still there."""
        self._visits.pop(visit.contact, None)
        self._post(ev.VoicemailLeft(visit.contact, visit.hop, visit.spoke_s))

    def _tell_hang_up(self, visit: _Visit) -> None:
        if visit.is_gone:
            self._post(ev.CallerHungUp(visit.contact))

    async def _sweep(self, running: frozenset[str]) -> None:
        """Messages whose end nobody heard: the file says how long they are; whoever still waits for them goes on."""
        for row in await self._store.unfinished_voicemails():
            if row.recording in running or self._is_greeted(row.recording):
                continue
            path = self._folder / f"{row.recording}.wav"
            size = await asyncio.to_thread(_size_of, path)
            if size:
                seconds = size / _BYTES_PER_S
                cause = "the desk was away when it ended"
                closed = wire.RecordingClosed(row.recording, str(path), seconds, 0.0, cause, seconds)
                await self._keep(closed)

    def _is_greeted(self, recording: str) -> bool:
        visit = self._visit_of(recording)
        return visit is not None and visit.stage is Stage.GREETING

    def _visit_of(self, recording: str) -> _Visit | None:
        contact, hop = _parts(recording)
        visit = self._visits.get(contact)
        return visit if visit is not None and visit.hop == hop else None


def recording_name(contact: str, hop: int) -> str:
    """The recording of what a contact says at this hop."""
    return f"{_PREFIX}{contact}-{hop}"


def _parts(recording: str) -> tuple[str, int]:
    """Contact and hop in the name of a voicemail, ("", 0) in any other."""
    contact, _, hop = recording.removeprefix(_PREFIX).rpartition("-")
    return (contact, int(hop)) if recording.startswith(_PREFIX) and contact and hop.isdecimal() else ("", 0)


def _size_of(path: Path) -> int:
    """Bytes of sound in a WAV file, 0 when there is none."""
    try:
        return max(0, path.stat().st_size - 44)
    except OSError:
        return 0
