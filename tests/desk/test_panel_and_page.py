"""Button, page and lamp of one agent: the last command wins, and all of them show the same (R-34, I-28)."""

import time
from pathlib import Path

from appliance.acd.view import Status
from tests.support.desk_office import Box, running_box


def press(box: Box) -> None:
    """A short press of the first seat's button, released now."""
    now = time.monotonic()
    box.desk.panel.edge(1, down=True, at=now - 0.2)
    box.desk.panel.edge(1, down=False, at=now)


async def shows(box: Box, status: Status) -> None:
    """State, page and lamp are all at a status, and stay at one."""
    await box.is_status("sato", status)
    assert box.desk.office.lamps()[0].pattern == status.value
    assert next(agent for agent in box.desk.office.view().agents if agent.agent == "sato").status is status


async def test_a_page_that_comes_after_the_button_wins(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        press(box)
        await shows(box, Status.OFF)
        await box.desk.office.go_on_duty("sato", "page")
        await shows(box, Status.AVAILABLE)


async def test_a_button_that_is_decided_after_the_page_means_what_is_committed_then(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        press(box)  # decided 15 ms from now, when the page has already taken the agent off duty
        await box.desk.office.go_off_duty("sato", "page", "break")
        await shows(box, Status.OFF)
        await box.until(lambda view: box.agent("sato").status is Status.AVAILABLE)
        await shows(box, Status.AVAILABLE)


async def test_many_commands_in_a_hundred_milliseconds_converge_on_the_last(tmp_path: Path) -> None:
    """R-34: the last wins."""
    async with running_box(tmp_path, "sato") as box:
        for _ in range(10):
            await box.desk.office.go_off_duty("sato", "page", "break")
            await box.desk.office.go_on_duty("sato", "*51")
        press(box)
        await shows(box, Status.OFF)
