"""Calls and hours on the page: recordings paused, supervisors, notes and codes, the office held closed."""

import asyncio

import pytest
from aiohttp.test_utils import TestClient

from appliance.api import CallView, QueueView, Status
from tests.support.fake_desk_api import FakeDesk
from tests.web.browser import why_not
from tests.web.conftest import OURS
from tests.web.scene import CARD, Scene


def agent_of(desk: FakeDesk) -> str:
    return desk.view().agents[0].agent


@pytest.mark.parametrize(
    ("path", "body", "order"),
    [
        ("/api/agents/{agent}/recording", {"paused": True}, ("pause_recording", "{agent}", True)),
        ("/api/agents/{agent}/extend-wrap-up", {}, ("extend_wrap_up", "{agent}", "page")),
        ("/api/agents/{agent}/take-next", {}, ("take_next", "{agent}", "page")),
        (
            "/api/agents/{agent}/coach",
            {"supervisor": "kato", "mode": "whisper"},
            ("coach", ("kato", "{agent}"), "whisper"),
        ),
        ("/api/calls/c1/note", {"text": "call back"}, ("note", "c1", "call back")),
        ("/api/calls/c1/code", {"code": "1", "queue": "front"}, ("code", ("c1", "front"), "1")),
        ("/api/notices/fire", {"over": False}, ("give_notice", "fire", False)),
        ("/api/notices/earthquake", {"over": True}, ("give_notice", "earthquake", True)),
        (
            "/api/calls/c1/assign",
            {"agent": "sato", "supervisor": "kato", "reason": "knows them"},
            ("assign", ("c1", "sato", "kato"), "knows them"),
        ),
        ("/api/hours", {"held": "closing"}, ("hold_hours", ("", "closing"), None)),
        ("/api/hours", {"held": "open", "queue": "front"}, ("hold_hours", ("front", "open"), None)),
    ],
)
async def test_what_is_ordered_reaches_the_desk(
    person: TestClient, desk: FakeDesk, path: str, body: dict[str, object], order: tuple[object, ...]
) -> None:
    """S-08, S-21, F-19, F-37, F-38, F-45, §3.7."""
    agent = agent_of(desk)
    assert (await person.post(path.format(agent=agent), json=body, headers=OURS)).status == 200
    wanted = tuple(agent if part == "{agent}" else part for part in order)
    assert desk.orders == [(wanted[0], ("kato", agent), wanted[2]) if wanted[0] == "coach" else wanted]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/agents/nobody/recording", {"paused": True}, 404),
        ("/api/agents/{agent}/recording", {"paused": "yes"}, 400),
        ("/api/agents/{agent}/coach", {"supervisor": "kato"}, 400),
        ("/api/calls/c1/note", {"text": 3}, 400),
        ("/api/hours", {"queue": "front"}, 400),
        ("/api/notices/flood", {"over": False}, 404),
        ("/api/notices/fire", {"over": "no"}, 400),
        ("/api/notices/fire", {}, 400),
        ("/api/calls/c1/assign", {"agent": "sato", "supervisor": "kato"}, 400),
    ],
)
async def test_what_cannot_be_read_is_refused(
    person: TestClient, desk: FakeDesk, path: str, body: dict[str, object], status: int
) -> None:
    assert (await person.post(path.format(agent=agent_of(desk)), json=body, headers=OURS)).status == status
    assert desk.orders == []


async def test_a_stranger_holds_no_hours(stranger: TestClient, desk: FakeDesk) -> None:
    assert (await stranger.post("/api/hours", json={"held": "closed"}, headers=OURS)).status == 401
    assert desk.orders == []


async def test_the_page_is_told_of_queues_and_what_the_office_is_held_at(person: TestClient, desk: FakeDesk) -> None:
    desk.commit(held="closing", notices=("fire",))
    told = (await (await person.get("/api/office")).json())["office"]
    assert (told["held"], told["notices"]) == ("closing", ["fire"])
    assert "queues" in told


@pytest.mark.browser
@pytest.mark.skipif(bool(why_not()), reason=why_not())
async def test_a_person_closes_the_office_on_the_page(demo: Scene) -> None:
    """§3.7: shown as it is committed."""
    await demo.come_in()
    await demo.browser.click("#hours-actions [data-held=closing]")
    await demo.browser.until("document.querySelector('#hours-list')?.innerText.includes('受付終了中')")
    pressed = "document.querySelector('#hours-actions [data-held=closing]').getAttribute('aria-pressed')"
    assert await demo.browser.until(f"{pressed} === 'true'")
    assert await demo.browser.complaints() == []


