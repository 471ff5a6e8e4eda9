"""Button, page, feature code and lamp of one agent: the last command wins, and all show the same (R-34, I-28)."""

import itertools
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from appliance import wire
from appliance.acd.view import Status
from appliance.wire import Origin
from tests.support.desk_office import Box, running_box


def press(box: Box) -> None:
    """A short press of the first seat's button, released now."""
    now = time.monotonic()
    box.desk.panel.edge(1, down=True, at=now - 0.2)
    box.desk.panel.edge(1, down=False, at=now)


async def shows(box: Box, status: Status) -> None:
    """State, page and lamp are all at a status, and stay at one."""
    await box.is_status("sato", status)
    lamp = box.desk.office.lamps()[0].pattern
    assert lamp == status.value or (status is Status.OFF and lamp == "off_step_1")  # a break, told once
    assert next(agent for agent in box.desk.office.view().agents if agent.agent == "sato").status is status


async def test_a_page_that_comes_after_the_button_wins(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        press(box)
        await shows(box, Status.OFF)
        await box.desk.office.go_on_duty("sato", "page")
        await shows(box, Status.AVAILABLE)


async def test_a_button_that_is_decided_after_the_page_means_what_is_committed_then(tmp_path: Path) -> None:
    async with running_box(tmp_path, "sato") as box:
        pressed = time.monotonic()
        box.desk.panel.edge(1, down=True, at=pressed)
        await box.desk.office.go_off_duty("sato", "page", "break")
        await shows(box, Status.OFF)
        box.desk.panel.edge(1, down=False, at=pressed + 0.2)  # only now is it known to have been a short press
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


# --- three surfaces at once: each commands a duty of its own, in every order


async def by_button(box: Box) -> Status:
    """The button toggles what is committed when it is decided."""
    before = box.agent("sato").status
    press(box)
    wanted = Status.OFF if before is Status.AVAILABLE else Status.AVAILABLE
    await box.is_status("sato", wanted)
    return wanted


async def by_page(box: Box) -> Status:
    await box.desk.office.go_off_duty("sato", "page", "break")
    return Status.OFF


async def by_code(box: Box) -> Status:
    leg = box.switch.rings("101", origin=Origin.PHONE, origin_id="101", called="*51")
    assert (await box.switch.is_asked(wire.Play, leg=leg)).prompts == ("now_on_duty",)
    return Status.AVAILABLE


Surface = Callable[[Box], Awaitable[Status]]


@pytest.mark.parametrize(
    "surfaces",
    list(itertools.permutations((by_button, by_page, by_code))),
    ids=lambda one: "-".join(s.__name__ for s in one),
)
async def test_button_page_and_feature_code_in_any_order_converge_on_the_last_of_them(
    tmp_path: Path, surfaces: tuple[Surface, ...]
) -> None:
    """R-34: the three surfaces."""
    async with running_box(tmp_path, "sato") as box:
        for surface in surfaces:
            wanted = await surface(box)
            await shows(box, wanted)
        await box.desk.control.settled()
        await shows(box, wanted)
