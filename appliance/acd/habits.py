"""What a recorded day says about its people: patience, talk times, delays: the model behind "what if" (U-14)."""

import math
import statistics
import zlib
from collections.abc import Callable, Sequence

from appliance.acd import events as ev
from appliance.acd.events import Event
from appliance.acd.metrics_counts import Interval
from appliance.acd.metrics_entries import Contact, Doing, Exit
from appliance.acd.metrics_ledger import Ledger
from appliance.acd.settings import OfficeSettings
from appliance.acd.simulation import Caller, Habits, OfficeDay

ASSUMPTIONS = """\
Callers arrive when they did. Who hung up has the patience they showed; for all others, patience beyond the wait they
had is drawn from an exponential distribution with the day's mean (the same draw in every run).
Who was answered talks as long as they did, everybody else as long as the day's mean.
Agents are on duty when they were, answer after their own median delay, end wrap-up early if they usually did, and make
the calls of their own they made; whoever the box takes off duty goes on again after the usual time.
An added agent is on duty whenever somebody was, belongs to every queue in the last place, and answers like the others.
Phones, lines and the switch do not fail. Whoever was inside when the day began is left out."""
"""Printed beside every result."""

AS_RECORDED = frozenset(
    "DutyOn DutyOff LegStarted LegConnected LegEnded PhoneFound PhoneLost PrivacyChanged DayBegan".split()
)
"""Events that happen in the changed world as they did, by name."""

_UNKNOWN_TALK_S = 180.0
Change = Callable[[OfficeSettings], OfficeSettings]


def office_day(
    journal: Sequence[tuple[float, Event]],
    ledger: Ledger,
    interval: Interval,
    change: Change = lambda office: office,
) -> OfficeDay:
    """The day as a model. `journal` is its events with office time, from the settings and duty it began with.

    `ledger` is the finished fold of the day, `change` what is different in the changed world.
    """
    happenings: list[tuple[float, Event]] = []
    for at, event in journal:
        if isinstance(event, ev.Configured):
            happenings.append((at, ev.Configured(change(event.office))))
        elif type(event).__name__ in AS_RECORDED:
            happenings.append((at, event))
    offices = [event.office for _, event in journal if isinstance(event, ev.Configured)]
    return OfficeDay(callers(journal, ledger, interval), happenings, habits(ledger, offices), ledger.at)


def callers(journal: Sequence[tuple[float, Event]], ledger: Ledger, interval: Interval) -> tuple[Caller, ...]:
    """Everybody who arrived in the interval, with what they showed or probably had of patience, and their talk time."""
    arrivals = {event.contact: (at, event) for at, event in journal if isinstance(event, ev.CallerArrived)}
    known = [one for one in ledger.contacts.values() if one.contact in arrivals and interval.has(one.wall)]
    mean_s, talks = mean_patience_s(known), _talk_times(ledger)
    usual_talk_s = statistics.fmean(talks.values()) if talks else _UNKNOWN_TALK_S
    return tuple(
        Caller(
            arrivals[one.contact][1],
            arrivals[one.contact][0],
            patience_s(one, mean_s),
            talks.get(one.contact, usual_talk_s),
        )
        for one in known
    )


def mean_patience_s(contacts: Sequence[Contact]) -> float:
    """The maximum-likelihood mean when most callers were served before it ran out: all waiting over all hang-ups."""
    gave_up = sum(one.left is Exit.ABANDONED for one in contacts)
    return sum(one.waited_s for one in contacts) / gave_up if gave_up else math.inf


def patience_s(contact: Contact, mean_s: float) -> float:
    """How long this caller would wait: as they showed, or longer than they had to by a draw fixed by their id."""
    if contact.left is Exit.ABANDONED or mean_s == math.inf:
        return contact.waited_s if contact.left is Exit.ABANDONED else math.inf
    share = (zlib.crc32(contact.contact.encode()) + 0.5) / 2**32
    return contact.waited_s - mean_s * math.log(1.0 - share)


def habits(ledger: Ledger, offices: Sequence[OfficeSettings]) -> Habits:
    """Medians of what each agent did that day, under these settings one after the other."""
    rang = _by_agent(ledger, Doing.RINGING_ANSWERED)
    usual = Habits()
    everybody = [seconds for each in rang.values() for seconds in each]
    confirmed = [one.after_s for one in ledger.confirmed]
    return Habits(
        {agent: statistics.median(each) for agent, each in rang.items()},
        _early_ends(ledger, offices),
        statistics.median(everybody) if everybody else usual.usual_answer_s,
        statistics.median(confirmed) if confirmed else usual.confirms_after_s,
    )


def _early_ends(ledger: Ledger, offices: Sequence[OfficeSettings]) -> dict[str, float]:
    """The usual wrap-up of those who end it themselves; where the timer did, it will again."""
    early: dict[str, float] = {}
    for agent, each in _by_agent(ledger, Doing.WRAPPING).items():
        given = [queue.wrap_up_s for office in offices for queue in office.queues if agent in queue.agents]
        usual_s = statistics.median(each)
        if given and usual_s < min(given) - 0.5:
            early[agent] = usual_s
    return early


def _by_agent(ledger: Ledger, doing: Doing) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {}
    for one in ledger.stretches:
        if one.doing is doing:
            spent.setdefault(one.agent, []).append(one.lasted_s)
    return spent


def _talk_times(ledger: Ledger) -> dict[str, float]:
    talks: dict[str, float] = {}
    for segment in ledger.segments:
        if segment.is_over and segment.talked_s:
            talks.setdefault(segment.contact, segment.talked_s)
    return talks
