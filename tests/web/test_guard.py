"""What every request passes: names of ours, orders from our own page, sizes and patience; and how errors are told."""

import asyncio

import pytest
from aiohttp.test_utils import TestClient

from tests.support.fake_desk_api import FakeDesk
from tests.web.conftest import OURS, Clock, visit
from web.app import PageServer
from web.limits import Attempts, Guests, neighbourhood
from web.settings import WebSettings

ORDER = "/api/agents/sato/go-on-duty"


@pytest.mark.parametrize(
    "host", ["localhost:8080", "127.0.0.1", "192.168.1.20:8080", "[fd00::1]:8080", "deskbell.local"]
)
async def test_the_page_answers_to_its_own_names(desk: FakeDesk, clock: Clock, host: str) -> None:
    client = await visit(desk, clock, allowed_hosts=("Deskbell.local",))
    assert (await client.get("/health", headers={"Host": host})).status == 200
    await client.close()


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "deskbell.local", ""]
)
async def test_a_name_that_is_not_ours_is_refused_against_rebinding(stranger: TestClient, host: str) -> None:
    answer = await stranger.get("/health", headers={"Host": host})
    assert answer.status == 421
    assert (await answer.json())["error"] == "wrong_host"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
        {},
    ],
)
async def test_an_order_from_another_site_is_refused(
    person: TestClient, desk: FakeDesk, headers: dict[str, str]
) -> None:
    answer = await person.post(ORDER, headers=headers)
    assert answer.status == 403
    assert (await answer.json())["error"] == "other_site"
    assert desk.orders == []


async def test_an_old_browser_is_known_by_its_origin(person: TestClient, desk: FakeDesk) -> None:
    origin = str(person.make_url("/")).rstrip("/")
    assert (await person.post(ORDER, headers={"Origin": origin})).status == 200
    assert desk.orders == [("go_on_duty", "sato", "page")]


async def test_every_answer_carries_the_protective_headers(person: TestClient) -> None:
    for path in ("/", "/login", "/health", "/static/main.js", "/nowhere", "/api/office"):
        headers = (await person.get(path)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy, path
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Server"] == "Deskbell"
    assert (await person.get("/api/office")).headers["Cache-Control"] == "no-store"


async def test_nothing_on_the_page_needs_an_exception_from_the_policy(person: TestClient) -> None:
    for path in ("/", "/login"):
        page = await (await person.get(path)).text()
        assert " style=" not in page
        assert " on" + "click=" not in page
        assert "<script>" not in page
        assert "http://" not in page
        assert "https://" not in page


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/api/calls", 405, "wrong_method"),
        ("POST", "/api/agents/nobody/go-on-duty", 404, "not_found"),
        ("POST", "/api/agents/sato/dance", 404, "not_found"),
        ("POST", "/api/demo/ring-sip", 404, "not_found"),
        ("GET", "/api/calls?limit=many", 400, "bad_request"),
        ("GET", "/api/calls?before=inf", 400, "bad_request"),
        ("GET", "/events", 400, "bad_request"),
        ("POST", "/api/agents/mori/go-on-duty", 409, "refused"),
    ],
)
async def test_errors_are_told_in_one_form(person: TestClient, method: str, path: str, status: int, error: str) -> None:
    answer = await person.request(method, path, headers=OURS)
    told = await answer.json()
    assert (answer.status, told["error"]) == (status, error)
    assert set(told) == {"error", "message"}
    assert told["message"].endswith("。")


async def test_a_fault_of_ours_is_logged_and_tells_strangers_nothing(
    person: TestClient, desk: FakeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.broken = True
    answer = await person.get("/api/office")
    assert answer.status == 500
    assert "secret" not in await answer.text()
    assert "a fault of ours" in caplog.text


async def test_a_body_over_a_mebibyte_is_refused(person: TestClient) -> None:
    answer = await person.post(ORDER, data=b"x" * (1 << 20) + b"x", headers=OURS)
    assert (answer.status, (await answer.json())["error"]) == (413, "too_large")


async def test_a_body_that_does_not_come_is_given_up(desk: FakeDesk, clock: Clock) -> None:
    client = await visit(desk, clock, stall_s=0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    head = (
        "POST /login HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 100\r\n\r\npassword="
    )
    writer.write(head.encode())
    async with asyncio.timeout(5):
        assert b" 408 " in await reader.readline()
    writer.close()
    await client.close()


async def hung_up(reader: asyncio.StreamReader) -> bool:
    """Whether the other side closed without a byte."""
    try:
        return not await reader.read()
    except ConnectionError:
        return True


async def test_one_address_cannot_take_every_connection(desk: FakeDesk) -> None:
    server = PageServer(desk, WebSettings(port=0, connections_per_address=2))
    await server.start()
    first, second = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(2)]
    third, to_third = await asyncio.open_connection("127.0.0.1", server.port)
    async with asyncio.timeout(5):
        assert await hung_up(third)
    for _, writer in (first, second):
        writer.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    async with asyncio.timeout(5):
        assert b"200 OK" in await first[0].read()
        assert b"200 OK" in await second[0].read()
    for writer in (first[1], second[1], to_third):
        writer.close()
    await server.stop()


async def test_a_connection_that_says_nothing_is_closed_after_the_keepalive(desk: FakeDesk) -> None:
    server = PageServer(desk, WebSettings(port=0, keepalive_s=0.2))
    await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    async with asyncio.timeout(5):
        assert b"200 OK" in await reader.read()  # read() returns when the server closes
    writer.close()
    await server.stop()


def test_places_are_given_back_and_counted_over_all() -> None:
    guests = Guests(WebSettings(connections=3, connections_per_address=2))
    assert [guests.admit(a) for a in ("a", "a", "a", "b", "c")] == [True, True, False, True, False]
    guests.leave("a")
    assert guests.admit("c")
    assert not guests.admit("a")


def test_attempts_are_counted_in_a_sliding_window_for_each_address() -> None:
    attempts = Attempts(limit=2, window_s=60)
    assert [attempts.wait_s("10.0.0.1", now) for now in (0, 30, 59)] == [0, 0, 1]
    assert attempts.wait_s("10.0.0.2", 59) == 0
    assert attempts.wait_s("10.0.0.1", 60) == 0
    assert attempts.wait_s("10.0.0.1", 61) == 29


def test_an_ipv6_host_is_counted_by_its_network() -> None:
    assert neighbourhood("fd00:1:2:3::1") == neighbourhood("fd00:1:2:3:ffff::2")
    assert neighbourhood("fd00:1:2:4::1") != neighbourhood("fd00:1:2:3::1")
    assert neighbourhood("::ffff:10.0.0.1") == neighbourhood("10.0.0.1")
    assert neighbourhood(None) == "unknown"


async def test_the_server_knows_its_address_and_its_link(demo_desk: FakeDesk) -> None:
    server = PageServer(demo_desk, WebSettings(port=0, code="ABCD-EFGH"))
    await server.start()
    assert server.login_link == f"http://localhost:{server.port}/?code=ABCD-EFGH"
    await server.stop()
