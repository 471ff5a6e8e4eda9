"""発信元: as whom an agent's calls go out, on the page (S-10)."""

import pytest
from aiohttp.test_utils import TestClient

from appliance.api import Status
from tests.support.fake_desk_api import FakeDesk
from tests.web.conftest import OURS
from tests.web.scene import Scene

PATH = "/api/agents/sato/call-from"
CHOICE = "#agents-list [data-key=sato] .callfrom"


async def test_s10_the_page_chooses_and_goes_back_to_personal(person: TestClient, desk: FakeDesk) -> None:
    desk.set_agent("sato", may_call_as=("front",))
    for queue in ("front", ""):
        assert (await person.post(PATH, json={"queue": queue}, headers=OURS)).status == 200
    assert desk.orders == [("call_as", "sato", "front"), ("call_as", "sato", "")]


async def test_s10_what_the_desk_refuses_is_said(person: TestClient, desk: FakeDesk) -> None:
    answer = await person.post(PATH, json={"queue": "front"}, headers=OURS)
    assert answer.status == 409
    assert "may not call as" in (await answer.json())["message"]


@pytest.mark.parametrize("body", [{}, {"queue": 1}, []])
async def test_an_order_that_is_none_is_refused(person: TestClient, desk: FakeDesk, body: object) -> None:
    assert (await person.post(PATH, json=body, headers=OURS)).status == 400
    assert desk.orders == []


async def test_nobodys_number_is_not_found_and_strangers_choose_nothing(
    person: TestClient, stranger: TestClient, desk: FakeDesk
) -> None:
    assert (await person.post("/api/agents/nobody/call-from", json={"queue": ""}, headers=OURS)).status == 404
    assert (await stranger.post(PATH, json={"queue": ""}, headers=OURS)).status == 401
    assert desk.orders == []


@pytest.mark.browser
async def test_s10_the_card_shows_the_choice_and_what_must_be_said_of_it(demo: Scene) -> None:
    """S-10: chosen by the list, followed when another surface chooses, and a notice where it was refused."""
    demo.desk.set_agent("sato", may_call_as=("front",))
    await demo.come_in()
    await demo.browser.until(f"!document.querySelector('{CHOICE}').hidden")
    assert await demo.browser.run("return document.querySelector('[data-key=suzuki] .callfrom').hidden")
    await demo.browser.run(
        f"const list = document.querySelector('{CHOICE} select'); list.value = 'front';"
        "list.dispatchEvent(new Event('change'))"
    )
    await demo.browser.until(f"document.querySelector('{CHOICE} select').dataset.now === 'front'")
    assert demo.desk.orders == [("call_as", "sato", "front")]
    demo.desk.set_agent("sato", calls_as="", call_notice="identity_gone")
    await demo.browser.until(f"document.querySelector('{CHOICE} select').value === ''")
    notes = "document.querySelector('[data-key=sato] .notes').innerText"
    await demo.browser.until(f"{notes}.includes('個人の番号で発信します')")
    demo.desk.set_agent("sato", status=Status.ON_CALL, outbound=True, call_notice="")
    await demo.browser.until(f"!{notes}.includes('個人の番号')")


@pytest.mark.browser
async def test_s10_the_lists_show_the_way_a_call_went_and_as_whom(demo: Scene) -> None:
    busy = {"queue": "front", "origin": "line-1", "outcome": "not_reached", "why": "all_busy"}
    demo.desk.past += [
        demo.desk.record_of("p1", "0355550000", placed_by="sato", **busy),
        demo.desk.record_of(
            "p2", "0355550001", placed_by="sato", queue="", origin="carrier", evidence="ringback_stopped"
        ),
    ]
    await demo.come_in()
    row = "document.querySelector('#calls-table tr[data-key={}]')?.innerText ?? ''"
    await demo.browser.until(f"({row.format('p1')}).includes('発信 · line-1')")
    assert "回線がすべて使用中" in await demo.browser.run(f"return {row.format('p1')}")
    assert "個人" in await demo.browser.run(f"return {row.format('p2')}")
    told = "return document.querySelector('#calls-table tr[data-key=p2] [title]').title"
    assert await demo.browser.run(told) == "呼出音が止まったので応答とみなしました"
