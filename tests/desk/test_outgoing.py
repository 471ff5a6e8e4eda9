"""Calls that agents make to the outside, on a desk with real storage: S-10 to S-12, S-07, S-16, D-14, I-18."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance import wire
from appliance.acd.settings import Consent, QueueSettings
from appliance.acd.view import Status
from appliance.api import Refusal
from appliance.desk.desk import running_desk
from appliance.desk.settings import DeskSettings, IdentitySettings, RouteSettings, TrunkSettings
from appliance.wire import EndCause, Origin
from tests.support.desk_office import Box, running_box, settings
from tests.support.fake_switch import FakeSwitch

SHOWN = "0311112222"
CUSTOMER = "0355550000"
TRUNK = f"sip:{CUSTOMER}@192.0.2.10:5060"


def with_identities(plan: DeskSettings, **front: Any) -> DeskSettings:
    """The front desk calls out by the carrier, showing its number there; sales only by a line, which is never free."""
    queues = (
        replace(plan.office.queues[0], calls_out=True, **front),
        QueueSettings("sales", "営業", "201", ("sato",), calls_out=True),
        QueueSettings("plain", "庶務", "202", ("sato", "suzuki")),
    )
    identities = (
        IdentitySettings("front", ("carrier",), SHOWN, "受付", "200"),
        IdentitySettings("sales", ("line-1",), "", "営業", "201"),
    )
    return replace(
        plan,
        office=replace(plan.office, queues=queues),
        trunks=(TrunkSettings("carrier", queue="front", host="192.0.2.10:5060", shows=(SHOWN,)),),
        outbound=replace(plan.outbound, identities=identities),
    )


@asynccontextmanager
async def an_office(tmp_path: Path, *on_duty: str, **front: Any) -> AsyncIterator[Box]:
    async with running_box(tmp_path, *on_duty, change=lambda plan: with_identities(plan, **front)) as box:
        yield box


def dials(box: Box, number: str = CUSTOMER, phone: str = "101") -> str:
    return box.switch.rings(origin=Origin.PHONE, origin_id=phone, number=phone, called=number)


async def talks(box: Box, agent: str = "sato") -> None:
    await box.until(lambda view: any(call.talking and call.agent == agent for call in view.calls))


async def talking(box: Box, number: str = CUSTOMER) -> tuple[str, str]:
    """Sato calls, the customer answers; returns the legs of both once they talk."""
    first = dials(box, number)
    second = (await box.switch.is_asked(wire.Dial, to=TRUNK)).leg
    box.switch.answers(second)
    await talks(box)
    return first, second


async def as_front(box: Box) -> None:
    await box.desk.office.call_as("sato", "front", "page")


# -- as whom


async def test_s10_a_call_goes_out_as_the_queue_that_was_chosen_on_the_page(tmp_path: Path) -> None:
    """S-10: its number is in From and P-Asserted-Identity, where the trunk permits it."""
    async with an_office(tmp_path, "sato") as box:
        assert box.agent("sato").may_call_as == ("front", "sales")
        await as_front(box)
        assert box.agent("sato").calls_as == "front"
        dials(box)
        dial = await box.switch.is_asked(wire.Dial, to=TRUNK)
        assert (dial.number, dial.name, dial.asserted) == (SHOWN, "受付", SHOWN)


async def test_s10_a_personal_call_shows_what_it_always_showed(tmp_path: Path) -> None:
    async with an_office(tmp_path, "sato") as box:
        dials(box)
        dial = await box.switch.is_asked(wire.Dial, to=TRUNK)
        assert (dial.number, dial.asserted) == ("101", "")


async def test_s10_a_number_that_the_trunk_does_not_permit_is_not_shown(tmp_path: Path) -> None:
    def change(plan: DeskSettings) -> DeskSettings:
        plan = with_identities(plan)
        return replace(plan, trunks=(replace(plan.trunks[0], shows=()),))

    async with running_box(tmp_path, "sato", change=change) as box:
        await as_front(box)
        dials(box)
        dial = await box.switch.is_asked(wire.Dial, to=TRUNK)
        assert (dial.number, dial.asserted) == ("101", "")


@pytest.mark.parametrize(
    ("code", "queue", "says"),
    [("*58200", "front", "calls_as_queue"), ("*580", "", "calls_personally"), ("*58202", "sales", "not_possible"),
     ("*58999", "sales", "not_possible")],
)  # fmt: skip
async def test_s10_the_code_alone_chooses_and_says_what_is_so(tmp_path: Path, code: str, queue: str, says: str) -> None:
    """S-10, S-M1."""
    async with an_office(tmp_path) as box:
        await box.desk.office.call_as("sato", "sales", "page")
        leg = dials(box, code)
        assert (await box.switch.is_asked(wire.Play, leg=leg)).prompts == (says,)
        assert box.agent("sato").calls_as == queue


async def test_s10_the_code_before_a_number_chooses_calls_and_is_remembered(tmp_path: Path) -> None:
    async with an_office(tmp_path) as box:
        dials(box, f"*58200{CUSTOMER}")
        assert (await box.switch.is_asked(wire.Dial, to=TRUNK)).asserted == SHOWN
        await box.until(lambda view: view.agents[0].calls_as == "front")
        (call,) = box.view.calls
        assert (call.queue, call.number, call.outgoing) == ("front", CUSTOMER, True)
        dials(box, f"*580{CUSTOMER}")
        assert (await box.switch.is_asked(wire.Dial, to=TRUNK, count=2)).asserted == ""
        await box.until(lambda view: view.agents[0].calls_as == "")


@pytest.mark.parametrize(("number", "phone"), [(f"*58201{CUSTOMER}", "102"), (f"*58200{CUSTOMER}", "103")])
async def test_s10_who_may_not_call_as_a_queue_is_refused(tmp_path: Path, number: str, phone: str) -> None:
    async with an_office(tmp_path) as box:
        leg = dials(box, number, phone)
        assert (await box.switch.is_asked(wire.Hangup, leg=leg)).code == 403
        assert box.switch.commands(wire.Dial) == []


@pytest.mark.parametrize("number", ["119", "*58201119", "*580119"])
async def test_i18_an_emergency_call_is_resolved_before_any_identity(tmp_path: Path, number: str) -> None:
    """S-10, D-12: by every way there is, at once, with nothing said before it."""
    async with an_office(tmp_path) as box:
        await box.desk.office.call_as("sato", "sales", "page")
        leg = dials(box, number)
        dial = await box.switch.is_asked(wire.Dial)
        assert (dial.to, dial.asserted) == ("sip:119@192.0.2.10:5060", "")
        box.switch.answers(dial.leg)
        await box.switch.is_asked(wire.Bridge, a=leg, b=dial.leg)


async def test_s10_busy_lines_of_the_identity_are_busy_and_said_and_no_other_way_is_taken(tmp_path: Path) -> None:
    async with an_office(tmp_path, "sato") as box:
        await box.desk.office.call_as("sato", "sales", "page")
        leg = dials(box)
        assert (await box.switch.is_asked(wire.Hangup, leg=leg)).code == 486
        await box.until(lambda view: view.agents[0].call_notice == "all_busy")
        assert box.switch.commands(wire.Dial) == []
        assert any("every line of queue sales is in use" in alarm for alarm in box.desk.office.alarms())
        record = await box.recorded("not_reached")
        assert (record.why, record.queue, record.placed_by) == ("all_busy", "sales", "sato")
        assert box.agent("sato").status is Status.AVAILABLE


async def test_s10_the_record_and_the_page_name_the_trunk_that_carried_the_call(tmp_path: Path) -> None:
    """The first one did not: it was unreachable."""

    def two_trunks(plan: DeskSettings) -> DeskSettings:
        more = TrunkSettings("other", queue="front", host="192.0.2.11:5060")
        routes = (RouteSettings(("03",), ("carrier", "other")),)
        return replace(plan, trunks=(*plan.trunks, more), outbound=replace(plan.outbound, routes=routes))

    async with running_box(tmp_path, "sato", change=two_trunks) as box:
        dials(box)
        first = (await box.switch.is_asked(wire.Dial, to=TRUNK)).leg
        box.switch.ends(first, EndCause.UNREACHABLE, 503)
        second = (await box.switch.is_asked(wire.Dial, to=TRUNK.replace("2.10", "2.11"))).leg
        assert (await box.until(lambda view: view.calls and view.calls[0].origin == "other")).calls
        box.switch.answers(second)
        await talks(box)
        box.switch.hangs_up(second)
        assert (await box.recorded("answered")).origin == "other"


async def test_s10_the_choice_is_known_after_a_restart(tmp_path: Path) -> None:
    async with an_office(tmp_path) as box:
        await as_front(box)
    async with an_office(tmp_path) as box:
        assert box.agent("sato").calls_as == "front"
        dials(box)
        assert (await box.switch.is_asked(wire.Dial, to=TRUNK)).asserted == SHOWN


async def test_s10_a_choice_that_is_permitted_no_more_is_said_on_the_page_and_before_the_next_call(
    tmp_path: Path,
) -> None:
    async with an_office(tmp_path) as box:
        await as_front(box)

    def without(plan: DeskSettings) -> DeskSettings:
        plan = with_identities(plan)
        queues = tuple(replace(one, calls_out=one.queue != "front") for one in plan.office.queues)
        return replace(plan, office=replace(plan.office, queues=queues))

    async with running_box(tmp_path, change=without) as box:
        assert (box.agent("sato").calls_as, box.agent("sato").call_notice) == ("", "identity_gone")
        leg = dials(box)
        assert (await box.switch.is_asked(wire.Play, leg=leg)).prompts == ("identity_gone",)
        assert box.switch.commands(wire.Dial) == []
        box.switch.prompt_ends(leg)
        assert (await box.switch.is_asked(wire.Dial, to=TRUNK)).asserted == ""
        await box.until(lambda view: view.agents[0].call_notice == "")


async def test_s10_the_page_refuses_a_queue_that_is_not_theirs(tmp_path: Path) -> None:
    async with an_office(tmp_path) as box:
        with pytest.raises(Refusal, match="may not call as"):
            await box.desk.office.call_as("suzuki", "sales", "page")
        with pytest.raises(Refusal, match="no agent"):
            await box.desk.office.call_as("nobody", "", "page")


# -- the call


async def test_s11_s07_a_call_as_the_queue_is_recorded_shown_and_wrapped_up(tmp_path: Path) -> None:
    """S-07, S-11: agent left, whoever was called right; found by the contact."""
    async with an_office(tmp_path, "sato") as box:
        await as_front(box)
        first = dials(box)
        second = (await box.switch.is_asked(wire.Dial, to=TRUNK)).leg
        await box.is_status("sato", Status.ON_CALL)
        assert (await box.switch.is_asked(wire.Ring, leg=first)).hears == second
        box.switch.answers(second, "speech")
        await talks(box)
        record = await box.switch.is_asked(wire.Record)
        assert (record.left, record.right) == (first, second)
        box.switch.recorder_writes(record.recording)
        await box.until(lambda view: view.agents[0].recording)
        box.switch.hangs_up(second)
        await box.is_status("sato", Status.WRAP_UP)
        call = await box.recorded("answered")
        assert (call.queue, call.number, call.placed_by, call.agent) == ("front", CUSTOMER, "sato", "sato")
        assert call.evidence == "speech", "fxo §2.4"
        assert call.recordings == (record.recording,)
        assert [one.recording for one in await box.desk.office.recordings(5, call.contact)] == [record.recording]


async def test_s08_keys_pause_the_recording_of_a_call_out(tmp_path: Path) -> None:
    async with an_office(tmp_path, "sato", pause_recording=True) as box:
        await as_front(box)
        first, _ = await talking(box)
        box.switch.recorder_writes((await box.switch.is_asked(wire.Record)).recording)
        await box.until(lambda view: view.agents[0].may_pause)
        for key in "*55":
            box.switch.presses(first, key)
        await box.until(lambda view: view.agents[0].paused)
        assert (await box.switch.is_asked(wire.PauseRecording)).paused


async def test_s07_whoever_is_called_hears_the_notice_and_is_connected_when_it_was_said(tmp_path: Path) -> None:
    """§3.11."""
    async with an_office(tmp_path, "sato", consent=Consent.NOTICE) as box:
        await as_front(box)
        first = dials(box)
        second = (await box.switch.is_asked(wire.Dial, to=TRUNK)).leg
        box.switch.answers(second)
        play = await box.switch.is_asked(wire.Play, leg=second)
        assert (play.prompts, play.then_silence) == (("recording_notice",), True)
        assert box.switch.commands(wire.Bridge) == []
        box.switch.prompt_ends(second)
        await talks(box)
        assert box.switch.legs[second].peer == first
        assert box.switch.commands(wire.Tell) == []


@pytest.mark.parametrize(("cause", "code", "tone"), [(EndCause.BUSY, 486, 486), (EndCause.NO_ANSWER, 0, 480)])
async def test_s11_a_call_that_reaches_nobody_is_told_to_the_phone_and_earns_no_wrap_up(
    tmp_path: Path, cause: EndCause, code: int, tone: int
) -> None:
    """S-11, D-14."""
    async with an_office(tmp_path, "sato") as box:
        await as_front(box)
        first = dials(box)
        box.switch.ends((await box.switch.is_asked(wire.Dial, to=TRUNK)).leg, cause, code)
        assert (await box.switch.is_asked(wire.Hangup, leg=first)).code == tone
        await box.is_status("sato", Status.AVAILABLE)
        record = await box.recorded("not_reached")
        assert (record.why, record.placed_by, record.waited_s >= 0) == (cause.value, "sato", True)


async def test_s11_an_agent_who_hangs_up_while_it_rings_ends_the_dial(tmp_path: Path) -> None:
    async with an_office(tmp_path, "sato") as box:
        first = dials(box)
        second = (await box.switch.is_asked(wire.Dial, to=TRUNK)).leg
        await box.is_status("sato", Status.ON_CALL)
        box.switch.hangs_up(first)
        await box.switch.is_asked(wire.Hangup, leg=second)
        assert (await box.recorded("not_reached")).why == "gave_up"
        await box.is_status("sato", Status.AVAILABLE)


async def test_s12_off_duty_it_stays_off_duty(tmp_path: Path) -> None:
    async with an_office(tmp_path) as box:
        await as_front(box)
        _, second = await talking(box)
        assert box.agent("sato").status is Status.OFF_ON_CALL
        box.switch.hangs_up(second)
        await box.is_status("sato", Status.OFF)


# -- passing on whom one called


@pytest.mark.parametrize("how", ["refer", "keys", "page"])
async def test_s16_whom_an_agent_called_is_passed_on_as_a_caller_is(tmp_path: Path, how: str) -> None:
    """S-16, S-18, S-M1."""
    async with an_office(tmp_path, "sato") as box:
        first, second = await talking(box)
        if how == "refer":
            box.switch.refers(first, "102")
        elif how == "keys":
            for key in "#*102":
                box.switch.presses(first, key)
        else:
            await box.desk.office.transfer("sato", "102", "page")
        target = await box.offered("102")
        assert box.switch.legs[second].hears == "music"
        await box.is_status("sato", Status.AVAILABLE)
        box.switch.answers(target)
        await talks(box, "suzuki")
        assert box.switch.legs[second].peer == target
        box.switch.hangs_up(second)
        assert (await box.recorded("answered")).agent == "suzuki"


async def test_s18_ask_first_and_back_to_whom_one_called(tmp_path: Path) -> None:
    """S-18, S-M3: held meanwhile, and so shown."""
    async with an_office(tmp_path, "sato") as box:
        first, second = await talking(box)
        for key in "##102":
            box.switch.presses(first, key)
        box.switch.answers(await box.offered("102"))
        await box.until(lambda view: view.agents[0].is_consulting and view.agents[0].held_since > 0)
        for key in "####":
            box.switch.presses(first, key)
        await box.until(lambda view: view.agents[0].held_since == 0 and view.calls[0].talking)
        await box.switch.is_asked(wire.Bridge, a=second, b=first, count=2)


async def test_t_held_the_phones_hold_key_is_a_hold_of_a_call_out(tmp_path: Path) -> None:
    async with an_office(tmp_path, "sato") as box:
        first, _ = await talking(box)
        box.switch.holds(first)
        await box.until(lambda view: view.agents[0].held_since > 0)
        box.switch.holds(first, held=False)
        await box.until(lambda view: view.agents[0].held_since == 0)


async def test_s18_a_caller_is_joined_with_whom_the_agent_called(tmp_path: Path) -> None:
    """REFER with Replaces between a queue's caller and a call out: the two talk, the agent has neither."""
    async with an_office(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        box.switch.holds(offer)
        first = dials(box)
        second = (await box.switch.is_asked(wire.Dial, to=TRUNK)).leg
        box.switch.answers(second)
        await box.until(lambda view: sum(call.talking for call in view.calls) == 2)
        box.switch.refers(offer, CUSTOMER, replaces=first)
        assert (await box.switch.is_asked(wire.AnswerTransfer, leg=offer)).code == 200
        await box.switch.is_asked(wire.Hangup, leg=first)
        await box.is_status("sato", Status.WRAP_UP)
        assert box.switch.legs[caller].peer == second
        box.switch.hangs_up(second)
        await box.until(lambda view: view.calls == ())
        assert {call.outcome for call in await box.desk.office.calls(5)} == {"answered"}


async def test_i18_nobody_is_passed_on_by_the_last_line_and_they_talk_on(tmp_path: Path) -> None:
    """S-16, I-18: refused before anything moves, on the phone and on the page."""

    def change(plan: DeskSettings) -> DeskSettings:
        plan = with_identities(plan)
        routes = (RouteSettings(("035",), ("carrier",)), RouteSettings(("06",), ("line-1",)))
        return replace(plan, outbound=replace(plan.outbound, routes=routes))

    async with running_box(tmp_path, "sato", change=change) as box:
        first, second = await talking(box)
        box.switch.refers(first, "0612345678")
        assert (await box.switch.is_asked(wire.AnswerTransfer, leg=first)).code == 403
        with pytest.raises(Refusal, match="every line is in use"):
            await box.desk.office.transfer("sato", "0612345678", "page")
        assert box.switch.legs[second].peer == first


# -- restarts and faults


@asynccontextmanager
async def twice(tmp_path: Path, **front: Any) -> AsyncIterator[tuple[FakeSwitch, DeskSettings]]:
    """A switch that outlives its desks, and what they are set up with."""
    plan = with_identities(settings(tmp_path), **front)
    async with FakeSwitch(plan.switch_socket) as switch:
        yield switch, plan


@asynccontextmanager
async def a_desk(switch: FakeSwitch, plan: DeskSettings) -> AsyncIterator[Box]:
    async with running_desk(plan) as desk:
        await asyncio.wait_for(desk.link.is_ready.wait(), 5)
        await desk.control.settled()
        yield Box(plan, switch, desk)


@pytest.mark.parametrize("stage", ["rings", "notice", "talks"])
async def test_a30_a_desk_that_comes_back_knows_the_call_again(tmp_path: Path, stage: str) -> None:
    """I-22, A-30: and what happened meanwhile."""
    async with twice(tmp_path, consent=Consent.NOTICE if stage == "notice" else Consent.NONE) as (switch, plan):
        async with a_desk(switch, plan) as box:
            await box.on_duty("sato")
            await as_front(box)
            first = dials(box)
            second = (await switch.is_asked(wire.Dial, to=TRUNK)).leg
            await box.is_status("sato", Status.ON_CALL)
            if stage != "rings":
                switch.answers(second)
            if stage == "notice":
                await switch.is_asked(wire.Play, leg=second)
            if stage == "talks":
                await talks(box)
        await switch.is_left()
        if stage == "rings":
            switch.answers(second)
        async with a_desk(switch, plan) as box:
            assert box.agent("sato").status is Status.ON_CALL
            if stage == "notice":
                switch.prompt_ends(second)
            await talks(box)
            assert switch.legs[second].peer == first
            switch.refers(first, "102")
            await box.offered("102")
            assert box.agent("sato").calls_as == "front"
            await box.is_status("sato", Status.WRAP_UP)


@pytest.mark.parametrize("who", ["agent", "far end", "both"])
@pytest.mark.parametrize("stage", ["rings", "talks"])
async def test_a30_who_hung_up_while_the_desk_was_away_has_hung_up(tmp_path: Path, who: str, stage: str) -> None:
    async with twice(tmp_path) as (switch, plan):
        async with a_desk(switch, plan) as box:
            await box.on_duty("sato")
            first = dials(box)
            second = (await switch.is_asked(wire.Dial, to=TRUNK)).leg
            await box.is_status("sato", Status.ON_CALL)
            if stage == "talks":
                switch.answers(second)
                await talks(box)
        await switch.is_left()
        if who != "far end":
            switch.hangs_up(first)
        if who != "agent" and second in switch.legs:
            switch.hangs_up(second)
        async with a_desk(switch, plan) as box:
            await box.is_status("sato", Status.AVAILABLE)
            assert (await box.recorded("answered" if stage == "talks" else "not_reached")).placed_by == "sato"
            await box.until(lambda view: view.calls == ())
            assert switch.legs == {}


async def test_a_dead_switch_ends_the_call_and_frees_the_agent(tmp_path: Path) -> None:
    async with an_office(tmp_path, "sato") as box:
        await as_front(box)
        await talking(box)
        await box.switch.die()
        await box.is_status("sato", Status.AVAILABLE)
        assert (await box.recorded("lost")).placed_by == "sato"
