"""Legs whose end is not that of their party, through a real switch: what a consultation needs (S-18, I-03)."""

from appliance import wire
from tests.support.fake_desk import FakeDesk, dial
from tests.support.running_switch import RunningSwitch
from tests.switch.conftest import MakePhone, call_in, to


async def test_who_was_bridged_for_a_while_stays_and_can_be_bridged_anew(
    desk: FakeDesk, switch: RunningSwitch, phone: MakePhone
) -> None:
    """S-18: the target hangs up, the agent is given back to the caller; then the end of one is the end of both."""
    caller = await phone(user="0355551234")
    agent, target = await phone(user="101", answer="auto"), await phone(user="102", answer="auto")
    await call_in(caller, switch)
    incoming = await desk.hears(wire.Incoming)
    desk.ask(wire.Hold(incoming.leg), dial("agent-1", to(agent)), dial("target-1", to(target)))
    await desk.hears(wire.Answered, leg="agent-1")
    await desk.hears(wire.Answered, leg="target-1")
    desk.ask(wire.Bridge("agent-1", "target-1", ends_both=False))
    await desk.hears(wire.Bridged, a="agent-1")
    desk.ask(wire.Hangup("target-1"))
    await desk.hears(wire.Ended, leg="target-1")
    assert {leg.leg: leg.peer for leg in (await desk.snapshot()).legs} == {incoming.leg: "", "agent-1": ""}
    desk.ask(wire.Bridge(incoming.leg, "agent-1"))
    await desk.hears(wire.Bridged, a=incoming.leg)
    desk.ask(wire.Hangup("agent-1"))
    await desk.hears(wire.Ended, leg=incoming.leg)


async def test_an_answer_to_a_transfer_nobody_asked_for_means_nothing(desk: FakeDesk, switch: RunningSwitch) -> None:
    desk.ask(wire.AnswerTransfer("gone", 200))
    assert (await desk.snapshot()).legs == ()
