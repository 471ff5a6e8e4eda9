"""The symbols of acd.md §4 for one queue and one interval, counted from a ledger.

Rule: a contact belongs to the interval of its admission (D-21), an offer to that of its opening, agent time is split at
the edges. Only `Flow` counts by when things end: that is what makes M-00 a check and no tautology.
"""

import datetime
import itertools
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from appliance.acd import metrics_entries as entry
from appliance.acd.metrics_entries import Doing, Exit
from appliance.acd.metrics_ledger import Ledger
from appliance.acd.story import OfferOutcome


@dataclass(frozen=True, slots=True)
class Interval:
    """A half-open period [start, end) of wall time, in seconds since 1970."""

    start: float
    end: float

    @property
    def lasts_s(self) -> float:
        """Its length."""
        return self.end - self.start

    def has(self, wall: float) -> bool:
        """Whether that moment belongs to it."""
        return self.start <= wall < self.end

    def slots(self, seconds: float) -> tuple["Interval", ...]:
        """The interval cut into pieces of that length; the last may be shorter."""
        edges = [self.start + step * seconds for step in range(int(-(-self.lasts_s // seconds)))] + [self.end]
        return tuple(Interval(start, end) for start, end in itertools.pairwise(edges))


def day(date: datetime.date, zone: datetime.tzinfo) -> Interval:
    """A calendar day of a zone: 23, 24 or 25 hours."""
    midnights = (datetime.datetime.combine(when, datetime.time(), zone) for when in (date, date + _ONE_DAY))
    return Interval(*(midnight.timestamp() for midnight in midnights))


_ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """T and SA in seconds; `detected_after_s`: how long a line takes to tell that its caller hung up, by origin."""

    answered_within_s: float = 20.0
    short_abandon_s: float = 5.0
    detected_after_s: Mapping[str, float] = field(default_factory=dict)


USUAL = Thresholds()


@dataclass(frozen=True, slots=True)
class Flow:
    """What came in and went out between two moments, by when it happened (M-00)."""

    inside_at_start: int = 0
    offered: int = 0
    left: Mapping[Exit, int] = field(default_factory=dict)
    inside_at_end: int = 0


@dataclass(frozen=True, slots=True)
class Handled:
    """One segment that is over: seconds talked, held and wrapped up."""

    talked_s: float
    held_s: float = 0.0
    wrapped_s: float = 0.0


@dataclass(frozen=True, slots=True)
class AgentTime:
    """Seconds of one or many agents inside the interval; `off_s` by reason."""

    signed_in_s: float = 0.0
    on_duty_s: float = 0.0
    talked_s: float = 0.0
    held_s: float = 0.0
    wrapped_s: float = 0.0
    rang_answered_s: float = 0.0
    off_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transfers:
    """M-16; `attended` and `blind` are transfers begun."""

    blind: int = 0
    attended: int = 0
    rejected: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True)
class Callbacks:
    """M-18; `delays_s` from request to the customer connected, `kept` of them in the promised window (None: none)."""

    requested: int = 0
    attempts: int = 0
    failed: int = 0
    merged: int = 0
    cancelled: int = 0
    kept: int | None = None
    delays_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class CallOut:
    """A call that this agent placed as this queue, "" personally (S-10)."""

    agent: str
    queue: str
    was_answered: bool
    talked_s: float


@dataclass(frozen=True, slots=True)
class LineUse:
    """M-21; `busy_s` is the time each line was taken. None: not measured."""

    busy_s: Mapping[str, float] = field(default_factory=dict)
    all_busy_s: float | None = None
    ring_hold_saved_s: float | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """M-22, what the running box measured; None where it did not."""

    healed: int | None = None
    journal_lag_s: float | None = None
    dispatch_p99_s: float | None = None
    lamp_lag_p99_s: float | None = None
    is_clock_trusted: bool | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Every symbol the table needs. Waits are seconds; `announced` pairs a promised bound with the wait it was for."""

    lasts_s: float = 0.0
    thresholds: Thresholds = USUAL
    offered: int = 0  # N_off
    answered_s: tuple[float, ...] = ()  # w_i of N_ans
    abandoned_s: tuple[float, ...] = ()  # w_i of N_ab
    short_abandons: int = 0  # N_sab
    voicemails: int = 0  # N_vm
    callbacks_asked: int = 0  # N_cb
    fallbacks: int = 0  # N_fb
    refused: int = 0  # N_blk
    lost: int = 0  # N_lost
    waiting_s: tuple[float, ...] = ()  # N_sys that are not bridged yet
    flow: Flow = Flow()
    handled: tuple[Handled, ...] = ()
    time: AgentTime = AgentTime()
    auto_offs: Mapping[str, int] = field(default_factory=dict)
    confirmed_s: tuple[float, ...] = ()
    offers: Mapping[str, Mapping[OfferOutcome, int]] = field(default_factory=dict)  # by agent
    excused: Mapping[str, int] = field(default_factory=dict)  # of them missed without blame (D-20), by agent
    transfers: Transfers = Transfers()
    one_segment: int = 0
    numbered: int = 0
    repeats: int = 0
    callbacks: Callbacks = Callbacks()
    ghosts: int = 0
    announced: tuple[tuple[float, float], ...] = ()
    calls_out: tuple[CallOut, ...] = ()
    lines: LineUse = LineUse()
    health: Health = Health()

    @property
    def served(self) -> int:
        """N_off': everybody but the refused, the lost and who is still inside."""
        return len(self.answered_s) + len(self.abandoned_s) + self.voicemails + self.callbacks_asked + self.fallbacks


def count(
    ledger: Ledger,
    interval: Interval,
    queue: str = "",
    agents: Collection[str] = (),
    thresholds: Thresholds = USUAL,
) -> Counts:
    """The symbols of a queue ("" for all) over an interval; `agents` limits agent time, empty for everybody.

    The ledger must be finished and have had the interval's start and end among its edges.
    """
    inside = [one for one in _admitted(ledger, queue) if interval.has(one.wall)]
    left = Counter(one.left for one in inside)
    abandoned = [one for one in inside if one.left is Exit.ABANDONED]
    numbered = [one for one in inside if one.number]
    return Counts(
        lasts_s=interval.lasts_s,
        thresholds=thresholds,
        offered=len(inside),
        answered_s=tuple(one.waited_s for one in inside if one.left is Exit.ANSWERED),
        abandoned_s=tuple(one.waited_s for one in abandoned),
        short_abandons=sum(_is_short(one, thresholds) for one in abandoned),
        voicemails=left[Exit.VOICEMAIL],
        callbacks_asked=left[Exit.CALLBACK],
        fallbacks=left[Exit.FALLBACK],
        refused=left[Exit.REFUSED],
        lost=left[Exit.LOST],
        waiting_s=tuple(one.waited_s for one in inside if one.left is None and not one.has_ended),
        flow=_flow(ledger, interval, queue),
        handled=_handled(ledger, {one.contact for one in inside}),
        time=_agent_time(ledger, interval, agents),
        auto_offs=Counter(one.reason for one in ledger.auto_offs if _counts(one, interval, agents)),
        confirmed_s=tuple(one.after_s for one in ledger.confirmed if _counts(one, interval, agents)),
        offers=_offers(ledger, interval, queue),
        transfers=_transfers(ledger, interval, queue),
        excused=_excused(ledger, interval, queue),
        one_segment=sum(one.segments == 1 for one in inside if one.left is Exit.ANSWERED),
        numbered=len(numbered),
        repeats=sum(one.is_repeat for one in numbered),
        ghosts=sum(interval.has(one.wall) and queue in ("", one.queue) for one in ledger.ghosts),
        callbacks=_callbacks(ledger, interval, queue),
        calls_out=_calls_out(ledger, interval, queue),
        announced=_announced(ledger, {one.contact for one in inside}),
        lines=LineUse(_line_use(ledger, interval, queue), ring_hold_saved_s=_ring_holds(ledger, interval)),
        health=Health(healed=sum(interval.has(wall) for wall in ledger.healed)),
    )


def _admitted(ledger: Ledger, queue: str) -> list[entry.Contact]:
    """Everybody whom a queue admitted: what agents placed is counted for itself."""
    return [one for one in ledger.contacts.values() if not one.placed_by and queue in ("", one.queue)]


def _calls_out(ledger: Ledger, interval: Interval, queue: str) -> tuple[CallOut, ...]:
    placed = (one for one in ledger.contacts.values() if one.placed_by and interval.has(one.wall))
    return tuple(
        CallOut(one.placed_by, one.queue, one.left is Exit.ANSWERED, one.talked_s)
        for one in placed
        if queue in ("", one.queue)
    )


def _is_short(contact: entry.Contact, limits: Thresholds) -> bool:
    return contact.waited_s - limits.detected_after_s.get(contact.origin, 0.0) < limits.short_abandon_s


def _counts(one: entry.AutoOff | entry.Confirmed, interval: Interval, agents: Collection[str]) -> bool:
    return interval.has(one.wall) and (not agents or one.agent in agents)


def _flow(ledger: Ledger, interval: Interval, queue: str) -> Flow:
    """Who is inside is the engine's word at the edges; who came and went is the facts'."""
    ours = _admitted(ledger, queue)
    ended = [one for one in ours if one.has_ended and interval.has(one.ended_wall)]
    left = Counter(one.left for one in ended if one.left is not None)
    return Flow(
        _inside(ledger, interval.start, queue),
        sum(interval.has(one.wall) for one in ours),
        {way: left[way] for way in Exit},
        _inside(ledger, interval.end, queue),
    )


def _inside(ledger: Ledger, edge: float, queue: str) -> int:
    here = ledger.inside.get(edge, {})
    return here.get(queue, 0) if queue else sum(here.values())


def _handled(ledger: Ledger, contacts: Collection[str]) -> tuple[Handled, ...]:
    return tuple(
        Handled(one.talked_s, one.held_s, one.wrapped_s)
        for one in ledger.segments
        if one.is_over and one.contact in contacts
    )


def _agent_time(ledger: Ledger, interval: Interval, agents: Collection[str]) -> AgentTime:
    spent, off = dict.fromkeys(Doing, 0.0), dict[str, float]()
    for one in ledger.stretches:
        if agents and one.agent not in agents:
            continue
        seconds = one.within(interval.start, interval.end)
        if one.doing is Doing.OFF and seconds:
            off[one.why] = off.get(one.why, 0.0) + seconds
        spent[one.doing] += seconds
    return AgentTime(
        signed_in_s=spent[Doing.SIGNED_IN],
        on_duty_s=spent[Doing.ON_DUTY],
        talked_s=spent[Doing.TALKING],
        held_s=spent[Doing.HOLDING],
        wrapped_s=spent[Doing.WRAPPING],
        rang_answered_s=spent[Doing.RINGING_ANSWERED],
        off_s=off,
    )


def _offers(ledger: Ledger, interval: Interval, queue: str) -> Mapping[str, Mapping[OfferOutcome, int]]:
    by_agent: dict[str, Counter[OfferOutcome]] = {}
    for one in ledger.offers.values():
        if one.outcome is not None and interval.has(one.wall) and queue in ("", one.queue):
            by_agent.setdefault(one.agent, Counter())[one.outcome] += 1
    return by_agent


def _excused(ledger: Ledger, interval: Interval, queue: str) -> Mapping[str, int]:
    missed = (OfferOutcome.REJECTED, OfferOutcome.TIMEOUT)
    return Counter(
        one.agent
        for one in ledger.offers.values()
        if one.is_blameless and one.outcome in missed and interval.has(one.wall) and queue in ("", one.queue)
    )


def _callbacks(ledger: Ledger, interval: Interval, queue: str) -> Callbacks:
    """Those asked for in the interval, whenever they end."""
    asked = [one for one in ledger.promises.values() if interval.has(one.wall) and queue in ("", one.queue)]
    ended = Counter(one.ended for one in asked)
    return Callbacks(
        requested=len(asked),
        attempts=sum(one.attempts for one in asked),
        failed=ended["failed"] + ended["expired"] + ended["queue_removed"],
        merged=ended["merged"],
        cancelled=ended["cancelled"],
        delays_s=tuple(one.after_s for one in asked if one.ended == "connected"),
    )


def _announced(ledger: Ledger, contacts: Collection[str]) -> tuple[tuple[float, float], ...]:
    return tuple(
        (one.bound_s, one.waited_s) for one in ledger.announced.values() if one.is_served and one.contact in contacts
    )


def _ring_holds(ledger: Ledger, interval: Interval) -> float:
    return sum(one.within(interval.start, interval.end) for one in ledger.ring_holds)


def _transfers(ledger: Ledger, interval: Interval, queue: str) -> Transfers:
    ways = Counter(one.way for one in ledger.passed_on if interval.has(one.wall) and queue in ("", one.queue))
    return Transfers(ways["blind"], ways["attended"], ways["rejected"], ways["returned"])


def _line_use(ledger: Ledger, interval: Interval, queue: str) -> Mapping[str, float]:
    """How long callers of each origin were in the house: an analogue line carries one at a time."""
    use: dict[str, float] = {}
    for one in ledger.contacts.values():
        if queue not in ("", one.queue):
            continue
        lasted = (one.ended_at if one.has_ended else ledger.at) - one.at
        until = one.ended_wall if one.has_ended else ledger.wall
        seconds = entry.Stretch("", Doing.TALKING, until, lasted).within(interval.start, interval.end)
        if seconds:
            use[one.origin] = use.get(one.origin, 0.0) + seconds
    return use
