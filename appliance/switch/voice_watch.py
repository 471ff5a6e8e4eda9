"""Legs that fell silent: a lines process that died sends no BYE, but its voice stops at once (R-31).

Only analogue lines are watched, whoever called: they send without a pause; a phone may hold, mute or sleep.
"""

import time
from collections.abc import Callable
from typing import Final

from appliance.switch.alarms import Alarms
from appliance.switch.legs import Legs, LiveLeg
from appliance.wire import LegState, Origin

PATIENCE: Final = 2.0
ON_LINE: Final = ";line="
"""In the URI of a leg that was dialled on an analogue line."""
LOOK_EVERY: Final = 0.5
ATTENDED: Final = "attended"
UNATTENDED: Final = "unattended"


class VoiceWatch:
    """Looks at every watched leg's RTP packets; `lost` gets a leg that had none for PATIENCE seconds.

    `tell` says a word to a line: whether a person of ours hears it. A line that nobody hears ends a long silence (S5).
    """

    def __init__(
        self,
        alarms: Alarms,
        legs: Legs,
        heard: Callable[[int], int],
        lost: Callable[[LiveLeg], None],
        tell: Callable[[int, str], None],
    ) -> None:
        self._alarms, self._legs, self._heard, self._lost, self._tell = alarms, legs, heard, lost, tell
        self._seen: dict[str, tuple[int, float]] = {}
        self._look()

    def _look(self) -> None:
        now = time.monotonic()
        watched = [leg for leg in self._legs if _is_watched(leg)]
        before, self._seen = self._seen, {}
        for leg in watched:
            packets = self._heard(leg.call)
            known, since = before.get(leg.name, (-1, now))
            self._seen[leg.name] = (packets, now if packets != known else since)
            if packets == known and now - since >= PATIENCE:
                self._lost(leg)
            else:
                self._say_attended(leg)
        self._alarms.at(now + LOOK_EVERY, self._look)

    def _say_attended(self, leg: LiveLeg) -> None:
        if leg.state is LegState.UP and leg.is_attended is not leg.bridged:
            leg.is_attended = leg.bridged
            self._tell(leg.call, ATTENDED if leg.bridged else UNATTENDED)


def _is_watched(leg: LiveLeg) -> bool:
    """A line's leg that has sound: one that came in once it is answered, one that was dialled before that, too."""
    if leg.origin is Origin.LINE:
        return leg.state is LegState.UP
    return ON_LINE in leg.called and leg.port is not None
