"""Callers and what they may do: keys, hold, prompts, nonsense on the wire, more of them than the box holds."""

import asyncio
import time

import msgspec
import pytest

from appliance import wire
from appliance.switch.legs import LINE_SETTLES_S
from appliance.wire import EndCause, LegState
from tests.support.fake_desk import FakeDesk, dial
from tests.support.machine import MACHINE
from tests.support.running_switch import RunningSwitch, switch_settings
from tests.support.sip_wire import Message, Wire
from tests.switch.conftest import call_in, is_unbroken, to


def server(switch) -> tuple[str, int]:
    host, _, port = switch.sip.rpartition(":")
    return host, int(port)


async def held_caller(desk, switch, phone):
    """A caller on hold music: the phone, its call, its leg."""
    caller = await phone(user="0355551234")
    call = await call_in(caller, switch)
    incoming = await desk.hears(wire.Incoming)
    desk.ask(wire.Hold(incoming.leg))
    await caller.wait("media")
    return caller, call, incoming.leg


async def test_a_call_that_nobody_vouches_for_is_refused(desk, switch, phone):
    caller = await phone(user="evil")
    await caller.dial(f"sip:100@{switch.sip}")
    assert (await caller.wait("state", state="disconnected"))["code"] == 403
    assert not desk.of(wire.Incoming)


async def test_the_desk_refuses_a_call_with_its_code(desk, switch, phone):
    caller = await phone(user="03")
    await call_in(caller, switch)
    incoming = await desk.hears(wire.Incoming)
    desk.ask(wire.Hangup(incoming.leg, code=486))
    assert (await caller.wait("state", state="disconnected"))["code"] == 486
    assert (await desk.hears(wire.Ended, leg=incoming.leg)).cause is EndCause.US


async def test_a_command_for_a_leg_that_is_gone_is_answered_with_its_end(desk, switch, phone):
    caller = await phone(user="03")
    call = await call_in(caller, switch)
    incoming = await desk.hears(wire.Incoming)
    caller.order("hangup", call=call)
    ended = await desk.hears(wire.Ended, leg=incoming.leg)
    since = len(desk.told)
    desk.ask(wire.Hold(incoming.leg), wire.Ring("never-was"))
    assert await desk.hears(wire.Ended, since=since, leg=incoming.leg) == ended
    assert (await desk.hears(wire.Ended, leg="never-was")).cause is EndCause.GONE


@pytest.mark.parametrize("by", ["rfc4733", "info"])
async def test_each_key_is_told_once(desk, switch, phone, by):
    caller, call, leg = await held_caller(desk, switch, phone)
    caller.order("keys", call=call, digits="19#", by=by)
    await desk.hears(wire.Digit, leg=leg, digit="#")
    await desk.snapshot()
    assert [digit.digit for digit in desk.of(wire.Digit)] == ["1", "9", "#"]


async def test_prompts_play_in_order_and_music_follows(desk, switch, phone):
    caller, call, leg = await held_caller(desk, switch, phone)
    begun = time.monotonic()
    desk.ask(wire.Play(leg, ("now_off_duty", "now_on_duty")))
    ended = await desk.hears(wire.PromptEnded, leg=leg)
    assert not ended.cut
    assert ended.at - begun == pytest.approx(1.4 + 1.7, abs=0.4)
    await asyncio.sleep(0.3)
    assert (await caller.hear(call, since=ended.at + 0.1))["level"] > 500


async def test_a_lines_caller_is_told_nothing_before_the_line_has_settled_and_then_all_of_it(desk, switch, phone):
    """fxo 2.3: 0.3 s of quiet after off-hook, which itself takes a modem up to 0.4 s from our 200 on (B9)."""
    line = await phone(user="0355551234")
    await call_in(line, switch, X_Deskbell_Line="line-1", X_Deskbell_Call="k-9")
    leg = (await desk.hears(wire.Incoming)).leg
    begun = time.monotonic()
    desk.ask(wire.Play(leg, ("now_off_duty",), then_silence=True))
    first = await desk.hears(wire.PromptEnded, leg=leg)
    assert first.at - begun > LINE_SETTLES_S + 1.4 - 0.1
    told, again = len(desk.told), time.monotonic()
    desk.ask(wire.Play(leg, ("now_off_duty",)))
    second = await desk.hears(wire.PromptEnded, since=told, leg=leg)
    assert second.at - again < LINE_SETTLES_S + 1.4, "only the answer has to settle"


async def test_a_bridge_cuts_the_quiet_before_a_lines_first_prompt_too(desk, switch, phone):
    line, agent = await phone(user="0355551234"), await phone(user="101", answer="auto", tone=1000)
    await call_in(line, switch, X_Deskbell_Line="line-1", X_Deskbell_Call="k-8")
    leg = (await desk.hears(wire.Incoming)).leg
    desk.ask(dial("a", to(agent)))
    await desk.hears(wire.Answered, leg="a")
    desk.ask(wire.Play(leg, ("please_wait",)), wire.Bridge(leg, "a"))
    assert (await desk.hears(wire.PromptEnded, leg=leg)).cut
    await desk.hears(wire.Bridged)


