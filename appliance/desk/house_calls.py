"""Calls between two phones of the house that one of them passes on (S-16, S-18): blind, or after asking first.

Whoever is passed on goes where the leg they are on would go if they had dialled the number themselves: to a phone, a
queue, or outside by the rules for everybody. So there is nothing to remember: after a restart the legs' names say it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from appliance import wire
from appliance.desk.legs import Say
from appliance.desk.own_calls import OwnCalls
from appliance.desk.routing import ToOutside, ToPhone, ToQueue, masked, route
from appliance.desk.settings import DeskSettings
from appliance.desk.ways_out import Outgoing
from appliance.wire import Origin

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Party:
    """Who is passed on: their leg and the number of their phone."""

    leg: str
    number: str


class HouseCalls:
    """Passes them on; `admit` is what happens to a call that comes in."""

    def __init__(self, settings: DeskSettings, say: Say, own_calls: OwnCalls) -> None:
        self._settings, self._say, self._own_calls = settings, say, own_calls
        self.admit: Callable[[wire.Incoming], None] = lambda call: None

    def party_of(self, leg: str) -> Party | None:
        """Who talks with the phone on this leg, None where nobody of the house does."""
        call = self._own_calls.of(leg)
        if call is None or call.outside is not None or not call.is_up:
            return None
        return Party(call.second, call.to) if leg == call.first else Party(call.first, call.phone)

    def pass_on(self, leg: str, to: str, at: float) -> bool:
        """そのまま転送: the phone on this leg leaves its party to this number; False when that cannot be."""
        party = self.party_of(leg)
        if party is None:
            return False
        call = self._as_dialled(party, to, at)
        if why := self._why_not(call):
            logger.warning("Phone %s is not passed on to %s: %s", party.number, masked(to), why)
            return False
        self._own_calls.give_up(leg, keep=party.leg)
        self._say(wire.Hold(party.leg))
        self.admit(call)
        return True

    def join(self, leg: str, asked: str, at: float) -> bool:
        """話してから転送: the party on this leg and whoever the phone asked on its leg `asked` talk (Replaces)."""
        party, other = self.party_of(leg), self._own_calls.of(asked)
        if party is None or other is None or other.contact or asked != other.first:
            return False
        if not other.is_up:  # who only rings is called anew by who is passed on
            self._say(wire.Hangup(other.second))
            return self.pass_on(leg, other.to, at)
        self._own_calls.give_up(leg, keep=party.leg)
        self._own_calls.join(party.leg, party.number, asked)
        return True

    def _as_dialled(self, party: Party, to: str, at: float) -> wire.Incoming:
        name = next((one.name for one in self._settings.phones if one.number == party.number), "")
        return wire.Incoming(party.leg, Origin.PHONE, party.number, party.number, name, to, at)

    def _why_not(self, call: wire.Incoming) -> str:
        """Why nobody can be passed on to what they would have dialled, "" when they can."""
        if call.called == call.number:
            return "that is the same phone"
        to = route(call, self._settings)
        if isinstance(to, ToOutside) and not to.is_emergency:
            return self._own_calls.ways_out.why_not(Outgoing("", to.number, f"phone {call.number}"))
        return "" if isinstance(to, ToPhone | ToQueue) else "that is no phone, queue or number outside"
