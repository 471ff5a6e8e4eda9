"""What a good driver never does, checked on a card's event log after any test (specs: fxo §3, global invariants)."""

import re
from collections.abc import Iterable

from hw.sim.eventlog import CardEvent, What

UNATTENDED = 10.0
RATE_ERROR = 0.01
UNEVEN = "the host gave not one sample for each of the codec's"
_STEADY = re.compile(r"steady=([\d.]+)")
_ATTENDED = frozenset({What.CALL_CONNECTED, What.DIALLED})
_ALONE = frozenset({What.CALLER_HUNG_UP, What.CALL_RELEASED})


STOPS_DIALLER = "0D"
"""The one byte that is meant to end a dialling command; any other was typed into it by mistake."""


def violations(events: Iterable[CardEvent], guard: float = 2.0, is_finished: bool = True) -> list[str]:
    """Sentences about what went wrong, none if all was well.

    `guard` is the least on-hook time between calls in seconds; `is_finished`: every call ought to be over by now.
    """
    log = list(events)
    found = [*_talk(log), *_hook(log, guard, is_finished), *_releases(log, is_finished)]
    return [f"{moment:.3f}: {sentence}" for moment, sentence in sorted(found)]


def _talk(log: list[CardEvent]) -> list[tuple[float, str]]:
    found = []
    for event in log:
        if event.what is What.TEXT_IN_STREAM:
            found.append((event.at, f"a command was typed into a voice stream: {event.detail!r}"))
        elif event.what is What.DIAL_ABORTED and event.detail != STOPS_DIALLER:
            found.append((event.at, "the host wrote while the modem dialled"))
        elif event.what is What.STREAM_ENDED and not _is_steady(event.detail):
            found.append((event.at, f"{UNEVEN} (± 1 %): {event.detail}"))
    return found


def _is_steady(detail: str) -> bool:
    steady = _STEADY.search(detail)
    return steady is None or abs(float(steady[1]) - 1) <= RATE_ERROR


def _hook(log: list[CardEvent], guard: float, is_finished: bool) -> list[tuple[float, str]]:
    found: list[tuple[float, str]] = []
    let_go: float | None = None
    alone_since: float | None = None
    for event in log:
        if event.what is What.WENT_OFF_HOOK:
            alone_since = event.at
            if let_go is not None and event.at - let_go < guard:
                found.append((event.at, f"off-hook {event.at - let_go:.2f} s after on-hook; {guard} s is the least"))
        elif event.what in _ATTENDED:
            alone_since = None
        elif event.what in _ALONE:
            alone_since = event.at
        elif event.what is What.WENT_ON_HOOK:
            let_go = event.at
            if alone_since is not None and event.at - alone_since > UNATTENDED:
                found.append((event.at, f"off-hook for {event.at - alone_since:.1f} s with nobody there"))
            alone_since = None
    if is_finished and _count(log, What.WENT_OFF_HOOK) > _count(log, What.WENT_ON_HOOK):
        found.append((log[-1].at, "still off-hook at the end"))
    return found


def _releases(log: list[CardEvent], is_finished: bool) -> list[tuple[float, str]]:
    connected = _count(log, What.CALL_CONNECTED)
    over = _count(log, What.CALL_RELEASED) + _count(log, What.CALLER_HUNG_UP)
    if is_finished and connected != over:
        return [(log[-1].at, f"{connected} calls were connected but {over} ended")]
    return []


def _count(log: list[CardEvent], what: What) -> int:
    return sum(event.what is what for event in log)
