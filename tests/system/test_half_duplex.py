"""F36 through the whole box: a line whose modem is half duplex announces, takes messages and keys, connects nobody."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from appliance.selftest.sound import listen, read_wav
from appliance.selftest.whole_box import Wish
from hw.sim.client import RemoteCaller
from hw.sim.eventlog import What
from hw.sim.party import CallerState, HangUp
from hw.sim.verbs import SoundSpec
from tests.system.conftest import LINE_HZ, Office, is_heard, is_not_heard
from tests.system.test_exits import _recording, is_left, message

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

HALF = "si2494_half"
NUMBER = "0698765432"
VOICE = SoundSpec("tone", (LINE_HZ,), level=-9.0)
MENU = """
[[menus]]
id = "main"
number = "210"
prompt = "menu_choose"
choices = {1 = ["queue:front"]}
default = ["message:nobody_available"]
"""


async def rings(office: Office) -> RemoteCaller:
    """Somebody who listens first calls the line, and is connected."""
    await office.page.until(lambda now: now.office["lines"][0]["state"] == "idle", "the line is in service")
    caller = await asyncio.to_thread(office.cards[0].ring, NUMBER)
    assert await asyncio.to_thread(caller.wait_for, CallerState.CONNECTED, 20.0)
    return caller


async def is_free(office: Office) -> None:
    await office.page.until(lambda now: now.office["lines"][0]["state"] == "idle", "the line is free again")
    assert not office.cards[0].stats.is_off_hook


def loud_seconds(caller: RemoteCaller, folder: Path) -> float:
    """For how long the caller heard something, in tenths of a second that are not silent."""
    path = folder / "caller.wav"
    caller.heard_wav(path)
    heard = read_wav(path)[0].astype(float)
    tenths = heard[: len(heard) // 800 * 800].reshape(-1, 800)
    return float((np.sqrt((tenths**2).mean(axis=1)) > 200).sum()) / 10


@pytest.mark.own_box  # a message stays
@pytest.mark.wish(Wish(modem=HALF))
async def test_f36_a_caller_is_led_to_voicemail_though_an_agent_is_free_and_the_message_holds_the_voice(
    office: Office, tmp_path: Path
) -> None:
    await office.on_duty("a1")
    caller = await rings(office)
    await office.box.logged("at the voicemail of front")
    await _recording(office)
    await asyncio.sleep(0.7)  # a person takes breath behind the beep
    await asyncio.to_thread(caller.say, VOICE)
    await asyncio.sleep(4.0)  # the caller speaks
    await asyncio.to_thread(caller.hang_up, HangUp.BUSY_TONE)
    box, number, spoke_s = await is_left(office)
    assert (box, number) == ("front", NUMBER)
    assert spoke_s == pytest.approx(4.0, abs=2.5), "the tone that told of the hang-up may be taken for speech"
    is_heard(message(office), LINE_HZ, least_s=3.0)
    said = listen(message(office), LINE_HZ)
    begun, over = (round(at * 8000) for at in (said.onset_s + 0.1, said.onset_s + said.length_s - 0.1))
    is_not_heard(message(office)[begun:over], 1000.0)  # where a voice begins and ends there is something of every tone
    await office.box.logged(r"is over: voicemail \(half_duplex\)")
    assert not office.phones["a1"].saw("CALL_INCOMING")
    await is_free(office)
    events = await asyncio.to_thread(office.cards[0].events)
    started = [one.detail for one in events if one.what == What.STREAM_STARTED]
    assert started[0] == "TRANSMIT"
    assert started[-1] == "RECEIVE"
    assert loud_seconds(caller, tmp_path) > 2.0, "the greeting was heard"


@pytest.mark.wish(Wish(modem=HALF, queue='fallback = {half_duplex = ["message:closed"]}'))
async def test_f36_a_caller_hears_the_message_that_the_chain_says_and_the_line_is_let_go(
    office: Office, tmp_path: Path
) -> None:
    await office.on_duty("a1")
    caller = await rings(office)
    assert await asyncio.to_thread(caller.wait_for, CallerState.RELEASED, 30.0)
    await is_free(office)
    assert loud_seconds(caller, tmp_path) > 2.0
    assert not office.phones["a1"].saw("CALL_INCOMING")


@pytest.mark.wish(Wish(modem=HALF, line_to="menu:main", more=MENU))
async def test_f36_a_key_in_the_middle_of_a_menu_is_heard_and_its_branch_ends_at_the_voicemail(office: Office) -> None:
    await office.on_duty("a1")
    caller = await rings(office)
    await asyncio.sleep(0.8)  # in the middle of the prompt
    await asyncio.to_thread(caller.send_digits, "1")
    await office.box.logged("at the voicemail of front")
    await _recording(office)
    await asyncio.to_thread(caller.hang_up, HangUp.BUSY_TONE)
    await is_free(office)
    assert not office.phones["a1"].saw("CALL_INCOMING")


@pytest.mark.wish(Wish(modem=HALF))
async def test_f36_the_page_and_the_examination_say_why_and_not_even_an_emergency_call_goes_out(office: Office) -> None:
    now = await office.page.until(lambda now: "half duplex" in now.office["lines"][0]["alarm"], "the reason is shown")
    assert any("not even an emergency call" in str(alarm) for alarm in now.office["alarms"])
    found = await office.page.examine("line-1")
    assert [one["is_well"] for one in found] == [False]
    assert "half duplex" in str(found[0])
    await office.on_duty("a1")
    await office.phones["a1"].dial("119")
    await office.box.logged("EMERGENCY CALL 119 COULD NOT BE PLACED: .*half duplex, and so no way out: line-1")
    assert not office.cards[0].stats.seizures
