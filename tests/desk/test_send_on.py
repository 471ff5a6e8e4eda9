"""Callers sent on to a person or to a number outside (§3.6): rung, bridged, passed over, taken up again."""

from pathlib import Path

from appliance import wire
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.view import Status
from appliance.wire import EndCause, LegState
from tests.support.desk_office import running_box

USER, AGENT = Destination(Kind.USER, "103"), Destination(Kind.USER, "suzuki")
OUTSIDE, ABROAD = Destination(Kind.EXTERNAL, "0398765432"), Destination(Kind.EXTERNAL, "00811234")
CARRIER = "sip:0398765432@192.0.2.10:5060"


def deserted(*steps: Destination) -> dict[str, object]:
    return {"no_agent_s": 0.0, "chains": (Chain(Reason.NO_AGENT, steps),)}


async def test_a_person_is_rung_while_the_caller_hears_it_ring_and_then_they_talk(tmp_path: Path) -> None:
    async with running_box(tmp_path, **deserted(USER)) as box:
        leg = box.switch.rings()
        dial = await box.switch.is_asked(wire.Dial, to="sip:103@deskbell")
        assert dial.number == "0312345678"
        assert box.switch.legs[leg].state is LegState.RINGING, "nobody was answered yet: the caller is not charged"
        box.switch.answers(dial.leg)
        await box.switch.is_asked(wire.Bridge, a=leg, b=dial.leg)
        box.switch.hangs_up(dial.leg)
        await box.recorded("fallback")


async def test_who_does_not_answer_is_passed_over(tmp_path: Path) -> None:
    async with running_box(tmp_path, **deserted(USER, AGENT)) as box:
        box.switch.rings()
        box.switch.ends((await box.switch.is_asked(wire.Dial, to="sip:103@deskbell")).leg, EndCause.NO_ANSWER)
        await box.switch.is_asked(wire.Dial, to="sip:102@deskbell")


async def test_an_agent_s_phone_that_is_rung_so_is_busy_but_stays_off_duty(tmp_path: Path) -> None:
    async with running_box(tmp_path, **deserted(AGENT)) as box:
        box.switch.rings()
        dial = await box.switch.is_asked(wire.Dial, to="sip:102@deskbell")
        await box.is_status("suzuki", Status.OFF_ON_CALL)
        box.switch.answers(dial.leg)
        await box.switch.is_asked(wire.Bridge)
        box.switch.hangs_up(dial.leg)
        await box.is_status("suzuki", Status.OFF)


async def test_a_number_outside_goes_by_the_rules_of_outgoing_calls(tmp_path: Path) -> None:
    async with running_box(tmp_path, **deserted(ABROAD, OUTSIDE)) as box:
        leg = box.switch.rings()
        dial = await box.switch.is_asked(wire.Dial)
        assert dial.to == CARRIER, "what no rule allows is never dialled"
        box.switch.answers(dial.leg)
        await box.switch.is_asked(wire.Bridge, a=leg, b=dial.leg)


async def test_an_emergency_number_in_a_chain_is_no_destination(tmp_path: Path) -> None:
    """I-18 is for people; a caller from outside must never be put through to the police by the box."""
    async with running_box(tmp_path, **deserted(Destination(Kind.EXTERNAL, "110"), USER)) as box:
        box.switch.rings()
        assert (await box.switch.is_asked(wire.Dial)).to == "sip:103@deskbell"


async def test_a_caller_who_hangs_up_stops_the_ringing(tmp_path: Path) -> None:
    async with running_box(tmp_path, **deserted(USER)) as box:
        leg = box.switch.rings()
        dial = await box.switch.is_asked(wire.Dial)
        box.switch.hangs_up(leg)
        await box.switch.is_asked(wire.Hangup, leg=dial.leg)
        await box.recorded("abandoned")


async def test_a_person_rung_or_talking_is_taken_up_after_the_desk_was_away(tmp_path: Path) -> None:
    async with running_box(tmp_path, **deserted(USER)) as box:
        leg = box.switch.rings()
        dial = await box.switch.is_asked(wire.Dial)
        await box.desk.link._wire.close()  # type: ignore[union-attr]
        await box.switch.is_left()
        box.switch.legs[dial.leg].state = LegState.UP  # answered while nobody listened
        await box.switch.is_connected()
        await box.switch.is_asked(wire.Bridge, a=leg, b=dial.leg)
        await box.desk.control.settled()
        await box.desk.link._wire.close()  # type: ignore[union-attr]
        await box.switch.is_left()
        await box.switch.is_connected()
        assert (await box.switch.is_asked(wire.AskSnapshot, count=3)) is not None
        await box.desk.control.settled()
        assert box.switch.commands(wire.Hangup) == []
        box.switch.hangs_up(leg)
        await box.recorded("fallback")
