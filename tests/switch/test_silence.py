"""A lines process that is killed says no BYE: the switch hears that its voice has stopped (R-31)."""

import os
import signal

from appliance import wire
from appliance.wire import EndCause, Origin
from tests.support.fake_desk import dial
from tests.switch.conftest import call_in, to


async def test_a_line_whose_process_was_killed_is_hung_up_with_its_conversation(desk, switch, phone):
    """R-31: silence ends it."""
    line, agent = await phone(user="0355551234"), await phone(user="101", answer="auto", tone=1000)
    await call_in(line, switch, X_Deskbell_Line="line-1", X_Deskbell_Call="k-1")
    leg = (await desk.hears(wire.Incoming)).leg
    desk.ask(wire.Hold(leg), dial("agent-1", to(agent)))
    await desk.hears(wire.Answered, leg="agent-1")
    desk.ask(wire.Bridge(leg, "agent-1"))
    await desk.hears(wire.Bridged)
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
