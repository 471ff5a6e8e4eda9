"""Where a call goes, as a pure function of the configuration and the number.

Order: emergency numbers before everything (D-12), then lines and trunks to their queues, then a phone's own number
plan: queues, feature codes, other phones, the outside where a route allows it. What nothing allows is refused.
`outside` is the one rule for every call that leaves the office, whoever places it; which way is free is
`desk/ways_out.py`'s.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from appliance.acd.chains import Kind
from appliance.acd.events import CallerArrived
from appliance.desk.feature_codes import Dialled, dialled
from appliance.desk.identities import chosen, identity_of
from appliance.desk.settings import DeskSettings, LineSettings, TrunkSettings
from appliance.wire import Incoming, Origin

_OUTSIDE_PREFIXES: Final = ("", "0", "9")
"""People dial 0 or 9 first out of habit: 0-110 and 9-911 are emergency calls as well (acd.md §3.10)."""
VOICEMAIL: Final = "*"
"""Before a number of the house: its voicemail, for whoever passes a caller on."""
_DIALLABLE: Final = re.compile(r"\+?[0-9*#]{1,31}")


@dataclass(frozen=True, slots=True)
class ToQueue:
    """Into a queue."""

    queue: str


@dataclass(frozen=True, slots=True)
class ToFeature:
    """A feature code of a phone (S-M1)."""

    asked: Dialled


@dataclass(frozen=True, slots=True)
class ToPhone:
    """To another phone of the office."""

    number: str


@dataclass(frozen=True, slots=True)
class ToOutside:
    """Out by the first of these lines and trunks that is free. `call_as`: the queue chosen for it, "" personally; None
    leaves that to what was chosen before (S-10)."""

    number: str
    by: tuple[str, ...]
    is_emergency: bool = False
    call_as: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """No: SIP status, and the sentence for the log. `is_grave`: a person must act on it."""

    code: int
    sentence: str
    is_grave: bool = False


Route = ToQueue | ToFeature | ToPhone | ToOutside | Refusal


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


def arrival(call: Incoming, contact: str, queue: str, settings: DeskSettings) -> CallerArrived:
    """A caller as the core hears of them, with what their line or trunk says (§3.11, T-ringhold)."""
    came = call.number, call.name, call.origin.value
    line = next((one for one in settings.lines if one.line == call.origin_id), None)
    trunk = next((one for one in settings.trunks if one.trunk == call.origin_id), None)
    by = line if call.origin is Origin.LINE else trunk
    return CallerArrived(
        contact,
        queue,
        *came,
        returns=bool(call.call_key),
        can_talk=not call.is_half_duplex,
        consent=by.consent if by is not None else None,
        ring_hold_s=by.ring_hold_s if isinstance(by, LineSettings) else None,
    )


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
    if emergency_number(call.called, settings):
        return outside(call.called, settings, f"phone {call.origin_id}")
    if queue := _queue_of_number(call.called, settings):
        return ToQueue(queue)
    if (as_whom := chosen(call.called, settings)) is not None:
        queue, number = as_whom
        to = outside(number, settings, f"phone {call.origin_id}", queue)
        return replace(to, call_as=queue) if isinstance(to, ToOutside) else to
    if asked := dialled(call.called):
        return ToFeature(asked)
    if any(phone.number == call.called for phone in settings.phones):
        if call.called == call.origin_id:
            return Refusal(486, f"phone {call.origin_id} called itself")
        return ToPhone(call.called)
    return outside(call.called, settings, f"phone {call.origin_id}")


def target(number: str, settings: DeskSettings) -> tuple[Kind, str]:
    """What a number means to whoever passes a caller on (S-16): a queue by its id, a person, voicemail, outside."""
    box = number.removeprefix(VOICEMAIL) if number.startswith(VOICEMAIL) else ""
    if queue := _queue_of_number(box or number, settings):
        return (Kind.VOICEMAIL if box else Kind.QUEUE), queue
    if any(phone.number == (box or number) for phone in settings.phones):
        return (Kind.VOICEMAIL, box) if box else (Kind.USER, number)
    return Kind.EXTERNAL, number


def numbers(settings: DeskSettings) -> tuple[tuple[str, str], ...]:
    """Every number of the house and the name beside it: queues and groups first, then phones."""
    queues = ((queue.number, queue.name or queue.queue) for queue in settings.office.queues if queue.number)
    return (*queues, *((phone.number, phone.name) for phone in settings.phones))


def outside(number: str, settings: DeskSettings, who: str, call_as: str = "") -> ToOutside | Refusal:
    """Which ways a number outside may take; `who` wants to call it, for the sentence of a refusal.

    A call as a queue goes by that queue's ways and no others, if some rule allows the number at all.
    """
    if emergency := emergency_number(number, settings):
        return _emergency(emergency, settings)
    if not _DIALLABLE.fullmatch(number):
        return Refusal(403, f"{who} called {masked(number)!r}, which is no number of the outside")
    rules = [(route.numbers, route.by) for route in settings.outbound.routes]
    rules.append((settings.outbound.allow, tuple(filter(None, (settings.outbound.trunk,)))))
    by = next((by for prefixes, by in rules if _is_listed(number, prefixes)), None)
    if by is None:
        return Refusal(403, f"{who} called {masked(number)}, which no outbound rule allows")
    if (identity := identity_of(call_as, settings)) is not None:
        by = identity.by
    usable = tuple(way for way in by if _is_way(way, settings))
    if not usable:
        return Refusal(503, f"{who} called {masked(number)}, but no line and no trunk carries outgoing calls")
    return ToOutside(number, usable)


def host_of(trunk: TrunkSettings) -> str:
    """Where a trunk's calls are sent: its host, or its registration; "" when it carries none."""
    return trunk.host or (trunk.trunk if trunk.secret_ha1 else "")


def _is_listed(number: str, prefixes: tuple[str, ...]) -> bool:
    """Whether the number begins with one; "" lists every number, but no feature code."""
    return any(number.startswith(prefix) if prefix else number[0] not in "*#" for prefix in prefixes)


def _is_way(name: str, settings: DeskSettings) -> bool:
    trunk = _trunk(name, settings)
    return bool(trunk is not None and host_of(trunk)) or any(line.line == name for line in settings.lines)


def _emergency(number: str, settings: DeskSettings) -> ToOutside | Refusal:
    """Analogue lines first: the centre knows their address, and they work without the Internet (§3.10)."""
    every = (*(line.line for line in settings.lines), settings.outbound.trunk, *(one.trunk for one in settings.trunks))
    asked = (*settings.outbound.emergency_by, *every)
    if by := tuple(dict.fromkeys(way for way in asked if _is_way(way, settings))):
        return ToOutside(number, by, is_emergency=True)
    sentence = (
        f"EMERGENCY CALL {number} COULD NOT BE PLACED: no line and no trunk carries outgoing calls; set outbound.trunk"
    )
    return Refusal(503, sentence, is_grave=True)


def _queue_of_number(number: str, settings: DeskSettings) -> str:
    menus = ((menu.number, menu.menu) for menu in settings.office.menus if menu.number)
    queues = ((queue.number, queue.queue) for queue in settings.office.queues)
    return next((name for known, name in (*queues, *menus) if known == number), "")


def _trunk(name: str, settings: DeskSettings) -> TrunkSettings | None:
    return next((trunk for trunk in settings.trunks if trunk.trunk == name), None)


def masked(number: str) -> str:
    """A number for the log: its last four digits hidden, short ones (extensions) as they are."""
    return number if len(number) <= 4 else f"{number[:-4]}****"
