"""What the page's tests share: a fake desk, the page before it, and a visitor who is logged in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.support.fake_desk_api import FakeDesk
from web.app import make_app
from web.settings import WebSettings

CODE = "ABCD-EFGH"
OURS = {"Sec-Fetch-Site": "same-origin"}


class Clock:
    """A wall clock and a monotonic one that move when told."""

    def __init__(self) -> None:
        self.wall = 1_800_000_000.0
        self.now = 1_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path)


@pytest.fixture
async def demo_desk(tmp_path: Path) -> FakeDesk:
    return FakeDesk(tmp_path, demo=True)


async def visit(desk: FakeDesk, clock: Clock, **changes: object) -> TestClient:
    """A browser without a session; follows no redirect by itself when told so by the test."""
    settings = WebSettings(code=CODE, clock=lambda: clock.now, wall=lambda: clock.wall, tick_s=0.01, **changes)
    client = TestClient(TestServer(make_app(desk, settings)))
    await client.start_server()
    return client


@pytest.fixture
async def stranger(desk: FakeDesk, clock: Clock) -> AsyncIterator[TestClient]:
    client = await visit(desk, clock)
    yield client
    await client.close()


@pytest.fixture
async def person(desk: FakeDesk, clock: Clock) -> AsyncIterator[TestClient]:
    """Somebody who did the first start."""
    client = await visit(desk, clock)
    form = {"code": CODE, "password": "correct horse battery", "again": "correct horse battery"}
    answer = await client.post("/first-start", data=form, headers=OURS)
    assert answer.status == 200
    yield client
    await client.close()


@pytest.fixture
async def visitor(demo_desk: FakeDesk, clock: Clock) -> AsyncIterator[TestClient]:
    """Somebody in the demo, in by the link."""
    client = await visit(demo_desk, clock)
    answer = await client.get(f"/?code={CODE}")
    assert answer.status == 200
    yield client
    await client.close()
