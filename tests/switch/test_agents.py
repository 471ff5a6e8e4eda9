"""Phones that do what phones do: busy, declining, ringing for ever, mute, redirecting, answering too late."""

import asyncio
import time

import pytest

from appliance import wire
from appliance.wire import EndCause
from tests.support.fake_desk import dial
from tests.support.sip_wire import Message, Wire
from tests.switch.conftest import call_in, to

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {} RTP/AVP 0\r\n"


def accept(phone: Wire, invite: Message, body: str, evidence: str = "") -> None:
    """Answer 200 by hand, with or without a description of audio; a line says by what evidence."""
    copied = [(name, value) for name, value in invite.headers if name.lower() in ("via", "from", "call-id", "cseq")]
    own = [("To", invite["To"] + ";tag=late"), ("Contact", f"<sip:{phone.place}>")]
    described = [("Content-Type", "application/sdp")] if body else []
    told = [("X-Deskbell-Evidence", evidence)] if evidence else []
    phone.send(Message("SIP/2.0 200 OK", [*copied, *own, *described, *told], body))


def answer_early(phone: Wire, invite: Message, body: str) -> None:
    """183 with a description of audio: what the network says can be heard before the answer."""
    copied = [(name, value) for name, value in invite.headers if name.lower() in ("via", "from", "call-id", "cseq")]
    own = [("To", invite["To"] + ";tag=late"), ("Contact", f"<sip:{phone.place}>"), ("Content-Type", "application/sdp")]
    phone.send(Message("SIP/2.0 183 Session Progress", [*copied, *own], body))


@pytest.fixture
def by_hand(switch):
    """A phone that only does what the test says."""
    host, _, port = switch.sip.rpartition(":")
    with Wire((host, int(port))) as phone:
        yield phone


async def on_wire(work, *args):
    """Blocking talk by hand, beside the loop."""
    return await asyncio.to_thread(work, *args)


async def test_a_ringing_phone_is_told_and_then_its_answer(desk, phone):
    agent = await phone(user="101", answer="auto", after=0.2)
    desk.ask(dial("a", to(agent)))
    alerted = await desk.hears(wire.Alerted, leg="a")
    answered = await desk.hears(wire.Answered, leg="a")
    assert 0.1 < answered.at - alerted.at < 1.0


@pytest.mark.parametrize(("said", "told"), [("speech", "speech"), ("<b>", ""), ("", "")])
async def test_a_line_says_by_what_evidence_its_number_answered(desk, by_hand, said, told):
    """fxo §2.4; what is no word is not believed."""
    desk.ask(dial("a", f"sip:0312345678@{by_hand.place};line=line-1"))
    invite = await on_wire(by_hand.wait_for, "INVITE")
    accept(by_hand, invite, SDP.format(40000), said)
    assert (await desk.hears(wire.Answered, leg="a")).evidence == told


async def test_the_phone_sees_who_calls_and_how_to_ring(desk, phone):
    agent = await phone(user="101", answer="ring")
    order = dial("a", to(agent))
    desk.ask(wire.Dial(order.leg, order.to, "0355551234", "青木", 10, 2, alert_info="<urn:alert:service:normal>"))
    invited = await agent.wait("invited")
    assert invited["remote"] == '"青木" <sip:0355551234@deskbell.local>'
    assert invited["alert_info"] == "<urn:alert:service:normal>"


async def test_a_second_dial_of_the_same_leg_rings_nobody_twice(desk, phone):
    agent = await phone(user="101", answer="ring")
    desk.ask(dial("a", to(agent)), dial("a", to(agent)))
    await desk.hears(wire.Alerted, leg="a")
    await desk.snapshot()
    assert len([event for event in agent.events if event["event"] == "invited"]) == 1


@pytest.mark.parametrize(
    ("answer", "cause", "code"), [("busy", EndCause.BUSY, 486), ("decline", EndCause.REJECTED, 603)]
)
async def test_a_refusal_has_its_cause(desk, phone, answer, cause, code):
    agent = await phone(user="101", answer=answer)
    desk.ask(dial("a", to(agent)))
    ended = await desk.hears(wire.Ended, leg="a")
    assert (ended.cause, ended.code) == (cause, code)


