"""One desk, its page and the browser that looks at it, with the words the browser tests use."""

from dataclasses import dataclass

from tests.support.fake_desk_api import FakeDesk
from tests.web.browser import Browser
from web.app import PageServer
from web.settings import WebSettings

CARD = "#agents-list [data-key={agent}]"
LIVE = "document.documentElement.classList.contains('is-live')"


@dataclass
class Scene:
    """One desk, its page and the browser that looks at it."""

    desk: FakeDesk
    server: PageServer
    browser: Browser

    async def status(self, agent: str, status: str) -> None:
        """Wait until an agent's card shows a status."""
        await self.browser.until(f"document.querySelector('{CARD.format(agent=agent)}')?.dataset.status === '{status}'")

    async def press(self, agent: str, order: str) -> None:
        """Click an order on an agent's card."""
        await self.browser.click(f"{CARD.format(agent=agent)} [data-order={order}]")

    async def come_in(self) -> None:
        """In by the link, and the first state is there; remember that this is still the same document."""
        await self.browser.open(self.server.login_link)
        await self.browser.until(LIVE)
        await self.browser.run("window.sameDocument = true")

    async def was_never_reloaded(self) -> bool:
        return bool(await self.browser.run("return window.sameDocument === true && performance.now() > 0"))


async def scene_of(desk: FakeDesk, chromium: Browser) -> Scene:
    """Serve a desk's page and clear the browser's memory of the scene before."""
    server = PageServer(desk, WebSettings(port=0))
    await server.start()
    await chromium.do(lambda driver: driver.execute_cdp_cmd("Network.clearBrowserCookies", {}))
    await chromium.complaints()
    await chromium.look(1440, 1000)
    return Scene(desk, server, chromium)
