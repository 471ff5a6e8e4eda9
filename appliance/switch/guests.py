"""Guests in a conversation: a leg that hears two others and is heard by none, one or both of them.

A guest belongs to one of the two, the host. Ends (wire.Join): a guest's own end changes nothing for the others; the
host's end leaves the peer on music for the desk to decide; the peer's end is the end of all.
"""

import time
from collections.abc import Callable

from appliance import wire
from appliance.switch.legs import Hearing, Legs, LiveLeg
from appliance.wire import LegState


class Guests:
    """Who takes part in whose conversation.

    `plan` brings about what is heard around a leg, `answer` takes a call that came in, `hang_up` ends a leg.
    """

    def __init__(
        self,
        legs: Legs,
        plan: Callable[[LiveLeg], None],
        answer: Callable[[LiveLeg], None],
        hang_up: Callable[[LiveLeg], None],
        emit: Callable[[wire.Message], None],
    ) -> None:
        self._legs, self._plan, self._answer, self._hang_up, self._emit = legs, plan, answer, hang_up, emit

    def join(self, leg: LiveLeg, host: LiveLeg, mode: wire.Joining) -> None:
        """Take part from now on, or as soon as the leg is up."""
        if leg.host and leg.host != host.name:
            self.leave(leg)
        leg.host, leg.joins, leg.hearing = host.name, mode, Hearing.HOST
        self._answer(leg)
        if leg.state is LegState.UP:
            self.came_up(leg)

    def came_up(self, leg: LiveLeg) -> None:
        """The guest has audio: let it hear and be heard."""
        host = self._legs.named(leg.host)
        if host is None or leg.joins is None:
            return
        self._plan(host)
        self._emit(wire.Joined(leg.name, host.name, leg.joins, time.monotonic()))

    def leave(self, leg: LiveLeg) -> None:
        """Take part no more; the leg hears silence. Nothing for a leg that is no guest."""
        host = self._legs.named(leg.host)
        if leg.hearing is Hearing.HOST:
            leg.hearing = Hearing.SILENCE
        leg.host, leg.joins = "", None
        self._plan(leg)
        if host is not None:
            self._plan(host)

    def ended(self, leg: LiveLeg) -> bool:
        """A leg has ended; True when its peer is to stay, on music, because guests of the leg are there."""
        if (host := self._legs.named(leg.host)) is not None:
            self._plan(host)
        guests = self._legs.guests_of(leg.name)
        peer = self._legs.named(leg.peer)
        stays = bool(guests) and peer is not None and leg.bridged
        for guest in guests:
            if stays:
                self.leave(guest)
            else:
                self._hang_up(guest)
        if stays and peer is not None:
            peer.peer, peer.bridged, peer.hearing = "", False, Hearing.MUSIC
            self._plan(peer)
        return stays