async def test_a_phone_that_rings_too_long_is_cancelled(desk, phone):
    agent = await phone(user="101", answer="ring")
    desk.ask(dial("a", to(agent), ring_s=0.5))
    alerted = await desk.hears(wire.Alerted)
    ended = await desk.hears(wire.Ended, leg="a")
    assert ended.cause is EndCause.NO_ANSWER
    assert 0.3 < ended.at - alerted.at < 1.0
    assert (await agent.wait("state", state="disconnected"))["code"] == 487


async def test_a_phone_that_says_nothing_is_unreachable_after_the_alert_time(desk, by_hand):
    """T-alert: unreachable then."""
    asked = time.monotonic()
    desk.ask(dial("a", f"sip:101@{by_hand.place}", alert_s=0.5))
    ended = await desk.hears(wire.Ended, leg="a")
    assert ended.cause is EndCause.UNREACHABLE
    assert 0.4 < ended.at - asked < 1.5


@pytest.mark.parametrize(("status", "cause"), [(480, EndCause.UNREACHABLE), (404, EndCause.UNREACHABLE)])
async def test_a_phone_that_is_not_there_is_unreachable(desk, by_hand, status, cause):
    desk.ask(dial("a", f"sip:101@{by_hand.place}"))
    by_hand.answer(await on_wire(by_hand.wait_for, "INVITE"), status)
    ended = await desk.hears(wire.Ended, leg="a")
    assert (ended.cause, ended.code) == (cause, status)


async def test_a_redirection_is_not_followed(desk, by_hand, phone):
    """R-46: a forwarding phone is refused."""
    elsewhere = await phone(user="666")
    desk.ask(dial("a", f"sip:101@{by_hand.place}"))
    invite = await on_wire(by_hand.wait_for, "INVITE")
    by_hand.answer(invite, 302, headers={"Contact": f"<{to(elsewhere)}>"})
    assert (await desk.hears(wire.Ended, leg="a")).cause is EndCause.UNREACHABLE
    assert not [event for event in elsewhere.events if event["event"] == "invited"]


async def test_a_480_after_ringing_is_a_rejection(desk, by_hand):
    """R-33: progress, then a refusal."""
    desk.ask(dial("a", f"sip:101@{by_hand.place}"))
    invite = await on_wire(by_hand.wait_for, "INVITE")
    by_hand.answer(invite, 180)
    await desk.hears(wire.Alerted, leg="a")
    by_hand.answer(invite, 480)
    assert (await desk.hears(wire.Ended, leg="a")).cause is EndCause.REJECTED


async def test_a_withdrawn_call_says_that_it_was_answered_elsewhere(desk, by_hand):
    """I-10, I-11: the phone stops and knows why."""
    desk.ask(dial("a", f"sip:101@{by_hand.place}"))
    by_hand.answer(await on_wire(by_hand.wait_for, "INVITE"), 180)
    await desk.hears(wire.Alerted)
    desk.ask(wire.Hangup("a", reason="Call completed elsewhere"))
    cancel = await on_wire(by_hand.wait_for, "CANCEL")
    assert cancel["Reason"] == 'SIP;cause=200;text="Call completed elsewhere"'
    assert (await desk.hears(wire.Ended, leg="a")).cause is EndCause.US


async def test_an_answer_that_crosses_the_cancel_is_hung_up_and_told_once(desk, by_hand):
    """R-05, I-11: hung up."""
    desk.ask(dial("a", f"sip:101@{by_hand.place}"))
    invite = await on_wire(by_hand.wait_for, "INVITE")
    by_hand.answer(invite, 180)
    await desk.hears(wire.Alerted)
    desk.ask(wire.Hangup("a"))
    await on_wire(by_hand.wait_for, "CANCEL")
    accept(by_hand, invite, SDP.format(40000))
    await on_wire(by_hand.wait_for, "ACK")
    await on_wire(by_hand.wait_for, "BYE")
    await desk.snapshot()
    assert len(desk.of(wire.Ended, leg="a")) == 1
    assert not desk.of(wire.Answered)


