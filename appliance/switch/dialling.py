"""Calls that we place: dialled once, and once more at the place to which a phone moved while it rang (R-32).

Rule: a call that is dialled again stays the same leg. The old one is cancelled before the new one is placed, and the
ring time runs on.
"""

import time
from collections.abc import Callable
from typing import Final

from appliance import wire
from appliance.errors import SwitchError
from appliance.switch import causes, invite
from appliance.switch.alarms import Alarms
from appliance.switch.audio import Audio
from appliance.switch.legs import Legs, LiveLeg
from appliance.switch.pjsua import TooManyCallsError, UserAgent
from appliance.wire import EndCause, LegState, Origin

_DATED_S: Final = 1.0
"""A registration is dated to the second: what was dialled in it, and rings at the new place already, is left alone."""

GiveUp = Callable[[LiveLeg, EndCause, str], None]


class Dialling:
    """Places calls. `give_up` ends a leg whose time ran out or that could not be placed."""

    def __init__(
        self,
        ua: UserAgent,
        realm: str,
        alarms: Alarms,
        legs: Legs,
        audio: Audio,
        give_up: GiveUp,
        emit: Callable[[wire.Message], None],
    ) -> None:
        self._ua, self._realm, self._alarms, self._legs, self._audio = ua, realm, alarms, legs, audio
        self._give_up, self._emit = give_up, emit

    def dial(self, order: wire.Dial) -> None:
        """Place a call under a new leg, whose call has the number 0 until it is placed.

        A leg of that name that lives or lived is left as it is.
        """
        if self._legs.named(order.leg) is not None:
            return
        if (ended := self._legs.how_ended(order.leg)) is not None:
            self._emit(ended)
            return
        now = time.monotonic()
        leg = LiveLeg(
            order.leg, 0, Origin.DIALLED, "", order.number, order.name, order.to, now, contact=order.contact,
            dialled=order,
        )  # fmt: skip
        self._legs.add(leg)
        if self._legs.named(order.after) is None:
            self._begin(leg, order)

    def ended(self, name: str) -> None:
        """A leg is gone: calls that waited for it are placed."""
        for leg in self._legs:
            if leg.dialled is not None and leg.dialled.after == name and not leg.call:
                self._begin(leg, leg.dialled)

    def dial_again(self, order: wire.DialAgain) -> None:
        """Whatever has rung at `to` since before `since` is cancelled there, and rings where the phone is now."""
        for leg in self._legs:
            dialled = leg.dialled
            if dialled is None or not leg.call or leg.called != order.to or leg.accepted:
                continue
            is_there = leg.dialled_at >= order.since - _DATED_S and invite.is_at(leg.rings_at, order.place)
            if leg.dialled_at >= order.since or is_there:
                continue
            old = leg.call
            self._legs.carried_by(leg, 0)
            self._audio.forget(leg)
            if leg.alert is not None:
                leg.alert.cancel()
            self._ua.hang_up(old, 0, causes.REASON)
            self._place(leg, dialled)

    def _begin(self, leg: LiveLeg, order: wire.Dial) -> None:
        """Dial, and let it ring for so long."""
        ring_until = time.monotonic() + order.ring_s
        leg.ring = self._alarms.at(ring_until, lambda: self._give_up(leg, EndCause.NO_ANSWER, ""))
        self._place(leg, order)

    def _place(self, leg: LiveLeg, order: wire.Dial) -> None:
        """Send the INVITE and wait for a sign of life."""
        local, headers = invite.calling(order.number, order.name, self._realm), invite.headers(order, self._realm)
        try:
            call = self._ua.dial(order.to, local, headers)
        except TooManyCallsError as full:
            self._give_up(leg, EndCause.CAPACITY, str(full))
            return
        except SwitchError as failed:
            self._give_up(leg, EndCause.FAULT, str(failed))
            return
        self._legs.carried_by(leg, call)
        leg.state, leg.dialled_at, leg.rings_at = LegState.NEW, time.monotonic(), ""
        alert_at = leg.dialled_at + order.alert_s
        leg.alert = self._alarms.at(alert_at, lambda: self._give_up(leg, EndCause.UNREACHABLE, ""))
