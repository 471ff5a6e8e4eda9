"""Codes that supervisors dial: `*60` holds the hours, `*61` to `*64` take part in a conversation (S-M1, §3.14).

`*60` asks for the PIN of any supervisor and then for a digit: 1 open, 2 closing, 3 closed, 0 by the schedule; who keys
it wrong three times is hung up. `*61101` listens to the agent at phone 101, `*62` whispers, `*63` barges in, `*64`
takes over: the phone must be a supervisor's. A leg of ours is nobody's call; PINs are compared here and kept nowhere.
"""

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.house import Held
from appliance.acd.talk import Mode
from appliance.desk.feature_codes import COACHING, NIGHT, Dialled
from appliance.desk.legs import Post, Say
from appliance.desk.settings import DeskSettings
from appliance.desk.talks import NOT_PERMITTED, Talks

logger = logging.getLogger(__name__)

TRIES: Final = 3
LONGEST_PIN: Final = 12
MODES: Final = dict(zip(COACHING, (Mode.LISTEN, Mode.WHISPER, Mode.BARGE, Mode.TAKE_OVER), strict=True))
HOLDS: Final = {"0": Held.SCHEDULE, "1": Held.OPEN, "2": Held.CLOSING, "3": Held.CLOSED}
SAID: Final = {
    Held.SCHEDULE: "hours_by_schedule",
    Held.OPEN: "hours_open",
    Held.CLOSING: "hours_closing",
    Held.CLOSED: "hours_closed",
}


@dataclass(slots=True)
class _Asking:
    """A phone that dialled `*60`: what it has keyed, how often it was wrong, who it is once the PIN was right."""

    keyed: str = ""
    wrong: int = 0
    supervisor: str = ""
    is_done: bool = False


class SupervisorCodes:
    """The legs that dialled them."""

    def __init__(self, settings: DeskSettings, talks: Talks, post: Post, say: Say) -> None:
        self._settings, self._talks, self._post, self._say = settings, talks, post, say
        self.end_of_day: Callable[[], float] = lambda: 0.0
        """The wall time until which `*60` holds the hours; the opening hours know it."""
        self._asking: dict[str, _Asking] = {}

    def takes(self, asked: Dialled) -> bool:
        """Whether this code is one of ours."""
        return asked.code == NIGHT or asked.code in MODES

    def dial(self, call: wire.Incoming, asked: Dialled) -> None:
        """A phone dialled one."""
        if asked.code == NIGHT:
            self._asking[call.leg] = _Asking()
            self._say(wire.Play(call.leg, ("enter_pin",)))
            return
        supervisor = next((one for one in self._settings.office.supervisors if one.phone == call.origin_id), None)
        agent = next((one.agent for one in self._settings.office.agents if one.phone == asked.digits), "")
        if supervisor is None:
            logger.warning("Phone %s dialled %s, but is no supervisor's", call.origin_id, asked.code)
            self._refuse(call.leg)
        else:
            self._talks.come(call, supervisor.supervisor, agent, MODES[asked.code])

    def _refuse(self, leg: str) -> None:
        self._asking[leg] = _Asking(is_done=True)
        self._say(wire.Play(leg, (NOT_PERMITTED,)))

    def pressed(self, leg: str, digit: str) -> bool:
        """A key; True when it was for us."""
        asking = self._asking.get(leg)
        if asking is None:
            return False
        if asking.supervisor and not asking.is_done:
            self._choose(leg, asking, digit)
        elif digit == "#" and not asking.is_done:
            self._check(leg, asking)
        else:
            asking.keyed = (asking.keyed + digit)[:LONGEST_PIN]
        return True

    def _check(self, leg: str, asking: _Asking) -> None:
        keyed, asking.keyed = asking.keyed, ""
        asking.supervisor = next(
            (name for name, pin in self._settings.pins if hmac.compare_digest(pin.encode(), keyed.encode())), ""
        )
        if asking.supervisor:
            self._say(wire.Play(leg, ("night_menu",)))
            return
        asking.wrong += 1
        logger.warning("A wrong PIN was keyed after %s", NIGHT)
        asking.is_done = asking.wrong >= TRIES
        self._say(wire.Play(leg, (NOT_PERMITTED,) if asking.is_done else ("wrong_pin", "enter_pin")))

    def _choose(self, leg: str, asking: _Asking, digit: str) -> None:
        held = HOLDS.get(digit)
        if held is None:
            self._say(wire.Play(leg, ("night_menu",)))
            return
        asking.is_done = True
        until = 0.0 if held is Held.SCHEDULE else self.end_of_day()
        self._post(ev.HoursHeld(held, asking.supervisor, until))
        self._say(wire.Play(leg, (SAID[held],)))

    def prompt_ended(self, leg: str) -> None:
        """Who was told the last word is hung up."""
        asking = self._asking.get(leg)
        if asking is not None and asking.is_done:
            self._say(wire.Hangup(leg))

    def ended(self, leg: str) -> None:
        """The leg is gone."""
        self._asking.pop(leg, None)