@pytest.mark.browser
@pytest.mark.skipif(bool(why_not()), reason=why_not())
async def test_during_a_call_a_note_saves_itself_and_the_recording_is_paused_on_the_card(demo: Scene) -> None:
    """S-07, S-08, S-21, F-37, F-38."""
    desk = demo.desk
    desk.commit(calls=(CallView("c7", desk.info.queues[0][0], "0311110007", "高橋", "sip", "tanaka", 0.0),))
    desk.set_agent("tanaka", status=Status.ON_CALL, contact="c7", recording=True, may_pause=True)
    await demo.come_in()
    card = CARD.format(agent="tanaka")
    await demo.browser.until(f"document.querySelector('{card} .talk')?.hidden === false")
    await demo.browser.run(
        "const area = document.querySelector(arguments[0]); area.value = '月曜に折り返し';"
        "area.dispatchEvent(new Event('input', {bubbles: true}));",
        f"{card} textarea",
    )
    await demo.browser.click(f"{card} .talk > button")
    await demo.browser.until(f"document.querySelector('{card}').innerText.includes('録音停止中')")
    async with asyncio.timeout(10):
        while ("note", "c7", "月曜に折り返し") not in desk.orders:
            await asyncio.sleep(0.05)  # it saves itself two seconds after the last key
    await demo.browser.run(
        "const choose = document.querySelector(arguments[0]); choose.value = '2';"
        "choose.dispatchEvent(new Event('change', {bubbles: true}));",
        f"{card} .talk > select",
    )
    await demo.browser.click(f"{card} .supervise summary")
    await demo.browser.click(f"{card} .supervise button:nth-of-type(2)")
    await demo.browser.until(f"document.querySelector('{card}').innerText.includes('ささやいています')")
    assert {order[0] for order in desk.orders} == {"note", "pause_recording", "code", "coach"}
    await demo.browser.picture("call")
    assert await demo.browser.complaints() == []


@pytest.mark.browser
@pytest.mark.skipif(bool(why_not()), reason=why_not())
async def test_a_note_that_could_not_be_saved_stays_as_it_was_typed(demo: Scene) -> None:
    desk = demo.desk
    desk.notes_fail = True
    desk.commit(calls=(CallView("c7", desk.info.queues[0][0], "0311110007", "高橋", "sip", "tanaka", 0.0),))
    desk.set_agent("tanaka", status=Status.ON_CALL, contact="c7")
    await demo.come_in()
    area = f"{CARD.format(agent='tanaka')} textarea"
    await demo.browser.until(f"document.querySelector('{area}')?.offsetParent")
    typed = "const area = document.querySelector(arguments[0]); area.value = '折り返し'; "
    typed += "for (const kind of ['input', 'change']) area.dispatchEvent(new Event(kind, {bubbles: true}));"
    await demo.browser.run(typed, area)
    await demo.browser.until("document.body.innerText.includes('ディスクがいっぱいです')")
    desk.set_agent("tanaka", held_since=1.0)
    await demo.browser.until("document.body.innerText.includes('お客様を保留中')")
    assert await demo.browser.run("return document.querySelector(arguments[0]).value", area) == "折り返し"


@pytest.mark.browser
@pytest.mark.skipif(bool(why_not()), reason=why_not())
async def test_u11_a_notice_takes_two_steps_to_give_and_stands_at_the_top_until_it_is_over(demo: Scene) -> None:
    await demo.come_in()
    await demo.browser.click("#notices summary")
    await demo.browser.click("#notices-actions [data-key=fire]")
    await demo.browser.until("document.getElementById('notices-now').innerText.includes('火災')")
    assert demo.desk.orders == [("give_notice", "fire", False)]
    await demo.browser.until("document.querySelector('#notices-actions [data-key=fire]') === null")
    await demo.browser.click("#notices-over [data-key=fire]")
    await demo.browser.until("document.getElementById('notices-now').hidden")
    assert demo.desk.orders[-1] == ("give_notice", "fire", True)
    assert await demo.browser.complaints() == []


@pytest.mark.browser
@pytest.mark.skipif(bool(why_not()), reason=why_not())
async def test_f45_a_supervisor_gives_a_waiting_caller_to_who_is_free_and_says_why(demo: Scene) -> None:
    first, second = demo.desk.caller_waits("0311110001"), demo.desk.caller_waits("0311110002")
    await demo.come_in()
    row = f"#queue-table tr[data-key={second}]"
    await demo.browser.click(f"{row} .assign summary")
    free = f"[...document.querySelectorAll('{row} [name=agent] option')].map((one) => one.value).join()"
    await demo.browser.until(f"{free} === 'tanaka'")  # the only one on duty
    await demo.browser.click(f"{row} .assign button")
    assert demo.desk.orders == []  # not without a reason
    await demo.browser.run("document.querySelector(arguments[0]).focus()", f"{row} [name=reason]")
    await demo.browser.keys("常連のお客様", "\ue007")
    async with asyncio.timeout(8):
        while not demo.desk.orders:
            await asyncio.sleep(0.02)
    assert demo.desk.orders == [("assign", (second, "tanaka", "kato"), "常連のお客様")]
    assert first != second
    assert await demo.browser.complaints() == []


@pytest.mark.browser
@pytest.mark.skipif(bool(why_not()), reason=why_not())
async def test_a_person_holds_one_queue_closed_on_the_page(demo: Scene) -> None:
    """§3.7: the others follow their hours."""
    demo.desk.commit(queues=(QueueView("front", is_open=True), QueueView("support", is_open=True)))
    await demo.come_in()
    hold = "#hours-list [data-key=support] select"
    await demo.browser.until(f"document.querySelector('{hold}')?.value === 'schedule'")
    await demo.browser.run(
        "const hold = document.querySelector(arguments[0]); hold.value = 'closed';"
        "hold.dispatchEvent(new Event('change', {bubbles: true}));",
        hold,
    )
    await demo.browser.until("document.querySelector('#hours-list [data-key=support]').innerText.includes('手動')")
    assert "手動" not in str(
        await demo.browser.run("return document.querySelector('#hours-list [data-key=front]').innerText")
    )
    assert demo.desk.orders == [("hold_hours", ("support", "closed"), None)]
