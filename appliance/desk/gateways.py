"""SIP FXO gateways bought in a shop (HT813 class): trunks that the page shows as the analogue lines they are.

Whether one is there is asked by an OPTIONS every ten seconds; what it does is seen from the legs it brings and carries,
in what switch and desk say to each other. States, alarms and figures are those of a line of our own, as far as SIP
tells them. One gateway is one line: a box with two sockets is two trunks.
"""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from appliance import wire
from appliance.api import LineFigures, LineView
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.settings import DeskSettings, TrunkSettings
from appliance.wire import EndCause, Message, Origin

logger = logging.getLogger(__name__)

EVERY: Final = 10.0
PATIENCE: Final = 25.0  # two answers may get lost
UNKNOWN, IDLE, RINGING, PROGRESS, TALKING, FAULT = "unknown", "idle", "ringing", "progress", "talking", "fault"


@dataclass(slots=True)
class _Leg:
    number: str
    is_ours: bool
    is_up: bool = False
    up_at: float = 0.0


@dataclass(slots=True)
class _Gateway:
    trunk: TrunkSettings
    since: float
    began: float
    is_there: bool | None = None
    answered_at: float = 0.0
    legs: dict[str, _Leg] = field(default_factory=dict)
    calls: int = 0
    busy_s: float = 0.0
    ended: Counter[str] = field(default_factory=Counter)

    @property
    def state(self) -> str:
        """In the words of a line of ours."""
        if any(leg.is_up for leg in self.legs.values()):
            return TALKING
        if self.legs:
            return PROGRESS if any(leg.is_ours for leg in self.legs.values()) else RINGING
        return {None: UNKNOWN, True: IDLE, False: FAULT}[self.is_there]

    @property
    def number(self) -> str:
        """Who is on it."""
        return next((leg.number for leg in self.legs.values()), "")


