"""A lines process that is killed says no BYE: the switch hears that its voice has stopped (R-31)."""

import asyncio
import os
import signal
import time

from appliance import wire
from appliance.wire import EndCause, Origin
from tests.support.fake_desk import dial
from tests.switch.conftest import call_in, to


async def conversation(desk, switch, phone):
    """Somebody on line-1 talks with an agent."""
    line, agent = await phone(user="0355551234"), await phone(user="101", answer="auto", tone=1000)
    await call_in(line, switch, X_Deskbell_Line="line-1", X_Deskbell_Call="k-1")
    leg = (await desk.hears(wire.Incoming)).leg
    desk.ask(wire.Hold(leg), dial("agent-1", to(agent)))
    await desk.hears(wire.Answered, leg="agent-1")
    desk.ask(wire.Bridge(leg, "agent-1"))
    await desk.hears(wire.Bridged)
    return line, agent, leg


async def test_a_line_whose_process_was_killed_is_hung_up_with_its_conversation(desk, switch, phone):
    """R-31: silence ends it."""
    line, _, leg = await conversation(desk, switch, phone)
    os.kill(line.pid, signal.SIGKILL)
    ended = await desk.hears(wire.Ended, leg=leg)
    assert ended.cause is EndCause.FAULT
    assert "no voice" in ended.text
    await desk.hears(wire.Ended, leg="agent-1")


async def test_a_phone_that_sends_nothing_for_a_while_is_left_alone(desk, switch, phone):
    caller, quiet = await phone(user="0355551234"), await phone(user="101", answer="auto")
    await call_in(caller, switch)
    incoming = await desk.hears(wire.Incoming)
    assert incoming.origin is Origin.TRUNK
    desk.ask(wire.Hold(incoming.leg), dial("agent-1", to(quiet)))
    await desk.hears(wire.Answered, leg="agent-1")
    os.kill(caller.pid, signal.SIGSTOP)
    try:
        desk.ask(wire.Bridge(incoming.leg, "agent-1"))
        bridged = await desk.hears(wire.Bridged)
        line = await phone(
            user="0399999999"
        )  # a line that dies beside it: when it is gone, the quiet one was looked at too
        await call_in(line, switch, X_Deskbell_Line="line-1", X_Deskbell_Call="k-2")
        leg = await desk.hears(wire.Incoming, origin_id="line-1")
        desk.ask(wire.Hold(leg.leg))
        await line.wait("state", state="confirmed")
        os.kill(line.pid, signal.SIGKILL)
        assert (await desk.hears(wire.Ended, leg=leg.leg)).at > bridged.at + 2
        assert {one.leg for one in (await desk.snapshot()).legs} == {incoming.leg, "agent-1"}
    finally:
        os.kill(caller.pid, signal.SIGCONT)


async def test_a_line_whose_process_is_back_soon_goes_on_in_its_conversation(desk, switch, phone):
    """The lines process died and its caller was kept: same key, another dialog; the agent hears the caller again."""
    line, agent, leg = await conversation(desk, switch, phone)
    agent_call = (await agent.wait("invited"))["call"]
    before = len(desk.told)
    os.kill(line.pid, signal.SIGKILL)
    again = await phone(user="0355551234")
    call = await call_in(again, switch, tone=650, X_Deskbell_Line="line-1", X_Deskbell_Call="k-1")
    await again.wait("state", state="confirmed")
    since = time.monotonic() + 0.3
    await asyncio.sleep(1.3)  # what is to be heard takes so long to say
    assert (await agent.hear(agent_call, [650, 450], since))["tones"]["650"]["level"] > 10_000
    assert (await again.hear(call, [1000], since))["tones"]["1000"]["level"] > 10_000
    assert [one for one in desk.told[before:] if isinstance(one, wire.Incoming | wire.Ended)] == []
    assert {one.leg: one.peer for one in (await desk.snapshot()).legs} == {leg: "agent-1", "agent-1": leg}
    other = await phone(user="0355551234")
    await call_in(other, switch, X_Deskbell_Line="line-2", X_Deskbell_Call="k-1")
    assert (await desk.hears(wire.Incoming, origin_id="line-2")).leg != leg, "a key is worth nothing on another line"
