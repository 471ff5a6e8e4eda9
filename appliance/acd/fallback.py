"""What becomes of callers whom a queue cannot serve: the walk along the chain of the reason (§3.6).

Rules: no destination twice for one contact, at most MOST_HOPS of them (I-27); whoever does not take the call within the
time of `SendCaller` is passed over; a chain that led to another queue goes on where that queue's own has no more steps;
behind the last step is a message, then the caller is hung up (D-06).
"""

from appliance.acd import callback, contacts, hours, last_agent, menus, story
from appliance.acd import commands as do
from appliance.acd.chains import BOOKED, MOST_HOPS, NOBODY, Destination, Kind, Reason, Way, steps_of
from appliance.acd.deadlines import Alarm
from appliance.acd.model import Ask, Contact, ContactState, Hears
from appliance.acd.office import Office
from appliance.acd.settings import MENU_PREFIX
from appliance.acd.story import Outcome

DISMISS_S = 60.0  # the longest message; then the caller goes on, or is hung up, even if nobody says it ended
ANSWER_S = 5.0  # beyond the ringing, for the word that nobody took the call
INTO_QUEUE = (Kind.QUEUE, Kind.GROUP)
THAT_RING = (Kind.USER, Kind.EXTERNAL)  # the caller hears it ring; the others answer the line themselves
SPEECH_S = 3.0  # vm_min: who said less has left no message (S-34)


def fall_back(office: Office, contact: Contact, reason: Reason, *, says: str = "") -> None:
    """Take a caller out of the queue and walk the chain of the reason from its first step.

    `says` is a prompt to play before it, left out where the chain begins with a message of its own.
    """
    office.leave_line(contact)
    contacts.stop_clock(office, contact)
    contact.state, contact.offer, contact.why, contact.step = ContactState.FALLBACK, "", reason.value, 0
    contact.sent_to, contact.is_taken, contact.until, contact.ask = None, False, 0.0, Ask.NOTHING
    steps = _steps(office, contact)
    if says and steps and steps[0].kind is not Kind.MESSAGE:
        contact.hears, contact.prompt = Hears.MUSIC, says
        _watch(office, contact, DISMISS_S)
        office.commands.append(do.SayToCaller(contact.contact, says, contact.hops))
    else:
        go_on(office, contact)


def go_on(office: Office, contact: Contact) -> None:
    """To the next destination that this contact has not seen yet; to the last message when none is left."""
    contact.sent_to, contact.is_taken, contact.prompt = None, False, ""
    while contact.hops < MOST_HOPS:
        destination = _next(office, contact)
        if destination is not None:
            contact.hops += 1
            contact.visited.append(destination.key)
            office.facts.append(_sent_on(office, contact, destination))
            _send(office, contact, destination)
            return
        if not contact.ways:
            break
        way = contact.ways.pop()
        contact.queue, contact.why, contact.step = way.queue, way.reason.value, way.step
        contact.announced, contact.announced_wait = way.announced, None
    if contact.gives_back_to:
        _give_back(office, contact)
    else:
        _say_last(office, contact, NOBODY)


def _next(office: Office, contact: Contact) -> Destination | None:
    """The next step of the present chain that can be taken; the ones before it are passed."""
    steps, here = _steps(office, contact), Destination(Kind.QUEUE, contact.queue).key
    while contact.step < len(steps):
        destination = steps[contact.step]
        contact.step += 1
        if (
            destination.key != here
            and destination.key not in contact.visited
            and _can_have(office, contact, destination)
        ):
            return destination
    return None


def _steps(office: Office, contact: Contact) -> tuple[Destination, ...]:
    """Whom somebody else has a place for goes on with what was set up only: the usual message is not the end of it."""
    if contact.why == Reason.MENU.value:
        return menus.steps(office, contact)
    queue, has_place = office.queues.get(contact.queue), bool(contact.ways or contact.gives_back_to)
    steps = steps_of(queue.chains, Reason(contact.why), is_sent_on=has_place) if queue is not None else ()
    return (*_personal(office, contact), *steps)


def _personal(office: Office, contact: Contact) -> tuple[Destination, ...]:
    """The fallback of the person whom the caller was passed to in vain (D-16)."""
    to = contact.transfer.to if contact.transfer is not None else ""
    people = (agent.settings for agent in office.state.agents.values())
    return next((one.if_no_answer for one in people if to and one.phone == to), ())


