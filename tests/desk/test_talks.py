"""Beside a conversation, between core and switch: pauses, supervisors, and the codes they dial."""

from pathlib import Path

import pytest

from appliance import wire
from appliance.acd import events as ev
from appliance.acd.house import Held
from appliance.acd.settings import Consent
from appliance.acd.view import Status
from appliance.api import Refusal
from appliance.wire import Joining, Origin
from tests.support.desk_office import Box, running_box


async def recorded(box: Box) -> tuple[str, str, str]:
    """A caller and sato talk, and the recorder writes: both legs and the recording."""
    caller, offer = await box.talking()
    recording = (await box.switch.is_asked(wire.Record)).recording
    box.switch.recorder_writes(recording)
    await box.until(lambda view: view.agents[0].recording)
    return caller, offer, recording


def kept_in(folder: Path, digits: bytes) -> bool:
    """Whether the digits stand in any file of the database."""
    return any(digits in one.read_bytes() for one in folder.glob("*.sqlite*"))


def keys(box: Box, leg: str, text: str) -> None:
    for digit in text:
        box.switch.presses(leg, digit)


async def test_s08_the_agent_keys_55_and_the_recording_is_silent_until_it_is_keyed_again(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", pause_recording=True) as box:
        caller, offer, recording = await recorded(box)
        keys(box, caller, "*55")  # S-08: the caller's keys are never a code
        keys(box, offer, "1*5*55")
        await box.switch.is_asked(wire.PauseRecording, recording=recording, paused=True)
        assert (await box.until(lambda view: view.agents[0].paused)).calls[0].paused
        await box.switch.is_asked(wire.Tell, leg=offer, prompts=("recording_paused",))
        keys(box, offer, "*55")
        await box.switch.is_asked(wire.PauseRecording, recording=recording, paused=False)
        assert len(box.switch.commands(wire.PauseRecording)) == 2


async def test_s08_without_permission_the_page_is_refused_and_the_phone_hears_so(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        _caller, offer, _recording = await recorded(box)
        keys(box, offer, "*55")
        await box.switch.is_asked(wire.Tell, leg=offer, prompts=("not_permitted",))
        with pytest.raises(Refusal, match="no recording that may be paused"):
            await box.desk.office.pause_recording("sato", True, "page")


async def test_s08_what_a_caller_keys_while_talking_is_not_in_the_journal(tmp_path: Path) -> None:
    """§3.11: it may be a card's number."""
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        before = box.desk.control.acd.state.seq
        keys(box, caller, "4000123412341234")
        keys(box, offer, "*0")  # something that is journalled, behind it
        await box.switch.is_asked(wire.Dial, to="sip:103@deskbell")
        assert box.desk.control.acd.state.seq - before <= 2
    assert not kept_in(tmp_path, b"4000123412341234")


async def test_s07_a_recorder_that_fails_takes_the_indicator_away_and_raises_an_alarm(tmp_path: Path) -> None:
    """S-07, R-42: the call goes on."""
    async with running_box(tmp_path, "sato") as box:
        _caller, _offer, recording = await recorded(box)
        box.switch.recorder_fails(recording, "disk full")
        view = await box.until(lambda view: not view.agents[0].recording)
        assert (view.agents[0].unrecorded, view.agents[0].status) == ("failed", Status.ON_CALL)
        assert any("disk full" in sentence for sentence in box.desk.alarms.sentences())


async def test_f37_from_the_page_the_supervisors_phone_rings_and_whispers(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        await box.desk.office.coach("kato", "sato", "whisper", "page")
        coach = (await box.switch.is_asked(wire.Dial, to="sip:103@deskbell")).leg
        box.switch.answers(coach)
        await box.switch.is_asked(wire.Join, leg=coach, host=offer, mode=Joining.WHISPER)
        assert (await box.until(lambda view: view.agents[0].coach != "")).agents[0].coach_mode == "whisper"
        keys(box, coach, "6")
        await box.switch.is_asked(wire.Join, leg=coach, mode=Joining.BARGE)
        keys(box, coach, "9")
        await box.switch.is_asked(wire.Bridge, a=coach, b=caller)
        await box.switch.is_asked(wire.Record, left=coach, right=caller)
        await box.switch.is_asked(wire.Hangup, leg=offer)
        await box.is_status("sato", Status.WRAP_UP)
        assert box.view.calls[0].agent == "kato"
        box.switch.hangs_up(coach)
        assert (await box.recorded("answered")).agent == "sato"
        assert box.switch.legs == {}


@pytest.mark.parametrize(
    ("supervisor", "mode", "why"),
    [("mori", "listen", "not theirs"), ("nobody", "listen", "no such supervisor"), ("kato", "sing", "would be right")],
)
async def test_f37_the_page_says_why_a_supervisor_may_not(tmp_path: Path, supervisor: str, mode: str, why: str) -> None:
    async with running_box(tmp_path, "sato") as box:
        await box.talking()
        with pytest.raises(Refusal, match=why):
            await box.desk.office.coach(supervisor, "sato", mode, "page")
        with pytest.raises(Refusal, match="no conversation"):
            await box.desk.office.coach("kato", "suzuki", "listen", "page")


@pytest.mark.parametrize(("code", "mode"), [("*61", Joining.LISTEN), ("*62", Joining.WHISPER), ("*63", Joining.BARGE)])
async def test_f37_by_a_code_the_supervisor_is_there_at_once(tmp_path: Path, code: str, mode: Joining) -> None:
    async with running_box(tmp_path, "sato") as box:
        _caller, offer = await box.talking()
        coach = box.switch.rings(origin=Origin.PHONE, origin_id="103", called=f"{code}101")
        await box.switch.is_asked(wire.Join, leg=coach, host=offer, mode=mode)
        box.switch.hangs_up(coach)
        await box.until(lambda view: view.agents[0].coach == "")
        assert box.agent("sato").status is Status.ON_CALL


async def test_f37_a_phone_that_is_no_supervisors_is_told_and_hung_up(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        await box.talking()
        for phone, called in (("102", "*61101"), ("104", "*61101"), ("103", "*61102")):
            leg = box.switch.rings(origin=Origin.PHONE, origin_id=phone, called=called)
            await box.switch.is_asked(wire.Play, leg=leg, prompts=("not_permitted",))
            box.switch.prompt_ends(leg)
            await box.switch.is_asked(wire.Hangup, leg=leg)
        assert not box.switch.commands(wire.Join)


async def test_r36_the_agent_leaves_and_the_coach_is_asked_for_the_call(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, offer = await box.talking()
        coach = box.switch.rings(origin=Origin.PHONE, origin_id="103", called="*62101")
        await box.switch.is_asked(wire.Join, leg=coach)
        await box.until(lambda view: view.agents[0].coach == "kato")
        box.switch.hangs_up(offer)
        await box.switch.is_asked(wire.Tell, leg=coach, prompts=("take_over",))
        keys(box, coach, "9")
        await box.switch.is_asked(wire.Bridge, a=coach, b=caller)
        assert caller in box.switch.legs


async def test_a30_a_desk_that_restarts_finds_the_supervisor_where_he_was(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        caller, _offer = await box.talking()
        coach = box.switch.rings(origin=Origin.PHONE, origin_id="103", called="*64101")
        await box.switch.is_asked(wire.Bridge, a=coach, b=caller)
        await box.until(lambda view: view.calls[0].agent == "kato")
        await box.switch.seam_breaks()
        await box.switch.is_connected()
        await box.switch.is_asked(wire.AskSnapshot, count=2)
        await box.until(lambda view: view.calls[0].agent == "kato")
        assert {caller, coach} <= set(box.switch.legs)
        box.switch.hangs_up(caller)
        await box.until(lambda view: not view.calls)


async def test_s_m1_60_asks_for_the_pin_and_closes_the_office(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        leg = box.switch.rings(origin=Origin.PHONE, origin_id="102", called="*60")
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("enter_pin",))
        keys(box, leg, "1111#")
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("wrong_pin", "enter_pin"))
        keys(box, leg, "4321#")
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("night_menu",))
        keys(box, leg, "8")
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("night_menu",), count=2)
        keys(box, leg, "3")
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("hours_closed",))
        holding = (await box.until(lambda view: view.held == "closed")).queues[0]
        assert (holding.held_by, holding.held_until > 0) == ("kato", True)
        assert box.desk.control.acd.state.house.holding is not None
        assert box.desk.control.acd.state.house.holding.held is Held.CLOSED
        box.switch.prompt_ends(leg)
        await box.switch.is_asked(wire.Hangup, leg=leg)


async def test_s_m1_60_with_three_wrong_pins_is_hung_up_and_nothing_changes(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        leg = box.switch.rings(origin=Origin.PHONE, origin_id="102", called="*60")
        keys(box, leg, "1#22#43210#")
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("not_permitted",))
        keys(box, leg, "4321#3")
        box.switch.prompt_ends(leg)
        await box.switch.is_asked(wire.Hangup, leg=leg)
        assert box.view.held == ""


async def test_u08_silent_help_is_a_code_of_the_agents_phone(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        _caller, offer = await box.talking()
        keys(box, offer, "*0")
        order = await box.switch.is_asked(wire.Dial, to="sip:103@deskbell")
        assert "佐藤" in order.name
        await box.until(lambda view: view.agents[0].help_asked)
        box.switch.answers(order.leg)
        await box.switch.is_asked(wire.Join, leg=order.leg, host=offer, mode=Joining.WHISPER)


async def test_f19_f38_f45_the_page_asks_for_more_wrap_up_codes_the_call_and_takes_the_next(tmp_path: Path) -> None:
    """F-19, F-38, F-45, S-21."""
    async with running_box(tmp_path, "sato", codes=(("1", "order"),)) as box:
        caller, offer = await box.talking()
        contact = box.view.calls[0].contact
        await box.desk.office.note(contact, "call back on Monday", "page")
        assert box.view.calls[0].note == "call back on Monday"
        with pytest.raises(Refusal, match="no wrap-up"):
            await box.desk.office.extend_wrap_up("sato", "page")
        box.switch.hangs_up(caller)
        await box.is_status("sato", Status.WRAP_UP)
        until = box.agent("sato").wrap_until
        await box.desk.office.extend_wrap_up("sato", "page")
        assert box.agent("sato").wrap_until == until + 60
        await box.desk.office.code(contact, "1", "front", "page")
        with pytest.raises(Refusal, match="no code 2"):
            await box.desk.office.code(contact, "2", "front", "page")
        (call,) = await box.desk.office.calls(1)
        assert (call.contact, call.note, call.code) == (contact, "call back on Monday", "1")
        await box.desk.office.note(contact, "done", "page")  # also long after the call
        assert (await box.desk.office.calls(1))[0].note == "done"
        waiting = box.switch.rings("0311110002")
        await box.switch.is_asked(wire.Hold, leg=waiting)
        with pytest.raises(Refusal, match="says why"):
            await box.desk.office.assign(box.view.waiting[0].contact, "sato", "kato", " ")
        await box.desk.office.take_next("sato", "page")
        assert await box.offered("101", count=2) != offer
        with pytest.raises(Refusal, match="cannot take a call now"):
            await box.desk.office.take_next("sato", "page")


async def test_f38_f45_codes_of_the_phone_code_a_call_and_take_the_next(tmp_path: Path) -> None:
    """F-38, F-45, S-M1."""
    async with running_box(tmp_path, "sato", codes=(("12", "order"),)) as box:
        caller, _offer = await box.talking()
        box.switch.hangs_up(caller)
        await box.is_status("sato", Status.WRAP_UP)
        for called in ("*5312", "*56"):
            leg = box.switch.rings(origin=Origin.PHONE, origin_id="101", called=called)
            await box.switch.is_asked(wire.Play, leg=leg)
        assert box.agent("sato").status is Status.WRAP_UP  # nobody waits
        await box.switch.is_asked(wire.Hold, leg=box.switch.rings("0311110002"))
        box.switch.rings(origin=Origin.PHONE, origin_id="101", called="*56")
        await box.offered("101", count=2)


async def test_the_recording_is_told_before_what_else_a_waiting_caller_hears_in_one_breath(tmp_path: Path) -> None:
    """§3.11: a second order to play would cut the first."""
    async with running_box(tmp_path, consent=Consent.NOTICE, voicemail_digit="9") as box:
        leg = box.switch.rings("0311110002")
        await box.switch.is_asked(wire.Hold, leg=leg)
        told = (await box.switch.is_asked(wire.Play, leg=leg)).prompts
        assert told[0] == "recording_notice"
        assert len(told) > 1


async def test_who_is_asked_and_presses_one_in_the_conversation_is_recorded_and_no_other_key_is_kept(
    tmp_path: Path,
) -> None:
    """§3.11, S-08: a key of a conversation is journalled only as the yes."""
    async with running_box(tmp_path, "sato", consent=Consent.ASK) as box:
        caller = box.switch.rings("0311110002")
        offer = await box.offered("101")
        box.switch.answers(offer)
        assert (await box.switch.is_asked(wire.Tell, leg=caller)).prompts == ("consent_ask",)
        await box.until(lambda view: box.agent("sato").unrecorded == "not_agreed")
        assert not box.switch.commands(wire.Record)
        for digit in "421":
            box.switch.presses(caller, digit)
        order = await box.switch.is_asked(wire.Record, left=offer, right=caller)
        assert order.beep_s == 0
        box.switch.recorder_writes(order.recording)
        await box.until(lambda view: box.agent("sato").recording)
        box.switch.presses(caller, "1")
        await box.on_duty("suzuki")  # what was heard before is on the disk now
        assert [event.digit for event in await events(box) if isinstance(event, ev.DigitPressed)] == ["1"]


async def test_t_beep_a_queue_that_records_with_beeps_has_them_made(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", consent=Consent.BEEP) as box:
        box.switch.rings("0311110002")
        box.switch.answers(await box.offered("101"))
        assert (await box.switch.is_asked(wire.Record)).beep_s == 15.0


async def events(box: Box) -> list[ev.Event]:
    journal = await box.desk.office._store.batches()
    return [event for batch in journal.batches for event in batch.events]
