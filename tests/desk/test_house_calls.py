"""Calls between two phones of the house that one of them passes on, now or after asking first (S-16 to S-19)."""

from pathlib import Path

import pytest

from appliance import wire
from appliance.acd.view import Status
from appliance.desk.desk import running_desk
from appliance.desk.legs import attempt_of, first_leg, second_leg
from appliance.wire import EndCause, Origin
from tests.desk.test_restarts import desk_again
from tests.support.baresip import until
from tests.support.desk_office import Box, running_box, settings
from tests.support.fake_switch import FakeSwitch

CALLER, CALLEE = "the caller", "the callee"


def dials(box: Box, phone: str, number: str) -> str:
    return box.switch.rings(origin=Origin.PHONE, origin_id=phone, number=phone, called=number)


async def answered(box: Box, phone: str, count: int = 1) -> str:
    """That phone is rung and picked up: its leg."""
    leg = await box.offered(phone, count)
    box.switch.answers(leg)
    return leg


async def talk(box: Box, one: str, other: str) -> None:
    await until(lambda: box.switch.legs[one].peer == other, f"{one} and {other} talk")


async def in_house(box: Box, who: str = CALLER) -> tuple[str, str]:
    """101 and 103 talk; the one who passes on is 103, who called or was called. Its leg, and the other one's."""
    first, second = ("103", "101") if who == CALLER else ("101", "103")
    one = dials(box, first, second)
    two = await answered(box, second)
    await talk(box, one, two)
    return (one, two) if who == CALLER else (two, one)


def test_a30_a_leg_that_was_dialled_says_for_which_leg_however_often_it_was_passed_on() -> None:
    names = ["in-7"]
    for _ in range(3):
        names += [second_leg(name, attempt) for name in names for attempt in (1, 2, 11)]
    made = [(name, attempt, second_leg(name, attempt)) for name in names for attempt in (1, 2, 11)]
    assert [(first_leg(leg), attempt_of(leg)) for _, _, leg in made] == [(name, attempt) for name, attempt, _ in made]


@pytest.mark.parametrize("who", [CALLER, CALLEE])
async def test_s18_a_phone_passes_its_party_on_to_another_phone(tmp_path: Path, who: str) -> None:
    async with running_box(tmp_path) as box:
        leaver, party = await in_house(box, who)
        box.switch.refers(leaver, "104")
        await box.switch.is_asked(wire.AnswerTransfer, leg=leaver, code=200)
        await box.switch.is_asked(wire.Hangup, leg=leaver)
        asked = await box.switch.is_asked(wire.Dial, to="sip:104@deskbell")
        assert (asked.number, box.switch.legs[party].hears) == ("101", "music")
        await talk(box, party, await answered(box, "104"))
        await box.is_status("sato", Status.OFF_ON_CALL)
        box.switch.hangs_up(party)
        await box.is_status("sato", Status.OFF)


async def test_s16_a_phone_passes_its_party_on_to_a_queue_where_it_waits_like_any_caller(tmp_path: Path) -> None:
    async with running_box(tmp_path, "suzuki") as box:
        leaver, party = await in_house(box, CALLER)
        box.switch.refers(leaver, "200")
        offer = await answered(box, "102")
        await talk(box, party, offer)
        box.switch.hangs_up(party)
        assert (await box.recorded("answered")).number == "101"


