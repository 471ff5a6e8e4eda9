"""What callers left behind on the page: messages heard and seen to by one person, promises cancelled (S-22, S-34)."""

import pytest
from aiohttp.test_utils import TestClient

from appliance.api import CallbackView
from tests.support.fake_desk_api import FakeDesk, wav
from tests.web.browser import why_not
from tests.web.conftest import OURS
from tests.web.scene import Scene

PROMISE = CallbackView("c9", "front", "0311110002", "高橋", "power", 0.0, "resting", 0, 1, 600.0)


async def test_messages_come_newest_first_and_never_with_their_place(person: TestClient, desk: FakeDesk) -> None:
    desk.add_voicemail("v1", "0311110001", 12.0, handled_by="sato", handled=1.0)
    desk.add_voicemail("v2", "0311110002", 7.0)
    answer = await person.get("/api/voicemails")
    told = await answer.json()
    assert [one["recording"] for one in told["voicemails"]] == ["v2", "v1"]
    assert str(desk.folder) not in await answer.text()


async def test_a_message_plays(person: TestClient, desk: FakeDesk) -> None:
    desk.add_voicemail("v1", "0311110001", 1.0)
    assert await (await person.get("/voicemails/v1")).read() == wav(1.0)
    (desk.folder / "v1.wav").unlink()
    assert (await person.get("/voicemails/v1")).status == 404


async def test_one_person_sees_to_a_message_for_all(person: TestClient, desk: FakeDesk) -> None:
    """S-22: who it was stays written."""
    desk.add_voicemail("v1", "0311110001", 1.0)
    assert (await person.post("/api/voicemails/v1/handled", json={}, headers=OURS)).status == 200
    told = await (await person.get("/api/voicemails")).json()
    assert told["voicemails"][0]["handled_by"] == "page"
    desk.add_voicemail("v2", "0311110002", 1.0)
    await person.post("/api/voicemails/v2/handled", json={"by": "suzuki"}, headers=OURS)
    assert desk.messages["v2"].handled_by == "suzuki"
    refused = await person.post("/api/voicemails/v7/handled", json={}, headers=OURS)
    assert refused.status == 409


async def test_a_promise_is_cancelled_and_one_that_is_not_there_is_not(person: TestClient, desk: FakeDesk) -> None:
    desk.commit(callbacks=(PROMISE,))
    assert (await person.post("/api/callbacks/c8/cancel", json={}, headers=OURS)).status == 404
    assert (await person.post("/api/callbacks/c9/cancel", json={}, headers=OURS)).status == 200
    assert desk.orders == [("cancel_callback", "c9", "page")]


async def test_a_stranger_hears_no_message(stranger: TestClient, desk: FakeDesk) -> None:
    desk.add_voicemail("v1", "0311110001", 1.0)
    for path in ("/voicemails/v1", "/api/voicemails"):
        assert (await stranger.get(path, allow_redirects=False)).status in (302, 303, 401)


async def test_a_callback_that_came_to_nothing_waits_for_a_person(person: TestClient, desk: FakeDesk) -> None:
    desk.unkept = [desk.record_of("c7", "0311110007", outcome="callback", why="failed")]
    told = await (await person.get("/api/callbacks/unkept")).json()
    assert [(one["number"], one["why"]) for one in told["calls"]] == [("0311110007", "failed")]
    assert (await person.post("/api/callbacks/c7/handled", json={}, headers=OURS)).status == 200
    assert (await (await person.get("/api/callbacks/unkept")).json())["calls"] == []


@pytest.mark.browser
@pytest.mark.skipif(bool(why_not()), reason=why_not())
async def test_a_person_cancels_a_promise_and_sees_to_a_message_on_the_page(demo: Scene) -> None:
    demo.desk.add_voicemail("v1", "0311110001", 7.0)
    demo.desk.commit(callbacks=(PROMISE,))
    demo.desk.unkept = [demo.desk.record_of("c7", "0311110007", outcome="callback", why="failed")]
    await demo.come_in()
    row = "document.querySelector('#callbacks-table tbody tr[data-key=c9]')"
    shown = str(await demo.browser.until(f"{row} && {row}.innerText"))
    assert "停電復旧" in shown
    assert "0311110002" in shown
    rows = "document.querySelectorAll('#callbacks-table tbody tr').length"
    await demo.browser.until(f"{rows} === 2")  # a row that comes in above moves the button away from under the finger
    await demo.browser.click("#callbacks-table tbody tr[data-key=c9] button")
    await demo.browser.until(f"{rows} === 1")
    await demo.browser.until("document.querySelector('#callbacks-table tbody tr')?.innerText.includes('つながらず')")
    await demo.browser.click("#callbacks-table tbody button")
    await demo.browser.until("document.getElementById('callbacks-empty').hidden === false")
    message = "document.querySelector('#voicemail-table tbody tr')"
    await demo.browser.until(f"{message} && {message}.classList.contains('new')")
    assert "新着1件" in str(await demo.browser.run("return document.getElementById('voicemail-new').textContent"))
    await demo.browser.click("#voicemail-table tbody button")
    await demo.browser.until(f"!{message}.classList.contains('new') && {message}.innerText.includes('page')")
    assert [order[0] for order in demo.desk.orders] == ["cancel_callback", "callback_handled", "voicemail_handled"]
    assert await demo.browser.complaints() == []
