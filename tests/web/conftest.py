"""What the page's tests share: a fake desk, the page before it, and a visitor who is logged in."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.support.fake_desk_api import FakeDesk
from tests.web.browser import Browser
from tests.web.scene import Scene, scene_of
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


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.driver.quit()


@pytest.fixture
async def demo(demo_desk: FakeDesk, chromium: Browser) -> AsyncIterator[Scene]:
    """The demo's page in a real browser."""
    scene = await scene_of(demo_desk, chromium)
    yield scene
    await chromium.open("about:blank")
    await scene.server.stop()


@pytest.fixture
async def office(desk: FakeDesk, chromium: Browser) -> AsyncIterator[Scene]:
    """A real office's page in a real browser, before its first start."""
    scene = await scene_of(desk, chromium)
    yield scene
    await chromium.open("about:blank")
    await scene.server.stop()
