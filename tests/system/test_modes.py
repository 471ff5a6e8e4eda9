"""Supervisors, pauses and menus in the whole box, proven by tones at every ear and in the recording."""

import asyncio
import time
from collections.abc import Callable

import numpy as np
import pytest

from appliance.selftest.sound import Samples
from appliance.selftest.whole_box import Wish
from tests.system.conftest import AGENT_HZ, SIP_HZ, Office, heard_for, is_heard

BOSS = """
[[supervisors]]
id = "boss"
phone = "302"
pin = "4321"
"""
MENU = """
[[menus]]
id = "main"
number = "400"
choices = {1 = ["queue:front"]}
default = ["message"]
"""
WISH = Wish(wrap_up_s=30.0, queue="pause_recording = true", more=BOSS + MENU)
pytestmark = [pytest.mark.system, pytest.mark.timeout(120), pytest.mark.wish(WISH)]

LOUD, FAINT = 3000.0, 400.0


def level(samples: Samples, hz: float) -> float:
    """The amplitude of a tone in the last 0.6 s."""
    last = samples[-4800:].astype(float)
    return float(2 * abs(np.exp(-2j * np.pi * hz / 8000 * np.arange(len(last))) @ last) / max(1, len(last)))


def tones(samples: Samples) -> set[float]:
    """Which of the caller's, the agent's and the supervisor's tones sound at the end of it."""
    levels = {hz: level(samples, hz) for hz in (SIP_HZ, AGENT_HZ[0], AGENT_HZ[1])}
    return {hz for hz, loud in levels.items() if loud > LOUD}


async def comes_to(what: str, now: Callable[[], object], wanted: object) -> None:
    """Wait until the tones at some ears are these, and have been for half a second without a break."""
    since = None
    try:
        async with asyncio.timeout(15):
            while since is None or time.monotonic() - since < 0.7:
                since = (since or time.monotonic()) if now() == wanted else None
                await asyncio.sleep(0.05)  # sound takes its time
    except TimeoutError:
        pytest.fail(f"{what}: heard {now()} to the end, not {wanted}")


async def test_f37_a_supervisor_listens_whispers_barges_in_and_takes_the_call_over(office: Office) -> None:
    """F-37: by tones at every ear."""
    await office.on_duty("a1")
    (boss,), agent = await office.plug_in(2), office.phones["a1"]
    caller = await office.sip_caller()
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(caller.ear.heard, AGENT_HZ[0], 1.0)

    def ears() -> tuple[set[float], set[float], set[float]]:
        return tones(caller.ear.heard()), tones(agent.heard()), tones(boss.heard())

    both = {SIP_HZ, AGENT_HZ[0]}
    await boss.dial("*61301")
    await comes_to("listening", ears, ({AGENT_HZ[0]}, {SIP_HZ}, both))
    shown = await office.page.until(lambda now: now.agent("a1")["coach"] == "boss", "the coach is shown")
    assert shown.lamp(1).startswith("coached")
    await boss.press("5")
    await comes_to("whispering", ears, ({AGENT_HZ[0]}, {SIP_HZ, AGENT_HZ[1]}, both))
    await boss.press("6")
    await comes_to("barging in", ears, ({AGENT_HZ[0], AGENT_HZ[1]}, {SIP_HZ, AGENT_HZ[1]}, both))
    await boss.press("9")
    await agent.wait_for("CALL_CLOSED")
    await office.page.status("a1", "wrap_up")
    await comes_to("taken over", lambda: (tones(caller.ear.heard()), tones(boss.heard())), ({AGENT_HZ[1]}, {SIP_HZ}))
    await boss.hang_up()
    await caller.finished()
    first, second = await office.recordings(2)
    assert level(first[1], AGENT_HZ[1]) < FAINT, "the coach is never on the customer's channel (§3.14)"
    is_heard(second[0], AGENT_HZ[1], 0.5)
    is_heard(second[1], SIP_HZ, 0.5)


async def test_s08_a_paused_recording_is_silent_for_as_long_as_it_was_paused(office: Office) -> None:
    """S-08, R-37: keyed by the agent's phone."""
    await office.on_duty("a1")
    agent = office.phones["a1"]
    caller = await office.sip_caller()
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await office.page.until(lambda now: now.agent("a1")["recording"], "it is recorded")
    await heard_for(caller.ear.heard, AGENT_HZ[0], 1.0)
    await agent.press("*55")
    paused = await office.page.until(lambda now: now.agent("a1")["paused"], "it is paused")
    assert paused.lamp(1) == "paused"
    await asyncio.sleep(2.0)  # what is measured is the silence of this time
    await agent.press("*55")
    resumed = await office.page.until(lambda now: now.agent("a1")["recording"], "it is recorded again")
    await asyncio.sleep(1.0)  # and the conversation after it
    await agent.hang_up()
    await caller.finished()
    [(left, right)] = await office.recordings()
    for channel in (left, right):
        frames = np.abs(channel[: len(channel) // 160 * 160].reshape(-1, 160)).max(axis=1)
        silent = 0.02 * int((frames < FAINT).sum())
        assert silent == pytest.approx(resumed.at - paused.at, abs=0.5)
        assert frames[:25].max() > LOUD
        assert frames[-25:].max() > LOUD


async def test_f50_a_key_in_a_menu_leads_to_the_agent(office: Office) -> None:
    """F-50: the menu is said, the key is heard, the two talk."""
    await office.on_duty("a1")
    (caller,), agent = await office.plug_in(2), office.phones["a1"]
    await caller.dial("400")
    async with asyncio.timeout(10):
        while len(caller.heard()) < 4000 or np.abs(caller.heard()).max() < 1000:
            await asyncio.sleep(0.05)  # until the menu is being said
    await caller.press("1")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(caller.heard, AGENT_HZ[0], 1.0)
    await heard_for(agent.heard, AGENT_HZ[1], 1.0)
    await agent.hang_up()
    await caller.wait_for("CALL_CLOSED")


async def test_s_m1_the_night_switch_is_turned_by_phone_and_lets_nobody_in(office: Office) -> None:
    """S-M1, §3.7: *60 with a supervisor's PIN."""
    await office.on_duty("a1")
    (boss,) = await office.plug_in(2)
    await boss.dial("*60")
    await boss.wait_for("CALL_ESTABLISHED")
    await boss.press("4321#")
    await boss.press("3")
    await boss.wait_for("CALL_CLOSED", 30)
    caller = await office.sip_caller()
    await caller.finished()
    assert office.phones["a1"].saw("CALL_INCOMING") == 0
    call = await office.last_call()
    assert (call["outcome"], call["agent"]) == ("dismissed", "")
