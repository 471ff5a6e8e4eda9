"""Lines of the core to break: callers passed on and held, the way back of an emergency call (S-16 to S-19, D-12)."""

from tests.acd.mutants_core import Mutant

TRANSFERS: tuple[Mutant, ...] = (
    (
        "transfer.py",
        "if contact.transfers >= MOST_TRANSFERS:",
        "if contact.transfers > MOST_TRANSFERS:",
    ),
    (
        "transfer.py",
        "if offer.phase is Phase.ACCEPTED:\n        return\n    if offer.phase",
        "if offer.phase",
    ),
    (
        "transfer.py",
        "offer.phase, offer.deadline = Phase.ACCEPTED, 0.0",
        "offer.phase = Phase.ACCEPTED",
    ),
    (
        "transfer.py",
        "_move(office, contact, Happening.COMPLETED)  # whoever",
        "pass  # whoever",
    ),
    (
        "transfer.py",
        "agent is not None and event.leg in agent.legs:",
        "False:",
    ),
    (
        "transfer_effects.py",
        "held.begin(office, contact)\n",
        "pass\n",
    ),
    (
        "transfer_effects.py",
        "forget_recording(contact)\n\n\ndef forget",
        "pass\n\n\ndef forget",
    ),
    (
        "transfer_effects.py",
        "contacts.hold(office, contact)\n    release(office, contact)",
        "release(office, contact)",
    ),
    (
        "transfer_effects.py",
        "contact.gives_back_to = contact.gives_back_to or transfer.queue\n    if source",
        "if source",
    ),
    (
        "transfer_effects.py",
        "leaving.await_end(office, source)\n",
        "pass\n",
    ),
    (
        "transfer_effects.py",
        "held.over(office, contact)\n    contact.state",
        "contact.state",
    ),
    (
        "transfer_effects.py",
        "if target.agent:\n        staff",
        "if False:\n        staff",
    ),
    (
        "transfer_effects.py",
        "transfer_of(contact).failed_for or Reason.XFER_TIMEOUT",
        "Reason.XFER_TIMEOUT",
    ),
    (
        "transfer_tables.py",
        "(fx.tell_agent, fx.drop_target, fx.end)",
        "(fx.drop_target, fx.tell_agent, fx.end)",
    ),
    (
        "transfer_tables.py",
        "(fx.take_back, fx.drop_target, fx.close)",
        "(fx.drop_target, fx.take_back, fx.close)",
    ),
    (
        "held.py",
        "if contact.held_since:\n        return",
        "if False:\n        return",
    ),
    (
        "held.py",
        "contact.held_since, contact.remind_at = 0.0, 0.0",
        "contact.held_since = 0.0",
    ),
    (
        "held.py",
        "_watch(office, contact)\n    office.facts.append(story.HeldLong",
        "office.facts.append(story.HeldLong",
    ),
    (
        "fallback.py",
        "contact.is_admitted = True  # who talked here",
        "pass  # who talked here",
    ),
    (
        "fallback.py",
        "contact.entered_at, contact.announced, contact.announce_at = office.now, 0, 0.0",
        "contact.announced, contact.announce_at = 0, 0.0",
    ),
    (
        "fallback.py",
        "bool(contact.ways or contact.gives_back_to)",
        "bool(contact.ways)",
    ),
    (
        "fallback.py",
        "return (*_personal(office, contact), *steps)",
        "return steps",
    ),
    (
        "leaving.py",
        "return not offer.is_direct or offer.agent in queue.agents",
        "return True",
    ),
    (
        "staff.py",
        "return  # a transfer's, which ends as an offer does",
        "pass",
    ),
    (
        "contacts.py",
        "elif contact.transfers and outcome in _UNHEARD:",
        "elif False:",
    ),
    (
        "emergency.py",
        "CALLS_BACK_S = 1800.0",
        "CALLS_BACK_S = 1700.0",
    ),
    (
        "office.py",
        "self.deadlines.add(back.until, Alarm.WAY_BACK, way)",
        "pass",
    ),
    (
        "clock.py",
        "way.until += seconds",
        "pass",
    ),
    (
        "metrics_ledger.py",
        "segment.held_s += fact.held_s",
        "pass",
    ),
    (
        "metrics_ledger.py",
        "self.at - segment.at - segment.held_s)",
        "self.at - segment.at)",
    ),
    (
        "metrics_ledger.py",
        "if self._is_for_queue(contact, fact.agent):",
        "if True:",
    ),
    (
        "metrics_ledger.py",
        "shift.is_on_duty and bool(contact.queue)",
        "bool(contact.queue)",
    ),
)