def _give_back(office: Office, contact: Contact) -> None:
    """Nobody whom the caller was passed to took the call: into the old queue, at the old place (D-16, R-12, I-05)."""
    transfer = contact.transfer
    kind, to = (transfer.kind, transfer.to) if transfer is not None else (Kind.QUEUE, contact.queue)
    told = story.TransferEnded(office.now, contact.contact, contact.agent, kind.value, to, "returned")
    office.facts.append(told)
    contacts.stop_clock(office, contact)
    contact.queue, contact.gives_back_to, contact.transfer = contact.gives_back_to, "", None
    contact.entered_at, contact.announced, contact.announce_at = office.now, 0, 0.0
    contact.is_admitted = True  # who talked here already is not refused for want of room
    contact.last_agent, contact.sticky_until, contact.announced_wait = "", 0.0, None
    contact.declined.clear()
    contacts.hold(office, contact)
    contacts.wait(office, contact)


def _can_have(office: Office, contact: Contact, destination: Destination) -> bool:
    """Whether there is such a thing, as far as the core can judge; what it cannot judge, call control refuses.

    Whose line connects nobody is passed by every person.
    """
    if destination.kind in THAT_RING:
        return contact.can_talk
    if destination.kind is Kind.MENU:
        return menus.exists(office, destination.to)
    return destination.kind not in INTO_QUEUE or destination.to in office.queues


def _sent_on(office: Office, contact: Contact, destination: Destination) -> story.ContactSentOn:
    kind, step = destination.kind.value, contact.step - 1
    return story.ContactSentOn(
        office.now, contact.contact, contact.queue, contact.why, step, kind, destination.to, contact.hops
    )


def _send(office: Office, contact: Contact, destination: Destination) -> None:
    if destination.kind in INTO_QUEUE:
        _enter(office, contact, destination)
    elif destination.kind is Kind.MESSAGE:
        _say_last(office, contact, destination.to or NOBODY)
    elif destination.kind is Kind.MENU:
        if contact.queue in office.queues:
            contact.ways.append(_way(contact))
        menus.enter(office, contact, MENU_PREFIX + destination.to)
    elif destination.kind is Kind.CALLBACK:
        _offer_callback(office, contact)
    else:
        contact.sent_to = destination.kind
        if destination.kind not in THAT_RING:
            contact.hears = Hears.MUSIC
        _watch(office, contact, office.state.office.transfer_s + ANSWER_S)
        order_again(office, contact)


def order_again(office: Office, contact: Contact) -> None:
    """Send the caller to where they are to be, also after a restart; whoever has taken the call keeps it (A-30)."""
    if contact.state is not ContactState.FALLBACK or contact.sent_to in (None, Kind.MESSAGE) or contact.is_taken:
        return
    if contact.sent_to is Kind.CALLBACK:
        callback.ask(office, contact)
        return
    kind, _, to = contact.visited[-1].partition(":")
    ring_s = office.state.office.transfer_s
    office.commands.append(do.SendCaller(contact.contact, Kind(kind), to, contact.hops, ring_s, contact.why))


def send_to(office: Office, contact: Contact, destination: Destination, reason: Reason) -> None:
    """Send a caller straight to one destination that the box answers for; what fails goes on from there."""
    contact.state, contact.offer, contact.why, contact.step = ContactState.FALLBACK, "", reason.value, 0
    contact.sent_to, contact.is_taken, contact.prompt, contact.ask = None, False, "", Ask.NOTHING
    contact.hops += 1
    contact.visited.append(destination.key)
    office.facts.append(_sent_on(office, contact, destination))
    _send(office, contact, destination)


def _offer_callback(office: Office, contact: Contact) -> None:
    """Ask whether the caller wants to be called back; who wants no call back, or says nothing, goes on."""
    if callback.is_promised(office, contact):
        _say_last(office, contact, BOOKED)
        return
    contact.sent_to, contact.hears = Kind.CALLBACK, Hears.MUSIC
    callback.ask(office, contact)
    _watch(office, contact, contact.ask_until - office.now)


def key_pressed(office: Office, contact: Contact, digit: str) -> None:
    """A key on the way along a chain: only the offer of a callback listens; * is no, and the chain goes on."""
    if contact.sent_to is not Kind.CALLBACK:
        return
    if digit == "*":
        contact.ask = Ask.NOTHING
        go_on(office, contact)
    else:
        callback.dialogue(office, contact, digit)


def _enter(office: Office, contact: Contact, destination: Destination) -> None:
    """Into another queue, at the place the old key says there (keep_t_enq); its own rules of admission decide again."""
    left = Destination(Kind.QUEUE, contact.queue).key
    if left not in contact.visited:
        contact.visited.append(left)
    menu, is_first = contact.queue, all(way.queue in office.menus for way in (*contact.ways, _way(contact)))
    contact.ways.append(_way(contact))
    move_to(office, contact, destination, by_menu=menu if is_first else "")


