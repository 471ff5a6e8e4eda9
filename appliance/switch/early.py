"""Before the answer: a caller hears the leg that is dialled for them (183), and keys go to the other side.

What a network says before anybody answers (ringback, "no such number") is said as sound. Whoever called hears it as
soon as the dialled leg has sound; until then they are told that it rings (180).
"""

import time
from collections.abc import Callable

from appliance import wire
from appliance.switch.audio import Audio
from appliance.switch.legs import Hearing, Legs, LiveLeg
from appliance.switch.pjsua import UserAgent
from appliance.wire import LegState, Origin


class Early:
    """What passes between two legs that are not bridged yet, and keys between those that are. The SIP thread's."""

    def __init__(self, ua: UserAgent, legs: Legs, audio: Audio, emit: Callable[[wire.Message], None]) -> None:
        self._ua, self._legs, self._audio, self._emit = ua, legs, audio, emit

    def ring(self, leg: LiveLeg, dialled: str) -> None:
        """Let the caller on `leg` hear the dialled leg as soon as it has sound; a leg that was answered is left."""
        if leg.origin is Origin.DIALLED or leg.accepted:
            return
        leg.hearing, leg.early = Hearing.EARLY, dialled
        other = self._legs.named(dialled)
        if other is not None and other.port is not None:
            self._begin(leg)

    def came(self, dialled: LiveLeg) -> None:
        """A leg has sound, or has it elsewhere now: whoever waits to hear it does."""
        for leg in self._legs:
            if leg.early == dialled.name and leg.hearing is Hearing.EARLY:
                self._begin(leg)

    def pressed(self, leg: LiveLeg, digit: str) -> None:
        """A key on `leg`: the desk is told, and the other side is pressed it too."""
        self._emit(wire.Digit(leg.name, digit, time.monotonic()))
        other = self._legs.named(leg.peer if leg.bridged else leg.early)
        if other is not None and other.port is not None:
            self._ua.press(other.call, digit)

    def _begin(self, leg: LiveLeg) -> None:
        if leg.port is None and not leg.accepted:
            leg.state = LegState.RINGING
            self._ua.answer(leg.call, 183)
        self._audio.plan(leg)
