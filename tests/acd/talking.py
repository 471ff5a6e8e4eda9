"""What may happen beside a conversation, and what becomes of its caller, chosen by a number: for the machine."""

from collections.abc import Sequence

from appliance.acd import events as ev
from appliance.acd.chains import Kind
from appliance.acd.events import Event
from appliance.acd.model import Contact, ContactState, Phase, State
from appliance.acd.settings import SupervisorSettings
from appliance.acd.talk import Mode

SUPERVISORS = (
    SupervisorSettings("sue", "Sue", "190", ("sales", "help", "all")),
    SupervisorSettings("sid", "Sid", "191"),
)
"""One of some queues, one of all of them."""

_TARGETS = (
    (Kind.USER, "102"),
    (Kind.USER, "105"),
    (Kind.EXTERNAL, "0312345678"),
    (Kind.QUEUE, "help"),
    (Kind.QUEUE, "step"),
    (Kind.GROUP, "door"),
    (Kind.VOICEMAIL, "104"),
    (Kind.USER, "101"),
)


def beside(state: State, number: int) -> Sequence[Event]:
    """A pause, a coach, silent help, a note, more wrap-up, a call out of turn."""
    talks = [one for one in state.offers.values() if one.phase is Phase.ACCEPTED and one.was_bridged and one.agent]
    if not talks:
        return ()
    offer = talks[number % len(talks)]
    contact = state.contacts.get(offer.contact)
    named = contact.recording if contact is not None else ""
    coach = sorted([*state.coaches, "k0"])[number % (len(state.coaches) + 1)]
    mode, supervisor = list(Mode)[number % 4], SUPERVISORS[number % 2].supervisor
    waiting = sorted(name for name, one in state.contacts.items() if one.state is ContactState.WAITING)
    some = [
        ev.RecordingBegan(offer.contact, named),
        ev.RecordingPauseAsked(offer.agent, offer.agent),
        ev.RecordingPauseAsked(offer.agent, "key", paused=number % 3 == 0),
        ev.RecordingEnded(offer.contact, named),
        ev.CoachAsked(supervisor, offer.agent, mode),
        ev.CoachAsked(supervisor, offer.agent, mode, leg="in-1"),
        ev.CoachAnswered(coach),
        ev.CoachModeAsked(coach, mode),
        ev.CoachLeft(coach),
        ev.HelpAsked(offer.agent, offer.agent),
        ev.CallNoted(offer.contact, "a note", offer.agent),
        ev.CallCoded("1", offer.agent, agent=offer.agent),
        ev.WrapUpExtensionAsked(offer.agent, offer.agent),
        ev.NextCallWanted(sorted(state.agents)[number % len(state.agents)], "sue"),
        *(ev.CallAssigned(name, offer.agent, "sue", "vip") for name in waiting[:1]),
    ]
    return [some[number % len(some)]]


def passed_on(state: State, number: int, legs: int) -> Sequence[Event]:
    """Somebody's caller is held, passed on, asked about, left to the target or taken back."""
    having = (ContactState.CONNECTED, ContactState.CONSULTING)
    found = [one for one in state.contacts.values() if one.state in having]
    if not found:
        return ()
    contact = found[number % len(found)]
    call = (contact.contact, contact.offer)
    if contact.state is ContactState.CONSULTING and number % 4:
        ends = (ev.TransferCompleted(*call), ev.TransferCancelled(*call), ev.CallerHungUp(contact.contact))
        return [ends[number % len(ends)]]
    if number % 5 == 0:
        return [ev.CallerHeld(*call, is_held=number % 2 == 0)]
    if number % 7 == 0:
        return _joined(contact, legs, is_up=number % 2 == 0)
    return [ev.TransferAsked(*call, *_TARGETS[number % len(_TARGETS)], ask_first=number % 3 > 0)]


def _joined(contact: Contact, legs: int, *, is_up: bool) -> Sequence[Event]:
    own, other = f"l{legs}", f"x{legs}"
    return [
        ev.LegStarted(contact.agent, own, outbound=True),
        ev.LegStarted("dan", other, outbound=False),
        ev.ConsultJoined(contact.contact, contact.offer, Kind.USER, "104", other, own, is_up),
    ]
