"""A caller passed on from the page: searched by name or number, now or after asking (S-16 to S-18)."""

import pytest
from aiohttp.test_utils import TestClient

from appliance.api import Status
from tests.support.fake_desk_api import FakeDesk
from tests.web.conftest import OURS
from tests.web.scene import Scene


@pytest.mark.parametrize(("ask_first", "name"), [(False, "transfer"), (True, "ask_first")])
async def test_s18_the_page_passes_a_caller_on(person: TestClient, desk: FakeDesk, ask_first: bool, name: str) -> None:
    body = {"to": " 202 ", "ask_first": ask_first}
    assert (await person.post("/api/agents/sato/transfer", json=body, headers=OURS)).status == 200
    assert desk.orders == [(name, "sato", "202")]


@pytest.mark.parametrize("body", [{}, {"to": ""}, {"to": 202}, {"to": "1" * 33}, {"to": "202", "ask_first": "yes"}])
async def test_an_order_that_is_none_is_refused(person: TestClient, desk: FakeDesk, body: dict[str, object]) -> None:
    assert (await person.post("/api/agents/sato/transfer", json=body, headers=OURS)).status == 400
    assert desk.orders == []


async def test_nobodys_caller_is_not_found(person: TestClient) -> None:
    assert (await person.post("/api/agents/nobody/transfer", json={"to": "202"}, headers=OURS)).status == 404


async def test_what_the_desk_refuses_is_said(person: TestClient) -> None:
    answer = await person.post("/api/agents/sato/transfer", json={"to": "201"}, headers=OURS)
    assert answer.status == 409
    assert "same phone" in (await answer.json())["message"]


async def test_strangers_neither_search_nor_pass_on(stranger: TestClient, desk: FakeDesk) -> None:
    assert (await stranger.get("/api/targets")).status == 401
    assert (await stranger.post("/api/agents/sato/transfer", json={"to": "202"}, headers=OURS)).status == 401
    assert desk.orders == []


async def test_s17_targets_are_queues_and_people(person: TestClient) -> None:
    told = (await (await person.get("/api/targets")).json())["targets"]
    assert (told[0]["kind"], told[0]["name"]) == ("queue", "受付")
    assert {one["number"] for one in told} >= {"201", "202", "205"}


@pytest.mark.browser
async def test_s17_on_the_page_a_name_a_kana_or_a_number_finds_the_target_with_its_state(demo: Scene) -> None:
    """S-17, S-18: as one types; the state is the live one."""
    contact = demo.desk.caller_waits("0312345678")
    demo.desk.set_agent("sato", status=Status.RINGING, contact=contact)
    demo.desk.answers("sato", contact)
    await demo.come_in()
    card = "#agents-list [data-key=sato]"
    await demo.browser.click(f"{card} .transfer summary")
    found = f"[...document.querySelectorAll('{card} .transfer li')].map((item) => item.innerText).join('|')"
    for text, name in (
        ("鈴木", "鈴木 健太"),
        ("２０３", "田中 陽子"),
        ("ソウコ", "倉庫"),
        ("souko", "倉庫"),
        ("受", "受付"),
        ("たなか", "田中 陽子"),
        ("tanaka", "田中 陽子"),
        ("ﾀﾅｶ", "田中 陽子"),
        ("uketsu", "受付"),
        ("uketuke", "受付"),
    ):
        await demo.browser.run(
            f"const field = document.querySelector('{card} .transfer input'); field.value = '{text}';"
            "field.dispatchEvent(new Event('input'));"
        )
        await demo.browser.until(f"{found}.includes('{name}')")
        assert await demo.browser.run(f"return document.querySelectorAll('{card} .transfer li').length") == 1
    demo.desk.set_agent("suzuki", status=Status.ON_CALL)
    await demo.browser.run(
        f"const field = document.querySelector('{card} .transfer input'); field.value = '202';"
        "field.dispatchEvent(new Event('input'));"
    )
    await demo.browser.until(f"{found}.includes('通話中')")
    await demo.browser.click(f"{card} .transfer li button:nth-of-type(2)")
    await demo.browser.until(f"!document.querySelector('{card} .asking').hidden")
    assert demo.desk.orders[-1] == ("ask_first", "sato", "202")
    await demo.browser.click(f"{card} .asking button.primary")
    await demo.browser.until(f"document.querySelector('{card} .asking').hidden")
    assert demo.desk.orders[-1] == ("complete_transfer", "sato", "page")


@pytest.mark.browser
async def test_s17_hepburn_kunrei_and_kana_are_one_spelling(demo: Scene) -> None:
    await demo.come_in()
    same = [
        ("たなか", "tanaka", "TANAKA", "タナカ", "ﾀﾅｶ", "た なか"),
        ("しんじゅく", "shinjuku", "sinzyuku", "shinjyuku"),
        ("ちば", "chiba", "tiba"),
        ("つづき", "tsuzuki", "tuduki", "tuzuki"),
        ("ふじもと", "fujimoto", "huzimoto", "hujimoto"),
        ("おおの", "ono", "oono", "ohno", "ōno", "ôno", "おうの"),
        ("ゆうき", "yuki", "yuuki", "yūki"),
        ("じゅんいち", "junichi", "jun'ichi", "zyuniti"),
        ("ほんま", "homma", "honma"),
        ("なんば", "namba", "nanba"),
        ("はっとり", "hattori", "hatori"),
        ("いっちょう", "itchou", "icchou", "ittyo"),
        ("サーバー", "saba", "さあばあ"),
        ("ジェーン", "jen", "zyen"),
        ("ファン", "fan", "han"),
        ("03-1234", "０３１２３４", "03 1234"),
    ]
    folds = "const {fold} = await import('/static/reading.js'); return arguments[0].map((one) => fold(one))"
    for spellings in same:
        folded = await demo.browser.run(folds, list(spellings))
        assert len(set(folded)) == 1, dict(zip(spellings, folded, strict=True))  # type: ignore[call-overload]
    different = ["さとう", "かとう", "田中", "たなべ", "あべ", "おの", "201", "202"]
    assert len(set(await demo.browser.run(folds, different))) == len(different)  # type: ignore[call-overload]


@pytest.mark.browser
async def test_s17_every_beginning_of_what_is_typed_finds_the_name(demo: Scene) -> None:
    await demo.come_in()
    typed = {
        "しょうこ": ("shoko", "syouko"),
        "つづき": ("tsuzuki",),
        "ちば": ("chiba",),
        "じゅんいち": ("jun'ichi",),
        "ふじもと": ("fujimoto",),
        "いっちょう": ("itchou",),
        "おおの": ("ohno",),
        "しみず": ("shimizu",),
    }
    finds = (
        "const {fold} = await import('/static/reading.js'); const [name, text] = arguments;"
        "const parts = [...text].map((_, at) => text.slice(0, at + 1));"
        "return parts.filter((part) => !fold(name).includes(fold(part, true)))"
    )
    for name, text in ((name, text) for name, texts in typed.items() for text in texts):
        assert await demo.browser.run(finds, name, text) == [], (name, text)
