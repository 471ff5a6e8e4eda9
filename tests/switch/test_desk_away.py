"""No desk: conversations go on, ends are kept, new callers ring and then the phones of the static rule do."""

import asyncio

import msgspec
import pytest

from appliance import wire, wire_stream
from appliance.switch.settings import WithoutDesk
from appliance.wire import LegState
from tests.support.fake_desk import FakeDesk, dial
from tests.support.running_switch import RunningSwitch, switch_settings
from tests.switch.conftest import call_in, is_unbroken, to


async def test_a_conversation_outlives_the_desk_and_its_end_is_kept_for_the_next(switch, phone):
    caller, agent = await phone(user="03"), await phone(user="101", tone=1000)
    async with FakeDesk(switch.socket) as first:
        call = await call_in(caller, switch)
        leg = (await first.hears(wire.Incoming)).leg
        first.ask(wire.Hold(leg), dial("a", to(agent)))
        await first.hears(wire.Answered, leg="a")
        first.ask(wire.Bridge(leg, "a"), wire.Record("kept", "a", leg))
        started = await first.hears(wire.RecordingStarted)
    await asyncio.sleep(0.4)
    heard = await caller.hear(call, [1000], started.at)
    assert is_unbroken(heard), heard
    async with FakeDesk(switch.socket) as second:
        snapshot = second.first
        assert {one.leg: one.peer for one in snapshot.legs} == {leg: "a", "a": leg}
        assert snapshot.recordings == ("kept",)
        assert snapshot.missed == ()
    agent.order("hangup", call=1)
    await caller.wait("state", state="disconnected")
    for end in ("Leg a ended", f"Leg {leg} ended", "Recording kept closed"):  # told first, then logged
        await switch.logged(end)
    async with FakeDesk(switch.socket) as third:
        snapshot = third.first
        assert snapshot.legs == ()
        missed = [getattr(one, "leg", getattr(one, "recording", "")) for one in snapshot.missed]
        assert missed[0] == "a"
        assert sorted(missed[1:]) == sorted([leg, "kept"])
        assert (await third.snapshot()).missed == ()


async def test_without_a_desk_the_phones_of_the_rule_ring_and_the_first_gets_the_caller(tmp_path, phone):
    quick, slow = await phone(user="101", answer="auto", after=0.2, tone=1000), await phone(user="102", answer="ring")
    rule = WithoutDesk(wait_s=0.5, ring=(to(quick), to(slow)))
    async with RunningSwitch(tmp_path, msgspec.structs.replace(switch_settings(tmp_path), without_desk=rule)) as switch:
        caller = await phone(user="03")
        call = await call_in(caller, switch)
        ringing = await caller.wait("state", state="early")
        invited = await quick.wait("invited")
        assert invited["at"] - ringing["at"] == pytest.approx(0.5, abs=0.2)
        assert '"" <sip:03@' in invited["remote"] or "sip:03@" in invited["remote"]
        talking = await caller.wait("state", state="confirmed")
        assert (await slow.wait("state", state="disconnected"))["code"] == 487
        await asyncio.sleep(0.4)
        assert (await caller.hear(call, [1000], talking["at"]))["tones"]["1000"]["level"] > 12_000
        quick.order("hangup", call=1)
        await caller.wait("state", state="disconnected")


async def test_without_a_desk_and_without_an_answer_the_caller_is_told_so(tmp_path, phone):
    busy = await phone(user="101", answer="busy")
    rule = WithoutDesk(wait_s=0.1, ring=(to(busy),))
    async with RunningSwitch(tmp_path, msgspec.structs.replace(switch_settings(tmp_path), without_desk=rule)) as switch:
        caller = await phone(user="03")
        await call_in(caller, switch)
        assert (await caller.wait("state", state="disconnected"))["code"] == 480


async def test_a_desk_that_comes_back_takes_over_callers_who_still_ring(tmp_path, phone):
    agent = await phone(user="101", answer="ring")
    rule = WithoutDesk(wait_s=0.1, ring=(to(agent),))
    async with RunningSwitch(tmp_path, msgspec.structs.replace(switch_settings(tmp_path), without_desk=rule)) as switch:
        caller = await phone(user="03")
        await call_in(caller, switch)
        await agent.wait("invited")
        async with FakeDesk(switch.socket) as desk:
            assert (await agent.wait("state", state="disconnected"))["code"] == 487
            waiting = [one for one in desk.first.legs if one.number == "03" and one.state is LegState.RINGING]
            assert len(waiting) == 1
            desk.ask(wire.Hold(waiting[0].leg))
            await caller.wait("state", state="confirmed")


async def test_a_call_that_nobody_spoke_to_before_the_desk_died_falls_under_the_rule(tmp_path, phone):
    agent = await phone(user="101", answer="ring")
    rule = WithoutDesk(wait_s=0.1, ring=(to(agent),))
    async with RunningSwitch(tmp_path, msgspec.structs.replace(switch_settings(tmp_path), without_desk=rule)) as switch:
        caller = await phone(user="03")
        async with FakeDesk(switch.socket) as desk:
            call = await call_in(caller, switch)
            await desk.hears(wire.Incoming)
        await agent.wait("invited")
        caller.order("hangup", call=call)
        assert (await agent.wait("state", state="disconnected"))["code"] == 487


async def test_a_second_desk_replaces_the_first(switch, phone):
    async with FakeDesk(switch.socket) as first, FakeDesk(switch.socket) as second:
        caller = await phone(user="03")
        await call_in(caller, switch)
        await second.hears(wire.Incoming)
        assert not first.of(wire.Incoming)


async def test_a_desk_of_another_version_is_refused(switch):
    reader, writer = await asyncio.open_unix_connection(str(switch.socket))
    peer = wire_stream.Wire(reader, writer)
    peer.send(wire.Hello("desk", version=wire.VERSION + 1))
    assert isinstance(await peer.receive(), wire.Hello)
    assert await peer.receive() is None
    await peer.close()
    assert f"speaks version {wire.VERSION + 1}" in switch.log.read_text()


async def test_f36_without_a_desk_nobody_is_rung_for_a_half_duplex_line_and_the_next_desk_gets_the_caller(
    tmp_path, phone
):
    ringing = await phone(user="101", answer="ring")
    rule = WithoutDesk(wait_s=0.2, ring=(to(ringing),))
    async with RunningSwitch(tmp_path, msgspec.structs.replace(switch_settings(tmp_path), without_desk=rule)) as switch:
        caller = await phone(user="03")
        await call_in(caller, switch, **{"X-Deskbell-Line": "line-1", "X-Deskbell-Duplex": "half"})
        await caller.wait("state", state="early")
        await switch.logged("its caller rings on")
        assert not [event for event in ringing.events if event["event"] == "invited"]
        async with FakeDesk(switch.socket) as desk:
            (leg,) = desk.first.legs
            assert (leg.state, leg.is_half_duplex) == (LegState.RINGING, True)
            desk.ask(wire.Hold(leg.leg))
            await caller.wait("state", state="confirmed")
