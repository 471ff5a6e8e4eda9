"""Every process of the box killed with SIGKILL in the middle of its work, and what people notice of it."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import time

import pytest

from appliance.selftest.whole_box import Wish
from tests.support.baresip import until
from tests.support.machine import MACHINE, held_up_s
from tests.system.conftest import AGENT_HZ, LINE_HZ, SIP_HZ, Office, heard_for, is_heard

pytestmark = [pytest.mark.system, pytest.mark.timeout(120), pytest.mark.own_box]


def kill(office: Office, name: str) -> int:
    """SIGKILL one process of the box; returns the length of the log so far."""
    seen = len(office.box.log)
    os.kill(office.box.supervisor.pid(name), signal.SIGKILL)
    return seen


def most_s() -> float:
    """So long may no packet come, where nothing but this machine may be to blame for it."""
    return 0.1 + 0.02 * MACHINE.excused_frames()


def is_saved(office: Office, phone: str) -> bool:
    """Whether the edge has written this phone's registration to its database."""
    with contextlib.closing(sqlite3.connect(office.box.folder / "state" / "edge" / "location.sqlite")) as database:
        return bool(database.execute("SELECT 1 FROM location WHERE username = ?", (phone,)).fetchall())


async def test_a_killed_desk_costs_the_talk_no_sound_and_the_queue_no_place(office: Office) -> None:
    await office.on_duty("a1")
    agent = office.phones["a1"]
    talking = await office.sip_caller("0311111111")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(talking.ear.heard, AGENT_HZ[0], 0.5)
    second = await office.sip_caller("0322222222")
    await office.page.until(lambda now: now.waiting == ["0322222222"], "the second waits")
    await office.sip_caller("0333333333")
    before = await office.page.until(lambda now: now.waiting == ["0322222222", "0333333333"], "two wait in order")
    since = {row["number"]: row["since"] for row in before.office["waiting"]}
    killed_at = time.monotonic()
    shown = len(office.page.moments)
    seen = kill(office, "desk")
    await office.box.logged(r"desk \|.*ready", since=seen)
    took = time.monotonic() - killed_at - held_up_s(office.box.supervisor.pid("desk"))
    assert took < 4, "the desk is back"
    page = await office.box.open_page() if not office.page.moments[shown:] else office.page
    after = await page.until(lambda now: now.waiting == ["0322222222", "0333333333"], "both wait again, in order")
    assert {row["number"]: row["since"] for row in after.office["waiting"]} == since, "waiting times are exact"
    assert after.status("a1") == "on_call"
    assert talking.ear.longest_gap_s(killed_at - 0.5) < most_s(), "the conversation went on"
    await agent.hang_up()
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(second.ear.heard, AGENT_HZ[0], 1.0)
    is_heard(talking.ear.heard(), AGENT_HZ[0])
    [(left, right)] = (await office.recordings())[:1]
    is_heard(left, AGENT_HZ[0])
    is_heard(right, SIP_HZ)
    if page is not office.page:
        await page.leave()


async def test_a_killed_switch_loses_no_analogue_caller_and_no_recording(office: Office) -> None:
    await office.on_duty("a1")
    agent = office.phones["a1"]
    card = office.cards[0]
    caller = await office.line_caller("0611111111")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(agent.heard, LINE_HZ, 1.5)
    kill(office, "switch")
    await agent.hang_up()
    await agent.wait_for("CALL_INCOMING", timeout_s=20)
    assert card.stats.is_off_hook, "the caller was never dropped"
    await agent.answer()
    assert await asyncio.to_thread(caller.wait_heard, 8.0, 20.0)
    await office.page.status("a1", "on_call")
    await heard_for(lambda: caller.heard().samples, AGENT_HZ[0], 1.5)
    await agent.hang_up()
    assert await asyncio.to_thread(card.wait_hook, False, 5.0)
    first, _second = await office.recordings(2)
    is_heard(first[0], AGENT_HZ[0], 0.5)
    is_heard(first[1], LINE_HZ, 0.5)
    recordings = (await office.page.get("/api/recordings"))["recordings"]
    assert any(row["cause"] for row in recordings), "the record says why the first one is short"


async def test_killed_lines_put_the_card_on_hook_within_five_seconds_and_serve_the_next_caller(office: Office) -> None:
    await office.on_duty("a1")
    agent = office.phones["a1"]
    card = office.cards[0]
    await office.line_caller("0611111111")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(agent.heard, LINE_HZ, 0.5)
    kill(office, "lines")
    assert await asyncio.to_thread(card.wait_hook, False, 5.0), "the card hangs up"
    await agent.wait_for("CALL_CLOSED")
    await office.page.until(lambda now: now.office["lines"][0]["state"] == "idle", "the line is back")
    await office.line_caller("0622222222")
    await agent.wait_for("CALL_INCOMING")


@pytest.mark.wish(Wish(lines=0))
async def test_a_killed_edge_keeps_registrations_and_conversations(office: Office) -> None:
    await office.on_duty("a1")
    agent = office.phones["a1"]
    talking = await office.sip_caller("0311111111")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(talking.ear.heard, AGENT_HZ[0], 0.5)
    await until(lambda: is_saved(office, "301"), "the registration is on the disk, as it is 3 s after it was made")
    killed_at = time.monotonic()
    kill(office, "edge")
    await heard_for(talking.ear.heard, AGENT_HZ[0], 2.5)
    assert talking.ear.longest_gap_s(killed_at) < most_s()
    await agent.hang_up()
    second = await office.sip_caller("0322222222")
    await agent.wait_for("CALL_INCOMING")
    await agent.answer()
    await heard_for(second.ear.heard, AGENT_HZ[0], 0.5)
