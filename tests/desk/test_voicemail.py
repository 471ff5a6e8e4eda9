"""The voicemail at the desk: greeted, recorded, on the disk, then told; whoever dies, the message is kept."""

import asyncio
from pathlib import Path

import pytest

from appliance import wire
from appliance.acd.chains import Chain, Destination, Kind, Reason
from appliance.acd.engine import Acd
from appliance.api import Refusal
from appliance.desk.alarms import Alarms
from appliance.desk.desk import running_desk
from appliance.desk.legs import Legs
from appliance.desk.voicemail import Voicemail
from appliance.storage.store import Store
from tests.support.desk_office import Box, running_box, settings
from tests.support.fake_messages import FakeMessages
from tests.support.fake_switch import FakeSwitch

TO_VOICEMAIL = (Chain(Reason.NO_AGENT, (Destination(Kind.VOICEMAIL),)),)
DESERTED = {"no_agent_s": 0.0, "chains": TO_VOICEMAIL}


async def greeted(box: Box, number: str = "0312345678") -> str:
    """A caller hears the greeting: the leg."""
    leg = box.switch.rings(number)
    greeting = await box.switch.is_asked(wire.Play, leg=leg)
    assert (greeting.prompts, greeting.then_silence) == (("voicemail_greeting", "beep"), True)
    return leg


async def test_f36_a_caller_on_a_half_duplex_line_is_led_to_voicemail_though_somebody_is_free(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        box.switch.rings(is_half_duplex=True)
        await box.switch.is_asked(wire.Play, prompts=("voicemail_greeting", "beep"))
        assert not box.switch.commands(wire.Dial)


async def speaking(box: Box) -> tuple[str, str]:
    """A caller speaks: the leg and the recording."""
    leg = await greeted(box)
    box.switch.prompt_ends(leg)
    recording = (await box.switch.is_asked(wire.RecordVoice, leg=leg)).recording
    box.switch.recorder_writes(recording)
    return leg, recording


def store_of(box: Box) -> Store:
    return box.desk.office._store


async def message(box: Box, timeout: float = 5.0):
    """The one message of the office, once it is there."""
    async with asyncio.timeout(timeout):
        while not (found := await store_of(box).voicemails(10)):
            await asyncio.sleep(0.01)
    (only,) = found
    return only


async def test_s34_a_caller_leaves_a_message_and_hears_that_it_is_saved_when_it_is(tmp_path: Path) -> None:
    async with running_box(tmp_path, **DESERTED) as box:
        leg, recording = await speaking(box)
        box.switch.presses(leg, "#")
        await box.switch.is_asked(wire.StopRecording, recording=recording)
        saved = await box.switch.is_asked(wire.Play, leg=leg, prompts=("voicemail_saved",))
        kept = await store_of(box).voicemail(recording)
        assert kept is not None
        assert (kept.closed, kept.spoke_s, kept.box, kept.number) == (True, 6.0, "front", "0312345678"), "I-19"
        box.switch.prompt_ends(saved.leg)
        await box.switch.is_asked(wire.Hangup, leg=leg)
        record = await box.recorded("voicemail")
        assert record.number == "0312345678"


async def test_silence_ends_a_message_like_the_key(tmp_path: Path) -> None:
    async with running_box(tmp_path, **DESERTED) as box:
        leg, recording = await speaking(box)
        box.switch.voice_ends(recording, spoke_s=4.0)
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("voicemail_saved",))


async def test_who_hangs_up_has_left_the_message(tmp_path: Path) -> None:
    async with running_box(tmp_path, **DESERTED) as box:
        leg, recording = await speaking(box)
        box.switch.hangs_up(leg)
        assert (await box.recorded("voicemail")).outcome == "voicemail"
        assert (await message(box)).recording == recording


@pytest.mark.parametrize("how", ["hangs up", "falls silent"])
async def test_s34_less_than_three_seconds_is_no_message_and_counts_as_abandoned(tmp_path: Path, how: str) -> None:
    async with running_box(tmp_path, **DESERTED) as box:
        leg, recording = await speaking(box)
        box.switch.spoken_s = 2.9
        if how == "hangs up":
            box.switch.hangs_up(leg)
        else:
            box.switch.voice_ends(recording, spoke_s=2.9)
        await box.recorded("abandoned")
        assert await store_of(box).voicemails(10) == ()
        assert await store_of(box).unfinished_voicemails() == ()


async def test_who_hangs_up_during_the_greeting_has_left_nothing(tmp_path: Path) -> None:
    async with running_box(tmp_path, **DESERTED) as box:
        box.switch.hangs_up(await greeted(box))
        await box.recorded("abandoned")
        assert box.switch.commands(wire.RecordVoice) == []


async def test_a_full_disk_sends_the_caller_on_along_the_chain(tmp_path: Path) -> None:
    chain = (Chain(Reason.NO_AGENT, (Destination(Kind.VOICEMAIL), Destination(Kind.MESSAGE))),)
    async with running_box(tmp_path, no_agent_s=0.0, chains=chain) as box:
        leg = await greeted(box)
        box.switch.prompt_ends(leg)
        recording = (await box.switch.is_asked(wire.RecordVoice)).recording
        box.switch._tell(wire.RecordingClosed(recording, "", 0.0, 1.0, "disk full"))
        await box.switch.is_asked(wire.Play, leg=leg, prompts=("nobody_available",))


