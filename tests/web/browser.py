"""A real Chromium for the page's tests: the machine's own, through its own chromedriver; nothing is downloaded."""

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

Found = TypeVar("Found")

PATIENCE_S = 8.0
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
)


def why_not() -> str:
    """Why no browser can be had on this machine; empty when one can."""
    missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    return f"not installed: {', '.join(missing)} (apt install chromium chromium-driver)" if missing else ""


class Browser:
    """One Chromium with a fresh profile. Every method may be awaited from the loop that serves the page."""

    def __init__(self, profile: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or ""
        for flag in (*FLAGS, f"--user-data-dir={profile}", "--lang=ja"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)

    async def do(self, action: Callable[[webdriver.Chrome], Found]) -> Found:
        """Do something with the driver, off the loop."""
        return await asyncio.to_thread(action, self.driver)

    async def open(self, url: str) -> None:
        """Go to an address."""
        await self.do(lambda driver: driver.get(url))

    async def until(self, script: str, *arguments: object) -> object:
        """Wait until a script's expression is true; returns its value."""
        wait = WebDriverWait(self.driver, PATIENCE_S, poll_frequency=0.05)
        code = f"return ({script})"
        return await asyncio.to_thread(wait.until, lambda driver: driver.execute_script(code, *arguments), script)

    async def run(self, script: str, *arguments: object) -> object:
        """Run a script and return its value."""
        return await self.do(lambda driver: driver.execute_script(script, *arguments))

    async def click(self, selector: str) -> None:
        """Click the first element a CSS selector finds, as a person with a pointer."""
        centre = "document.querySelector(arguments[0]).scrollIntoView({block: 'center', behavior: 'instant'})"
        await self.run(centre, selector)
        await self.do(lambda driver: driver.find_element(By.CSS_SELECTOR, selector).click())

    async def keys(self, *keys: str) -> None:
        """Type into whatever has the focus."""
        await self.do(lambda driver: driver.switch_to.active_element.send_keys(*keys))

    async def picture(self, name: str) -> None:
        """A picture of the whole page, when DESKBELL_SCREENSHOTS names a folder (made for docs/)."""
        folder = os.environ.get("DESKBELL_SCREENSHOTS")
        if not folder:
            return
        await self.do(lambda driver: driver.save_screenshot(str(Path(folder) / f"{name}.png")))

    async def look(self, width: int, height: int, scheme: str = "light") -> None:
        """The window's size and the colour scheme."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        await self.do(lambda driver: driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features}))
        await self.do(lambda driver: driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics))

    async def complaints(self) -> list[str]:
        """What the browser's console complains of: script errors, policy violations, missing files."""
        entries = await self.do(lambda driver: driver.get_log("browser"))  # type: ignore[attr-defined]
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]

    async def close(self) -> None:
        """End Chromium and its driver."""
        await self.do(lambda driver: driver.quit())
