"""Mutants of the calls that agents place (S-10)."""

from tests.acd.mutants_core import Mutant

OUTGOING: tuple[Mutant, ...] = (
    ("outgoing.py", "contact.origin = event.way", "pass"),
    (
        "outgoing.py",
        "contact = _placing(office, event.contact)\n    if contact is not None:\n        contact.origin",
        "contact = office.state.contacts.get(event.contact)\n    if contact is not None:\n        contact.origin",
    ),
    ("outgoing.py", "if queue.calls_out and agent in queue.agents)", "if agent in queue.agents)"),
    ("outgoing.py", "if queue.calls_out and agent in queue.agents)", "if queue.calls_out)"),
    ("outgoing.py", "(event.queue and event.queue not in permitted(office.state, event.agent))", "False"),
    ("outgoing.py", "if agent.calls_as != event.queue:\n        _change", "if True:\n        _change"),
    ("outgoing.py", "if agent.calls_as and agent.calls_as not in permitted(office.state, name):", "if False:"),
    ("outgoing.py", "agent.call_notice = IDENTITY_GONE", "pass"),
    (
        "outgoing.py",
        "if agent is None or event.contact in office.state.contacts:\n        return",
        "if agent is None:\n        return",
    ),
    (
        "outgoing.py",
        "staff.leg_started(office, LegStarted(event.agent, offer.offer, outbound=True, queue=event.queue))",
        "pass",
    ),
    ("outgoing.py", "outbound=True, queue=event.queue))", "outbound=True))"),
    ("outgoing.py", "agent.call_notice = ALL_BUSY", "pass"),
    ("outgoing.py", "if contact is None or contact.prompt:\n        return", "if contact is None:\n        return"),
    ("outgoing.py", "if not prompt:\n        joining", "if True:\n        joining"),
    ("outgoing.py", "recording.told(office, contact, prompt)", "pass"),
    ("outgoing.py", "office.deadlines.add(offer.deadline, Alarm.OFFER, offer.offer)", "pass"),
    (
        "outgoing.py",
        "if contact is not None and contact.prompt:\n        contact.prompt",
        "if contact is not None:\n        contact.prompt",
    ),
    ("outgoing.py", "if event.why == GAVE_UP:", "if False:"),
    ("outgoing.py", "if event.why == GAVE_UP:", "if True:"),
    ("outgoing.py", 'leaving.let_go(office, offer, "far_end_left")', "pass"),
    ("outgoing.py", "and not offer.was_bridged and contact.offer", "and contact.offer"),
    ("outgoing.py", 'leaving.let_go(office, offer, "no_media")', "pass"),
    ("outgoing.py", "if contact.state is ContactState.PLACING:\n        said", "if False:\n        said"),
    ("outgoing.py", "offer.is_outgoing and offer.leg == own_leg and contact", "offer.is_outgoing and contact"),
    ("outgoing.py", "Outcome.ANSWERED if was_heard else", "Outcome.ANSWERED if True else"),
    ("outgoing.py", "leaving.await_end(office, offer)\n            return", "return"),
    ("outgoing.py", "if event.evidence:\n        office", "if True:\n        office"),
    ("outgoing.py", "office.facts.append(story.CallTaken(office.now, event.contact, event.evidence))", "pass"),
    ("emergency.py", "max((way.until - CALLS_BACK_S for", "max((way.until for"),
    ("emergency.py", "return max((way.until", "return min((way.until"),
)
