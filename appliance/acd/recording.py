"""What of a conversation is recorded: the queue's policy, the notice to the caller, pauses (S-07 to S-09, §3.11).

Rules: only who may (`pause_recording` of the queue) pauses, and it is journalled with its actor, begin and end; a pause
ends after T-recpause with a warning, never silently; it goes with the caller to the next agent (R-37).
"""

from appliance.acd import commands as do
from appliance.acd import consent, story
from appliance.acd.deadlines import Alarm
from appliance.acd.model import Contact, ContactState, Offer
from appliance.acd.office import Office
from appliance.acd.settings import QueueSettings
from appliance.acd.talk import Pause
from appliance.acd.talk_events import RecordingPauseAsked

PAUSED, RESUMED, ENDS_SOON, REFUSED = "recording_paused", "recording_resumed", "recording_goes_on_soon", "not_permitted"


def is_policy(queue: QueueSettings | None, contact: Contact) -> bool:
    """Whether this queue records such a call: one that came in, or one that goes out as this queue (S-07)."""
    if queue is None:
        return False
    goes_out = contact.placed is not None and contact.placed.queue == queue.queue
    return queue.record_out if goes_out else queue.record


def is_recorded(office: Office, contact: Contact) -> bool:
    """Whether this contact's conversations are recorded: the queue does, and the contact has agreed if asked."""
    queue = office.queues.get(contact.queue)
    return is_policy(queue, contact) and not consent.is_refused(queue, contact)


def next_name(contact: Contact) -> str:
    """An id for the recording of the conversation that begins."""
    contact.recordings += 1
    contact.recording = f"r{contact.contact}-{contact.recordings}"
    return contact.recording


def begin(office: Office, contact: Contact, offer: Offer) -> None:
    """Caller and agent are being connected: record them, in silence while a pause still runs."""
    if not is_recorded(office, contact):
        return
    name = next_name(contact)
    office.commands.append(do.RecordConversation(name, contact.contact, offer.offer, beep_s(office, contact)))
    keep_pause(office, contact)


def beep_s(office: Office, contact: Contact) -> float:
    """How often those who are recorded hear it, 0 never (T-beep)."""
    return consent.beep_s(office.queues.get(contact.queue), contact)


def keep_pause(office: Office, contact: Contact) -> None:
    """A pause that still runs holds for the recording that has just begun as well (R-37)."""
    if contact.pause is not None:
        office.commands.append(do.PauseRecording(contact.recording, paused=True))


def to_tell(office: Office, contact: Contact) -> str:
    """What this caller is yet to be told or asked about the recording, "" for nothing."""
    queue = office.queues.get(contact.queue)
    return consent.to_tell(queue, contact) if is_policy(queue, contact) else ""


def told(office: Office, contact: Contact, prompt: str) -> None:
    """The caller is being told, or asked."""
    contact.told.append(prompt)
    if prompt == consent.ASKED:
        consent.note_asked(office, contact)


def give_notice(office: Office, contact: Contact) -> None:
    """They talk: who was not told while waiting is told now, over the conversation (§3.11)."""
    prompt = consent.ASKED if consent.is_cut(office, contact) else to_tell(office, contact)
    if prompt:
        told(office, contact, prompt)
        office.commands.append(do.TellTalking(contact.contact, (prompt,)))


def agreed(office: Office, contact: Contact) -> None:
    """The caller pressed 1: a conversation that runs is recorded from now on."""
    consent.given(office, contact)
    offer = office.state.offers.get(contact.offer)
    if offer is not None and contact.state in (ContactState.CONNECTING, ContactState.CONNECTED):
        begin(office, contact, offer)


# -- pauses


def pause_asked(office: Office, event: RecordingPauseAsked) -> None:
    """S-08: the agent wants the recording paused or going on; without permission the agent hears so."""
    contact, offer = _talk_of(office, event.agent)
    if contact is None or offer is None:
        return
    wanted = contact.pause is None if event.paused is None else event.paused
    if wanted is (contact.pause is not None):
        return
    if not wanted:
        _resume(office, contact, event.actor, "person")
    elif may_pause(office, contact):
        _pause(office, contact, event)
    else:
        office.commands.append(do.TellAgent(offer.offer, (REFUSED,)))


def may_pause(office: Office, contact: Contact) -> bool:
    """Whether the agents of this call may pause its recording, and there is one."""
    queue = office.queues.get(contact.queue)
    return queue is not None and queue.pause_recording and contact.is_recording


def _talk_of(office: Office, name: str) -> tuple[Contact | None, Offer | None]:
    """The conversation the agent has."""
    offer = office.state.talk_of(name)
    contact = office.state.contacts.get(offer.contact) if offer is not None else None
    if contact is None or offer is None or contact.offer != offer.offer or contact.state is not ContactState.CONNECTED:
        return None, None
    return contact, offer


def _pause(office: Office, contact: Contact, event: RecordingPauseAsked) -> None:
    pause_s = office.queues[contact.queue].pause_s
    contact.pause = Pause(event.agent, event.actor, office.now, office.now + pause_s)
    office.deadlines.add(contact.pause.next_at, Alarm.PAUSE, contact.contact)
    office.commands.append(do.PauseRecording(contact.recording, paused=True))
    office.commands.append(do.TellAgent(contact.offer, (PAUSED,)))
    office.facts.append(story.RecordingPaused(office.now, contact.contact, contact.recording, event.agent, event.actor))


def deadline(office: Office, contact: Contact) -> None:
    """The warning, then the end of a pause (T-recpause)."""
    pause = contact.pause
    if pause is None:
        return
    if pause.is_warned or office.now >= pause.until:
        _resume(office, contact, "", "time")
        return
    pause.is_warned = True
    office.deadlines.add(pause.until, Alarm.PAUSE, contact.contact)
    if contact.state is ContactState.CONNECTED:
        office.commands.append(do.TellAgent(contact.offer, (ENDS_SOON,)))


def _resume(office: Office, contact: Contact, actor: str, why: str) -> None:
    forget_pause(office, contact, actor, why)
    office.commands.append(do.PauseRecording(contact.recording, paused=False))
    if contact.state is ContactState.CONNECTED:
        office.commands.append(do.TellAgent(contact.offer, (RESUMED,)))


def forget_pause(office: Office, contact: Contact, actor: str = "", why: str = "ended") -> None:
    """The pause is over, also because the call is: its end is told like its begin."""
    pause, contact.pause = contact.pause, None
    if pause is not None:
        lasted = max(0.0, office.now - pause.since)
        office.facts.append(story.RecordingResumed(office.now, contact.contact, contact.recording, actor, why, lasted))
