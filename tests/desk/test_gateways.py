"""A SIP FXO gateway is a line like our own: there or not, ringing, talking, with its figures."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from appliance import wire
from appliance.desk import gateways as of_gateways
from appliance.desk.alarms import Alarms
from appliance.desk.clock import Clock
from appliance.desk.gateways import Gateways
from appliance.desk.settings import TrunkSettings
from appliance.wire import EndCause, LegState, Origin
from tests.desk.test_links import settings


class Stepped(Clock):
    """A clock the test moves."""

    at = 1000.0

    def now(self) -> float:
        return self.at


class Box(asyncio.DatagramProtocol):
    """A gateway that answers when asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, question: bytes, sender: tuple[str, int]) -> None:
        self.asked.append(question.decode())
        self.transport.sendto(b"SIP/2.0 200 OK\r\n\r\n", sender)  # type: ignore[attr-defined]


@asynccontextmanager
async def box(port: int = 0) -> AsyncIterator[tuple[Box, int]]:
    transport, one = await asyncio.get_running_loop().create_datagram_endpoint(Box, local_addr=("127.0.0.1", port))
    try:
        yield one, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


def made(folder: Path, host: str, clock: Clock, alarms: Alarms) -> Gateways:
    trunk = TrunkSettings("ht813", "main", host=host, is_gateway=True)
    return Gateways(replace(settings(folder), trunks=(trunk, TrunkSettings("carrier", host=host))), clock, alarms)


async def until(gateways: Gateways, state: str) -> None:
    async with asyncio.timeout(5):
        while gateways.views[0].state != state:
            await asyncio.sleep(0.01)


async def test_a_gateway_is_asked_and_an_alarm_while_it_does_not_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(of_gateways, "EVERY", 0.05)
    monkeypatch.setattr(of_gateways, "PATIENCE", 0.2)
    alarms = Alarms()
    async with box() as (answering, port):
        gateways = made(tmp_path, f"127.0.0.1:{port}", Clock(), alarms)
        assert [view.line for view in gateways.views] == ["ht813"]
        assert gateways.views[0].state == "unknown"
        watching = asyncio.create_task(gateways.run())
        await until(gateways, "idle")
        assert answering.asked[0].startswith(f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\n")
    await until(gateways, "fault")
    assert "does not answer" in gateways.views[0].alarm
    assert len(alarms.sentences()) == 1
    async with box(port):
        await until(gateways, "idle")
        assert alarms.sentences() == ()
        watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching


def test_a_call_that_comes_in_rings_talks_and_counts(tmp_path):
    clock = Stepped()
    gateways = made(tmp_path, "192.0.2.7:5060", clock, Alarms())
    gateways.heard(wire.Incoming("in-1", Origin.TRUNK, "carrier", "1", "", "", 0.0))
    assert gateways.views[0].state == "unknown"
    gateways.heard(wire.Incoming("in-2", Origin.TRUNK, "ht813", "0312345678", "", "", 0.0))
    assert (gateways.views[0].state, gateways.views[0].number) == ("ringing", "0312345678")
    gateways.heard(wire.Bridge("in-2", "agent-1"))
    assert gateways.views[0].state == "ringing", "asked for, not yet so"
    gateways.heard(wire.Bridged("in-2", "agent-1", 0.0))
    assert gateways.views[0].state == "talking"
    clock.at += 100.0
    gateways.heard(wire.Ended("in-2", EndCause.FAR, 0.0))
    clock.at += 100.0
    view = gateways.views[0]
    assert (view.state, view.number, view.since) == ("unknown", "", 1100.0)
    assert view.figures is not None
    assert (view.figures.calls, view.figures.erlangs, view.figures.hang_ups) == (1, 0.5, (("SIP", 1),))


def test_a_call_that_goes_out_by_it_is_seen_too(tmp_path):
    gateways = made(tmp_path, "192.0.2.7:5060", Stepped(), Alarms())
    gateways.heard(wire.Dial("x-1", "sip:0398765432@192.0.2.7:5060", "101", "", 30.0, 10.0))
    assert (gateways.views[0].state, gateways.views[0].number) == ("progress", "0398765432")
    gateways.heard(wire.Answered("x-1", 0.0))
    assert gateways.views[0].state == "talking"
    gateways.heard(wire.Ended("x-1", EndCause.US, 0.0))
    assert gateways.views[0].figures.hang_ups == (("us", 1),)  # type: ignore[union-attr]


def test_a_snapshot_tells_what_was_missed(tmp_path):
    gateways = made(tmp_path, "192.0.2.7:5060", Stepped(), Alarms())
    gateways.heard(wire.Incoming("in-1", Origin.TRUNK, "ht813", "1", "", "", 0.0))
    leg = wire.Leg("in-9", Origin.TRUNK, "ht813", "0312345678", "", "", LegState.UP, 0.0)
    gateways.heard(wire.Snapshot((leg,), (), (), 10, "boot", 0.0))
    assert (gateways.views[0].state, gateways.views[0].number) == ("talking", "0312345678")
    gateways.heard(wire.Snapshot((), (), (), 10, "boot", 0.0))
    assert gateways.views[0].state == "unknown"