async def test_s16_a_phone_passes_its_party_on_to_a_number_outside_that_is_allowed(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        leaver, party = await in_house(box)
        box.switch.refers(leaver, "0355550000")
        second = (await box.switch.is_asked(wire.Dial, to="sip:0355550000@192.0.2.10:5060")).leg
        box.switch.answers(second)
        await talk(box, party, second)


@pytest.mark.parametrize("to", ["101", "110", "0990123456", "*50", "999", ""])
async def test_s16_what_cannot_be_is_refused_and_they_talk_on(tmp_path: Path, to: str) -> None:
    """To the party itself, emergency numbers, what no route allows, codes, and nobody."""
    async with running_box(tmp_path) as box:
        leaver, party = await in_house(box)
        box.switch.refers(leaver, to)
        await box.switch.is_asked(wire.AnswerTransfer, leg=leaver, code=404)
        await box.desk.control.settled()
        assert box.switch.legs[leaver].peer == party
        assert box.switch.commands(wire.Hangup) == []


@pytest.mark.parametrize("cause", [EndCause.REJECTED, EndCause.NO_ANSWER, EndCause.BUSY])
async def test_s19_who_was_passed_on_in_vain_hears_so_before_the_line_is_closed(
    tmp_path: Path, cause: EndCause
) -> None:
    async with running_box(tmp_path) as box:
        leaver, party = await in_house(box)
        box.switch.refers(leaver, "104")
        box.switch.ends(await box.offered("104"), cause)
        await box.switch.is_asked(wire.Play, leg=party, prompts=("nobody_available",))
        box.switch.prompt_ends(party)
        await box.switch.is_asked(wire.Hangup, leg=party)


async def test_r11_who_was_passed_on_and_hangs_up_stops_the_ringing(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        leaver, party = await in_house(box)
        box.switch.refers(leaver, "104")
        target = await box.offered("104")
        box.switch.hangs_up(party)
        await box.switch.is_asked(wire.Hangup, leg=target)


@pytest.mark.parametrize("who", [CALLER, CALLEE])
async def test_s18_who_was_passed_on_is_passed_on_again(tmp_path: Path, who: str) -> None:
    """Each leg dialled for it has a name of its own, for the switch remembers them."""
    async with running_box(tmp_path) as box:
        leaver, party = await in_house(box, who)
        box.switch.refers(leaver, "104")
        second = await answered(box, "104")
        await talk(box, party, second)
        box.switch.refers(second, "102")
        third = await answered(box, "102")
        await talk(box, party, third)
        legs = [one.leg for one in box.switch.commands(wire.Dial)]
        assert len(set(legs)) == len(legs)


async def test_s18_a_phone_that_asked_first_joins_the_two(tmp_path: Path) -> None:
    """R-16: REFER with Replaces; nobody is called a second time."""
    async with running_box(tmp_path) as box:
        leaver, party = await in_house(box, CALLEE)
        asking = dials(box, "103", "104")
        asked = await answered(box, "104")
        await talk(box, asking, asked)
        box.switch.refers(leaver, "104", replaces=asking)
        await box.switch.is_asked(wire.AnswerTransfer, leg=leaver, code=200)
        await talk(box, party, asked)
        for leg in (leaver, asking):
            await box.switch.is_asked(wire.Hangup, leg=leg)
        box.switch.hangs_up(asked)
        await box.is_status("sato", Status.OFF)


async def test_r13_who_still_rings_is_called_by_who_is_passed_on(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        leaver, party = await in_house(box, CALLEE)
        asking = dials(box, "103", "104")
        ringing = await box.offered("104")
        box.switch.refers(leaver, "104", replaces=asking)
        await box.switch.is_asked(wire.Hangup, leg=ringing)
        await talk(box, party, await answered(box, "104", 2))


async def test_s18_whom_an_agent_called_outside_is_joined_with_a_colleague(tmp_path: Path) -> None:
    """The customer is the contact, whichever of its two calls the phone sends the REFER on."""
    async with running_box(tmp_path, "sato") as box:
        colleague = dials(box, "103", "101")
        mine = await answered(box, "101")
        await talk(box, colleague, mine)
        out = dials(box, "101", "0355550000")
        customer = (await box.switch.is_asked(wire.Dial, to="sip:0355550000@192.0.2.10:5060")).leg
        box.switch.answers(customer)
        await box.until(lambda view: any(call.talking for call in view.calls))
        box.switch.refers(mine, "0355550000", replaces=out)
        await box.switch.is_asked(wire.AnswerTransfer, leg=mine, code=200)
        await talk(box, customer, colleague)
        await box.is_status("sato", Status.AVAILABLE)


async def test_s_m1_keys_pass_on_in_a_call_of_the_house_too(tmp_path: Path) -> None:
    """S-M1 partly: `#*` and the number."""
    async with running_box(tmp_path) as box:
        leaver, party = await in_house(box)
        for digit in "#*104":
            box.switch.presses(leaver, digit)
        await box.switch.is_asked(wire.Hangup, leg=leaver)
        await talk(box, party, await answered(box, "104"))


@pytest.mark.parametrize("who", [CALLER, CALLEE])
async def test_a30_a_desk_that_comes_back_connects_who_was_being_passed_on(tmp_path: Path, who: str) -> None:
    """The legs' names say whom the ringing is for."""
    plan = settings(tmp_path)
    async with FakeSwitch(plan.switch_socket) as switch:
        async with running_desk(plan) as desk:
            await desk.link.is_ready.wait()
            box = Box(plan, switch, desk)
            leaver, party = await in_house(box, who)
            switch.refers(leaver, "104")
            target = await box.offered("104")
            await switch.is_asked(wire.Hangup, leg=leaver)
        await switch.is_left()
        async with desk_again(box) as again:
            assert party in switch.legs
            switch.answers(target)
            await talk(again, party, target)
            await again.is_status("sato", Status.OFF_ON_CALL)
            switch.hangs_up(target)
            await again.is_status("sato", Status.OFF)


async def test_a30_two_who_were_joined_are_on_the_phone_for_a_desk_that_comes_back(tmp_path: Path) -> None:
    plan = settings(tmp_path)
    async with FakeSwitch(plan.switch_socket) as switch:
        async with running_desk(plan) as desk:
            await desk.link.is_ready.wait()
            box = Box(plan, switch, desk)
            leaver, party = await in_house(box, CALLEE)
            asking = dials(box, "103", "102")
            asked = await answered(box, "102")
            await talk(box, asking, asked)
            switch.refers(leaver, "102", replaces=asking)
            await talk(box, party, asked)
            await switch.is_asked(wire.Hangup, leg=asking)
        await switch.is_left()
        async with desk_again(box) as again:
            await again.desk.control.settled()
            assert [again.agent(name).status for name in ("sato", "suzuki")] == [Status.OFF_ON_CALL] * 2
            switch.hangs_up(asked)
            await again.is_status("sato", Status.OFF)
            await again.is_status("suzuki", Status.OFF)


async def test_a30_who_was_passed_on_to_a_queue_waits_on_after_a_restart(tmp_path: Path) -> None:
    """I-05: also where it is a leg that we dialled."""
    plan = settings(tmp_path)
    async with FakeSwitch(plan.switch_socket) as switch:
        async with running_desk(plan) as desk:
            await desk.link.is_ready.wait()
            box = Box(plan, switch, desk)
            leaver, party = await in_house(box, CALLER)
            switch.refers(leaver, "200")
            await box.until(lambda view: len(view.waiting) == 1)
        await switch.is_left()
        async with desk_again(box) as again:
            assert [one.number for one in again.view.waiting] == ["101"]
            await again.desk.office.go_on_duty("suzuki", "page")
            await talk(again, party, await answered(again, "102"))
