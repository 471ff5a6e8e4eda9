"""Which line or trunk carries a call to the outside, now: one door for phones' own calls, transfers and callbacks.

`WaysOut.dial` is all that a caller of this module needs: it asks the rules (`routing.outside`), takes the first way
that is free for the leg, and has the switch dial it. A line is taken until its leg ended; a trunk has room for many.
The last free line is left for an emergency call (I-18); when every line is in use an emergency call ends the least
important call on one (§3.10), never another emergency call. A line with a half-duplex modem is no way out for anybody:
nobody could talk on it (fxo §1.5).
"""

import enum
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from appliance import wire
from appliance.api import LineView
from appliance.desk.alarms import Alarms
from appliance.desk.identities import identity_of
from appliance.desk.legs import Say
from appliance.desk.routing import Refusal, ToOutside, emergency_number, host_of, masked, outside
from appliance.desk.settings import DeskSettings

logger = logging.getLogger(__name__)

FREE: Final = ("idle", "guard")
"""States of a line that can be dialled; in its guard time, and while it goes on-hook, the call waits for it."""
RELEASING: Final = "releasing"
TRUNK_ALERT_S: Final = 20.0
LINE_ALERT_S: Final = 12.0
"""A line says something as soon as it is off-hook; before that it may have to end its last call and its guard time."""
TRUNK_RING_S: Final = 60.0
LINE_RING_S: Final = 150.0
"""The line itself gives up by its country's rule (Japan: two minutes after the digits); this is the last resort."""
ALL_BUSY: Final = "ways out"
MAKES_ROOM: Final = "makes_room"
"""The tone before a call is ended for an emergency call."""
_EMERGENCY: Final = "emergency"
_AUTOMATIC: Final = "automatic"
"""What a line is told of a call, as `use` in the URI."""


class Use(enum.IntEnum):
    """What a line carries, the least important first: the order in which an emergency call ends them."""

    OWN = 1
    WAITING = 2
    QUEUE = 3
    EMERGENCY = 9


