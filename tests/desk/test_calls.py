"""Calls through the desk, on real storage and with a switch that keeps legs: what people at phones would see."""

from pathlib import Path

import pytest

from appliance import wire
from appliance.acd.view import Status
from appliance.api import Refusal
from appliance.wire import EndCause, Origin
from tests.support.desk_office import running_box


async def test_a_caller_is_connected_recorded_and_written_down(tmp_path: Path) -> None:
    """R-48 partly: here is no page, no mail and no name service; each of them failing at work is not tried."""
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        dial = box.switch.commands(wire.Dial)[0]
        assert (dial.to, dial.number, dial.name) == ("sip:101@deskbell", "0312345678", "[受付] 0312345678")
        assert box.switch.legs[caller].peer == offer
        record = await box.switch.is_asked(wire.Record)
        assert (record.left, record.right) == (offer, caller)
        box.switch.recorder_writes(record.recording)
        await box.until(lambda view: view.calls[0].recording)
        assert [lamp.pattern for lamp in box.desk.office.lamps()][:2] == ["recording", "off"]
        box.switch.hangs_up(caller)
        await box.is_status("sato", Status.WRAP_UP)
        (call,) = await box.desk.office.calls(10)
        assert (call.outcome, call.agent, call.recordings) == ("answered", "sato", (record.recording,))
    # the end of the recording is on the disk once the desk has stopped
    async with running_box(tmp_path) as box:
        kept = await box.desk.office.recording(record.recording)
        assert (kept.contact, kept.agent, kept.seconds, kept.cause) == (call.contact, "sato", 2.5, "")