async def test_the_digit_for_the_voicemail_leaves_the_queue(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato", voicemail_digit="1") as box:
        await box.talking()
        waiting = box.switch.rings("0311110002")
        await box.switch.is_asked(wire.Hold, leg=waiting)
        box.switch.presses(waiting, "1")
        await box.switch.is_asked(wire.Play, leg=waiting, prompts=("voicemail_greeting", "beep"))
        assert box.view.waiting == ()


async def test_r30_a_desk_that_was_away_while_the_caller_spoke_finds_the_message(tmp_path: Path) -> None:
    async with running_box(tmp_path, **DESERTED) as box:
        leg, recording = await speaking(box)
        switch = box.switch
        await box.desk.link._wire.close()  # type: ignore[union-attr]
        await switch.is_left()
        switch.hangs_up(leg)
        await switch.is_connected()
        record = await box.recorded("voicemail")
        assert record.number == "0312345678"
        assert (await message(box)).recording == recording


async def test_r30_a_message_is_kept_over_a_new_desk_and_the_caller_speaks_on(tmp_path: Path) -> None:
    plan = settings(tmp_path, **DESERTED)
    async with FakeSwitch(plan.switch_socket) as switch:
        async with running_desk(plan) as desk:
            await desk.link.is_ready.wait()
            leg, recording = await speaking(Box(plan, switch, desk))
        switch.presses(leg, "5")
        async with running_desk(plan) as desk:
            await asyncio.wait_for(desk.link.is_ready.wait(), 5)
            box = Box(plan, switch, desk)
            assert leg in switch.legs
            switch.presses(leg, "#")
            await switch.is_asked(wire.Play, leg=leg, prompts=("voicemail_saved",))
            switch.prompt_ends(leg)
            await box.recorded("voicemail")
            assert len(switch.commands(wire.RecordVoice)) == 1
            assert recording in {row.recording for row in await store_of(box).voicemails(5)}


async def test_r30_what_the_switch_repaired_after_its_death_is_listed(tmp_path: Path) -> None:
    async with running_box(tmp_path, **DESERTED) as box:
        _leg, recording = await speaking(box)
        await box.switch.die()
        await box.recorded("abandoned")
        await box.switch.is_connected()
        box.switch.voice_ends(recording, spoke_s=9.0, cause="switch died")
        kept = await message(box)
        assert (kept.recording, kept.cause, kept.spoke_s) == (recording, "switch died", 9.0)


async def test_r30_a_message_whose_end_nobody_heard_is_found_by_its_file(tmp_path: Path) -> None:
    async with running_box(tmp_path, **DESERTED) as box:
        leg, recording = await speaking(box)
        file = tmp_path / "recordings" / f"{recording}.wav"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(bytes(44 + 5 * 16_000))
        await box.desk.link._wire.close()  # type: ignore[union-attr]
        await box.switch.is_left()
        box.switch.recordings.clear()
        del box.switch.legs[leg]  # the switch told of both to a desk that was dying
        await box.switch.is_connected()
        kept = await message(box)
        assert (kept.seconds, kept.path) == (5.0, str(file))


async def test_a_message_is_new_until_one_person_has_seen_to_it(tmp_path: Path) -> None:
    async with running_box(tmp_path, **DESERTED) as box:
        leg, _recording = await speaking(box)
        box.switch.hangs_up(leg)
        await message(box)
        office = box.desk.office
        (left,) = await office.voicemails(10)
        assert (left.box, left.number, left.handled_by) == ("front", "0312345678", "")
        assert [(one.kind, one.id) for one in await office.inbox.new_items("front", 9)] == [
            ("voicemail", left.recording)
        ]
        assert await office.voicemails(10, "front") == (left,)
        assert await office.voicemails(10, "back") == ()
        await office.voicemail_handled(left.recording, "sato")
        await office.voicemail_handled(left.recording, "suzuki")
        assert ((await office.voicemail(left.recording)).handled_by, await office.inbox.new_items("", 9)) == (
            "sato",
            (),
        )
        with pytest.raises(Refusal, match="There is no voicemail vx-1"):
            await office.voicemail_handled("vx-1", "sato")


async def test_i19_saved_is_said_only_when_the_disk_has_it() -> None:
    """A full disk: the message stays in the files, nothing is promised, and an alarm says so until it is written."""
    acd, legs, said, alarms, disk = Acd(), Legs("m"), list[wire.Message](), Alarms(), FakeMessages()
    voicemail = Voicemail(acd, legs, lambda event: None, said.append, disk, alarms, Path("/nowhere"))
    disk.is_full = True
    voicemail.closed(wire.RecordingClosed("vc1-1", "/rec/vc1-1.wav", 6.0, 1.0, "", 5.0))
    assert not await voicemail.finish()
    assert said == []
    assert "A voicemail cannot be written down yet" in alarms.sentences()[0]
    disk.is_full = False
    assert await voicemail.finish()
    assert alarms.sentences() == ()


def test_a_conversation_s_recording_is_no_voicemail() -> None:
    voicemail = Voicemail(Acd(), Legs("m"), print, print, FakeMessages(), Alarms(), Path("/nowhere"))
    assert not voicemail.closed(wire.RecordingClosed("rc1-1", "/rec/rc1-1.wav", 6.0, 1.0))
