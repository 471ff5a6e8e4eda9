"""What each person is told by mail, seen and ticked on the page (S-43)."""

import pytest
from aiohttp.test_utils import TestClient

from tests.support.fake_desk_api import FakeDesk
from tests.web.conftest import OURS
from tests.web.scene import Scene

SATO, KATO = (f"#alerts-list [data-key={person}]" for person in ("sato", "kato"))
MAIL = "kato@example.jp"


async def test_s43_the_page_shows_everybodys_ticks_and_saves_one_persons(person: TestClient, desk: FakeDesk) -> None:
    said = await (await person.get("/api/alerts")).json()
    assert [(one["person"], one["ticked"]) for one in said["people"]] == [("sato", ["voicemail"]), ("kato", [])]
    assert (said["subjects"], said["can_send"]) == (["voicemail", "waiting", "line"], True)
    body = {"mail": MAIL, "ticked": ["line"]}
    assert (await person.post("/api/alerts/kato", json=body, headers=OURS)).status == 200
    assert desk.orders == [("tick", "kato", (MAIL, ("line",), "page"))]


async def test_s43_what_the_desk_refuses_is_said(person: TestClient, desk: FakeDesk) -> None:
    desk.alerts.why_not = "加藤 has no mail address"
    answer = await person.post("/api/alerts/kato", json={"mail": "", "ticked": ["line"]}, headers=OURS)
    assert (answer.status, (await answer.json())["message"]) == (409, "加藤 has no mail address")


@pytest.mark.parametrize(
    "body", [{}, {"mail": 1, "ticked": []}, {"mail": "", "ticked": "line"}, {"mail": "", "ticked": [1]}]
)
async def test_an_order_that_is_none_is_refused(person: TestClient, desk: FakeDesk, body: object) -> None:
    assert (await person.post("/api/alerts/kato", json=body, headers=OURS)).status == 400
    assert desk.orders == []


async def test_nobody_is_not_found_and_strangers_see_and_tick_nothing(
    person: TestClient, stranger: TestClient, desk: FakeDesk
) -> None:
    body = {"mail": MAIL, "ticked": []}
    assert (await person.post("/api/alerts/nobody", json=body, headers=OURS)).status == 404
    assert (await stranger.get("/api/alerts")).status == 401
    assert (await stranger.post("/api/alerts/kato", json=body, headers=OURS)).status == 401
    assert desk.orders == []


@pytest.mark.browser
async def test_s43_an_administrator_ticks_what_one_person_is_told(demo: Scene) -> None:
    """S-43: opened by keyboard or pointer, saved, said, and shown as the box has it; the other person's stay."""
    await demo.come_in()
    browser = demo.browser
    await browser.until(f"document.querySelector('{KATO}')")
    await browser.run(f"document.querySelector('{KATO}').scrollIntoView()")
    await browser.click(f"{KATO} summary")
    await browser.click(f"{KATO} [name=mail]")
    await browser.keys(MAIL)
    await browser.click(f"{KATO} [value=waiting]")
    await browser.click(f"{KATO} button")
    await browser.until("document.getElementById('toast').textContent === '加藤 恵の設定を保存しました。'")
    await browser.until(f"document.querySelector('{KATO} summary').textContent === '加藤 恵(1件)'")
    assert demo.desk.orders == [("tick", "kato", (MAIL, ("waiting",), "page"))]
    assert await browser.run(f"return document.querySelector('{SATO} [value=voicemail]').checked")
    assert await browser.run("return document.getElementById('alerts-unsent').hidden")
    label = await browser.run(f"return document.querySelector('{KATO} [value=waiting]').parentNode.innerText")
    assert label == "待っている人が多い"
    assert await browser.complaints() == []
