"""Whether it was a person who picked up: a phone outside the house that answers at once may be its mailbox (R-46).

A phone in the house that forwards is refused by the switch (3xx). A mailbox behind a mobile network answers by itself,
within no time: such an answer counts once somebody presses 1.
"""

import ipaddress
import re
from collections.abc import Iterable
from typing import Final

from appliance.acd import events as ev
from appliance.acd.engine import Acd
from appliance.acd.model import Offer, Phase
from appliance.desk.clock import Clock
from appliance.desk.legs import Legs, Post
from appliance.edge.rpc import Registration

AT_ONCE_S: Final = 0.3
YES: Final = "1"

_HOST: Final = re.compile(r"sips?:(?:[^@]*@)?(?:\[([0-9a-fA-F:]+)\]|([0-9.]+))")


class Doubts:
    """Knows which phones are outside the house, from where they registered. `clock` is the desk's."""

    def __init__(self, acd: Acd, legs: Legs, post: Post) -> None:
        self._acd, self._legs, self._post = acd, legs, post
        self.clock = Clock()
        self._outside: frozenset[str] = frozenset()

    def seen(self, registrations: Iterable[Registration]) -> None:
        """Where the phones are now. A phone that is registered at home as well is at home."""
        places: dict[str, list[bool]] = {}
        for one in registrations:
            places.setdefault(one.user, []).append(is_outside(one.source))
        self._outside = frozenset(user for user, outside in places.items() if all(outside))

    def answered(self, leg: str, at: float) -> bool:
        """Whether this answer, at that time of the seam, is doubted; then a 1 must follow."""
        offer = self._open_offer(leg)
        agent = self._acd.agent(offer.agent) if offer is not None else None
        if offer is None or offer.is_direct or agent is None or agent.settings.phone not in self._outside:
            return False
        if self.clock.of_monotonic(at) - offer.opened_at >= AT_ONCE_S:
            return False
        self._post(ev.OfferDoubted(offer.offer))
        return True

    def pressed(self, leg: str, digit: str) -> bool:
        """Whether the key was the 1 of a person who was doubted."""
        offer = self._open_offer(leg)
        if offer is None or not offer.is_doubted or digit != YES:
            return False
        self._post(ev.OfferAccepted(offer.offer))
        return True

    def _open_offer(self, leg: str) -> Offer | None:
        offer = self._acd.offer(self._legs.offer_of(leg))
        return offer if offer is not None and offer.phase is Phase.OPEN else None


def is_outside(source: str) -> bool:
    """Whether a SIP URI lies outside private networks; a name instead of an address is not known to."""
    try:
        return ipaddress.ip_address(address_in(source)).is_global
    except ValueError:
        return False


def address_in(source: str) -> str:
    """The IP address in a SIP URI, "" where there is a name or nothing."""
    found = _HOST.match(source)
    return found[1] or found[2] if found is not None else ""
