"""Callbacks at the desk: words, promise, dial, the question for a 1, the message, restarts (§3.8)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance import wire
from appliance.acd.settings import CallbackSettings
from appliance.acd.view import Status
from appliance.api import Refusal
from appliance.desk import spoken
from appliance.desk.desk import running_desk
from appliance.wire import EndCause
from tests.support.desk_office import Box, running_box
from tests.support.fake_switch import FakeSwitch

NUMBER = "0311110002"
TERMS = CallbackSettings(digit="2", retry_s=0.2)
CUSTOMER = f"sip:{NUMBER}@192.0.2.10:5060"


@asynccontextmanager
async def waiting(tmp_path: Path, terms: CallbackSettings = TERMS, **queue: Any) -> AsyncIterator[tuple[Box, str, str]]:
    """Sato talks, a caller with a number waits: the box, the caller's leg, sato's leg."""
    async with running_box(tmp_path, "sato", callback=terms, wrap_up_s=0.0, **queue) as box:
        _, offer = await box.talking()
        leg = box.switch.rings(NUMBER)
        await box.switch.is_asked(wire.Hold, leg=leg)
        yield box, leg, offer


async def promised(box: Box, leg: str) -> None:
    """The caller asks, says yes, hears the promise and is hung up."""
    box.switch.presses(leg, "2")
    words = ("callback_number", *spoken.digits(NUMBER), "callback_confirm")
    await box.switch.is_asked(wire.Play, leg=leg, prompts=words)
    box.switch.presses(leg, "1")
    await box.switch.is_asked(wire.Play, leg=leg, prompts=("callback_promised",))
    box.switch.prompt_ends(leg)
    await box.switch.is_asked(wire.Hangup, leg=leg)


async def dialled(box: Box, count: int = 1) -> str:
    return (await box.switch.is_asked(wire.Dial, to=CUSTOMER, count=count)).leg


async def held(box: Box, offer: str) -> str:
    """Sato is free, is rung for the promise and picks up: the leg."""
    box.switch.hangs_up(offer)
    rung = await box.offered("101", count=2)
    box.switch.answers(rung)
    return rung


async def test_s40_a_waiting_caller_is_offered_a_callback_and_told_the_place_in_one_breath(tmp_path: Path) -> None:
    async with waiting(tmp_path, announce_position=True, voicemail_digit="1") as (box, leg, _):
        said = await box.switch.is_asked(wire.Play, leg=leg)
        assert said.prompts == ("callback_offer", "press_2", "you_are_next", "voicemail_offer", "press_1")
        assert not said.then_silence


async def test_a_promise_is_on_the_disk_before_it_is_spoken_and_then_the_line_is_released(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (box, leg, _):
        await promised(box, leg)
        (view,) = box.view.callbacks
        assert (view.number, view.state) == (NUMBER, "waiting")
        journal = await box.desk.office._store.batches()
        kinds = [type(event).__name__ for batch in journal.batches for event in batch.events]
        assert kinds.count("DigitPressed") == 2
        assert leg not in box.switch.legs


async def test_agent_first_the_customer_is_dialled_asked_for_a_one_and_bridged(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (box, leg, offer):
        await promised(box, leg)
        agent = await held(box, offer)
        customer = await dialled(box)
        words = (await box.switch.is_asked(wire.Play, leg=agent)).prompts
        assert words == ("callback_agent", *spoken.digits(NUMBER))
        box.switch.answers(customer)
        hello = await box.switch.is_asked(wire.Play, leg=customer)
        assert hello.prompts == ("callback_hello", "recording_notice", "callback_press_one")
        assert box.switch.commands(wire.Bridge)[-1].b != agent, "nobody is bridged before the 1 (R-26)"
        box.switch.presses(customer, "1")
        await box.switch.is_asked(wire.Bridge, a=customer, b=agent)
        await box.until(lambda view: any(call.talking and call.number == NUMBER for call in view.calls))
        assert box.view.callbacks == ()
        record = box.switch.commands(wire.Record)[-1]
        assert (record.left, record.right) == (agent, customer)
        box.switch.hangs_up(customer)
        assert (await box.recorded("callback")).agent == "sato"
        await box.is_status("sato", Status.AVAILABLE)


async def test_customer_first_no_phone_rings_before_the_one(tmp_path: Path) -> None:
    async with waiting(tmp_path, replace(TERMS, agent_first=False)) as (box, leg, offer):
        await promised(box, leg)
        box.switch.hangs_up(offer)
        customer = await dialled(box)
        box.switch.answers(customer)
        await box.switch.is_asked(wire.Play, leg=customer)
        assert len([one for one in box.switch.commands(wire.Dial) if one.to == "sip:101@deskbell"]) == 1
        box.switch.presses(customer, "1")
        await box.switch.is_asked(wire.Hold, leg=customer)
        agent = await box.offered("101", count=2)
        box.switch.answers(agent)
        await box.switch.is_asked(wire.Bridge, a=customer, b=agent)


async def test_r27_a_customer_who_does_not_answer_is_called_again_and_the_agent_is_free(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (box, leg, offer):
        await promised(box, leg)
        agent = await held(box, offer)
        box.switch.ends(await dialled(box), EndCause.BUSY, 486)
        await box.switch.is_asked(wire.Hangup, leg=agent)
        await box.until(lambda view: any(one.state == "resting" and one.tries == 1 for one in view.callbacks))
        again = await box.offered("101", count=3)
        box.switch.answers(again)
        assert (await dialled(box, 2)).endswith("-2")


async def test_r26_a_machine_hears_the_message_once_and_is_hung_up(tmp_path: Path) -> None:
    async with waiting(tmp_path, replace(TERMS, confirm_s=0.2)) as (box, leg, offer):
        await promised(box, leg)
        await held(box, offer)
        machine = await dialled(box)
        box.switch.answers(machine)
        await box.switch.is_asked(wire.Play, leg=machine, prompts=("callback_message",))
        box.switch.prompt_ends(machine)
        await box.switch.is_asked(wire.Hangup, leg=machine)


async def test_r25_the_customer_rings_in_and_the_dial_is_taken_back(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (box, leg, offer):
        await promised(box, leg)
        agent = await held(box, offer)
        dial = await dialled(box)
        box.switch.rings(NUMBER)
        await box.switch.is_asked(wire.Hangup, leg=dial)
        await box.switch.is_asked(wire.Hangup, leg=agent)
        await box.offered("101", count=3)
        assert box.view.callbacks == ()


async def test_a_number_that_no_way_out_carries_is_asked_for_another(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", callback=TERMS) as box:
        await box.talking()
        leg = box.switch.rings("")
        await box.switch.is_asked(wire.Hold, leg=leg)
        box.switch.presses(leg, "2")
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("callback_ask_number",))
        for digit in "110#":
            box.switch.presses(leg, digit)
        await box.switch.is_asked(wire.Play, leg=leg)


async def test_r28_a_restart_between_dial_and_answer_dials_once(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (box, leg, offer):
        await promised(box, leg)
        await held(box, offer)
        customer = await dialled(box)
        await box.desk.link._wire.close()  # type: ignore[union-attr]
        await box.switch.is_left()
        box.switch.legs[customer].state = wire.LegState.UP  # picked up while nobody listened
        await box.switch.is_connected()
        await box.switch.is_asked(wire.Play, leg=customer)
        assert {one.leg for one in box.switch.commands(wire.Dial) if one.to == CUSTOMER} == {customer}
        box.switch.presses(customer, "1")
        await box.until(lambda view: any(call.talking and call.number == NUMBER for call in view.calls))


async def test_r18_who_was_hearing_the_promise_as_the_desk_died_is_hung_up_and_called_back(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (box, leg, _):
        box.switch.presses(leg, "2")
        box.switch.presses(leg, "1")
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("callback_promised",))
        await box.desk.link._wire.close()  # type: ignore[union-attr]
        await box.switch.is_left()
        await box.switch.is_connected()
        await box.switch.is_asked(wire.Hangup, leg=leg)
        assert [one.number for one in box.view.callbacks] == [NUMBER]


async def test_a_promise_outlives_the_desk(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (box, leg, _):
        await promised(box, leg)
        plan = box.plan
    async with running_desk(plan) as desk:
        await desk.control.settled()
        assert [one.number for one in desk.control.view.callbacks] == [NUMBER]


async def test_u07_after_a_power_cut_callers_are_called_back_with_an_apology(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with waiting(tmp_path) as (box, _leg, _offer):
        plan, switch = box.plan, box.switch
        await switch.is_asked(wire.Bridge)
        await box.until(lambda view: any(call.talking for call in view.calls))
    monkeypatch.setattr("appliance.desk.recovery.boot_id", lambda: "the boot after the power cut")
    async with FakeSwitch(plan.switch_socket) as reborn, running_desk(plan) as desk:
        await asyncio.wait_for(desk.link.is_ready.wait(), 5)
        box = Box(plan, reborn, desk)
        assert [(one.origin, one.number) for one in box.view.callbacks] == [("power", "0312345678"), ("power", NUMBER)]
        rung = await reborn.is_asked(wire.Dial, to="sip:101@deskbell")
        assert rung.name == "[受付] 停電復旧 0312345678", "who talked comes before who waited"
        reborn.answers(rung.leg)
        customer = (await reborn.is_asked(wire.Dial, to="sip:0312345678@192.0.2.10:5060")).leg
        assert (await reborn.is_asked(wire.Play, leg=rung.leg)).prompts[0] == "recovery_agent"
        reborn.answers(customer)
        assert (await reborn.is_asked(wire.Play, leg=customer)).prompts[0] == "recovery_hello"


async def test_a_person_cancels_a_promise_and_the_dial_under_way(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (box, leg, offer):
        await promised(box, leg)
        agent = await held(box, offer)
        dial = await dialled(box)
        (promise,) = box.view.callbacks
        await box.desk.office.cancel_callback(promise.contact, "page")
        await box.switch.is_asked(wire.Hangup, leg=dial)
        await box.switch.is_asked(wire.Hangup, leg=agent)
        assert box.view.callbacks == ()
        with pytest.raises(Refusal, match="it was made, or cancelled already"):
            await box.desk.office.cancel_callback(promise.contact, "page")


async def test_a_callback_that_failed_for_good_is_listed_with_its_number_until_a_person_sees_to_it(
    tmp_path: Path,
) -> None:
    async with waiting(tmp_path, replace(TERMS, tries=1)) as (box, leg, offer):
        for digit in ("2", "2", *"0399998888#", "1"):
            box.switch.presses(leg, digit)
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("callback_promised",))
        await held(box, offer)
        dial = (await box.switch.is_asked(wire.Dial, to="sip:0399998888@192.0.2.10:5060")).leg
        box.switch.ends(dial, EndCause.NO_ANSWER)
        await box.recorded("callback")
        (failed,) = await box.desk.office.unkept_callbacks(10)
        assert (failed.number, failed.why) == ("0399998888", "failed")
        await box.desk.office.callback_handled(failed.contact, "sato")
        assert await box.desk.office.unkept_callbacks(10) == ()
