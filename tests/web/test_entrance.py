"""The way in: first start, password, the demo's code, sessions that end, and patience with guessing."""

import asyncio
import json
from http.cookies import SimpleCookie

import pytest
from aiohttp.test_utils import TestClient

from tests.support.fake_desk_api import FakeDesk
from tests.web.conftest import CODE, OURS, Clock, visit
from web.app import first_start_code
from web.door import Door, new_code
from web.errors import Forbidden
from web.settings import WebSettings

PASSWORD = "correct horse battery"
FIRST = {"code": CODE, "password": PASSWORD, "again": PASSWORD}


async def test_without_a_session_the_page_leads_to_the_log_in_and_the_api_says_so(stranger: TestClient) -> None:
    page = await stranger.get("/", headers={"Accept": "text/html"}, allow_redirects=False)
    assert (page.status, page.headers["Location"]) == (303, "/login")
    for path in ("/api/office", "/api/calls", "/api/recordings", "/events?tab=a", "/recordings/r1"):
        answer = await stranger.get(path)
        assert answer.status == 401, path
        assert (await answer.json())["error"] == "login_needed"


async def test_every_order_needs_a_session(stranger: TestClient, desk: FakeDesk) -> None:
    for path in ("/api/agents/sato/go-on-duty", "/api/demo/ring-sip", "/api/panel/press", "/api/here", "/logout"):
        assert (await stranger.post(path, json={}, headers=OURS)).status == 401, path
    assert desk.orders == []


async def test_the_first_start_trades_the_code_for_a_password_once(stranger: TestClient, desk: FakeDesk) -> None:
    assert first_start_code(stranger.app) == CODE
    assert (await stranger.post("/first-start", data=FIRST, headers=OURS)).status == 200
    assert first_start_code(stranger.app) is None
    assert desk.secrets["password"].startswith(b"$argon2id$v=19$m=19456,t=2,p=1$")
    again = await stranger.post("/first-start", data=FIRST, headers=OURS)
    assert again.status == 403


async def test_of_two_first_starts_at_once_one_wins(stranger: TestClient) -> None:
    answers = await asyncio.gather(*(stranger.post("/first-start", data=FIRST, headers=OURS) for _ in range(2)))
    assert sorted(answer.status for answer in answers) == [200, 403]


async def test_outside_the_demo_a_code_alone_opens_nothing(desk: FakeDesk) -> None:
    door = Door(desk, WebSettings(code=CODE))
    await door.open_up()
    with pytest.raises(Forbidden):
        await door.enter_with_code(CODE)


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"code": "XXXX-XXXX"}, 403, "コードが違います"),
        ({"password": "short", "again": "short"}, 400, "12 文字以上"),
        ({"password": "p" * 257, "again": "p" * 257}, 400, "12 文字以上"),
        ({"again": "something else"}, 400, "一致しません"),
    ],
)
async def test_a_wrong_first_start_says_what_is_wrong_and_sets_nothing(
    stranger: TestClient, desk: FakeDesk, change: dict[str, str], status: int, words: str
) -> None:
    answer = await stranger.post("/first-start", data=FIRST | change, headers=OURS)
    assert answer.status == status
    assert words in await answer.text()
    assert "password" not in desk.secrets


async def test_the_code_may_be_typed_in_small_letters_with_spaces(stranger: TestClient) -> None:
    answer = await stranger.post("/first-start", data=FIRST | {"code": "abcd efgh"}, headers=OURS)
    assert answer.status == 200


async def test_a_person_logs_in_with_the_password_and_out_again(person: TestClient) -> None:
    assert (await person.post("/logout", headers=OURS)).status == 200
    assert (await person.get("/api/office")).status == 401
    wrong = await person.post("/login", data={"password": "not the password"}, headers=OURS)
    assert wrong.status == 403
    assert "パスワードが違います" in await wrong.text()
    assert (await person.post("/login", data={"password": PASSWORD}, headers=OURS)).status == 200
    assert (await person.get("/api/office")).status == 200


async def test_a_password_never_opens_a_page_that_has_none(stranger: TestClient) -> None:
    assert (await stranger.post("/login", data={"password": ""}, headers=OURS)).status == 403


async def test_the_link_opens_only_the_demo(visitor: TestClient, stranger: TestClient) -> None:
    assert (await visitor.get("/api/office")).status == 200
    filled_in = await stranger.get(f"/?code={CODE}")
    assert filled_in.status == 200
    assert f'value="{CODE}"' in await filled_in.text()
    assert (await stranger.get("/api/office")).status == 401


async def test_the_demo_also_takes_the_code_by_hand_and_no_other(demo_desk: FakeDesk, clock: Clock) -> None:
    client = await visit(demo_desk, clock)
    assert (await client.get("/?code=AAAA-AAAA")).status == 403
    assert (await client.post("/login", data={"code": "AAAA-AAAA"}, headers=OURS)).status == 403
    assert (await client.post("/login", data={"code": CODE}, headers=OURS)).status == 200
    await client.close()