class Gateways:
    """Every trunk that is a gateway. `heard` is told of all that passes between switch and desk."""

    def __init__(self, settings: DeskSettings, clock: Clock, alarms: Alarms) -> None:
        self._clock, self._alarms = clock, alarms
        now = clock.now()
        self._gateways = {
            one.trunk: _Gateway(one, now, now) for one in settings.trunks if one.is_gateway and one.host
        }  # fmt: skip

    @property
    def views(self) -> tuple[LineView, ...]:
        """Each as the page shows a line."""
        return tuple(self._view(one) for one in self._gateways.values())

    async def run(self) -> None:
        """Ask each whether it is there, until cancelled."""
        if not self._gateways:
            return
        async with asyncio.TaskGroup() as watches:
            for gateway in self._gateways.values():
                watches.create_task(self._watch(gateway))

    def heard(self, message: Message) -> None:
        """The switch told, or was told, something."""
        match message:
            case wire.Incoming(leg, Origin.TRUNK, trunk, number) if trunk in self._gateways:
                self._change(self._gateways[trunk], leg, _Leg(number, is_ours=False))
            case wire.Dial(leg=leg, to=to):
                for gateway in self._gateways.values():
                    if f"@{gateway.trunk.host}" in to:
                        self._change(gateway, leg, _Leg(to.removeprefix("sip:").partition("@")[0], is_ours=True))
            case wire.Answered(leg) | wire.Hold(leg) | wire.Play(leg):
                self._is_up(leg)
            case wire.Bridged(a, b):
                self._is_up(a)
                self._is_up(b)
            case wire.Ended(leg, cause):
                self._ended(leg, cause)
            case wire.Snapshot():
                self._found(message)

    def _change(self, gateway: _Gateway, name: str, leg: _Leg | None) -> None:
        """A leg of it is another, or gone (None)."""
        was = gateway.state
        if leg is None:
            gateway.legs.pop(name, None)
        else:
            gateway.legs[name] = leg
        if gateway.state != was:
            gateway.since = self._clock.now()

    def _is_up(self, name: str) -> None:
        for gateway in self._gateways.values():
            leg = gateway.legs.get(name)
            if leg is not None and not leg.is_up:
                gateway.calls += 1
                self._change(gateway, name, replace(leg, is_up=True, up_at=self._clock.now()))

    def _ended(self, name: str, cause: EndCause) -> None:
        for gateway in self._gateways.values():
            leg = gateway.legs.get(name)
            if leg is None:
                continue
            if leg.is_up:
                gateway.busy_s += self._clock.now() - leg.up_at
                gateway.ended["SIP" if cause is EndCause.FAR else "us"] += 1
            self._change(gateway, name, None)

    def _found(self, snapshot: wire.Snapshot) -> None:
        """The switch says what there is: legs that ended unheard are gone, others are as it says."""
        alive = {leg.leg: leg for leg in snapshot.legs}
        for gateway in self._gateways.values():
            for name in set(gateway.legs) - set(alive):
                self._change(gateway, name, None)
            for name, leg in alive.items():
                if leg.origin is Origin.TRUNK and leg.origin_id == gateway.trunk.trunk and name not in gateway.legs:
                    self._change(gateway, name, _Leg(leg.number, is_ours=False))
                if leg.state is wire.LegState.UP and name in gateway.legs:
                    self._is_up(name)

    def _view(self, gateway: _Gateway) -> LineView:
        alarm = _alarm(gateway.trunk) if gateway.is_there is False else ""
        return LineView(
            gateway.trunk.trunk, gateway.state, alarm, gateway.number, gateway.since, self._figures(gateway)
        )  # fmt: skip

    def _figures(self, gateway: _Gateway) -> LineFigures:
        now = self._clock.now()
        busy = gateway.busy_s + sum(now - leg.up_at for leg in gateway.legs.values() if leg.is_up)
        erlangs = round(busy / max(1.0, now - gateway.began), 3)
        ended = tuple(sorted(gateway.ended.items()))
        return LineFigures(gateway.calls, erlangs, 0, 0, 0, 0, 0, ended, None, None)

    async def _watch(self, gateway: _Gateway) -> None:
        host, _, port = gateway.trunk.host.rpartition(":")
        loop = asyncio.get_running_loop()
        while True:
            try:
                asked, _ = await loop.create_datagram_endpoint(
                    lambda: _Answers(lambda: self._judge(gateway, is_there=True)), remote_addr=(host, int(port))
                )
            except OSError as wrong:
                logger.debug("Gateway %s cannot be asked: %s", gateway.trunk.trunk, wrong)
                self._judge(gateway, is_there=False)
                await asyncio.sleep(EVERY)
                continue
            try:
                await self._ask(gateway, asked)
            finally:
                asked.close()

    async def _ask(self, gateway: _Gateway, asked: asyncio.DatagramTransport) -> None:
        """Ask again and again on one socket; answers are judged as they come."""
        asked_first = self._clock.now()
        while True:
            asked.sendto(_question(gateway.trunk.host, asked.get_extra_info("sockname")))
            await asyncio.sleep(EVERY)
            last = max(asked_first, gateway.answered_at)
            if self._clock.now() - last > PATIENCE:
                self._judge(gateway, is_there=False)

    def _judge(self, gateway: _Gateway, *, is_there: bool) -> None:
        name = gateway.trunk.trunk
        if is_there:
            gateway.answered_at = self._clock.now()
            self._alarms.clear(f"gateway {name}")
        else:
            self._alarms.raise_(f"gateway {name}", f"Line {name}: {_alarm(gateway.trunk)}")
        was, gateway.is_there = gateway.state, is_there
        if gateway.state != was:
            gateway.since = self._clock.now()


class _Answers(asyncio.DatagramProtocol):
    """Any answer is life."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    def datagram_received(self, _answer: bytes, _sender: object) -> None:
        """It is there."""
        self._tell()


def _alarm(trunk: TrunkSettings) -> str:
    return f"the gateway at {trunk.host} does not answer; is it plugged in, and may this box ask it (SIP OPTIONS)?"


def _question(host: str, own: tuple[str, int]) -> bytes:
    tag = secrets.token_hex(6)
    return (
        f"OPTIONS sip:{host} SIP/2.0\r\nVia: SIP/2.0/UDP {own[0]}:{own[1]};rport;branch=z9hG4bK{tag}\r\n"
        f"Max-Forwards: 1\r\nFrom: <sip:deskbell@{own[0]}>;tag={tag}\r\nTo: <sip:{host}>\r\nCall-ID: {tag}@desk\r\n"
        f"CSeq: 1 OPTIONS\r\nContact: <sip:deskbell@{own[0]}:{own[1]}>\r\nContent-Length: 0\r\n\r\n"
    ).encode("ascii")
