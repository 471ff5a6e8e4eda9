"""Legs as the switch keeps them, found by name, by the number of their call, and for a while after their end."""

import enum
import itertools
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from appliance import wire
from appliance.errors import SwitchError
from appliance.switch.alarms import Alarm
from appliance.wire import EndCause, Ended, Joining, LegState, Origin

REMEMBERED: Final = 1000
LINE_SETTLES_S: Final = 0.7
"""From our 200 on a modem needs up to 0.4 s until it is off-hook with sound (bench list B9); 0.3 s more of quiet let
the exchange cut the path through, or the first syllable is lost (fxo 2.3)."""


class Hearing(enum.Enum):
    """What a leg is to hear while it is up."""

    SILENCE = "silence"
    MUSIC = "music"
    PROMPT = "prompt"
    PEER = "peer"
    HOST = "host"
    EARLY = "early"


@dataclass(slots=True)
class LiveLeg:
    """One SIP dialog. `port` is its place on the bridge while it has audio; `is_held` when its phone put us on hold.

    `early` is the leg dialled for this one, which it hears before the answer. A guest takes part in the conversation of
    the leg `host` in the mode `joins`. `told_port` says something to this leg alone, over what it hears. `dialled` is
    the order by which we placed it, carried out last at `dialled_at`. `answered_at` is when we said 200 to it,
    `evidence` why a line took its number for answered. `rings_at` is the Contact of the phone that rings.
    """

    name: str
    call: int
    origin: Origin
    origin_id: str
    number: str
    caller_name: str
    called: str
    since: float
    call_key: str = ""
    is_half_duplex: bool = False
    contact: str = ""
    state: LegState = LegState.NEW
    hearing: Hearing = Hearing.SILENCE
    peer: str = ""
    bridged: bool = False
    port: int | None = None
    prompt_port: int | None = None
    after_prompts: Hearing = Hearing.MUSIC
    told_port: int | None = None
    beep_port: int | None = None
    early: str = ""
    host: str = ""
    joins: Joining | None = None
    is_held: bool = False
    is_attended: bool | None = None
    accepted: bool = False
    answered_at: float | None = None
    evidence: str = ""
    ends_both: bool = True
    dialled: wire.Dial | None = None
    dialled_at: float = 0.0
    rings_at: str = ""
    alert: Alarm | None = None
    ring: Alarm | None = None

    def fact(self) -> wire.Leg:
        """The leg as a snapshot shows it."""
        return wire.Leg(
            leg=self.name,
            origin=self.origin,
            origin_id=self.origin_id,
            number=self.number,
            name=self.caller_name,
            called=self.called,
            state=self.state,
            since=self.since,
            call_key=self.call_key,
            contact=self.contact,
            peer=self.peer if self.bridged else "",
            host=self.host,
            is_half_duplex=self.is_half_duplex,
        )

    def settles_s(self, now: float) -> float:
        """For how long nothing is to be said to it yet: an analogue line hears only a while after its answer."""
        if self.origin is not Origin.LINE:
            return 0.0
        answered_at = now if self.answered_at is None else self.answered_at
        return max(0.0, answered_at + LINE_SETTLES_S - now)

    def silence_alarms(self) -> None:
        """Ring and alert times no longer matter."""
        for alarm in (self.alert, self.ring):
            if alarm is not None:
                alarm.cancel()


class Legs:
    """All living legs, and how the last ones ended."""

    def __init__(self, boot: str) -> None:
        self._boot = boot
        self._counter = itertools.count(1)
        self._by_name: dict[str, LiveLeg] = {}
        self._by_call: dict[int, LiveLeg] = {}
        self._ended: OrderedDict[str, Ended] = OrderedDict()

    def __len__(self) -> int:
        return len(self._by_name)

    def __iter__(self) -> Iterator[LiveLeg]:
        return iter(list(self._by_name.values()))

    def new_name(self, kind: str) -> str:
        """A leg name that no switch of this box used before."""
        return f"{kind}-{self._boot}-{next(self._counter)}"

    def add(self, leg: LiveLeg) -> None:
        """A leg begins."""
        self._by_name[leg.name] = leg
        self._by_call[leg.call] = leg

    def guests_of(self, host: str) -> list[LiveLeg]:
        """Who takes part in the conversation of this leg, first come first."""
        return [leg for leg in self._by_name.values() if leg.host == host]

    def named(self, name: str) -> LiveLeg | None:
        """The living leg of that name."""
        return self._by_name.get(name)

    def pair(self, first: str, second: str) -> tuple[LiveLeg, LiveLeg] | None:
        """Two living legs that are to be connected; None when there are not two.

        Raises SwitchError for one that can be connected to nobody.
        """
        a, b = self.named(first), self.named(second)
        if a is None or b is None or a is b:
            return None
        for leg in (a, b):
            if leg.is_half_duplex:
                raise SwitchError(f"line {leg.origin_id} is half duplex: its caller can be announced to, not connected")
        return a, b

    def of_call(self, call: int) -> LiveLeg | None:
        """The living leg of that call."""
        return self._by_call.get(call)

    def of_key(self, key: str, origin_id: str) -> LiveLeg | None:
        """The living leg of that line's seizure; None for an empty key."""
        alike = (leg for leg in self._by_name.values() if leg.call_key == key and leg.origin_id == origin_id)
        return next(alike, None) if key else None

    def carried_by(self, leg: LiveLeg, call: int) -> None:
        """The leg goes on in another dialog."""
        self._by_call.pop(leg.call, None)
        leg.call = call
        self._by_call[call] = leg

    def end(self, leg: LiveLeg, ended: Ended) -> None:
        """A leg is gone; its end is remembered for commands that come late."""
        self._by_name.pop(leg.name, None)
        self._by_call.pop(leg.call, None)
        self._ended[leg.name] = ended
        while len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)

    def end_of(self, name: str) -> Ended:
        """The answer to a command for a leg that is gone, or never was."""
        never = Ended(name, EndCause.GONE, time.monotonic(), text="the switch knows no such leg")
        return self.how_ended(name) or never

    def how_ended(self, name: str) -> Ended | None:
        """The end of a leg that is gone, while it is remembered."""
        return self._ended.get(name)