@dataclass(frozen=True, slots=True)
class Way:
    """A way taken for one leg: `uri` is what the switch dials, once the leg `after` has made room for it."""

    by: str
    uri: str
    number: str
    is_line: bool
    is_emergency: bool = False
    after: str = ""
    call_as: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A call to be placed: the leg's name, the number as it was dialled, who wants it, and what the far end is shown.

    `is_automatic`: a machine dials, not a person (a callback): how often it may redial is limited by law (§2.9).
    `not_by` are ways that were tried already. `call_as` is the queue whose identity it has (S-10).
    """

    leg: str
    number: str
    who: str
    shown: str = ""
    name: str = ""
    contact: str = ""
    is_automatic: bool = False
    not_by: frozenset[str] = frozenset()
    call_as: str = ""


class WaysOut:
    """The lines and trunks as ways out. `lines` tells every line's state; `use_of` what a caller's leg is doing."""

    def __init__(
        self, settings: DeskSettings, lines: Callable[[], tuple[LineView, ...]], say: Say, alarms: Alarms
    ) -> None:
        self._settings, self._lines, self._say, self._alarms = settings, lines, say, alarms
        self._taken: dict[str, Way] = {}
        self._callers: dict[str, str] = {}
        self.emergency_placed: Callable[[], None] = lambda: None
        """Called when an emergency call leaves; it runs after the call was begun (§3.10)."""
        self.use_of: Callable[[str], Use] = lambda leg: Use.QUEUE

    def dial(self, call: Outgoing) -> Way | Refusal:
        """Have the switch dial the number as `call.leg` by the first free way that is allowed; or say why not."""
        found = self.take(call)
        if isinstance(found, Way):
            alert, ring = (LINE_ALERT_S, LINE_RING_S) if found.is_line else (TRUNK_ALERT_S, TRUNK_RING_S)
            number, name = self._shown(call, found)
            asserted = number if number != call.shown else ""
            self._say(
                wire.Dial(
                    call.leg, found.uri, number, name, ring, alert, call.contact, after=found.after, asserted=asserted
                )
            )
            if found.is_emergency:
                self.emergency_placed()
        return found

    def take(self, call: Outgoing) -> Way | Refusal:
        """The first free way for this call, taken until its leg ended; nothing is dialled yet."""
        to = outside(call.number, self._settings, call.who, call.call_as)
        if isinstance(to, Refusal):
            return to
        no_ways = call.not_by | {view.line for view in self._lines() if view.is_half_duplex}
        by, after = next((way for way in to.by if way not in no_ways and self._is_free(way, to)), ""), ""
        if not by and to.is_emergency:
            by, after = self._cleared(to, no_ways)
        if not by:
            return self._all_busy(call, to)
        self._alarms.clear(ALL_BUSY)
        found = self._way(by, to, is_automatic=call.is_automatic)
        way = self._taken[call.leg] = replace(found, after=after, call_as=call.call_as)
        _log(call, way)
        return way

    def why_not(self, call: Outgoing) -> str:
        """Why this call could not be dialled now, a sentence, "" when it could; nothing is taken."""
        to = outside(call.number, self._settings, call.who, call.call_as)
        if isinstance(to, Refusal):
            return to.sentence
        return "" if any(self._is_free(way, to) for way in to.by) else _busy_sentence(call, to)

    def _shown(self, call: Outgoing, way: Way) -> tuple[str, str]:
        """Number and name for the far end: the queue's where the trunk permits its number (S-10)."""
        identity = identity_of(call.call_as, self._settings)
        trunk = next((trunk for trunk in self._settings.trunks if trunk.trunk == way.by), None)
        if identity is None or trunk is None or identity.number not in trunk.shows or way.is_emergency:
            return call.shown, call.name
        return identity.number, identity.name

    def came_in(self, leg: str, line: str) -> None:
        """A caller of this line is on this leg."""
        self._callers[leg] = line

    def found(self, leg: wire.Leg, call_as: str = "") -> None:
        """A leg from before the desk's restart: its line is still in use, and an emergency call still one (R-44)."""
        if leg.origin is wire.Origin.LINE:
            self.came_in(leg.leg, leg.origin_id)
        if (way := self._way_in(leg.called)) is not None:
            self._taken[leg.leg] = replace(way, call_as=call_as)

    def ended(self, leg: str) -> Way | None:
        """The leg is gone and its way free again; returns the way."""
        self._callers.pop(leg, None)
        return self._taken.pop(leg, None)

    def of(self, leg: str) -> Way | None:
        """The way this leg went."""
        return self._taken.get(leg)

    def lines_changed(self) -> None:
        """A line changed its state: the notice that all were busy goes as soon as one could be dialled again."""
        least = 2 if self._settings.outbound.keeps_line and self._has_several() else 1
        if len(self._free_lines()) >= least:
            self._alarms.clear(ALL_BUSY)

    def forget_all(self) -> None:
        """The switch died and every leg with it; the lines' own states say what is free."""
        self._taken.clear()
        self._callers.clear()

    # --- what is free ---------------------------------------------------------------------------------------------

    def _is_free(self, way: str, to: ToOutside) -> bool:
        if not self._is_line(way):
            return True
        free = self._free_lines()
        is_last = len(free) == 1 and self._settings.outbound.keeps_line and self._has_several()
        return way in free and (to.is_emergency or not is_last)

    def _free_lines(self) -> tuple[str, ...]:
        taken = {way.by for way in self._taken.values()} | set(self._callers.values())
        lines = (view for view in self._lines() if view.state in FREE and not view.is_half_duplex)
        return tuple(view.line for view in lines if view.line not in taken)

    def _has_several(self) -> bool:
        """Whether more than one line carries calls out: of an only line none is kept."""
        return len(self._settings.lines) - sum(view.is_half_duplex for view in self._lines()) > 1

    def _is_line(self, way: str) -> bool:
        return any(line.line == way for line in self._settings.lines)

    def _way(self, by: str, to: ToOutside, *, is_automatic: bool) -> Way:
        if self._is_line(by):
            use = _EMERGENCY if to.is_emergency else _AUTOMATIC if is_automatic else ""
            uri = f"sip:{to.number}@{self._settings.lines_sip};line={by}" + (f";use={use}" if use else "")
            return Way(by, uri, to.number, is_line=True, is_emergency=to.is_emergency)
        trunk = next(trunk for trunk in self._settings.trunks if trunk.trunk == by)
        return Way(by, f"sip:{to.number}@{host_of(trunk)}", to.number, is_line=False, is_emergency=to.is_emergency)

    def _way_in(self, uri: str) -> Way | None:
        """The way that a URI of ours went by (`_way` made it); None for any other."""
        number, line, use = _line_in(uri)
        if line:
            return Way(line, uri, number, is_line=True, is_emergency=use == _EMERGENCY)
        host = uri.rpartition("@")[2]
        trunk = next((trunk for trunk in self._settings.trunks if host and host_of(trunk) == host), None)
        if trunk is None:
            return None
        is_emergency = bool(emergency_number(number, self._settings))
        return Way(trunk.trunk, uri, number, is_line=False, is_emergency=is_emergency)

    def _all_busy(self, call: Outgoing, to: ToOutside) -> Refusal:
        deaf = ", ".join(view.line for view in self._lines() if view.is_half_duplex and view.line in to.by)
        but = f" (half duplex, and so no way out: {deaf})" if deaf else ""
        if to.is_emergency:
            what = "every way out was tried or is out of service"
            return Refusal(503, f"EMERGENCY CALL {to.number} COULD NOT BE PLACED: {what}{but}", is_grave=True)
        sentence = _busy_sentence(call, to) + but
        if not call.not_by:
            self._alarms.raise_(ALL_BUSY, f"All lines were busy: {sentence}")
        return Refusal(486 if not call.not_by else 503, sentence)

    def _cleared(self, to: ToOutside, not_by: frozenset[str]) -> tuple[str, str]:
        """For an emergency call with every line in use: end the least important call on one, after a tone.

        The line and the leg that ends on it; "" where there is none.
        """
        uses = [
            *((_use(way), way.by, leg) for leg, way in self._taken.items()),
            *((self.use_of(leg), line, leg) for leg, line in self._callers.items()),
        ]
        wanted = [one for one in uses if one[1] in to.by and one[1] not in not_by and one[0] is not Use.EMERGENCY]
        if not wanted:
            releasing = (view.line for view in self._lines() if view.state == RELEASING and view.line not in not_by)
            return next((line for line in releasing if line in to.by), ""), ""
        use, line, leg = min(wanted)
        logger.warning("EMERGENCY CALL %s: the %s call on line %s is ended for it", to.number, use.name.lower(), line)
        self._say(wire.Hangup(leg, 503, tone=MAKES_ROOM))
        return line, leg


def _line_in(uri: str) -> tuple[str, str, str]:
    """The number, the line and its use in a URI of ours; line and use are "" where it names none."""
    head, *parameters = uri.split(";")
    named = dict(parameter.split("=", 1) for parameter in parameters if "=" in parameter)
    return head.removeprefix("sip:").partition("@")[0], named.get("line", ""), named.get("use", "")


def _use(way: Way) -> Use:
    if way.is_emergency:
        return Use.EMERGENCY
    return Use.QUEUE if way.call_as else Use.OWN


def _busy_sentence(call: Outgoing, to: ToOutside) -> str:
    whose = f"every line of queue {call.call_as}" if call.call_as else "every line"
    return f"{call.who} could not call {masked(to.number)}: {whose} is in use"


def _log(call: Outgoing, way: Way) -> None:
    what = "line" if way.is_line else "trunk"
    if way.is_emergency:
        logger.warning("EMERGENCY CALL %s from %s by %s %s", way.number, call.who, what, way.by)
    else:
        logger.info("%s calls %s by %s %s", call.who.capitalize(), masked(way.number), what, way.by)