async def test_declined_is_off_duty_with_a_prompt_and_back_on_by_button(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", "suzuki") as box:
        caller = box.switch.rings()
        box.switch.rejects(await box.offered("101"))
        box.switch.answers(await box.offered("102"))
        await box.until(lambda view: any(call.talking and call.agent == "suzuki" for call in view.calls))
        assert box.agent("sato").status is Status.OFF_PROMPT
        assert box.switch.legs[caller].hears == "peer"
        assert box.desk.office.lamps()[0].pattern == "off_prompt"
        box.desk.panel.edge(1, down=True, at=box_time(box, +1))
        box.desk.panel.edge(1, down=False, at=box_time(box, +1.1))
        await box.is_status("sato", Status.AVAILABLE)
        assert box.desk.office.lamps()[0].pattern == "available"


async def test_declining_by_button_is_a_long_press_while_it_rings(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        box.switch.rings()
        offer = await box.offered("101")
        box.desk.panel.edge(1, down=True, at=box_time(box, +1))
        box.desk.panel.edge(1, down=False, at=box_time(box, +2.5))
        await box.is_status("sato", Status.OFF_PROMPT)
        await box.switch.is_asked(wire.Hangup, leg=offer)


def box_time(box: object, shift: float) -> float:
    """A finger that comes `shift` seconds from now: long after any guard time, without waiting for it."""
    from tests.support.desk_office import monotonic

    return monotonic() + shift


async def test_nobody_picks_up_and_the_next_agent_is_rung(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", "suzuki", ring_s=0.2) as box:
        caller = box.switch.rings()
        first = await box.offered("101")
        await box.switch.is_asked(wire.Hangup, leg=first)
        await box.offered("102")
        assert box.agent("sato").reason == "no_answer"
        assert box.switch.legs[caller].hears == "music"


async def test_a_phone_that_gives_no_sign_is_not_blamed(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", "suzuki") as box:
        box.switch.rings()
        box.switch.ends(await box.offered("101"), EndCause.UNREACHABLE)
        await box.offered("102")
        assert box.agent("sato").status is Status.UNREACHABLE


async def test_wrap_up_blocks_the_next_caller_until_the_button_ends_it(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, _ = await box.talking()
        box.switch.hangs_up(caller)
        await box.is_status("sato", Status.WRAP_UP)
        waiting = box.switch.rings("0399998888")
        await box.switch.is_asked(wire.Hold, leg=waiting)
        assert len(box.switch.commands(wire.Dial)) == 1
        box.desk.panel.edge(1, down=True, at=box_time(box, +1))
        box.desk.panel.edge(1, down=False, at=box_time(box, +1.1))
        await box.offered("101", count=2)


async def test_two_callers_are_served_in_the_order_they_came(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", wrap_up_s=0.0) as box:
        first, _ = await box.talking()
        second = box.switch.rings("0311110002")
        await box.switch.is_asked(wire.Hold, leg=second)
        third = box.switch.rings("0311110003")
        view = await box.until(lambda view: len(view.waiting) == 2)
        assert [(one.position, one.number) for one in view.waiting] == [(1, "0311110002"), (2, "0311110003")]
        box.switch.hangs_up(first)
        box.switch.answers(await box.offered("101", count=2))
        await box.switch.is_asked(wire.Bridge, a=second)
        box.switch.hangs_up(second)
        box.switch.answers(await box.offered("101", count=3))
        await box.switch.is_asked(wire.Bridge, a=third)


async def test_a_caller_who_gives_up_while_it_rings_leaves_the_agent_free(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller = box.switch.rings()
        offer = await box.offered("101")
        box.switch.hangs_up(caller)
        await box.switch.is_asked(wire.Hangup, leg=offer)
        await box.is_status("sato", Status.AVAILABLE)
        await box.recorded("abandoned")


async def test_an_answer_after_the_caller_gave_up_is_hung_up_again(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller = box.switch.rings()
        offer = await box.offered("101")
        box.switch.hangs_up(caller)
        box.switch.answers(offer)  # crossed the CANCEL on the wire
        await box.switch.is_asked(wire.Hangup, leg=offer)
        await box.is_status("sato", Status.AVAILABLE)
        assert offer not in box.switch.legs


async def test_with_nobody_on_duty_the_caller_hears_why_and_is_hung_up(tmp_path: Path) -> None:
    async with running_box(tmp_path, no_agent_s=0.1) as box:
        caller = box.switch.rings()
        await box.switch.is_asked(wire.Play, leg=caller)
        box.switch.prompt_ends(caller)
        await box.switch.is_asked(wire.Hangup, leg=caller)
        await box.recorded("dismissed")


async def test_a_phone_calls_a_phone_and_the_agent_is_busy_meanwhile(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", "suzuki") as box:
        phone = box.switch.rings("101", origin=Origin.PHONE, origin_id="101", called="102")
        second = await box.offered("102")
        await box.is_status("suzuki", Status.ON_CALL)
        await box.switch.is_asked(wire.Ring, leg=phone)
        box.switch.answers(second)
        await box.switch.is_asked(wire.Bridge, a=phone, b=second)
        assert box.agent("sato").outbound
        box.switch.hangs_up(phone)
        await box.is_status("sato", Status.AVAILABLE)
        await box.is_status("suzuki", Status.AVAILABLE)


async def test_a_busy_colleague_is_told_to_the_phone_that_called(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        phone = box.switch.rings("101", origin=Origin.PHONE, origin_id="101", called="103")
        box.switch.ends(await box.offered("103"), EndCause.BUSY, 486)
        assert (await box.switch.is_asked(wire.Hangup, leg=phone)).code == 486


async def test_outside_calls_need_a_rule_and_emergency_calls_do_not(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        refused = box.switch.rings("101", origin=Origin.PHONE, origin_id="101", called="0990123456")
        assert (await box.switch.is_asked(wire.Hangup, leg=refused)).code == 403
        box.switch.rings("101", origin=Origin.PHONE, origin_id="101", called="0312345678")
        await box.switch.is_asked(wire.Dial, to="sip:0312345678@192.0.2.10:5060")
        box.switch.rings("102", origin=Origin.PHONE, origin_id="102", called="0119")
        await box.switch.is_asked(wire.Dial, to="sip:119@192.0.2.10:5060")


async def test_an_agent_who_calls_the_queue_is_not_offered_that_call(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", "suzuki") as box:
        box.switch.rings("101", origin=Origin.PHONE, origin_id="101", called="200")
        await box.offered("102")
        assert box.agent("sato").status is Status.ON_CALL


async def test_orders_for_nobody_and_nothing_are_refused_with_a_sentence(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        with pytest.raises(Refusal, match="no agent tanaka"):
            await box.desk.office.go_on_duty("tanaka", "page")
        with pytest.raises(Refusal, match="not being rung"):
            await box.desk.office.decline("sato", "page")
        with pytest.raises(Refusal, match="no recording r1"):
            await box.desk.office.recording("r1")
        with pytest.raises(Refusal, match="no seat 9"):
            await box.desk.office.press(9, 0.1)


async def test_the_page_presses_the_same_button(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        await box.desk.office.press(1, 0.1)
        await box.is_status("sato", Status.AVAILABLE)


async def test_the_page_keeps_its_secrets(tmp_path: Path) -> None:
    async with running_box(tmp_path) as box:
        await box.desk.office.put_secret("password", b"hash")
    async with running_box(tmp_path) as box:
        assert await box.desk.office.get_secret("password") == b"hash"
