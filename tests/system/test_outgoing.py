"""Agents call out as a queue through the whole box: number, recording, notice, wrap-up, transfer (S-10, S-07, S-16)."""

import asyncio
import wave

import numpy as np
import pytest

from appliance.plan import PROMPTS
from appliance.selftest.ports import free_port
from appliance.selftest.sip_phone import PhoneSettings, SipPhone
from appliance.selftest.sound import RATE, Samples, frame_levels, listen
from appliance.selftest.whole_box import QUEUE, Wish, phone_of
from tests.system.conftest import AGENT_HZ, LINE_HZ, Office, heard_for, is_heard
from tests.system.test_calls_out import called, has, routes

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

CARRIER = f"127.0.0.1:{free_port()}"
SHOWN = "0311112222"
TRUNK_OUT = f"""
[[trunks]]
id = "out"
addresses = ["127.0.0.9"]
host = "{CARRIER}"
shows = ["{SHOWN}"]
[outbound]
trunk = "out"
allow = ["03"]
"""
BY_TRUNK = f'call_by = ["out"]\ncall_number = "{SHOWN}"'


@pytest.mark.wish(Wish(agents=2, lines=0, wrap_up_s=20.0, queue=BY_TRUNK, more=TRUNK_OUT))
async def test_s10_a_call_as_the_queue_shows_its_number_is_recorded_passed_on_and_wrapped_up(office: Office) -> None:
    """S-10, S-07, S-11, S-15, S-16: over a SIP trunk, chosen on the page, passed on by the phone's REFER."""
    await office.on_duty("a1", "a2")
    await office.page.order("a2", "go-off-duty")
    one, two = office.phones["a1"], office.phones["a2"]
    await office.page.call_from("a1", "front")
    carrier = PhoneSettings(CARRIER, user="carrier", realm="127.0.0.1", answer="auto", after=0.2, tone=1750)
    async with SipPhone(carrier) as outside:
        await one.dial("0312345678")
        invite = (await outside.wait("invited"))["invite"]
        assert f"sip:{SHOWN}@" in next(line for line in invite.splitlines() if line.startswith("From:"))
        asserted = [line for line in invite.splitlines() if line.lower().startswith("p-asserted-identity:")]
        assert [f"sip:{SHOWN}@" in line for line in asserted] == [True]
        await office.page.until(lambda now: now.agent("a1")["recording"], "the page shows that it is recorded")
        await heard_for(one.heard, 1750.0, 1.5)
        await one.transfer(phone_of(2))
        await two.wait_for("CALL_INCOMING")
        await office.page.status("a1", "wrap_up")
        await two.answer()
        await heard_for(two.heard, 1750.0, 1.5)
        await two.hang_up()
        await office.page.status("a2", "off")
    first, passed = await office.recordings(2)
    for (agent, customer), hz in ((first, AGENT_HZ[0]), (passed, AGENT_HZ[1])):
        is_heard(agent, hz)
        is_heard(customer, 1750.0)
    placed = await office.last_call()
    assert (placed["number"], placed["queue"], placed["placed_by"]) == ("0312345678", "front", "a1")
    assert placed["outcome"] == "answered"
    assert len(placed["recordings"]) == 2


def begins_at(samples: Samples, hz: float) -> float:
    """When the tone is all that is heard first, in seconds: a voice may hold it as well, but never it alone."""
    piece = 1600
    tones = frame_levels(samples, hz, piece) ** 2 / 2
    loud = (samples[: len(tones) * piece].astype(float).reshape(-1, piece) ** 2).mean(axis=1)
    (there,) = np.nonzero(tones > 0.5 * np.maximum(loud, 1000.0))
    return float(there[0] * piece / RATE)


BY_LINE = 'call_by = ["line-1"]\nconsent = "notice"\npause_recording = true'


@pytest.mark.wish(Wish(agents=2, lines=2, queue=BY_LINE, wrap_up_s=20.0, more=routes("line-1", "line-2")))
async def test_s10_over_the_line_the_notice_comes_first_and_busy_lines_are_busy(office: Office) -> None:
    """S-10, §3.11, S-08, I-18: `*58` before the number; line-2 is free, and is not the queue's."""
    await office.on_duty("a1", "a2")
    await office.in_service()
    one, two = office.phones["a1"], office.phones["a2"]
    await has(office, "0312345678", after=11.0)  # longer than two audits of the desk
    await one.dial(f"*58{QUEUE}0312345678")
    far = await called(office)
    assert office.cards[0].dialled() == ["0312345678"]
    await heard_for(one.heard, LINE_HZ, 1.0)
    assert await asyncio.to_thread(far.wait_heard, 6.0, 15.0)
    with wave.open(str(PROMPTS / "en" / "recording_notice.wav")) as notice:
        notice_s = notice.getnframes() / RATE
    waited_s = begins_at(far.heard().samples, AGENT_HZ[0])
    assert notice_s - 0.3 < waited_s < notice_s + 1.2, f"a notice of {notice_s:.1f} s, heard after {waited_s:.1f} s"
    now = await office.page.until(lambda now: now.agent("a1")["recording"], "it is recorded")
    assert (now.agent("a1")["calls_as"], now.office["calls"][0]["queue"]) == ("front", "front")
    await two.dial(f"*58{QUEUE}0387654321")
    await two.wait_for("CALL_CLOSED")
    now = await office.page.until(lambda now: now.agent("a2")["call_notice"] == "all_busy", "the page says why")
    assert any("every line of queue front is in use" in alarm for alarm in now.office["alarms"])
    assert office.cards[1].dialled() == []
    await one.press("*55")
    await office.page.until(lambda now: now.agent("a1")["paused"], "the recording is paused")
    await one.press("*55")
    await office.page.until(lambda now: now.agent("a1")["recording"], "the recording goes on")
    await asyncio.sleep(1.0)  # they talk on, and that is recorded
    await one.hang_up()
    await office.page.status("a1", "wrap_up")
    ((agent, customer),) = await office.recordings()
    for heard in (listen(agent, AGENT_HZ[0]), listen(customer, LINE_HZ)):
        assert heard.length_s > 1.0
        assert heard.silent_frames >= 10, "while it was paused there is silence"
    assert await asyncio.to_thread(office.cards[0].wait_hook, False, 5.0)
