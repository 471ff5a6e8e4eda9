"""An agent's own choice of queues, and why a call rang there."""

import pytest
from aiohttp.test_utils import TestClient

from tests.support.fake_desk_api import FakeDesk
from tests.web.conftest import OURS
from tests.web.scene import Scene


@pytest.mark.parametrize(("order", "on"), [("take-not", True), ("take", False)])
async def test_a_queue_is_kept_off_the_phone_and_let_back(
    person: TestClient, desk: FakeDesk, order: str, on: bool
) -> None:
    answer = await person.post(f"/api/agents/sato/queues/support/{order}", headers=OURS)
    assert answer.status == 200
    assert desk.orders == [("set_private", ("sato", "support"), on)]


@pytest.mark.parametrize("path", ["suzuki/queues/support/take", "sato/queues/none/take", "sato/queues/front/hold"])
async def test_an_order_about_a_queue_that_never_rings_there_is_not_found(
    person: TestClient, desk: FakeDesk, path: str
) -> None:
    assert (await person.post(f"/api/agents/{path}", headers=OURS)).status == 404
    assert desk.orders == []


async def test_why_it_rang_is_told_in_the_language_of_the_page(person: TestClient, desk: FakeDesk) -> None:
    desk.whys = {("sato", "ja"): "最長待機 4分12秒で2人中1番目。", ("sato", "en"): "Number 1 of 2 by longest idle."}
    assert (await (await person.get("/api/agents/sato/why")).json())["sentence"] == desk.whys["sato", "ja"]
    await person.post("/language", data={"language": "en", "back": "/"}, headers=OURS)
    assert (await (await person.get("/api/agents/sato/why")).json())["sentence"] == desk.whys["sato", "en"]
    assert (await (await person.get("/api/agents/suzuki/why")).json())["sentence"] == ""
    assert (await person.get("/api/agents/nobody/why")).status == 404


async def test_strangers_are_not_told_why(stranger: TestClient) -> None:
    assert (await stranger.get("/api/agents/sato/why")).status == 401


@pytest.mark.browser
async def test_on_the_page_privacy_is_chosen_by_queue_and_warned_of_when_nothing_is_left(demo: Scene) -> None:
    await demo.come_in()
    card = "document.querySelector('#agents-list [data-key=sato]')"
    for queue in ("front", "support"):
        await demo.browser.click(f"#agents-list [data-key=sato] .privacy [data-key={queue}] button")
        await demo.browser.until(f"{card}.querySelector('.privacy [data-key={queue}] button').ariaPressed === 'false'")
    await demo.browser.until(f"{card}.querySelector('.note.alarm') !== null")
    assert await demo.browser.run(
        "return document.querySelector('#agents-list [data-key=suzuki] .privacy').hidden"
    )  # one queue: duty says it all


@pytest.mark.browser
async def test_on_the_page_the_card_says_why_it_rang_and_who_is_next(demo: Scene) -> None:
    demo.desk.whys = {("sato", "ja"): "固定順で2人中1番目。"}
    demo.desk.set_agent("sato", next_up=("front",))
    await demo.come_in()
    await demo.browser.click("#agents-list [data-key=sato] .why summary")
    card = "document.querySelector('#agents-list [data-key=sato]')"
    await demo.browser.until(f"{card}.querySelector('.why p').textContent === '固定順で2人中1番目。'")
    await demo.browser.until(f"{card}.querySelector('.note.ringing').textContent.includes('受付')")