async def test_r32_a_phone_that_moves_while_it_rings_is_cancelled_once_and_rings_where_it_is_now(desk, by_hand):
    """R-32: the same leg; who answers at the new place has the call."""
    to = f"sip:101@{by_hand.place}"
    desk.ask(dial("a", to))
    first = await on_wire(by_hand.wait_for, "INVITE")
    by_hand.answer(first, 180)
    await desk.hears(wire.Alerted)
    desk.ask(wire.DialAgain(to, time.monotonic()), wire.DialAgain(to, time.monotonic() - 60))
    cancel = await on_wire(by_hand.wait_for, "CANCEL")
    assert (cancel["Call-ID"], "elsewhere" in cancel["Reason"]) == (first["Call-ID"], True)
    by_hand.answer(first, 487)
    second = await on_wire(by_hand.wait_for, "INVITE")
    assert second["Call-ID"] != first["Call-ID"]
    assert second["From"].partition(";")[0] == first["From"].partition(";")[0]
    by_hand.answer(second, 180)
    accept(by_hand, second, SDP.format(40000))
    await desk.hears(wire.Answered, leg="a")
    assert not desk.of(wire.Ended)


async def test_whoever_can_hear_the_far_end_already_is_told_so_alone(desk, switch, by_hand):
    """A 180 beside the 183 may overtake it on its way through the edge, and phones end early sound by it."""
    host, _, port = switch.sip.rpartition(":")
    with Wire((host, int(port))) as caller:
        call = {"X-Deskbell-Phone": "101", "Content-Type": "application/sdp"}
        caller.send(caller.request("INVITE", f"sip:9@{switch.sip}", user="101", headers=call, body=SDP.format(40002)))
        incoming = await desk.hears(wire.Incoming)
        desk.ask(dial("a", f"sip:0312345678@{by_hand.place};line=line-1"))
        invite = await on_wire(by_hand.wait_for, "INVITE")
        answer_early(by_hand, invite, SDP.format(40000))
        await desk.hears(wire.Alerted)
        desk.ask(wire.Ring(incoming.leg, hears="a"))
        await desk.snapshot()
        heard = [await on_wire(caller.receive, 1.0) for _ in range(2)]
        assert [one.status for one in heard if one is not None] == [100, 183]


@pytest.mark.parametrize(("seconds", "elsewhere", "is_cancelled"), [(0.5, 0, False), (0.5, 1, True), (5.0, 0, True)])
async def test_r32_what_rings_at_the_new_place_already_is_left_alone(desk, by_hand, seconds, elsewhere, is_cancelled):
    """R-32: a registration is dated to the second. A phone that is back where it rang long since has forgotten it."""
    to, (host, _, port) = f"sip:101@{by_hand.place}", by_hand.place.rpartition(":")
    desk.ask(dial("a", to))
    by_hand.answer(await on_wire(by_hand.wait_for, "INVITE"), 180, headers={"Contact": f"<sip:101@{by_hand.place}>"})
    await desk.hears(wire.Alerted)
    desk.ask(wire.DialAgain(to, time.monotonic() + seconds, f"{host}:{int(port) + elsewhere}"))
    await desk.snapshot()
    found = [by_hand.receive(0.5)]
    assert [one is not None and one.method == "CANCEL" for one in found] == [is_cancelled]


async def test_r32_the_ring_time_is_not_longer_for_a_phone_that_moves(desk, phone):
    """R-32: T-ring not extended."""
    agent = await phone(user="101", answer="ring")
    asked = time.monotonic()
    desk.ask(dial("a", to(agent), ring_s=1.0))
    await desk.hears(wire.Alerted)
    desk.ask(wire.DialAgain(to(agent), time.monotonic()))
    ended = await desk.hears(wire.Ended, leg="a")
    assert ended.cause is EndCause.NO_ANSWER
    assert 0.9 < ended.at - asked < 1.5
    assert len([event for event in agent.events if event["event"] == "invited"]) == 2