async def test_a_bridge_cuts_a_prompt_at_once(desk, switch, phone):
    """I-12, S-33: sound at once."""
    caller, call, leg = await held_caller(desk, switch, phone)
    agent = await phone(user="101", tone=1000)
    desk.ask(wire.Play(leg, ("please_wait",)), dial("a", to(agent)))
    await desk.hears(wire.Answered, leg="a")
    desk.ask(wire.Bridge(leg, "a"))
    assert (await desk.hears(wire.PromptEnded, leg=leg)).cut
    bridged = await desk.hears(wire.Bridged)
    await asyncio.sleep(0.5)
    heard = await caller.hear(call, [1000], bridged.at + 0.1)
    assert heard["tones"]["1000"]["level"] == pytest.approx(13_000, rel=0.05)
    assert is_unbroken(heard), heard


async def test_an_unknown_prompt_is_refused_with_a_sentence(desk, switch, phone):
    _caller, _call, leg = await held_caller(desk, switch, phone)
    desk.ask(wire.Play(leg, ("no_such_prompt",)))
    assert "no_such_prompt" in (await desk.hears(wire.Refused, leg=leg)).why


async def test_a_phone_that_holds_gives_its_party_music(desk, switch, phone):
    caller, call, leg = await held_caller(desk, switch, phone)
    agent = await phone(user="101", tone=1000)
    desk.ask(dial("a", to(agent)))
    await desk.hears(wire.Answered)
    desk.ask(wire.Bridge(leg, "a"))
    await desk.hears(wire.Bridged)
    agent.order("hold", call=1)
    held = await desk.hears(wire.HeldByPhone, leg="a", held=True)
    await asyncio.sleep(0.5)
    heard = await caller.hear(call, [1000], held.at + 0.1)
    assert heard["tones"]["1000"]["level"] < 1000 < heard["level"]
    agent.order("unhold", call=1)
    back = await desk.hears(wire.HeldByPhone, leg="a", held=False)
    await asyncio.sleep(0.5)
    heard = await caller.hear(call, [1000], back.at + 0.2)
    assert heard["tones"]["1000"]["level"] == pytest.approx(13_000, rel=0.05)
    assert is_unbroken(heard), heard


async def test_nonsense_on_the_wire_disturbs_nobody(desk, switch, phone):
    caller, call, leg = await held_caller(desk, switch, phone)
    with Wire(server(switch)) as stranger:
        for raw in (
            b"\x00" * 400,
            b"INVITE sip:100@x SIP/2.0\r\nFrom: broken\r\n\r\n",
            b"INVITE sip:100@x SIP/2.0\r\n" + b"X-Filler: " + b"a" * 7000 + b"\r\n\r\n",
            b"SIP/2.0 200 OK\r\nVia: nonsense\r\nCSeq: x\r\nCall-ID: 1\r\nContent-Length: 99999\r\n\r\n",
        ):
            stranger.send(raw)
        broken = stranger.request(
            "INVITE", "sip:100@x", user="03", headers={"X-Deskbell-Trunk": "t", "Content-Type": "application/sdp"}
        )
        stranger.send(Message(broken.first, broken.headers, "v=0\r\nm=audio what\r\n"))
        answer = await asyncio.to_thread(stranger.ask, broken)
        assert answer.status >= 400
    snapshot = await desk.snapshot()
    assert [(one.leg, one.state) for one in snapshot.legs] == [(leg, LegState.UP)]
    start = snapshot.at
    await asyncio.sleep(0.3)
    assert (await caller.hear(call, since=start))["gap_ms"] < 100 + 20 * MACHINE.excused_frames()


async def test_more_callers_than_fit_are_refused_politely_and_agents_still_fit(tmp_path, phone):
    settings = msgspec.structs.replace(switch_settings(tmp_path), max_calls=5)
    async with RunningSwitch(tmp_path, settings) as switch, FakeDesk(switch.socket) as desk:
        caller, agent = await phone(user="03"), await phone(user="101")
        calls = [await call_in(caller, switch) for _ in range(4)]
        refused = await caller.wait("state", state="disconnected")
        assert (refused["call"], refused["code"]) == (calls[3], 503)
        assert len((await desk.snapshot()).legs) == len(desk.of(wire.Incoming)) == 3
        desk.ask(dial("a", to(agent)))
        await desk.hears(wire.Answered, leg="a")
        assert (await desk.snapshot()).capacity == 5


async def test_f36_a_caller_on_a_half_duplex_line_is_told_as_one_and_a_bridge_is_refused_with_the_reason(
    desk, switch, phone
):
    caller, agent = await phone(user="03"), await phone(user="101", tone=1000)
    headers = {"X-Deskbell-Line": "line-1", "X-Deskbell-Call": "k1", "X-Deskbell-Duplex": "half"}
    await call_in(caller, switch, **headers)
    incoming = await desk.hears(wire.Incoming)
    assert incoming.is_half_duplex
    assert (await desk.snapshot()).legs[0].is_half_duplex
    desk.ask(wire.Hold(incoming.leg), dial("a", to(agent)))
    await desk.hears(wire.Answered, leg="a")
    desk.ask(wire.Bridge(incoming.leg, "a"))
    assert "line line-1 is half duplex" in (await desk.hears(wire.Refused)).why