def move_to(office: Office, contact: Contact, destination: Destination, *, by_menu: str = "") -> None:
    """The caller stands in that queue from now on, or goes along the chain of why not. `by_menu`: it is the first."""
    contacts.stop_clock(office, contact)
    contact.queue, contact.entered_at, contact.transfer = destination.to, office.now, None
    contact.announced, contact.announce_at, contact.announced_wait = 0, 0.0, None
    contact.is_admitted, contact.offers = False, 0  # who declined there is asked last here as well (I-24)
    contact.last_agent, contact.sticky_until = "", 0.0
    if not destination.keep_place:
        contact.t_enq = office.now
    why_not = hours.why_not_in(office, contact)
    if by_menu:
        office.facts.append(story.MenuChosen(office.now, contact.contact, by_menu, contact.branch, contact.queue))
        last_agent.look_up(office, contact)
    if why_not is not None:
        fall_back(office, contact, why_not)
        return
    if by_menu:
        callback.merge(office, contact)
    contacts.wait(office, contact)


def _way(contact: Contact) -> Way:
    """Where the caller is on the present chain, to go on there later."""
    return Way(contact.queue, Reason(contact.why), contact.step, contact.announced)


def _say_last(office: Office, contact: Contact, prompt: str) -> None:
    contact.sent_to, contact.hears, contact.prompt = Kind.MESSAGE, Hears.MESSAGE, prompt
    _watch(office, contact, DISMISS_S)
    office.commands.append(do.DismissCaller(contact.contact, prompt, contact.why))


def _watch(office: Office, contact: Contact, seconds: float) -> None:
    contact.until = office.now + seconds
    office.deadlines.add(contact.until, Alarm.AWAY, contact.contact)


def taken(office: Office, name: str, hop: int) -> None:
    """Whoever the caller was sent on to took the call: two humans need no timer, a machine has its longest time."""
    contact = _on_the_way(office, name, hop)
    if contact is None or contact.sent_to in (None, Kind.MESSAGE) or contact.is_taken:
        return
    contact.is_taken, contact.hears, contact.until = True, Hears.AGENT, 0.0
    if contact.sent_to is Kind.VOICEMAIL:
        _watch(office, contact, office.state.office.voicemail_s)


def could_not(office: Office, name: str, hop: int) -> None:
    """It could not be done: the next in the chain."""
    contact = _on_the_way(office, name, hop)
    if contact is not None and contact.sent_to not in (None, Kind.MESSAGE):
        go_on(office, contact)


def said(office: Office, name: str, hop: int) -> None:
    """The message before the chain ended, or that of a menu."""
    asked = office.state.contacts.get(name)
    if asked is not None and asked.state is ContactState.MENU:
        menus.said(office, asked, hop)
    contact = _on_the_way(office, name, hop)
    if contact is not None and contact.sent_to is None:
        go_on(office, contact)


def voicemail_left(office: Office, name: str, hop: int, spoke_s: float) -> None:
    """The caller has spoken to the voicemail: that is the end of the call (S-34)."""
    contact = _on_the_way(office, name, hop)
    if contact is None or contact.sent_to is not Kind.VOICEMAIL:
        return
    if spoke_s >= SPEECH_S:
        contacts.release(office, contact, Outcome.VOICEMAIL, contact.why)
    else:
        contacts.release(office, contact, Outcome.ABANDONED, "in_voicemail")


def _on_the_way(office: Office, name: str, hop: int) -> Contact | None:
    contact = office.state.contacts.get(name)
    is_there = contact is not None and contact.state is ContactState.FALLBACK and contact.hops == hop
    return contact if is_there else None


def menu_key(office: Office, contact: Contact, digit: str) -> None:
    """A digit in a menu, or none in time: the caller is asked again, or goes along the branch (F-50)."""
    leaves = menus.pressed(office, contact, digit) if digit else menus.timed_out(office, contact)
    if leaves:
        fall_back(office, contact, Reason.MENU)


def deadline(office: Office, contact: Contact) -> None:
    """Nobody said that the message ended, that the call was taken, or that the machine is done."""
    if contact.state is ContactState.MENU:
        menu_key(office, contact, "")
    elif contact.sent_to is Kind.MESSAGE or contact.is_taken:
        contacts.release(office, contact, *ending(contact))
    else:
        go_on(office, contact)


def ending(contact: Contact) -> tuple[Outcome, str]:
    """How a contact ended that is over while on the way along a chain (M-00: each counts once)."""
    if contact.sent_to is Kind.MESSAGE:
        return Outcome.DISMISSED, contact.why
    if contact.sent_to is Kind.VOICEMAIL and contact.is_taken:
        return Outcome.ABANDONED, "in_voicemail"
    return (Outcome.FALLBACK, contact.why) if contact.is_taken else (Outcome.ABANDONED, "in_fallback")
