"""Where a call goes that comes in, as a pure function of the configuration and the call.

Order: emergency numbers before everything (D-12), then lines and trunks to their queues, then a phone's own number
plan: queues, other phones, the outside where a rule allows it. What nothing allows is refused.
"""

from dataclasses import dataclass
from typing import Final

from appliance.desk.settings import DeskSettings, TrunkSettings
from appliance.wire import Incoming, Origin

_OUTSIDE_PREFIXES: Final = ("", "0", "9")
"""People dial 0 or 9 first out of habit: 0-110 and 9-911 are emergency calls as well (acd.md §3.10)."""


@dataclass(frozen=True, slots=True)
class ToQueue:
    """Into a queue."""

    queue: str


@dataclass(frozen=True, slots=True)
class ToPhone:
    """To another phone of the office."""

    number: str


@dataclass(frozen=True, slots=True)
class ToTrunk:
    """Out by a trunk."""

    trunk: str
    host: str
    number: str
    is_emergency: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """No: SIP status, and the sentence for the log. `is_grave`: a person must act on it."""

    code: int
    sentence: str
    is_grave: bool = False


Route = ToQueue | ToPhone | ToTrunk | Refusal


def route(call: Incoming, settings: DeskSettings) -> Route:
    """Where this call goes."""
    match call.origin:
        case Origin.LINE:
            return _from_line(call, settings)
        case Origin.TRUNK:
            return _from_trunk(call, settings)
        case Origin.PHONE:
            return _from_phone(call, settings)
        case Origin.DIALLED:
            return Refusal(500, f"leg {call.leg} was reported as coming in, but it is one that we dialled")


def emergency_number(called: str, settings: DeskSettings) -> str:
    """The emergency number that was dialled, "" when it was none."""
    for number in settings.outbound.emergency:
        if called in {prefix + number for prefix in _OUTSIDE_PREFIXES}:
            return number
    return ""


def _from_line(call: Incoming, settings: DeskSettings) -> Route:
    for line in settings.lines:
        if line.line == call.origin_id:
            return ToQueue(line.queue)
    return Refusal(404, f"a call came from line {call.origin_id!r}, which the configuration does not know")


def _from_trunk(call: Incoming, settings: DeskSettings) -> Route:
    trunk = _trunk(call.origin_id, settings)
    if trunk is None:
        return Refusal(404, f"a call came from trunk {call.origin_id!r}, which the configuration does not know")
    queue = dict(trunk.numbers).get(call.called) or _queue_of_number(call.called, settings) or trunk.queue
    if not queue:
        return Refusal(404, f"trunk {trunk.trunk} called {call.called}, which reaches no queue; add it to its numbers")
    return ToQueue(queue)


def _from_phone(call: Incoming, settings: DeskSettings) -> Route:
    if emergency := emergency_number(call.called, settings):
        return _emergency(emergency, settings)
    if queue := _queue_of_number(call.called, settings):
        return ToQueue(queue)
    if any(phone.number == call.called for phone in settings.phones):
        if call.called == call.origin_id:
            return Refusal(486, f"phone {call.origin_id} called itself")
        return ToPhone(call.called)
    return _outside(call, settings)


def _outside(call: Incoming, settings: DeskSettings) -> Route:
    trunk = _trunk(settings.outbound.trunk, settings)
    if not any(call.called.startswith(prefix) for prefix in settings.outbound.allow):
        return Refusal(403, f"phone {call.origin_id} called {masked(call.called)}, which no outbound rule allows")
    if trunk is None or not trunk.host:
        return Refusal(503, f"phone {call.origin_id} called {masked(call.called)}, but no trunk carries outgoing calls")
    return ToTrunk(trunk.trunk, trunk.host, call.called)


def _emergency(number: str, settings: DeskSettings) -> Route:
    wanted = _trunk(settings.outbound.trunk, settings)
    for trunk in (*((wanted,) if wanted else ()), *settings.trunks):
        if trunk.host:
            return ToTrunk(trunk.trunk, trunk.host, number, is_emergency=True)
    sentence = f"EMERGENCY CALL {number} COULD NOT BE PLACED: no trunk carries outgoing calls; set outbound.trunk"
    return Refusal(503, sentence, is_grave=True)


def _queue_of_number(number: str, settings: DeskSettings) -> str:
    return next((queue.queue for queue in settings.office.queues if queue.number == number), "")


def _trunk(name: str, settings: DeskSettings) -> TrunkSettings | None:
    return next((trunk for trunk in settings.trunks if trunk.trunk == name), None)


def masked(number: str) -> str:
    """A number for the log: its last four digits hidden, short ones (extensions) as they are."""
    return number if len(number) <= 4 else f"{number[:-4]}****"
