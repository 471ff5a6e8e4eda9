"""Callers passed on, on a desk with real storage: by the phone, by keys, by the page. S-16 to S-19."""

from dataclasses import replace
from pathlib import Path

import pytest

from appliance import wire
from appliance.acd.view import Status
from appliance.api import Refusal
from appliance.desk.desk import running_desk
from appliance.wire import EndCause, Origin
from tests.support.desk_office import Box, running_box, settings


async def rung(box: Box, phone: str, count: int = 1) -> str:
    """The leg of the `count`th ring of this phone."""
    return (await box.switch.is_asked(wire.Dial, to=f"sip:{phone}@deskbell", count=count)).leg


def keys(box: Box, leg: str, digits: str) -> None:
    for digit in digits:
        box.switch.presses(leg, digit)


async def talks(box: Box, agent: str) -> None:
    await box.until(lambda view: any(call.talking and call.agent == agent for call in view.calls))


async def test_s18_refer_rings_the_target_releases_the_agent_and_says_so_first(tmp_path: Path) -> None:
    """S-18, R-16: the phone hears that it worked before it is hung up."""
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        box.switch.refers(offer, "102")
        target = await rung(box, "102")
        answer = await box.switch.is_asked(wire.AnswerTransfer, leg=offer)
        assert answer.code == 200
        said = [command for _, command in box.switch.asked]
        assert said.index(answer) < said.index(wire.Hangup(offer))
        assert box.switch.legs[caller].hears == "music"
        await box.is_status("sato", Status.WRAP_UP)
        box.switch.answers(target)
        await talks(box, "suzuki")
        assert box.switch.legs[caller].peer == target
        assert box.agent("suzuki").status is Status.OFF_ON_CALL
        assert (await box.switch.is_asked(wire.Record, count=2)).left == target
        box.switch.hangs_up(caller)
        assert (await box.recorded("answered")).agent == "suzuki"
        await box.is_status("suzuki", Status.OFF)


async def test_r16_the_phone_is_gone_before_the_answer(tmp_path: Path) -> None:
    """R-16: a BYE right after REFER leaves the caller on music, not hung up."""
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        box.switch.refers(offer, "102")
        box.switch.hangs_up(offer)
        box.switch.answers(await rung(box, "102"))
        await talks(box, "suzuki")
        assert caller in box.switch.legs


@pytest.mark.parametrize(("to", "why"), [("101", "oneself"), ("110", "emergency"), ("0990", "no rule")])
async def test_s16_what_may_not_be_is_refused_and_they_talk_on(tmp_path: Path, to: str, why: str) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        box.switch.refers(offer, to)
        assert (await box.switch.is_asked(wire.AnswerTransfer)).code >= 400, why
        assert box.switch.legs[caller].peer == offer
        box.switch.hangs_up(offer)
        await box.is_status("sato", Status.WRAP_UP)
        assert caller not in box.switch.legs


