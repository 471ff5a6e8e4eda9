"""A caller's steps: wait, hear music, end. Who may come in is in `admission.py`, who is sent on in `fallback.py`.

Rule: every path out of here leaves the caller with a human, a running timer, or gone (D-06).
"""

from appliance.acd import commands as do
from appliance.acd import held, promise, skill_need, story
from appliance.acd import recording as recordings
from appliance.acd.deadlines import Alarm
from appliance.acd.model import TALKS, Contact, ContactState, Hears
from appliance.acd.office import Office
from appliance.acd.story import Outcome

_UNHEARD = (Outcome.ABANDONED, Outcome.DISMISSED, Outcome.FALLBACK)
RETRY_GAP_S = 2.0  # after everybody declined, before they are asked again (§3.5)


def wait(office: Office, contact: Contact) -> None:
    """Stand in line at the place the key says: on arrival, after every offer that failed, on return (I-05)."""
    office.end_race(contact)
    if contact.callback is not None and not contact.is_live:
        promise.stand_by(office, contact)
        return
    contact.state, contact.offer, contact.until = ContactState.WAITING, "", 0.0
    skill_need.begin(office, contact)
    office.line_up(contact)
    office.unsettled.append(contact.contact)


def note_declined(office: Office, contact: Contact, agent: str) -> None:
    """Remember that this agent had the call and did not take it (I-24)."""
    if agent not in contact.declined:
        contact.declined.append(agent)
    contact.retry_at = office.now + RETRY_GAP_S


def hold(office: Office, contact: Contact) -> None:
    """Let the caller hear music, answering the line for it now (S-33); nothing when music already plays."""
    if contact.is_live and contact.hears is not Hears.MUSIC:
        contact.hears = Hears.MUSIC
        office.commands.append(do.HoldCaller(contact.contact))


def ring(office: Office, contact: Contact) -> None:
    """Let the caller hear ringback during the first direct offer; an analogue line stays unanswered (S-03).

    Not for ever, and not at all on a line that must answer (T-ringhold).
    """
    if not contact.is_live:
        return
    if contact.rings_until and office.now >= contact.rings_until:
        hold(office, contact)
        return
    contact.hears = Hears.RINGBACK
    office.commands.append(do.RingCaller(contact.contact))
    if contact.rings_until:
        office.deadlines.add(contact.rings_until, Alarm.RING_HOLD, contact.contact)


def stop_clock(office: Office, contact: Contact) -> None:
    """Close the running stretch of waiting or talking; the next one starts now."""
    spent = max(0.0, office.now - contact.clock_from)
    held.over(office, contact)
    if contact.state in TALKS:
        contact.talked_s += spent
    elif contact.state not in (ContactState.FALLBACK, ContactState.MENU) and contact.is_live:
        contact.waited_s += spent
    contact.clock_from = office.now


def end(office: Office, contact: Contact, outcome: Outcome, why: str) -> None:
    """The contact is over, once: tell its record and forget it."""
    stop_clock(office, contact)
    if contact.callback is not None:
        outcome = Outcome.CALLBACK  # each contact counts once (M-00)
    elif contact.transfers and outcome in _UNHEARD:
        outcome = Outcome.ANSWERED  # by the first agent, whatever came after
    if contact.state is ContactState.WAITING:
        office.leave_line(contact)
    office.end_race(contact)
    recordings.forget_pause(office, contact)
    del office.state.contacts[contact.contact]
    office.promised.discard(contact.contact)
    office.facts.append(
        story.ContactEnded(
            office.now,
            contact.contact,
            contact.queue,
            outcome,
            why,
            contact.waited_s,
            contact.talked_s,
            contact.agent,
        )
    )


def release(office: Office, contact: Contact, outcome: Outcome, why: str) -> None:
    """End the contact and hang the caller up."""
    office.commands.append(do.ReleaseCaller(contact.contact, why))
    end(office, contact, outcome, why)


def show_recording(office: Office, name: str, recording: str, *, is_recording: bool) -> None:
    """The indicator follows the recorder of the present conversation, nothing else (S-07, I-13)."""
    contact = office.state.contacts.get(name)
    if contact is not None and contact.recording == recording:
        contact.is_recording = is_recording
        if not is_recording and contact.state in TALKS:
            recordings.forget_pause(office, contact, why="failed")
            contact.recording = ""  # they talk on, and it is shown that nobody records them (S-07)