async def test_r32_a_phone_that_moves_once_it_was_answered_goes_on_talking(desk, phone):
    """R-32, the other order: the old contact answered first."""
    agent = await phone(user="101", answer="auto")
    desk.ask(dial("a", to(agent)))
    await desk.hears(wire.Answered, leg="a")
    desk.ask(wire.DialAgain(to(agent), time.monotonic()))
    await desk.snapshot()
    assert len([event for event in agent.events if event["event"] == "invited"]) == 1
    assert not desk.of(wire.Ended)


async def test_r32_an_answer_at_the_old_place_that_crosses_the_cancel_makes_no_second_conversation(desk, by_hand):
    """R-32: the late answer is hung up, and the phone rings at its new place."""
    to = f"sip:101@{by_hand.place}"
    desk.ask(dial("a", to))
    first = await on_wire(by_hand.wait_for, "INVITE")
    by_hand.answer(first, 180)
    await desk.hears(wire.Alerted)
    desk.ask(wire.DialAgain(to, time.monotonic()))
    await on_wire(by_hand.wait_for, "CANCEL")
    accept(by_hand, first, SDP.format(40000))
    assert (await on_wire(by_hand.wait_for, "BYE"))["Call-ID"] == first["Call-ID"]
    by_hand.answer(await on_wire(by_hand.wait_for, "INVITE"), 180)
    await desk.snapshot()
    assert not desk.of(wire.Answered)
    assert not desk.of(wire.Ended)


async def test_r32_a_phone_that_says_nothing_at_its_new_place_is_unreachable(desk, by_hand):
    """R-32, A-08: T-alert counts anew."""
    to = f"sip:101@{by_hand.place}"
    desk.ask(dial("a", to, alert_s=0.5))
    by_hand.answer(await on_wire(by_hand.wait_for, "INVITE"), 180)
    await desk.hears(wire.Alerted)
    desk.ask(wire.DialAgain(to, time.monotonic()))
    assert (await desk.hears(wire.Ended, leg="a")).cause is EndCause.UNREACHABLE


async def test_an_answer_without_audio_makes_no_half_conversation(desk, by_hand):
    """R-33: no half bridge."""
    desk.ask(dial("a", f"sip:101@{by_hand.place}"))
    invite = await on_wire(by_hand.wait_for, "INVITE")
    accept(by_hand, invite, "")
    ended = await desk.hears(wire.Ended, leg="a")
    assert ended.cause is EndCause.FAULT
    assert not desk.of(wire.Answered)


async def test_a_call_to_nonsense_ends_with_a_sentence(desk):
    desk.ask(dial("a", "not a uri"))
    ended = await desk.hears(wire.Ended, leg="a")
    assert ended.cause is EndCause.FAULT
    assert "could not be placed" in ended.text


async def test_a_caller_who_gives_up_while_the_agent_rings_leaves_the_agent_to_the_desk(desk, switch, phone):
    caller, agent = await phone(user="03"), await phone(user="101", answer="ring")
    call = await call_in(caller, switch)
    incoming = await desk.hears(wire.Incoming)
    desk.ask(wire.Ring(incoming.leg), dial("a", to(agent)))
    await desk.hears(wire.Alerted)
    caller.order("hangup", call=call)
    assert (await desk.hears(wire.Ended, leg=incoming.leg)).cause is EndCause.FAR
    assert not desk.of(wire.Ended, leg="a")
    desk.ask(wire.Hangup("a"))
    assert (await agent.wait("state", state="disconnected"))["code"] == 487


async def test_a_bridge_answers_a_caller_who_still_hears_ringing(desk, switch, phone):
    caller, agent = await phone(user="03"), await phone(user="101", tone=1000)
    await call_in(caller, switch)
    incoming = await desk.hears(wire.Incoming)
    desk.ask(wire.Ring(incoming.leg), dial("a", to(agent)))
    await desk.hears(wire.Answered, leg="a")
    assert not [event for event in caller.events if event.get("state") == "confirmed"]
    desk.ask(wire.Bridge(incoming.leg, "a"))
    await desk.hears(wire.Bridged)
    await caller.wait("state", state="confirmed")