async def test_refer_on_a_leg_without_a_caller_is_refused(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        leg = box.switch.rings(origin=Origin.PHONE, origin_id="101", called="103")
        box.switch.answers(await rung(box, "103"))
        box.switch.refers(leg, "102")
        assert (await box.switch.is_asked(wire.AnswerTransfer)).code == 404


async def test_s19_a_declined_transfer_is_back_at_the_old_place_and_blames_nobody(tmp_path: Path) -> None:
    """S-19, D-17."""
    async with running_box(tmp_path, "sato", "suzuki") as box:
        _, offer = await box.talking()
        box.switch.refers(offer, "103")
        box.switch.rejects(await rung(box, "103"))
        again = await rung(box, "102")
        box.switch.answers(again)
        await talks(box, "suzuki")


async def test_an_allowed_number_outside_is_rung_by_the_trunk(tmp_path: Path) -> None:
    """S-16: by the rule of every call that leaves the office."""
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        box.switch.refers(offer, "0355550000")
        dial = await box.switch.is_asked(wire.Dial, to="sip:0355550000@192.0.2.10:5060")
        assert dial.number == "0312345678"
        box.switch.answers(dial.leg)
        await box.until(lambda view: any(call.talking for call in view.calls))
        assert box.switch.legs[caller].peer == dial.leg
        box.switch.hangs_up(dial.leg)
        await box.recorded("answered")


async def consulting(box: Box) -> tuple[str, str, str]:
    """Sato keys ## and Suzuki's phone; returns the legs of the caller, of Sato and of Suzuki."""
    caller, offer = await box.talking()
    keys(box, offer, "##102")
    target = await rung(box, "102")
    return caller, offer, target


async def test_s18_keys_ask_first_and_hanging_up_completes(tmp_path: Path) -> None:
    """S-M1: ## from the agent's leg; the caller hears music, and nothing of it is recorded."""
    async with running_box(tmp_path, "sato") as box:
        caller, offer, target = await consulting(box)
        dial = next(one for one in box.switch.commands(wire.Dial) if one.leg == target)
        assert (dial.number, dial.name) == ("101", "佐藤")
        assert box.agent("sato").held_since > 0
        assert box.switch.recordings == {}
        box.switch.answers(target)
        await box.switch.is_asked(wire.Bridge, a=offer, b=target)
        assert box.agent("sato").is_consulting
        assert box.switch.legs[caller].hears == "music"
        box.switch.hangs_up(offer)
        await talks(box, "suzuki")
        assert box.switch.legs[caller].peer == target
        await box.is_status("sato", Status.WRAP_UP)


async def test_s18_the_code_again_takes_the_caller_back(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, offer, target = await consulting(box)
        box.switch.answers(target)
        await box.until(lambda view: view.agents[0].is_consulting)
        keys(box, offer, "####")
        await box.switch.is_asked(wire.Hangup, leg=target)
        assert box.switch.legs[caller].peer == offer
        assert offer in box.switch.legs
        await box.until(lambda view: view.calls[0].held_since == 0)
        assert box.agent("sato").held_since == 0


async def test_a_target_who_hangs_up_leaves_the_agent_with_the_caller(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, offer, target = await consulting(box)
        box.switch.answers(target)
        await box.until(lambda view: view.agents[0].is_consulting)
        box.switch.hangs_up(target)
        await box.switch.is_asked(wire.Bridge, a=caller, b=offer, count=2)
        assert box.switch.legs[caller].peer == offer


async def test_r14_the_agent_hears_a_tone_when_the_caller_hangs_up(tmp_path: Path) -> None:
    """R-14: then the leg is hung up, and the target's at once."""
    async with running_box(tmp_path, "sato") as box:
        caller, offer, target = await consulting(box)
        box.switch.hangs_up(caller)
        assert (await box.switch.is_asked(wire.Play, leg=offer)).prompts == ("caller_gone",)
        await box.switch.is_asked(wire.Hangup, leg=target)
        box.switch.prompt_ends(offer)
        await box.switch.is_asked(wire.Hangup, leg=offer)
        await box.is_status("sato", Status.WRAP_UP)


async def test_keys_pass_on_at_once_and_a_callers_keys_never_do(tmp_path: Path) -> None:
    """S-M1, S-08: the caller's keys mean nothing while they talk."""
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        keys(box, caller, "#*103")
        keys(box, offer, "#*102")
        await rung(box, "102")
        assert not any(dial.to == "sip:103@deskbell" for dial in box.switch.commands(wire.Dial))


async def consulted_by_phone(box: Box) -> tuple[str, str, str, str]:
    """Sato holds the caller and calls Suzuki; returns the caller's leg, Sato's two and Suzuki's."""
    caller, offer = await box.talking()
    box.switch.holds(offer)
    await box.until(lambda view: view.agents[0].held_since > 0)
    own = box.switch.rings(origin=Origin.PHONE, origin_id="101", called="102")
    return caller, offer, own, await rung(box, "102")


@pytest.mark.parametrize("is_answered", [True, False])
async def test_r16_refer_with_replaces_joins_the_two(tmp_path: Path, is_answered: bool) -> None:
    """R-13, R-16: answered or still ringing, Suzuki's leg goes on as it is."""
    async with running_box(tmp_path, "sato") as box:
        caller, offer, own, target = await consulted_by_phone(box)
        if is_answered:
            box.switch.answers(target)
            await box.switch.is_asked(wire.Bridge, a=own)
        box.switch.refers(offer, "102", replaces=own)
        assert (await box.switch.is_asked(wire.AnswerTransfer, leg=offer)).code == 200
        await box.switch.is_asked(wire.Hangup, leg=own)
        if not is_answered:
            box.switch.answers(target)
        await talks(box, "suzuki")
        assert box.switch.legs[caller].peer == target
        box.switch.hangs_up(target)
        await box.is_status("suzuki", Status.OFF)
        await box.recorded("answered")


async def test_a_join_that_is_refused_leaves_both_calls_as_they_were(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        own = box.switch.rings(origin=Origin.PHONE, origin_id="101", called="0990")
        await box.switch.is_asked(wire.Hangup, leg=own)
        box.switch.refers(offer, "102", replaces=own)
        assert (await box.switch.is_asked(wire.AnswerTransfer, leg=offer)).code == 404
        assert box.switch.legs[caller].peer == offer


async def test_a_target_without_a_phone_that_answers_is_not_waited_for(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        _, offer = await box.talking()
        box.switch.refers(offer, "102")
        box.switch.ends(await rung(box, "102"), EndCause.UNREACHABLE, 480)
        view = await box.until(lambda view: bool(view.waiting))
        assert view.waiting[0].position == 1


async def test_t_held_the_phones_hold_is_seen_on_the_lamp_too(tmp_path: Path) -> None:
    """S-M3: hold is a fact of the view."""
    async with running_box(tmp_path, "sato") as box:
        _, offer = await box.talking()
        box.switch.holds(offer)
        await box.until(lambda view: view.calls[0].held_since > 0)
        box.switch.holds(offer, held=False)
        await box.until(lambda view: view.calls[0].held_since == 0)


async def test_s17_the_page_is_told_every_number_of_the_house(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        told = [(one.kind, one.number, one.name, one.agent) for one in box.desk.office.targets()]
        assert told[:3] == [
            ("queue", "200", "受付", ""),
            ("user", "101", "佐藤", "sato"),
            ("user", "102", "鈴木", "suzuki"),
        ]
        assert ("user", "103", "倉庫", "") in told


async def test_s17_each_is_told_with_how_it_is_read(tmp_path: Path) -> None:
    """An agent's own reading goes before that of the phone."""
    plan = settings(tmp_path)
    sato = replace(plan.office.agents[0], reading="さとう")
    office = replace(plan.office, agents=(sato, *plan.office.agents[1:]))
    plan = replace(plan, office=office, readings=(("200", "うけつけ"), ("101", "にわ"), ("102", "すずき")))
    async with running_desk(plan) as desk:
        told = {one.number: one.reading for one in desk.office.targets()}
    assert told == {"200": "うけつけ", "101": "さとう", "102": "すずき", "103": "", "104": ""}


async def test_s18_the_page_asks_first_and_completes(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, _ = await box.talking()
        await box.desk.office.transfer("sato", "103", "page", ask_first=True)
        assert box.agent("sato").consults == "103"
        target = await rung(box, "103")
        box.switch.answers(target)
        await box.until(lambda view: view.agents[0].is_consulting)
        await box.desk.office.complete_transfer("sato", "page")
        await box.switch.is_asked(wire.Bridge, a=caller, b=target)
        await box.is_status("sato", Status.WRAP_UP)


async def test_s18_the_page_takes_the_caller_back(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        await box.desk.office.transfer("sato", "102", "page", ask_first=True)
        await box.desk.office.take_back("sato", "page")
        await box.switch.is_asked(wire.Bridge, a=caller, b=offer, count=2)
        with pytest.raises(Refusal, match="asks nobody"):
            await box.desk.office.take_back("sato", "page")


@pytest.mark.parametrize(
    ("to", "ask_first", "why"),
    [
        ("101", False, "same phone"),
        ("200", True, "cannot be asked first"),
        ("119", False, "emergency"),
        ("0990", False, "no outbound rule"),
    ],
)
async def test_s16_the_page_is_told_why_not(tmp_path: Path, to: str, ask_first: bool, why: str) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        with pytest.raises(Refusal, match=why):
            await box.desk.office.transfer("sato", to, "page", ask_first=ask_first)
        assert box.switch.legs[caller].peer == offer


async def test_who_talks_with_nobody_passes_nobody_on(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        with pytest.raises(Refusal, match="talks with no caller"):
            await box.desk.office.transfer("sato", "102", "page")
        with pytest.raises(Refusal, match="no agent"):
            await box.desk.office.transfer("nobody", "102", "page")


async def test_s16_a_star_before_the_number_is_that_persons_voicemail(tmp_path: Path) -> None:
    """S-16: by keys as by the page."""
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        keys(box, offer, "#**102#")
        await box.is_status("sato", Status.WRAP_UP)
        assert "voicemail_greeting" in (await box.switch.is_asked(wire.Play, leg=caller)).prompts