async def test_the_sixth_attempt_in_a_minute_waits(person: TestClient, clock: Clock) -> None:
    await person.post("/logout", headers=OURS)
    for _ in range(4):  # the first start was the first attempt
        assert (await person.post("/login", data={"password": "guess"}, headers=OURS)).status == 403
    refused = await person.post("/login", data={"password": PASSWORD}, headers=OURS)
    assert refused.status == 429
    assert "60 秒後" in await refused.text()
    clock.now += 61
    assert (await person.post("/login", data={"password": PASSWORD}, headers=OURS)).status == 200


async def test_an_idle_session_ends_after_half_an_hour(person: TestClient, clock: Clock) -> None:
    clock.wall += 1799
    assert (await person.post("/api/here", headers=OURS)).status == 200
    clock.wall += 1799
    assert (await person.get("/api/office")).status == 200
    clock.wall += 2  # 1801 s after the last thing a person did: the page's own asking does not count
    assert (await person.get("/api/office")).status == 401


async def test_a_busy_session_ends_after_twelve_hours(person: TestClient, clock: Clock) -> None:
    for _ in range(12 * 4 - 1):
        clock.wall += 900
        assert (await person.post("/api/here", headers=OURS)).status == 200
    clock.wall += 900
    assert (await person.post("/api/here", headers=OURS)).status == 401


async def test_a_clock_that_jumps_back_ends_sessions(person: TestClient, clock: Clock) -> None:
    clock.wall -= 3600
    assert (await person.get("/api/office")).status == 401


async def test_a_session_survives_a_restart_and_its_cookie_is_nowhere_on_the_box(
    person: TestClient, desk: FakeDesk, clock: Clock
) -> None:
    token = person.session.cookie_jar.filter_cookies(person.make_url("/"))["deskbell"].value
    assert token.encode() not in desk.secrets["sessions"]
    restarted = await visit(desk, clock)
    answer = await restarted.get("/api/office", headers={"Cookie": f"deskbell={token}"})
    assert answer.status == 200
    await restarted.close()


async def test_a_full_disk_keeps_nobody_out_but_sets_no_password(
    visitor: TestClient, stranger: TestClient, demo_desk: FakeDesk, desk: FakeDesk
) -> None:
    desk.disk_is_full = demo_desk.disk_is_full = True
    assert (await visitor.post("/login", data={"code": CODE}, headers=OURS)).status == 200
    assert (await visitor.get("/api/office")).status == 200
    told = await stranger.post("/first-start", data=FIRST, headers=OURS)
    assert (told.status, (await told.json())["message"]) == (409, "ディスクがいっぱいです。")
    assert first_start_code(stranger.app) == CODE


async def test_the_cookie_is_kept_from_scripts_and_other_sites(demo_desk: FakeDesk, clock: Clock) -> None:
    for tls, name in ((False, "deskbell"), (True, "__Host-deskbell")):
        client = await visit(demo_desk, clock, tls=tls)
        answer = await client.get(f"/?code={CODE}", allow_redirects=False)
        cookie = SimpleCookie(answer.headers["Set-Cookie"])[name]
        assert (bool(cookie["httponly"]), cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
        assert bool(cookie["secure"]) is tls
        await client.close()


async def test_at_most_64_sessions_are_kept_the_oldest_goes_first(demo_desk: FakeDesk, clock: Clock) -> None:
    door = Door(demo_desk, WebSettings(code=CODE, wall=lambda: clock.wall))
    await door.open_up()
    tokens = []
    for _ in range(65):
        clock.wall += 1
        tokens.append(await door.enter_with_code(CODE))
    assert len(json.loads(demo_desk.secrets["sessions"])) == 64
    assert not await door.knows(tokens[0], acting=False)
    assert await door.knows(tokens[1], acting=False)


async def test_the_code_is_announced_while_it_is_worth_something(desk: FakeDesk, clock: Clock) -> None:
    told: list[str] = []
    client = await visit(desk, clock, announce=told.append)
    assert told == [CODE]
    await client.post("/first-start", data=FIRST, headers=OURS)
    await client.close()
    client = await visit(desk, clock, announce=told.append)
    assert told == [CODE]
    await client.close()


def test_codes_are_readable_and_never_the_same() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 9 and code[4] == "-" and not set(code) & set("01IO") for code in codes)


async def test_the_language_is_the_offices_until_somebody_chooses(person: TestClient) -> None:
    assert '<html lang="ja">' in await (await person.get("/")).text()
    chosen = await person.post("/language", data={"language": "en", "back": "/"}, headers=OURS)
    assert '<html lang="en">' in await chosen.text()
    nonsense = await person.post(
        "/language", data={"language": "xx", "back": "https://elsewhere.example/"}, headers=OURS
    )
    assert nonsense.url.path == "/"
    assert '<html lang="en">' in await nonsense.text()
